//! [Amazon EC2](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html), of which we write
//! the network (VPC, subnets, routing, security groups) and what container instances are made of.

mod launch_template;
mod network;
mod routing;
mod security_group;

pub use launch_template::{
    AcceleratorManufacturer, AcceleratorType, Availability, BlockDeviceMapping, CpuManufacturer, Ebs, HttpTokens,
    IamInstanceProfile, Inclusion, InstanceGeneration, InstanceRequirements, LaunchTemplate, LaunchTemplateData,
    MetadataOptions, Monitoring, Range, TagSpecification, VolumeType,
};
pub use network::{Eip, InternetGateway, NatGateway, Subnet, Vpc, VpcEndpoint, VpcEndpointType, VpcGatewayAttachment};
pub use routing::{Route, RouteTable, RouteTarget, SubnetRouteTableAssociation};
pub use security_group::{
    Destination, Egress, Ingress, SecurityGroup, SecurityGroupEgress, SecurityGroupIngress, Source, Traffic,
};
