//! `AWS::EC2::SecurityGroup` and its rules.
//!
//! A rule within a group and one that is a resource of its own have the same shape. Rules between two groups must be
//! resources of their own, or the groups would refer to each other.

use serde::Serialize;

use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::EC2::SecurityGroup`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html):
/// who may reach the network interfaces that carry it. `Ref` is its id, as is its attribute `GroupId`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroup {
    /// Up to 255 letters, digits, spaces and ``._-:/()#,@[]+=&;{}!$*``. Changing it replaces the group.
    pub group_description: String,
    /// Changing it replaces the group.
    pub vpc_id: Text,
    /// Who may come in; nobody when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_ingress: Vec<Ingress>,
    /// What may go out; everything when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_egress: Vec<Egress>,
}

impl Properties for SecurityGroup {
    const TYPE: &'static str = "AWS::EC2::SecurityGroup";
}

/// [`AWS::EC2::SecurityGroupIngress`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html):
/// who may come in, as a resource of its own. Changing anything but the description replaces it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroupIngress {
    /// The group that lets in.
    pub group_id: Text,
    /// Whom, and to which ports.
    #[serde(flatten)]
    pub rule: Ingress,
}

impl Properties for SecurityGroupIngress {
    const TYPE: &'static str = "AWS::EC2::SecurityGroupIngress";
}

/// [`AWS::EC2::SecurityGroupEgress`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html):
/// what may go out, as a resource of its own. Changing anything but the description replaces it. It adds to the group's
/// own rules, and so to the one for everything that a group without any has.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroupEgress {
    /// The group that lets out.
    pub group_id: Text,
    /// Where to, and to which ports.
    #[serde(flatten)]
    pub rule: Egress,
}

impl Properties for SecurityGroupEgress {
    const TYPE: &'static str = "AWS::EC2::SecurityGroupEgress";
}

/// A rule for what comes in.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ingress {
    /// The protocol, and the ports of the group's own side.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// Who may.
    #[serde(flatten)]
    pub source: Source,
    /// Up to 255 characters, as of a [`SecurityGroup`]'s description.
    pub description: Option<String>,
}

/// A rule for what goes out.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Egress {
    /// The protocol, and the ports of the other side.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// Where to.
    #[serde(flatten)]
    pub destination: Destination,
    /// Up to 255 characters, as of a [`SecurityGroup`]'s description.
    pub description: Option<String>,
}

/// A rule's `IpProtocol`, with `FromPort` and `ToPort` where it has ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "IpProtocol", rename_all_fields = "PascalCase")]
pub enum Traffic {
    /// TCP.
    #[serde(rename = "tcp")]
    Tcp {
        /// The first port.
        from_port: u16,
        /// The last port, which may be the first.
        to_port: u16,
    },
    /// UDP.
    #[serde(rename = "udp")]
    Udp {
        /// The first port.
        from_port: u16,
        /// The last port, which may be the first.
        to_port: u16,
    },
    /// Every protocol, on every port.
    #[serde(rename = "-1")]
    All,
}

/// Who may come in: AWS wants exactly one of the properties that can name it.
#[derive(Clone, Debug, Serialize)]
pub enum Source {
    /// Whoever carries this group, which may be the rule's own.
    SourceSecurityGroupId(Text),
    /// Whoever has an address of this IPv4 block.
    CidrIp(Text),
    /// Whoever has an address of this IPv6 block.
    CidrIpv6(Text),
    /// Whoever has an address of this list of blocks; each of its entries counts as a rule of the group.
    SourcePrefixListId(Text),
}

/// Where packets may go: AWS wants exactly one of the properties that can name it.
#[derive(Clone, Debug, Serialize)]
pub enum Destination {
    /// Whoever carries this group, which may be the rule's own.
    DestinationSecurityGroupId(Text),
    /// Any address of this IPv4 block.
    CidrIp(Text),
}
