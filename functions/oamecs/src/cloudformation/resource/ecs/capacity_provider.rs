//! `AWS::ECS::CapacityProvider`: instances that come and go with the tasks, and how a cluster gets them.

use serde::Serialize;

use super::CapacityProviderStrategyItem;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ECS::CapacityProvider`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-capacityprovider.html):
/// instances that come and go with the tasks. `Ref` is its name. It is only deleted when no service's strategy names it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CapacityProvider {
    /// The instances.
    pub auto_scaling_group_provider: AutoScalingGroupProvider,
}

impl Properties for CapacityProvider {
    const TYPE: &'static str = "AWS::ECS::CapacityProvider";
}

/// The group whose instances run tasks.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutoScalingGroupProvider {
    /// The group's ARN or its name, which `Ref` gives. Changing it replaces the provider.
    pub auto_scaling_group_arn: Text,
    /// Whether ECS sets the group's desired capacity; it does not when absent.
    pub managed_scaling: Option<ManagedScaling>,
    /// Whether instances with tasks are protected; off when absent. Needs managed scaling, and a group whose new instances
    /// are protected. Instances stay protected when the provider goes, and CloudFormation then cannot delete their group.
    pub managed_termination_protection: Option<Switch>,
    /// Whether tasks leave an instance before it goes; on when absent.
    pub managed_draining: Option<Switch>,
}

/// How ECS sets a group's desired capacity.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedScaling {
    /// Whether it does so at all.
    pub status: Option<Switch>,
    /// Per cent of the instances that tasks should use, 1 to 100: 100 when absent. Less keeps some idle.
    pub target_capacity: Option<u32>,
    /// Instances that come at a time at least, 1 to 10,000: 1 when absent.
    pub minimum_scaling_step_size: Option<u32>,
    /// Instances that come at a time at most, 1 to 10,000: 10,000 when absent.
    pub maximum_scaling_step_size: Option<u32>,
    /// Seconds, 0 to 10,000, until a new instance counts: 300 when absent.
    pub instance_warmup_period: Option<u32>,
}

/// [`AWS::ECS::ClusterCapacityProviderAssociations`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html):
/// all the capacity providers of a cluster, as a resource of its own. Where it is, the cluster itself names none, and services
/// and tasks with a strategy depend on it, which no reference says. AWS requires the strategy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClusterCapacityProviderAssociations {
    /// Name or ARN. Changing it replaces the association.
    pub cluster: Text,
    /// `FARGATE`, `FARGATE_SPOT` or names; any that the cluster has besides are taken away.
    pub capacity_providers: Vec<Text>,
    /// For services and tasks that say nothing of launch type or strategy; may be empty.
    pub default_capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
}

impl Properties for ClusterCapacityProviderAssociations {
    const TYPE: &'static str = "AWS::ECS::ClusterCapacityProviderAssociations";
}
