//! `Custom::OamEcsDnsRecord`: makes a DNS record, or changes the one that there is.

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::resource::route53::{AliasTarget, RecordType};
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// Makes a record, or changes the one that there is and puts it back when it goes. A record that somebody else has taken over
/// meanwhile it leaves alone.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DnsRecord<F = Function> {
    /// The account's public zone with the longest suffix of the name when absent.
    pub hosted_zone_id: Option<Text<F>>,
    /// In full. Another name is another record.
    pub name: Text<F>,
    /// What it stands for. Another type is another record.
    #[serde(rename = "Type")]
    pub kind: RecordType,
    /// A load balancer, for A and AAAA. Excludes values and their time to live.
    pub alias_target: Option<AliasTarget<F>>,
    /// The values. Required without an alias.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub resource_records: Vec<Text<F>>,
    /// Seconds that resolvers may keep it. Required without an alias.
    #[serde(rename = "TTL")]
    pub ttl: Option<u32>,
    /// Tells records of one name and type apart that share what they answer; absent for one that is alone.
    pub set_identifier: Option<Text<F>>,
    /// 0 to 255, with an identifier: how much of what is asked it answers, of the sum over all that share the name.
    pub weight: Option<u8>,
    /// With an identifier and without a weight: the AWS region whose neighbours it answers.
    pub region: Option<Text<F>>,
    /// What it does to a record that is there; [`Overwrite::Any`] when absent.
    pub overwrite: Option<Overwrite>,
    /// The role to act with, for a zone of another account.
    pub assume_role_arn: Option<Text<F>>,
}

impl Properties for DnsRecord {
    const TYPE: &'static str = "Custom::OamEcsDnsRecord";
}

/// What becomes of a record that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Overwrite {
    /// It is changed, whoever made it.
    Any,
    /// It is an error.
    Never,
    /// It is changed if it leads to a load balancer of this stack, else it is an error.
    Ours,
}
