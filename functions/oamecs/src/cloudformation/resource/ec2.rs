//! [Amazon EC2](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html), of which we write
//! the network: VPC, subnets, routing, security groups.

mod network;
mod routing;
mod security_group;

pub use network::{Eip, InternetGateway, NatGateway, Subnet, Vpc, VpcEndpoint, VpcEndpointType, VpcGatewayAttachment};
pub use routing::{Route, RouteTable, RouteTarget, SubnetRouteTableAssociation};
pub use security_group::{
    Destination, Egress, Ingress, SecurityGroup, SecurityGroupEgress, SecurityGroupIngress, Source, Traffic,
};
