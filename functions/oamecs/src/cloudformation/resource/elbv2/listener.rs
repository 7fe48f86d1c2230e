//! `AWS::ElasticLoadBalancingV2::Listener` and `ListenerRule`: which request goes where.

use serde::Serialize;

use super::Protocol;
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

/// What a listener does with a request: its `Type` and the property that belongs to it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "Type", rename_all = "kebab-case", rename_all_fields = "PascalCase")]
pub enum Action {
    /// Hands it to a target.
    Forward {
        /// A group of the listener's own protocol family.
        target_group_arn: Text,
    },
    /// Answers with another address.
    Redirect {
        /// What of the address is another; something must be, or it is a loop.
        redirect_config: RedirectConfig,
    },
    /// Answers itself.
    FixedResponse {
        /// The answer.
        fixed_response_config: FixedResponseConfig,
    },
}

/// The address that a redirect leads to. What is absent stays as the request had it, which `#{protocol}`, `#{host}`,
/// `#{port}`, `#{path}` and `#{query}` stand for.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RedirectConfig {
    /// HTTP or HTTPS, but never from HTTPS to HTTP.
    pub protocol: Option<Protocol>,
    /// 1 to 65535, as text.
    pub port: Option<Text>,
    /// Whether browsers may remember it.
    pub status_code: RedirectStatusCode,
    /// 1 to 128 characters.
    pub host: Option<Text>,
    /// 1 to 128 characters, with the leading `/`.
    pub path: Option<Text>,
    /// Up to 128 characters, without the leading `?`; an empty text removes it.
    pub query: Option<Text>,
}

/// The kinds of redirects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum RedirectStatusCode {
    /// 301: for good.
    #[serde(rename = "HTTP_301")]
    Permanent,
    /// 302: this time.
    #[serde(rename = "HTTP_302")]
    Temporary,
}

/// An answer that the load balancer gives itself.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FixedResponseConfig {
    /// 200 to 299 or 400 to 599, as text.
    pub status_code: String,
    /// `text/plain`, `text/css`, `text/html`, `application/javascript` or `application/json`.
    pub content_type: Option<&'static str>,
    /// Up to 1,024 characters; no body when absent.
    pub message_body: Option<Text>,
}

/// What a request must have for a rule to match: its `Field` and the property that belongs to it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "Field", rename_all = "kebab-case", rename_all_fields = "PascalCase")]
pub enum Condition {
    /// A host name, in any case; `*` and `?` stand for characters, and there must be a dot.
    HostHeader {
        /// Up to 128 characters each.
        host_header_config: ConditionValues,
    },
    /// A path, case and all, without the query; `*` and `?` stand for characters.
    PathPattern {
        /// Up to 128 characters each.
        path_pattern_config: ConditionValues,
    },
    /// The address of the client, or of the proxy before the load balancer.
    SourceIp {
        /// CIDR blocks.
        source_ip_config: ConditionValues,
    },
}

impl Condition {
    /// One of these host names.
    pub fn hosts(values: Vec<Text>) -> Self {
        Self::HostHeader { host_header_config: ConditionValues { values } }
    }

    /// One of these path patterns.
    pub fn paths(values: Vec<Text>) -> Self {
        Self::PathPattern { path_pattern_config: ConditionValues { values } }
    }

    /// One of these blocks.
    pub fn sources(values: Vec<Text>) -> Self {
        Self::SourceIp { source_ip_config: ConditionValues { values } }
    }
}

/// The values of a condition, of which one must match.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConditionValues {
    /// At least one.
    pub values: Vec<Text>,
}
