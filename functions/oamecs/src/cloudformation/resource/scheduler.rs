//! [EventBridge Scheduler](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Scheduler.html):
//! tasks that run by the clock.

use serde::Serialize;

use super::Switch;
use super::ecs::{
    CapacityProviderStrategyItem, LaunchType, NetworkConfiguration, PlacementConstraint, PlacementStrategy,
    PropagateTags,
};
use crate::cloudformation::Value;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::Scheduler::Schedule`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html):
/// when something is done. `Ref` is its name, its attribute `Arn` the ARN. It has no tags.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Schedule {
    /// Up to 512 characters.
    pub description: Option<String>,
    /// `at(yyyy-mm-ddThh:mm:ss)`, `rate(<n> minutes)` or `cron(…)` with six fields; not more often than every minute.
    pub schedule_expression: Text,
    /// An IANA name (`Europe/Berlin`) for `at` and `cron`, whose summer time is followed; UTC when absent.
    pub schedule_expression_timezone: Option<Text>,
    /// A time in UTC, `yyyy-mm-ddThh:mm:ssZ`, not in the past when it is made; now when absent.
    pub start_date: Option<Text>,
    /// A time in UTC, `yyyy-mm-ddThh:mm:ssZ`; never when absent.
    pub end_date: Option<Text>,
    /// How punctual it is. AWS requires it.
    pub flexible_time_window: FlexibleTimeWindow,
    /// On when absent.
    pub state: Option<Switch>,
    /// What is done.
    pub target: Target,
}

impl Properties for Schedule {
    const TYPE: &'static str = "AWS::Scheduler::Schedule";
}

/// How punctual a schedule is: its `Mode`, and the window where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "Mode", rename_all = "UPPERCASE", rename_all_fields = "PascalCase")]
pub enum FlexibleTimeWindow {
    /// Within the minute.
    Off,
    /// Some time after it.
    Flexible {
        /// Minutes, 1 to 1,440.
        maximum_window_in_minutes: u32,
    },
}

/// What a schedule does.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    /// The ARN of the cluster, when it runs tasks.
    pub arn: Text,
    /// The role that it acts with: `ecs:RunTask` on the task definition, and `iam:PassRole` on that one's roles.
    pub role_arn: Text,
    /// The task that it runs.
    pub ecs_parameters: Option<EcsParameters>,
    /// For ECS what `RunTask` takes as `overrides`, as a JSON text.
    pub input: Option<Text>,
    /// How often it tries again.
    pub retry_policy: Option<RetryPolicy>,
    /// Where invocations go that failed for good; nowhere when absent.
    pub dead_letter_config: Option<DeadLetterConfig>,
}

/// The task that a schedule runs.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EcsParameters {
    /// The ARN with its revision; the latest one runs where it has none.
    pub task_definition_arn: Text,
    /// 1 to 10: 1 when absent.
    pub task_count: Option<Value<u32>>,
    /// Excludes a strategy.
    pub launch_type: Option<LaunchType>,
    /// Up to six items. Excludes a launch type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
    /// Required with the `awsvpc` network mode, refused with any other.
    pub network_configuration: Option<NetworkConfiguration>,
    /// Fargate only; `LATEST` when absent.
    pub platform_version: Option<Text>,
    /// Whether ECS Exec may open a shell.
    pub enable_execute_command: Option<bool>,
    /// Whether tasks carry the cluster's name as a tag.
    #[serde(rename = "EnableECSManagedTags")]
    pub enable_ecs_managed_tags: Option<bool>,
    /// Where tasks take their tags from: [`PropagateTags::TaskDefinition`] alone is possible; nowhere when absent.
    pub propagate_tags: Option<PropagateTags>,
    /// Up to ten, on instances only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub placement_constraints: Vec<PlacementConstraint>,
    /// Up to five, on instances only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub placement_strategy: Vec<PlacementStrategy>,
    /// Text by which tasks can be told apart; `family:<family>` when absent.
    pub group: Option<Text>,
    /// Up to 50 tags of the tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagMap>,
}

/// A tag of a task. To the schedule it is any map; ECS's own `RunTask` takes it, which wants it in lower case.
#[derive(Clone, Debug, Serialize)]
pub struct TagMap {
    /// 1 to 128 characters, once on a task.
    pub key: String,
    /// Up to 256 characters.
    pub value: Text,
}

/// How often an invocation that failed is tried again, with ever longer pauses.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RetryPolicy {
    /// Seconds, 60 to 86,400: 86,400 when absent.
    pub maximum_event_age_in_seconds: Option<u32>,
    /// 0 to 185: 185 when absent.
    pub maximum_retry_attempts: Option<u32>,
}

/// Where invocations go that failed for good.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeadLetterConfig {
    /// The ARN of an SQS queue, to which the schedule's role may send.
    pub arn: Text,
}
