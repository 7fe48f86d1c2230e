//! `Custom::OamEcsNamespace`: takes a Cloud Map namespace that there is, or makes it.

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// Takes the private DNS namespace of a name in a VPC, or makes it; what it made goes with the stack, as soon as no services
/// are in it. `Ref` is its id.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Namespace<F = Function> {
    /// A domain. Another name is another namespace.
    pub name: Text<F>,
    /// Another VPC is another namespace.
    pub vpc_id: Text<F>,
    /// Up to 1,024 characters, of one that it makes.
    pub description: Option<Text<F>>,
}

impl Properties for Namespace {
    const TYPE: &'static str = "Custom::OamEcsNamespace";
}

impl Namespace {
    /// The attribute that is the ARN.
    pub const ARN: &'static str = "Arn";

    /// The attribute that is the id of its zone.
    pub const HOSTED_ZONE_ID: &'static str = "HostedZoneId";
}
