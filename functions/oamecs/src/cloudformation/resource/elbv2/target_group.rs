//! `AWS::ElasticLoadBalancingV2::TargetGroup`.

use serde::Serialize;

use super::{Attribute, Protocol};
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ElasticLoadBalancingV2::TargetGroup`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html):
/// the tasks that traffic goes to, and how each is checked. `Ref` is its ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroup {
    /// Where a target listens that registers without a port; ECS always gives one. Changing it replaces the group.
    pub port: u16,
    /// From the load balancer to the target. Changing it replaces the group.
    pub protocol: Protocol,
    /// For HTTP and HTTPS: HTTP/1.1 when absent. Changing it replaces the group.
    pub protocol_version: Option<ProtocolVersion>,
    /// Changing it replaces the group.
    pub target_type: TargetType,
    /// The targets' network. Changing it replaces the group.
    pub vpc_id: Text,
    /// On when absent, and always on for these target types.
    pub health_check_enabled: Option<bool>,
    /// For HTTP and HTTPS checks: `/` when absent; with gRPC a method, `/AWS.ALB/healthcheck` when absent.
    pub health_check_path: Option<Text>,
    /// A number, or `traffic-port`, which it is when absent.
    pub health_check_port: Option<Text>,
    /// HTTP on an application load balancer, TCP on a network load balancer when absent.
    pub health_check_protocol: Option<Protocol>,
    /// Seconds, 5 to 300: 30 when absent.
    pub health_check_interval_seconds: Option<u32>,
    /// Seconds, 2 to 120, less than the interval: 5 for HTTP, 10 for TCP when absent.
    pub health_check_timeout_seconds: Option<u32>,
    /// Successes in a row, 2 to 10: 5 when absent.
    pub healthy_threshold_count: Option<u32>,
    /// Failures in a row, 2 to 10: 2 when absent.
    pub unhealthy_threshold_count: Option<u32>,
    /// For HTTP and HTTPS checks: 200 on an application load balancer, 200-399 on a network load balancer when absent.
    pub matcher: Option<Matcher>,
    /// Stickiness (`stickiness.enabled`, `stickiness.type`), deregistration delay, slow start. What is not here keeps its
    /// current value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub target_group_attributes: Vec<Attribute>,
}

impl Properties for TargetGroup {
    const TYPE: &'static str = "AWS::ElasticLoadBalancingV2::TargetGroup";
}

/// The HTTP that a target understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProtocolVersion {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, which needs an HTTPS listener.
    Http2,
    /// gRPC, which needs an HTTPS listener.
    Grpc,
}

/// How targets are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetType {
    /// By address: tasks with the `awsvpc` network mode.
    Ip,
    /// By instance and port: tasks with `bridge` or `host`.
    Instance,
}

/// The answers of a healthy target: a number, a range (`200-299`) or a list with commas.
#[derive(Clone, Debug, Serialize)]
pub enum Matcher {
    /// HTTP status codes, 200 to 499, on a network load balancer to 599.
    HttpCode(Text),
    /// gRPC status codes, 0 to 99.
    GrpcCode(Text),
}
