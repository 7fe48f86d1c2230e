//! [Amazon EC2 Auto Scaling](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_AutoScaling.html):
//! the instances behind a capacity provider.

use serde::Serialize;

use super::ec2::InstanceRequirements;
use crate::cloudformation::Value;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::AutoScaling::AutoScalingGroup`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html):
/// keeps a number of instances running. `Ref` is its name.
///
/// The desired capacity is nowhere here: a capacity provider sets it, and an update would set it back.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AutoScalingGroup {
    /// Instances, as text.
    pub min_size: Text,
    /// Instances, as text.
    pub max_size: Text,
    /// What instances are made of. Excludes a mixed policy; one of the two is required.
    pub launch_template: Option<LaunchTemplateSpecification>,
    /// Instances of several types, or partly Spot.
    pub mixed_instances_policy: Option<MixedInstancesPolicy>,
    /// The subnets in which instances are.
    #[serde(rename = "VPCZoneIdentifier")]
    pub vpc_zone_identifier: Value<Vec<Text>>,
    /// Whether new instances are only removed by somebody who lifts their protection, as managed termination protection
    /// requires; off when absent. CloudFormation cannot delete a group as long as it has
    /// such instances.
    pub new_instances_protected_from_scale_in: Option<bool>,
    /// Whether a Spot instance is replaced before AWS takes it away; off when absent.
    pub capacity_rebalance: Option<bool>,
    /// Seconds, 86,400 to 31,536,000, after which an instance is replaced; never when absent.
    pub max_instance_lifetime: Option<u32>,
    /// Seconds during which a new instance's failing checks do not count; 0 when absent.
    pub health_check_grace_period: Option<u32>,
    /// Tags of the group and, where they say so, of its instances.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagProperty>,
}

impl Properties for AutoScalingGroup {
    const TYPE: &'static str = "AWS::AutoScaling::AutoScalingGroup";
}

/// A tag of a group. AWS requires all three fields, so the tags that every resource has do not fit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagProperty {
    /// 1 to 128 characters, unique in its group.
    pub key: String,
    /// Up to 256 characters.
    pub value: Text,
    /// Whether the instances have it too.
    pub propagate_at_launch: bool,
}

/// A launch template in one of its versions.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateSpecification {
    /// `Ref` of the [template](super::ec2::LaunchTemplate).
    pub launch_template_id: Text,
    /// A number, best the template's attribute `LatestVersionNumber`, whose change reaches the group.
    pub version: Text,
}

/// Which instances a group has, of several types or purchase options. Changing it leaves instances that run as they are.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MixedInstancesPolicy {
    /// What they are made of.
    pub launch_template: LaunchTemplate,
    /// How many are on demand; all when absent.
    pub instances_distribution: Option<InstancesDistribution>,
}

/// A launch template and what differs from it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplate {
    /// The template.
    pub launch_template_specification: LaunchTemplateSpecification,
    /// Up to 40, the first preferred; the template's own type counts where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<LaunchTemplateOverrides>,
}

/// An instance type, or what it must have: exactly one of the two.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateOverrides {
    /// `m7i.large`.
    pub instance_type: Option<Text>,
    /// Any type that has it.
    pub instance_requirements: Option<InstanceRequirements>,
}

/// How many instances are on demand, and how the others are found.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstancesDistribution {
    /// Instances on demand before all others: 0 when absent.
    pub on_demand_base_capacity: Option<u32>,
    /// Per cent of the rest: 100 when absent.
    pub on_demand_percentage_above_base_capacity: Option<u32>,
    /// `prioritized` when absent; instance requirements need `lowest-price`.
    pub on_demand_allocation_strategy: Option<OnDemandAllocationStrategy>,
    /// `lowest-price` when absent, which AWS takes away most often.
    pub spot_allocation_strategy: Option<SpotAllocationStrategy>,
}

/// How types are chosen on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDemandAllocationStrategy {
    /// In the order of the overrides.
    Prioritized,
    /// The cheapest first.
    LowestPrice,
}

/// How types are chosen on Spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpotAllocationStrategy {
    /// Where AWS has most to spare, and among these the cheapest: what AWS recommends.
    PriceCapacityOptimized,
    /// Where AWS has most to spare.
    CapacityOptimized,
}

/// [`AWS::AutoScaling::LifecycleHook`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-lifecyclehook.html):
/// holds instances on their way in or out. A capacity provider with managed draining has its own.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleHook {
    /// Changing it replaces the hook.
    pub auto_scaling_group_name: Text,
    /// Which way.
    pub lifecycle_transition: LifecycleTransition,
    /// Seconds, 30 to 7,200: 3,600 when absent.
    pub heartbeat_timeout: Option<u32>,
    /// What happens when nobody answers in time; `ABANDON` when absent.
    pub default_result: Option<LifecycleResult>,
}

impl Properties for LifecycleHook {
    const TYPE: &'static str = "AWS::AutoScaling::LifecycleHook";
}

/// The way of an instance that a hook holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LifecycleTransition {
    /// In.
    #[serde(rename = "autoscaling:EC2_INSTANCE_LAUNCHING")]
    Launching,
    /// Out.
    #[serde(rename = "autoscaling:EC2_INSTANCE_TERMINATING")]
    Terminating,
}

/// What happens to an instance after a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LifecycleResult {
    /// It is terminated, without the hooks that follow.
    Abandon,
    /// It goes on.
    Continue,
}
