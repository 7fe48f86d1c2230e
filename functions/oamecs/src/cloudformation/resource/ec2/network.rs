//! `AWS::EC2::VPC`, its subnets, and the gateways to the outside.

use serde::Serialize;

use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::EC2::VPC`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html): a
/// private network. `Ref` is its id.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    /// IPv4, `/16` to `/28`. Changing it replaces the VPC.
    pub cidr_block: Text,
    /// Whether machines have names in DNS, which EFS and private namespaces need; AWS's default is off.
    pub enable_dns_hostnames: bool,
    /// Whether there is a DNS server at all; AWS's default is on.
    pub enable_dns_support: bool,
}

impl Properties for Vpc {
    const TYPE: &'static str = "AWS::EC2::VPC";
}

/// [`AWS::EC2::Subnet`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html):
/// a VPC's part in one zone. `Ref` is its id.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subnet {
    /// Changing it replaces the subnet, and needs another block besides.
    pub vpc_id: Text,
    /// A part of the VPC's, `/16` to `/28`; AWS keeps five addresses. Changing it replaces the subnet.
    pub cidr_block: Text,
    /// The zone's name in this account. Changing it replaces the subnet, and needs another block besides.
    pub availability_zone: Text,
    /// Whether instances have public addresses; off when absent. Tasks do not look at it: their service says so.
    pub map_public_ip_on_launch: Option<bool>,
}

impl Properties for Subnet {
    const TYPE: &'static str = "AWS::EC2::Subnet";
}

/// [`AWS::EC2::InternetGateway`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-internetgateway.html):
/// a VPC's way to the internet, once [attached](VpcGatewayAttachment). It has tags and no other property. `Ref` is its id.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InternetGateway {}

impl Properties for InternetGateway {
    const TYPE: &'static str = "AWS::EC2::InternetGateway";
}

/// [`AWS::EC2::VPCGatewayAttachment`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcgatewayattachment.html):
/// what makes an internet gateway a VPC's own. Public addresses and routes depend on it, which no reference says.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcGatewayAttachment {
    /// Changing it replaces the attachment.
    pub vpc_id: Text,
    /// At most one to a VPC.
    pub internet_gateway_id: Text,
}

impl Properties for VpcGatewayAttachment {
    const TYPE: &'static str = "AWS::EC2::VPCGatewayAttachment";
}

/// [`AWS::EC2::EIP`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html): a
/// public IPv4 address. `Ref` is the address, its attribute `AllocationId` the id. It must depend on the VPC's
/// [`VpcGatewayAttachment`].
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Eip {
    /// `vpc`: the other, `standard`, is gone from AWS.
    pub domain: &'static str,
}

impl Default for Eip {
    fn default() -> Self {
        Self { domain: "vpc" }
    }
}

impl Properties for Eip {
    const TYPE: &'static str = "AWS::EC2::EIP";
}

/// [`AWS::EC2::NatGateway`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html):
/// how private subnets reach the internet, for a price by the hour. Here a public one of one zone. `Ref` is its id.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGateway {
    /// An [`Eip`]'s `AllocationId`. Changing it replaces the gateway.
    pub allocation_id: Text,
    /// A public subnet. Changing it replaces the gateway.
    pub subnet_id: Text,
}

impl Properties for NatGateway {
    const TYPE: &'static str = "AWS::EC2::NatGateway";
}

/// [`AWS::EC2::VPCEndpoint`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html):
/// a way to an AWS service that does not lead over the internet. Here a gateway, which costs nothing. `Ref` is its id.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEndpoint {
    /// Changing it replaces the endpoint.
    pub vpc_endpoint_type: VpcEndpointType,
    /// `com.amazonaws.<region>.s3` or `.dynamodb`; those two have gateways. Changing it replaces the endpoint.
    pub service_name: Text,
    /// Changing it replaces the endpoint.
    pub vpc_id: Text,
    /// The tables that get a route to the service.
    pub route_table_ids: Vec<Text>,
}

impl Properties for VpcEndpoint {
    const TYPE: &'static str = "AWS::EC2::VPCEndpoint";
}

/// The kinds of endpoints that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum VpcEndpointType {
    /// A target of routes, free of charge.
    Gateway,
}
