//! What a request must have for a rule to match.

use serde::Serialize;

use crate::cloudformation::value::Text;

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
    /// A header of the request. `Host` has a kind of its own.
    HttpHeader {
        /// The header and its values.
        http_header_config: HttpHeaderConfig,
    },
    /// A method.
    HttpRequestMethod {
        /// Capital letters, hyphens and underscores, up to 40 characters each; without `*` and `?`.
        http_request_method_config: ConditionValues,
    },
    /// Part of the query.
    QueryString {
        /// Keys with values, or values of any key.
        query_string_config: QueryStringConfig,
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

    /// One of these values of a header.
    pub fn header(http_header_name: impl Into<Text>, values: Vec<Text>) -> Self {
        Self::HttpHeader { http_header_config: HttpHeaderConfig { http_header_name: http_header_name.into(), values } }
    }

    /// One of these methods.
    pub fn methods(values: Vec<Text>) -> Self {
        Self::HttpRequestMethod { http_request_method_config: ConditionValues { values } }
    }

    /// One of these parts of the query.
    pub fn queries(values: Vec<QueryStringKeyValue>) -> Self {
        Self::QueryString { query_string_config: QueryStringConfig { values } }
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

/// A header and its values, of which one must match.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HttpHeaderConfig {
    /// Up to 40 characters, in any case.
    pub http_header_name: Text,
    /// Up to 128 characters each, in any case; `*` and `?` stand for characters.
    pub values: Vec<Text>,
}

/// Parts of a query, of which one must match.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryStringConfig {
    /// At least one.
    pub values: Vec<QueryStringKeyValue>,
}

/// A part of a query, in any case; `*` and `?` stand for characters.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryStringKeyValue {
    /// Any when absent.
    pub key: Option<Text>,
    /// Up to 128 characters.
    pub value: Text,
}
