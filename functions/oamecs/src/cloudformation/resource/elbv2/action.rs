//! What a listener or a rule does with a request.

use serde::Serialize;

use super::Protocol;
use crate::cloudformation::value::Text;

/// What a listener does with a request: its `Type` and the property that belongs to it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "Type", rename_all = "kebab-case", rename_all_fields = "PascalCase")]
pub enum Action {
    /// Hands it to a target.
    Forward {
        /// A group of the listener's own protocol family.
        target_group_arn: Text,
    },
    /// Hands it to a target of one of several groups.
    #[serde(rename = "forward")]
    ForwardWeighted {
        /// Which, and how much each gets.
        forward_config: ForwardConfig,
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

/// Target groups that share requests.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForwardConfig {
    /// One to five.
    pub target_groups: Vec<TargetGroupTuple>,
    /// Whether a client stays with its group; it does not when absent.
    pub target_group_stickiness_config: Option<TargetGroupStickinessConfig>,
}

/// A target group's part in a forward.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroupTuple {
    /// A group of the listener's own protocol family.
    pub target_group_arn: Text,
    /// A share, 0 to 999. Required where there are several.
    pub weight: Option<u32>,
}

/// Whether a client stays with its target group. Which target it stays with is the group's own setting.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroupStickinessConfig {
    /// Whether it does.
    pub enabled: bool,
    /// Seconds, 1 to 604,800. Required when enabled.
    pub duration_seconds: Option<u32>,
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
