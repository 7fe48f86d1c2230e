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
pub mod custom;
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

use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
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
        | cloudwatch::CompositeAlarm::TYPE
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
        // `servicediscovery::Instance`, and all of `custom`.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Value as Json, json};

    use super::applicationautoscaling::{
        MetricSpecification, PredefinedMetricSpecification, PredefinedMetricType, ScalingPolicy,
        ScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration,
    };
    use super::elbv2::{Action, Condition, ForwardConfig, QueryStringKeyValue, TargetGroupTuple};
    use super::scheduler::FlexibleTimeWindow;
    use super::{custom, ec2, ecs};
    use crate::cloudformation::{Function, Value};

    fn written(properties: &impl Serialize) -> Json {
        serde_json::to_value(properties).unwrap()
    }

    #[test]
    fn a_kind_and_its_property_are_side_by_side() {
        let policy = ScalingPolicy {
            policy_name: "Cpu".into(),
            scaling_target_id: "target".into(),
            configuration: ScalingPolicyConfiguration::TargetTrackingScaling {
                target_tracking_scaling_policy_configuration: TargetTrackingScalingPolicyConfiguration {
                    target_value: Value::Literal(75.0),
                    metric: MetricSpecification::Predefined(PredefinedMetricSpecification {
                        predefined_metric_type: PredefinedMetricType::EcsServiceAverageCpuUtilization,
                        resource_label: None,
                    }),
                    scale_in_cooldown: None,
                    scale_out_cooldown: None,
                    disable_scale_in: None,
                },
            },
        };
        assert_eq!(
            written(&policy),
            json!({
                "PolicyName": "Cpu",
                "ScalingTargetId": "target",
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": 75.0,
                    "PredefinedMetricSpecification": { "PredefinedMetricType": "ECSServiceAverageCPUUtilization" }
                }
            })
        );
        let forward = Action::ForwardWeighted {
            forward_config: ForwardConfig {
                target_groups: vec![TargetGroupTuple { target_group_arn: "group".into(), weight: Some(0) }],
                target_group_stickiness_config: None,
            },
        };
        assert_eq!(
            written(&forward),
            json!({ "Type": "forward", "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": "group", "Weight": 0 }] } })
        );
        let conditions = [
            Condition::methods(vec!["GET".into()]),
            Condition::queries(vec![QueryStringKeyValue { key: None, value: "beta".into() }]),
        ];
        assert_eq!(
            written(&conditions),
            json!([
                { "Field": "http-request-method", "HttpRequestMethodConfig": { "Values": ["GET"] } },
                { "Field": "query-string", "QueryStringConfig": { "Values": [{ "Value": "beta" }] } }
            ])
        );
        assert_eq!(written(&FlexibleTimeWindow::Off), json!({ "Mode": "OFF" }));
        assert_eq!(
            written(&FlexibleTimeWindow::Flexible { maximum_window_in_minutes: 5 }),
            json!({ "Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5 })
        );
        assert_eq!(
            written(&[
                ecs::PlacementConstraint::DistinctInstance,
                ecs::PlacementConstraint::MemberOf { expression: "attribute:gpu exists".into() }
            ]),
            json!([{ "Type": "distinctInstance" }, { "Type": "memberOf", "Expression": "attribute:gpu exists" }])
        );
    }

    #[test]
    fn odd_names_are_as_aws_has_them() {
        let requirements = ec2::InstanceRequirements {
            vcpu_count: ec2::Range { min: Some(2), max: None },
            memory_mib: ec2::Range { min: Some(4096), max: Some(8192) },
            ..ec2::InstanceRequirements::default()
        };
        assert_eq!(
            written(&requirements),
            json!({ "VCpuCount": { "Min": 2 }, "MemoryMiB": { "Min": 4096, "Max": 8192 } })
        );
    }

    #[test]
    fn our_own_resources_name_who_serves_them() {
        let network = custom::Served {
            service: custom::Service { service_token: "arn".into(), service_timeout: 120 },
            properties: custom::Network::<Function> { vpc_id: None, zones: 2 },
        };
        assert_eq!(written(&network), json!({ "ServiceToken": "arn", "ServiceTimeout": 120, "Zones": 2 }));
        assert_eq!(custom::Network::private_subnet(1), Some("PrivateSubnet2"));
        assert_eq!(custom::Network::public_subnet(6), None);
    }
}
