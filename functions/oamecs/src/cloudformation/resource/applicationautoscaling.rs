//! [Application Auto Scaling](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApplicationAutoScaling.html):
//! who changes the number of a service's tasks, and when.

mod policy;

pub use policy::{
    AdjustmentType, CustomizedMetricSpecification, MetricAggregationType, MetricDataQuery, MetricSpecification,
    PredefinedMetricSpecification, PredefinedMetricType, ScalingPolicy, ScalingPolicyConfiguration, StepAdjustment,
    StepScalingPolicyConfiguration, TargetTrackingMetric, TargetTrackingMetricStat,
    TargetTrackingScalingPolicyConfiguration,
};

use serde::Serialize;

use crate::cloudformation::Value;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ApplicationAutoScaling::ScalableTarget`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html):
/// a number that may be changed, and its bounds. `Ref` is the resource id, the dimension and the namespace with bars
/// between them, which policies name. AWS's own service-linked role does the work.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTarget {
    /// `service/<cluster's name>/<service's name>`. Changing it replaces the target.
    pub resource_id: Text,
    /// Changing it replaces the target.
    pub service_namespace: ServiceNamespace,
    /// Changing it replaces the target.
    pub scalable_dimension: ScalableDimension,
    /// Tasks. A lower count is raised to it at once.
    pub min_capacity: Value<u32>,
    /// Tasks. A higher count is lowered to it at once.
    pub max_capacity: Value<u32>,
    /// Bounds that change by the clock. Policies go on within the new ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scheduled_actions: Vec<ScheduledAction>,
    /// What is suspended; nothing when absent.
    pub suspended_state: Option<SuspendedState>,
}

impl Properties for ScalableTarget {
    const TYPE: &'static str = "AWS::ApplicationAutoScaling::ScalableTarget";
}

/// The service whose resource is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceNamespace {
    /// Amazon ECS.
    Ecs,
}

/// The number that is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ScalableDimension {
    /// How many tasks an ECS service should have.
    #[serde(rename = "ecs:service:DesiredCount")]
    EcsServiceDesiredCount,
}

/// A change of a target's bounds at a time.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledAction {
    /// Unique on its target.
    pub scheduled_action_name: String,
    /// `at(yyyy-mm-ddThh:mm:ss)`, `rate(<n> minutes)` or `cron(…)` with six fields; not more often than every minute.
    pub schedule: Text,
    /// An IANA name (`Europe/Berlin`) for `at` and `cron`; UTC when absent.
    pub timezone: Option<Text>,
    /// A time in UTC, `yyyy-mm-ddThh:mm:ssZ`; now when absent.
    pub start_time: Option<Text>,
    /// A time in UTC, `yyyy-mm-ddThh:mm:ssZ`; never when absent.
    pub end_time: Option<Text>,
    /// The new bounds, of which at least one is there.
    pub scalable_target_action: ScalableTargetAction,
}

/// The bounds that a scheduled action sets. What is absent stays as it was.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTargetAction {
    /// Tasks.
    pub min_capacity: Option<Value<u32>>,
    /// Tasks.
    pub max_capacity: Option<Value<u32>>,
}

/// What of a target's scaling is suspended.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SuspendedState {
    /// That policies remove tasks.
    pub dynamic_scaling_in_suspended: bool,
    /// That policies add tasks.
    pub dynamic_scaling_out_suspended: bool,
    /// Scheduled actions.
    pub scheduled_scaling_suspended: bool,
}
