//! `AWS::ElasticLoadBalancingV2::Listener`, `ListenerCertificate` and `ListenerRule`: which request goes where.

use serde::Serialize;

use super::{Action, Condition, Protocol};
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ElasticLoadBalancingV2::Listener`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html):
/// a port of a load balancer. `Ref` is its ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    /// Changing it replaces the listener.
    pub load_balancer_arn: Text,
    /// One listener to a port; TCP and UDP on one port are one listener.
    pub port: u16,
    /// From the client to the load balancer.
    pub protocol: Protocol,
    /// Exactly one with HTTPS and TLS, none with others; more are resources of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// For HTTPS and TLS: the protocol versions and ciphers; an old, permissive policy when absent.
    pub ssl_policy: Option<Text>,
    /// What happens when no rule matches: one action here, which must be a forward on a network load balancer.
    pub default_actions: Vec<Action>,
}

impl Properties for Listener {
    const TYPE: &'static str = "AWS::ElasticLoadBalancingV2::Listener";
}

/// A certificate that a listener shows.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    /// Of Certificate Manager, in the load balancer's region.
    pub certificate_arn: Text,
}

/// [`AWS::ElasticLoadBalancingV2::ListenerCertificate`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenercertificate.html):
/// certificates of a listener besides its first, of which it shows the one that fits the client's host name.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerCertificate {
    /// Changing it replaces the resource.
    pub listener_arn: Text,
    /// At least one.
    pub certificates: Vec<Certificate>,
}

impl Properties for ListenerCertificate {
    const TYPE: &'static str = "AWS::ElasticLoadBalancingV2::ListenerCertificate";
}

/// [`AWS::ElasticLoadBalancingV2::ListenerRule`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenerrule.html):
/// where an application load balancer's listener sends the requests that match.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerRule {
    /// Changing it replaces the rule.
    pub listener_arn: Text,
    /// 1 to 50,000, the lowest first, each once on a listener; two rules cannot swap theirs in one update.
    pub priority: u32,
    /// All must hold; at most one of each kind, and five values altogether.
    pub conditions: Vec<Condition>,
    /// One here.
    pub actions: Vec<Action>,
}

impl Properties for ListenerRule {
    const TYPE: &'static str = "AWS::ElasticLoadBalancingV2::ListenerRule";
}
