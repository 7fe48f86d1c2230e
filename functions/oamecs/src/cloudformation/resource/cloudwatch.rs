//! [Amazon CloudWatch](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CloudWatch.html): alarms.

use serde::Serialize;

use crate::cloudformation::Value;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::CloudWatch::Alarm`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html):
/// goes off when a metric is beyond a threshold. `Ref` is its name, its attribute `Arn` the ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm {
    /// Up to 255 characters; generated when absent. Changing it replaces the alarm. A service that an alarm watches names
    /// it, so the name of such an alarm is composed, or service and alarm would refer to each other.
    pub alarm_name: Option<Text>,
    /// Up to 1,024 characters.
    pub alarm_description: Option<Text>,
    /// The metric's name.
    pub metric_name: Text,
    /// `AWS/ECS`, `AWS/ApplicationELB` or any other.
    pub namespace: Text,
    /// All that the metric was published with, or another metric is meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension>,
    /// How the values of a period become one. Excludes an extended statistic; one of the two is required.
    pub statistic: Option<Statistic>,
    /// A percentile, `p99`. Excludes a statistic.
    pub extended_statistic: Option<Text>,
    /// Seconds: 10, 20, 30 or a multiple of 60.
    pub period: u32,
    /// Periods that are looked at, at most a day altogether for periods under an hour.
    pub evaluation_periods: u32,
    /// Of these, how many must be beyond the threshold; all when absent.
    pub datapoints_to_alarm: Option<u32>,
    /// In the metric's own unit.
    pub threshold: Value<f64>,
    /// The side of the threshold on which it goes off.
    pub comparison_operator: ComparisonOperator,
    /// What a period without values counts as: [`TreatMissingData::Missing`] when absent.
    pub treat_missing_data: Option<TreatMissingData>,
    /// ARNs of what is done when it goes off: scaling policies, SNS topics. Up to five.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alarm_actions: Vec<Text>,
    /// ARNs of what is done when it is over. Up to five.
    #[serde(rename = "OKActions", skip_serializing_if = "Vec::is_empty")]
    pub ok_actions: Vec<Text>,
}

impl Properties for Alarm {
    const TYPE: &'static str = "AWS::CloudWatch::Alarm";
}

/// [`AWS::CloudWatch::CompositeAlarm`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html):
/// goes off when others have. `Ref` is its name, its attribute `Arn` the ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompositeAlarm {
    /// Which others: `ALARM("name")` with `AND`, `OR`, `NOT` and parentheses, up to 10,240 characters and 100 alarms.
    pub alarm_rule: Text,
    /// Up to 1,024 characters.
    pub alarm_description: Option<Text>,
}

impl Properties for CompositeAlarm {
    const TYPE: &'static str = "AWS::CloudWatch::CompositeAlarm";
}

/// A dimension of a metric.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    /// 1 to 255 characters.
    pub name: Text,
    /// 1 to 1,024 characters.
    pub value: Text,
}

/// How the values of a period become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Statistic {
    /// Their mean.
    Average,
    /// The greatest.
    Maximum,
    /// The least.
    Minimum,
    /// How many there are.
    SampleCount,
    /// All of them together.
    Sum,
}

/// The side of a threshold on which an alarm goes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ComparisonOperator {
    /// At it or above.
    GreaterThanOrEqualToThreshold,
    /// Above it.
    GreaterThanThreshold,
    /// At it or below.
    LessThanOrEqualToThreshold,
    /// Below it.
    LessThanThreshold,
}

/// What a period without values counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// Beyond the threshold.
    Breaching,
    /// Within the threshold.
    NotBreaching,
    /// Nothing: the alarm stays as it is.
    Ignore,
    /// Nothing: with no values at all the alarm lacks data.
    Missing,
}
