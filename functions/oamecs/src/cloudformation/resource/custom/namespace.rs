//! `Custom::OamEcsNamespace`: takes a Cloud Map namespace that there is, or makes it.

use serde::Serialize;

use super::Service;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// Takes the private DNS namespace of a name in a VPC, or makes it; what it made goes with the stack, as soon as no services
/// are in it. `Ref` is its id.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Namespace {
    /// Who serves it.
    #[serde(flatten)]
    pub service: Service,
    /// A domain. Another name is another namespace.
    pub name: Text,
    /// Another VPC is another namespace.
    pub vpc_id: Text,
    /// Up to 1,024 characters, of one that it makes.
    pub description: Option<Text>,
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
