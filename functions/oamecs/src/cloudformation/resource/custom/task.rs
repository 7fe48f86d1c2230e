//! `Custom::OamEcsTask`: runs tasks and waits until they have ended.

use serde::{Deserialize, Serialize};

use crate::cloudformation::resource::ecs::{
    CapacityProviderStrategyItem, KeyValuePair, LaunchType, NetworkConfiguration, PlacementConstraint,
    PlacementStrategy, PropagateTags,
};
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, Value};

/// Runs tasks once, when it is made and whenever a property changes, and fails its stack when they fail: a migration before
/// the services. What must be there first it depends on, roles' policies, mount targets and routes included; what must come
/// after depends on it.
///
/// Its attributes: `Status` (`Succeeded`, `Failed`, `Skipped`, `SkippedRollback`), `TaskArns` and `ExitCodes` (with commas; the
/// codes of the containers that count, `-` for one that has none), `StartedAt`, `StoppedAt`: empty where nothing ran.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Task<F = Function> {
    /// Name or ARN.
    pub cluster: Text<F>,
    /// The ARN with its revision, as `Ref` of a task definition gives it, whose change runs the tasks again; with
    /// [`Task::containers`] a family or an ARN of somebody else's, which is copied.
    pub task_definition: Text<F>,
    /// The containers of the copy that get another image; with none there is no copy.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<CloneContainer<F>>,
    /// The tag, or the digest with `@`, of all images of the copy that name no other.
    pub image_tag: Option<Text<F>>,
    /// 1 to 10: 1 when absent.
    pub count: Option<Value<u32, F>>,
    /// Excludes a strategy; the cluster's default strategy counts where both are absent.
    pub launch_type: Option<LaunchType>,
    /// Excludes a launch type.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub capacity_provider_strategy: Vec<CapacityProviderStrategyItem<F>>,
    /// Fargate only; `LATEST` when absent.
    pub platform_version: Option<Text<F>>,
    /// Where the tasks are, for the `awsvpc` network mode.
    pub network_configuration: Option<NetworkConfiguration<F>>,
    /// Instances only.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub placement_constraints: Vec<PlacementConstraint<F>>,
    /// Instances only.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub placement_strategy: Vec<PlacementStrategy<F>>,
    /// What differs from the task definition.
    pub overrides: Option<TaskOverride<F>>,
    /// [`PropagateTags::TaskDefinition`] alone is possible; nowhere when absent.
    pub propagate_tags: Option<PropagateTags>,
    /// Whether tasks carry the cluster's name as a tag.
    #[serde(rename = "EnableECSManagedTags")]
    pub enable_ecs_managed_tags: Option<bool>,
    /// Seconds, up to 3,480, after which the tasks are stopped: 900 when absent.
    pub timeout: Option<u32>,
    /// What counts as failed; [`ExitPolicy::Subject`] when absent.
    pub exit_policy: Option<ExitPolicy>,
    /// The containers whose exit codes count with [`ExitPolicy::Subject`]; the essential ones when empty.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// What follows from a failure; [`OnFailure::Rollback`] when absent.
    pub on_failure: Option<OnFailure>,
    /// Whether the tasks run when the stack goes back to what it was; not when absent. Excluded by [`RunWhen::Rollback`].
    pub on_rollback: Option<Whether>,
    /// Whether the tasks run when the resource goes; not when absent.
    pub on_delete: Option<Whether>,
    /// When the tasks run at all; [`RunWhen::Forward`] when absent.
    pub run_when: Option<RunWhen>,
    /// Whether a task that Spot took away is run once more; not when absent.
    pub retry_on_interruption: Option<bool>,
    /// Whether it waits until no other task of the family runs; not when absent. It is no lock.
    pub exclusive: Option<bool>,
    /// Whether nothing is run, `true` or `false`, so that a parameter can say so; or several of these with commas between them,
    /// of which one `true` is enough, so that several can.
    pub skip: Option<Text<F>>,
    /// The id of the macro's request: with it the tasks run on every deployment. Without, only when something changed.
    pub nonce: Option<String>,
}

impl Properties for Task {
    const TYPE: &'static str = "Custom::OamEcsTask";
}

/// A container of a copied task definition that gets another image.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CloneContainer<F = Function> {
    /// Its name.
    pub name: String,
    /// The tag, or the digest with `@`; [`Task::image_tag`] when absent.
    pub image_tag: Option<Text<F>>,
}

/// What of a run differs from the task definition.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TaskOverride<F = Function> {
    /// By container.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub container_overrides: Vec<ContainerOverride<F>>,
    /// Units, 1024 to a vCPU, as text.
    pub cpu: Option<Text<F>>,
    /// MiB, as text.
    pub memory: Option<Text<F>>,
    /// The role that the containers' own programs have.
    pub task_role_arn: Option<Text<F>>,
}

/// What of a container differs from the task definition.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ContainerOverride<F = Function> {
    /// Its name.
    pub name: String,
    /// Replaces its command.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Text<F>>,
    /// Set besides, or instead of the same names.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<KeyValuePair<F>>,
    /// Units, 1024 to a vCPU.
    pub cpu: Option<u32>,
    /// MiB.
    pub memory: Option<u32>,
}

/// What counts as failed. A container that has no exit code has failed wherever its exit code counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExitPolicy {
    /// A named container ends with another code than 0; others may be killed.
    Subject,
    /// An essential one does.
    Essential,
    /// Any does.
    Strict,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// The stack goes back.
    Rollback,
    /// Nothing; the attribute `Status` says so.
    Ignore,
}

/// Whether tasks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Whether {
    /// They do not.
    Skip,
    /// They do.
    Run,
}

/// When tasks run at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunWhen {
    /// When the stack is made or changed.
    Forward,
    /// When the stack goes back to what it was: for what undoes a migration. It runs as the change that is taken back has it.
    ///
    /// CloudFormation takes back only what it has come to: such a task must depend on no service, nor on anything else that may
    /// fail before it, and needs a [`Task::nonce`], or another property that changes with each deployment. A failure of what
    /// it has not come to, or of a deployment that does not change it, runs nothing.
    Rollback,
}
