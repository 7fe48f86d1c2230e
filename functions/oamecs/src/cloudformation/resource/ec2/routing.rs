//! `AWS::EC2::RouteTable`, its routes, and the subnets that it counts for.

use serde::Serialize;

use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::EC2::RouteTable`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-routetable.html):
/// where packets go that leave a subnet; those within the VPC arrive without a route. `Ref` is its id.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTable {
    /// Changing it replaces the table.
    pub vpc_id: Text,
}

impl Properties for RouteTable {
    const TYPE: &'static str = "AWS::EC2::RouteTable";
}

/// [`AWS::EC2::Route`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html):
/// a line of a route table. The longest block that matches counts.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Route {
    /// Changing it replaces the route.
    pub route_table_id: Text,
    /// IPv4; `0.0.0.0/0` is everything else. Changing it replaces the route.
    pub destination_cidr_block: Text,
    /// Where the packets go.
    #[serde(flatten)]
    pub target: RouteTarget,
}

impl Properties for Route {
    const TYPE: &'static str = "AWS::EC2::Route";
}

/// The target of a route: AWS wants exactly one of the properties that can name it.
#[derive(Clone, Debug, Serialize)]
pub enum RouteTarget {
    /// An internet gateway, which must be attached first: the route depends on the attachment.
    GatewayId(Text),
    /// A NAT gateway.
    NatGatewayId(Text),
}

/// [`AWS::EC2::SubnetRouteTableAssociation`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnetroutetableassociation.html):
/// which table counts for a subnet; the VPC's main one does without it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubnetRouteTableAssociation {
    /// Changing it replaces the association.
    pub route_table_id: Text,
    /// One table to a subnet. Changing it replaces the association.
    pub subnet_id: Text,
}

impl Properties for SubnetRouteTableAssociation {
    const TYPE: &'static str = "AWS::EC2::SubnetRouteTableAssociation";
}
