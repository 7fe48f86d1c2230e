//! `Custom::OamEcsNetwork`: finds the subnets of a VPC.

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// Finds a VPC's public and private subnets, by their route tables: one of each in a zone, in as many zones as asked, in an
/// order that stays. `Ref` is the VPC's id.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Network<F = Function> {
    /// The region's default VPC when absent.
    pub vpc_id: Option<Text<F>>,
    /// 1 to [`Network::MAX_ZONES`]; an error where the VPC has fewer.
    pub zones: usize,
}

impl Properties for Network {
    const TYPE: &'static str = "Custom::OamEcsNetwork";
}

impl Network {
    /// The attribute that is the VPC's id.
    pub const VPC_ID: &'static str = "VpcId";

    /// The most zones that it finds: AWS has no region with more.
    pub const MAX_ZONES: usize = 6;

    /// The attribute that is the public subnet of a zone, counted from 0; `None` for zones that it never finds.
    pub fn public_subnet(zone: usize) -> Option<&'static str> {
        const NAMES: [&str; Network::MAX_ZONES] =
            ["PublicSubnet1", "PublicSubnet2", "PublicSubnet3", "PublicSubnet4", "PublicSubnet5", "PublicSubnet6"];
        NAMES.get(zone).copied()
    }

    /// Whether tasks need public addresses, as the VPC has no private subnets: the attribute that is `ENABLED` or `DISABLED`.
    pub const TASK_ADDRESSES: &'static str = "TaskAddresses";

    /// The attribute that is the subnet of a zone for tasks, counted from 0: the private one where the VPC has one in each
    /// zone, else the public one; `None` for zones that it never finds.
    pub fn task_subnet(zone: usize) -> Option<&'static str> {
        const NAMES: [&str; Network::MAX_ZONES] =
            ["TaskSubnet1", "TaskSubnet2", "TaskSubnet3", "TaskSubnet4", "TaskSubnet5", "TaskSubnet6"];
        NAMES.get(zone).copied()
    }

    /// The attribute that is the private subnet of a zone, counted from 0, which a VPC without any, such as a default VPC,
    /// has not; `None` for zones that it never finds.
    pub fn private_subnet(zone: usize) -> Option<&'static str> {
        const NAMES: [&str; Network::MAX_ZONES] = [
            "PrivateSubnet1",
            "PrivateSubnet2",
            "PrivateSubnet3",
            "PrivateSubnet4",
            "PrivateSubnet5",
            "PrivateSubnet6",
        ];
        NAMES.get(zone).copied()
    }
}
