//! [Amazon Route 53](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Route53.html).

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::Route53::RecordSet`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html):
/// a name, which nobody else may have made. `Ref` is the name.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordSet {
    /// Changing it replaces the record.
    pub hosted_zone_id: Text,
    /// In full; a dot at the end is added where it is absent. Changing it makes another record.
    pub name: Text,
    /// What it stands for.
    #[serde(rename = "Type")]
    pub kind: RecordType,
    /// A load balancer, for A and AAAA. Excludes values and their time to live.
    pub alias_target: Option<AliasTarget>,
    /// The values. Required without an alias.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_records: Vec<Text>,
    /// Seconds that resolvers may keep it, as text. Required without an alias.
    #[serde(rename = "TTL")]
    pub ttl: Option<Text>,
}

impl Properties for RecordSet {
    const TYPE: &'static str = "AWS::Route53::RecordSet";
}

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Another name, never at the top of a zone.
    Cname,
    /// Text, in double quotes.
    Txt,
}

/// A resource of AWS that a name follows, whatever its addresses.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AliasTarget<F = Function> {
    /// The load balancer's own name: its attribute `DNSName`.
    #[serde(rename = "DNSName")]
    pub dns_name: Text<F>,
    /// The load balancer's zone, not the record's: its attribute `CanonicalHostedZoneID`.
    pub hosted_zone_id: Text<F>,
    /// Whether the record is only answered while a target is healthy; off when absent.
    pub evaluate_target_health: Option<bool>,
}
