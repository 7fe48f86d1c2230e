//! The properties of the resource types that we write, one file an AWS service.
//!
//! Only what the lowering sets is here, under the names of AWS's schemas; an absent property is left out, while zero and
//! false are written when given. cfn-lint, which carries AWS's schemas, is the oracle for each of them in the tests.
//!
//! A [`Value`](super::Value) may be a function of the author's or of ours; a plain type is always known when the template
//! is expanded, because the value decides which resources there are, or because we choose it. Tags are nowhere in these
//! structs: they come last, over the finished resources, by [`tags_property`].

pub mod applicationautoscaling;
pub mod autoscaling;
pub mod certificatemanager;
pub mod cloudwatch;
pub mod ec2;
pub mod ecs;
pub mod efs;
pub mod elbv2;
pub mod iam;
pub mod logs;
pub mod route53;
pub mod scheduler;
pub mod secretsmanager;
pub mod servicediscovery;

use serde::Serialize;

use super::template::Properties;
use super::value::Text;

/// A [tag](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html) of a
/// resource.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// 1 to 128 characters, unique on its resource; `aws:` at the start is AWS's own.
    pub key: String,
    /// Up to 256 characters.
    pub value: Text,
}

/// What AWS writes as `ENABLED` and `DISABLED` where one would expect a boolean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Switch {
    /// On.
    Enabled,
    /// Off, which is not the same as left out: it undoes an earlier `ENABLED`.
    Disabled,
}

impl From<bool> for Switch {
    fn from(on: bool) -> Self {
        if on { Self::Enabled } else { Self::Disabled }
    }
}

/// The property that holds the tags of a type of resource: `None` for a type that has none, and for one that is not here.
pub fn tags_property(kind: &str) -> Option<&'static str> {
    match kind {
        applicationautoscaling::ScalableTarget::TYPE
        | certificatemanager::Certificate::TYPE
        | cloudwatch::Alarm::TYPE
        | ecs::CapacityProvider::TYPE
        | ecs::Cluster::TYPE
        | ecs::Service::TYPE
        | ecs::TaskDefinition::TYPE
        | elbv2::LoadBalancer::TYPE
        | elbv2::TargetGroup::TYPE
        | elbv2::Listener::TYPE
        | elbv2::ListenerRule::TYPE
        | ec2::Vpc::TYPE
        | ec2::Subnet::TYPE
        | ec2::InternetGateway::TYPE
        | ec2::Eip::TYPE
        | ec2::NatGateway::TYPE
        | ec2::RouteTable::TYPE
        | ec2::SecurityGroup::TYPE
        | ec2::VpcEndpoint::TYPE
        | iam::Role::TYPE
        | logs::LogGroup::TYPE
        | secretsmanager::Secret::TYPE
        | servicediscovery::PrivateDnsNamespace::TYPE
        | servicediscovery::Service::TYPE => Some("Tags"),
        efs::FileSystem::TYPE => Some("FileSystemTags"),
        efs::AccessPoint::TYPE => Some("AccessPointTags"),
        // `autoscaling::AutoScalingGroup` and `ec2::LaunchTemplate` have tags of other shapes, in properties of their own.
        // These cannot have tags: `applicationautoscaling::ScalingPolicy`, `autoscaling::LifecycleHook`,
        // `ec2::VpcGatewayAttachment`, `Route`, `SubnetRouteTableAssociation`, `SecurityGroupIngress`,
        // `SecurityGroupEgress`, `ecs::ClusterCapacityProviderAssociations`, `efs::MountTarget`,
        // `elbv2::ListenerCertificate`, `iam::InstanceProfile`, `route53::RecordSet`, `scheduler::Schedule`,
        // `servicediscovery::Instance`.
        _ => None,
    }
}
