//! Names that CloudFormation should choose.
//!
//! A resource with a name of its own cannot be replaced, as the new one has to exist beside the old one, and a role
//! with one needs `CAPABILITY_NAMED_IAM`. Source: CloudFormation User Guide, "Name type". A capacity provider is not among
//! them: the name that CloudFormation chooses begins with the stack's, and ECS refuses one that begins with `aws`, `ecs`
//! or `fargate`.

use super::{Report, Rule};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{part, shape};

pub(super) const RULES: &[Rule] = &[Rule::new("no-physical-name", no_physical_name)];

const NAMES: [(&str, &str); 17] = [
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName"),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateName"),
    ("AWS::EC2::SecurityGroup", "GroupName"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::ECS::Service", "ServiceName"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::Scheduler::Schedule", "Name"),
    ("AWS::SecretsManager::Secret", "Name"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
    ("AWS::S3::Bucket", "BucketName"),
];

/// Our resources have no names, unless their author gave them one.
fn no_physical_name(template: &Template<'_>, report: &mut Report) {
    for (kind, property) in NAMES {
        for resource in template.of(kind).filter(|resource| resource.ours()) {
            let name = part(resource.properties, property);
            if !name.is_null() && !template.author.wrote(&shape(name)) {
                report.add(resource.id, format!("{property} is {}", shape(name)));
            }
        }
    }
}
