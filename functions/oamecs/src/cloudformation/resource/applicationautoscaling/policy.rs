//! `AWS::ApplicationAutoScaling::ScalingPolicy`: what a count follows.

use serde::Serialize;

use crate::cloudformation::Value;
use crate::cloudformation::resource::cloudwatch::{Dimension, Statistic};
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ApplicationAutoScaling::ScalingPolicy`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalingpolicy.html):
/// changes a target's number as a metric goes. `Ref` is its ARN. Of several policies the one that wants most tasks counts.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingPolicy {
    /// Unique on its target; AWS requires it. Changing it replaces the policy.
    pub policy_name: Text,
    /// `Ref` of the [target](super::ScalableTarget). Changing it replaces the policy.
    pub scaling_target_id: Text,
    /// `PolicyType` and the property that belongs to it.
    #[serde(flatten)]
    pub configuration: ScalingPolicyConfiguration,
}

impl Properties for ScalingPolicy {
    const TYPE: &'static str = "AWS::ApplicationAutoScaling::ScalingPolicy";
}

/// The kinds of policies.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "PolicyType", rename_all_fields = "PascalCase")]
pub enum ScalingPolicyConfiguration {
    /// Keeps a metric at a value, with alarms that AWS makes itself.
    TargetTrackingScaling {
        /// The metric and the value.
        target_tracking_scaling_policy_configuration: TargetTrackingScalingPolicyConfiguration,
    },
    /// Acts when an alarm of ours goes off, whose action is the policy.
    StepScaling {
        /// The steps.
        step_scaling_policy_configuration: StepScalingPolicyConfiguration,
    },
}

/// A metric and the value that it is kept at.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingScalingPolicyConfiguration {
    /// In the metric's own unit: per cent for utilisation, requests a minute and target for an ALB's requests.
    pub target_value: Value<f64>,
    /// The metric, in the property of its kind.
    #[serde(flatten)]
    pub metric: MetricSpecification,
    /// Seconds after tasks were removed before more are: 300 when absent.
    pub scale_in_cooldown: Option<u32>,
    /// Seconds after tasks were added before more are: 300 when absent.
    pub scale_out_cooldown: Option<u32>,
    /// Whether the policy never removes tasks; it does when absent.
    pub disable_scale_in: Option<bool>,
}

/// A metric to follow: AWS wants exactly one of the properties that can name it.
#[derive(Clone, Debug, Serialize)]
pub enum MetricSpecification {
    /// A metric that AWS knows.
    #[serde(rename = "PredefinedMetricSpecification")]
    Predefined(PredefinedMetricSpecification),
    /// Any other metric, which must fall as tasks are added.
    #[serde(rename = "CustomizedMetricSpecification")]
    Customized(Box<CustomizedMetricSpecification>),
}

/// A metric that AWS knows.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PredefinedMetricSpecification {
    /// Which.
    pub predefined_metric_type: PredefinedMetricType,
    /// With [`PredefinedMetricType::AlbRequestCountPerTarget`] only, where it is required: the full names of load balancer
    /// and target group, `app/…/…/targetgroup/…/…`. The group must hang on a listener before the policy is made.
    pub resource_label: Option<Text>,
}

/// The metrics that AWS knows of ECS services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PredefinedMetricType {
    /// Requests a minute to each task.
    #[serde(rename = "ALBRequestCountPerTarget")]
    AlbRequestCountPerTarget,
    /// Per cent of the reserved processor time, over all tasks.
    #[serde(rename = "ECSServiceAverageCPUUtilization")]
    EcsServiceAverageCpuUtilization,
    /// Per cent of the reserved memory, over all tasks.
    #[serde(rename = "ECSServiceAverageMemoryUtilization")]
    EcsServiceAverageMemoryUtilization,
}

/// Any other metric: by name, namespace and statistic, or by `metrics` alone.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomizedMetricSpecification {
    /// Its name.
    pub metric_name: Option<Text>,
    /// Its namespace: `AWS/SQS`.
    pub namespace: Option<Text>,
    /// All that it was published with, or another metric is meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension>,
    /// Required with a name.
    pub statistic: Option<Statistic>,
    /// As it was published; any when absent.
    pub unit: Option<Text>,
    /// Metrics and expressions over them, of which exactly one is returned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricDataQuery>,
}

/// A metric, or an expression over others: exactly one of the two.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDataQuery {
    /// A lower-case letter, then letters, digits and underscores: what expressions call it.
    pub id: Text,
    /// A formula over the other ids.
    pub expression: Option<Text>,
    /// A metric as it is.
    pub metric_stat: Option<TargetTrackingMetricStat>,
    /// What people call it.
    pub label: Option<Text>,
    /// Whether it is the one that is followed; it is when absent.
    pub return_data: Option<bool>,
}

/// A metric with its statistic.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetricStat {
    /// Which.
    pub metric: TargetTrackingMetric,
    /// `Average`, `Sum`, `p90` …
    pub stat: Text,
    /// As it was published; any when absent.
    pub unit: Option<Text>,
}

/// A metric.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetric {
    /// Its name.
    pub metric_name: Text,
    /// Its namespace.
    pub namespace: Text,
    /// All that it was published with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension>,
}

/// What happens when an alarm goes off, by how far its metric is beyond the threshold.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepScalingPolicyConfiguration {
    /// What the steps count in.
    pub adjustment_type: AdjustmentType,
    /// Seconds in which an action counts against the next: 300 when absent.
    pub cooldown: Option<u32>,
    /// Of the values of a period; their mean when absent.
    pub metric_aggregation_type: Option<MetricAggregationType>,
    /// Tasks that are added or removed at least, with [`AdjustmentType::PercentChangeInCapacity`].
    pub min_adjustment_magnitude: Option<u32>,
    /// Without gaps or overlaps.
    pub step_adjustments: Vec<StepAdjustment>,
}

/// What a step counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AdjustmentType {
    /// Tasks more, or fewer.
    ChangeInCapacity,
    /// Tasks altogether.
    ExactCapacity,
    /// Per cent of the tasks that there are, more or fewer.
    PercentChangeInCapacity,
}

/// How the values of a period become one, for steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum MetricAggregationType {
    /// Their mean.
    Average,
    /// The greatest.
    Maximum,
    /// The least.
    Minimum,
}

/// A step. Its bounds count from the alarm's threshold; an absent one is without end.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepAdjustment {
    /// From here, for a metric above the threshold this itself included.
    pub metric_interval_lower_bound: Option<f64>,
    /// To here.
    pub metric_interval_upper_bound: Option<f64>,
    /// As the [adjustment type](AdjustmentType) has it; less than 0 removes tasks.
    pub scaling_adjustment: i32,
}
