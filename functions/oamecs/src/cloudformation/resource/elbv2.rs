//! [Elastic Load Balancing](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ElasticLoadBalancingV2.html),
//! version 2: application and network load balancers, their target groups, and what leads from one to the other.

mod action;
mod condition;
mod listener;
mod target_group;

pub use action::{
    Action, FixedResponseConfig, ForwardConfig, RedirectConfig, RedirectStatusCode, TargetGroupStickinessConfig,
    TargetGroupTuple,
};
pub use condition::{Condition, ConditionValues, HttpHeaderConfig, QueryStringConfig, QueryStringKeyValue};
pub use listener::{Certificate, Listener, ListenerCertificate, ListenerRule};
pub use target_group::{Matcher, ProtocolVersion, TargetGroup, TargetType};

use serde::Serialize;

use crate::cloudformation::Value;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ElasticLoadBalancingV2::LoadBalancer`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html):
/// what the outside connects to. `Ref` is its ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer {
    /// Changing it replaces the load balancer.
    #[serde(rename = "Type")]
    pub kind: LoadBalancerType,
    /// Changing it replaces the load balancer, and so its name in DNS.
    pub scheme: Scheme,
    /// IPv4 when absent.
    pub ip_address_type: Option<IpAddressType>,
    /// One a zone; an application load balancer needs two zones.
    pub subnets: Value<Vec<Text>>,
    /// A network load balancer that is made without any can never have one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<Text>,
    /// What is not here keeps its current value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub load_balancer_attributes: Vec<Attribute>,
}

impl Properties for LoadBalancer {
    const TYPE: &'static str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
}

/// The kinds of load balancers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LoadBalancerType {
    /// Understands HTTP: listeners have rules.
    Application,
    /// Passes on connections and datagrams.
    Network,
}

/// Who can reach a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Public addresses; the subnets must be public.
    InternetFacing,
    /// Private addresses only.
    Internal,
}

/// The addresses of a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IpAddressType {
    /// IPv4 only.
    Ipv4,
    /// Both; the subnets need IPv6 blocks.
    Dualstack,
    /// IPv6 to the outside, private IPv4 within; application load balancers only.
    DualstackWithoutPublicIpv4,
}

/// What is spoken on a listener, or to a target. An application load balancer has the first two, a network load balancer
/// the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Protocol {
    /// HTTP in the clear.
    Http,
    /// HTTP over TLS.
    Https,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// Both on one port.
    TcpUdp,
    /// TLS over TCP, ended at the load balancer.
    Tls,
}

/// An attribute of a load balancer or a target group: a setting that has no property of its own.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// `deregistration_delay.timeout_seconds`.
    pub key: &'static str,
    /// Always a string, for numbers and booleans too.
    pub value: Text,
}
