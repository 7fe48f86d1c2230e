//! `AWS::ECS::Service`.

use serde::{Deserialize, Serialize};

use super::{
    CapacityProviderStrategyItem, LaunchType, PlacementConstraint, PlacementStrategy, ServiceConnectConfiguration,
};
use crate::cloudformation::Function;
use crate::cloudformation::Value;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ECS::Service`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html):
/// keeps a number of tasks running and rolls them over to a new task definition. `Ref` is its ARN.
///
/// An update leaves as it was what the template no longer mentions: AWS says so of the lists, which only an empty one
/// takes away, and of the count. So the lists and switches that may once have been set are plain here, and written even
/// when empty or false.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service {
    /// Name or ARN. Changing it replaces the service.
    pub cluster: Text,
    /// The ARN with its revision, as `Ref` of a task definition gives it.
    pub task_definition: Text,
    /// Tasks. When absent 1 at first, and later whatever a scaler or a person made it.
    pub desired_count: Option<Value<u32>>,
    /// Excludes a strategy; the cluster's default strategy counts where both are absent. Changing it may replace the
    /// service.
    pub launch_type: Option<LaunchType>,
    /// Excludes a launch type. An empty list takes a former strategy away, an absent one keeps it.
    pub capacity_provider_strategy: Option<Vec<CapacityProviderStrategyItem>>,
    /// How a new revision replaces the old one.
    pub deployment_configuration: Option<DeploymentConfiguration>,
    /// Lets a change of capacity take effect, which ECS refuses otherwise.
    pub force_new_deployment: Option<ForceNewDeployment>,
    /// ECS's own rolling update when absent. Changing it replaces nothing, but not every change is possible.
    pub deployment_controller: Option<DeploymentController>,
    /// Required with the `awsvpc` network mode, refused with any other.
    pub network_configuration: Option<NetworkConfiguration>,
    /// Up to five target groups. An empty list takes former ones away.
    pub load_balancers: Vec<LoadBalancer>,
    /// At most one. An empty list takes a former one away.
    pub service_registries: Vec<ServiceRegistry>,
    /// Seconds during which a new task's failing checks do not count; 0 when absent.
    pub health_check_grace_period_seconds: Option<u32>,
    /// Whether ECS Exec may open a shell; the task role needs the `ssmmessages` actions for it.
    pub enable_execute_command: bool,
    /// Whether tasks carry the cluster's and the service's names as tags, which cost reports use.
    #[serde(rename = "EnableECSManagedTags")]
    pub enable_ecs_managed_tags: bool,
    /// Where tasks take their tags from; nowhere when absent.
    pub propagate_tags: Option<PropagateTags>,
    /// Fargate only; `LATEST` when absent.
    pub platform_version: Option<Text>,
    /// `REPLICA` when absent. Changing it replaces the service.
    pub scheduling_strategy: Option<SchedulingStrategy>,
    /// Whether tasks move to even out the zones. On at first when absent; refused where no more than 100 % may run.
    pub availability_zone_rebalancing: Option<Switch>,
    /// Instances only, up to ten. An empty list takes former ones away, an absent one keeps them.
    pub placement_constraints: Option<Vec<PlacementConstraint>>,
    /// Instances only, and not with [`SchedulingStrategy::Daemon`]; up to five. An empty list takes former ones away, an
    /// absent one keeps them.
    pub placement_strategies: Option<Vec<PlacementStrategy>>,
    /// Service Connect, which an absent property does not switch off.
    pub service_connect_configuration: Option<ServiceConnectConfiguration>,
}

impl Properties for Service {
    const TYPE: &'static str = "AWS::ECS::Service";
}

/// When the service starts new tasks although its task definition is the same.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ForceNewDeployment {
    /// Whether it does so, when the nonce changes.
    pub enable_force_new_deployment: bool,
    /// Any text; another text is another deployment.
    pub force_new_deployment_nonce: String,
}

/// How many tasks run while a deployment replaces them, and when it counts as failed.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentConfiguration {
    /// Per cent of the desired count, rounded down: 200 when absent.
    pub maximum_percent: Option<u32>,
    /// Per cent of the desired count, rounded up: 100 when absent.
    pub minimum_healthy_percent: Option<u32>,
    /// Off when absent: a deployment that cannot succeed then goes on for hours.
    pub deployment_circuit_breaker: Option<DeploymentCircuitBreaker>,
    /// Alarms that stop a deployment.
    pub alarms: Option<DeploymentAlarms>,
}

/// Ends a deployment whose tasks do not come up. AWS requires both fields.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentCircuitBreaker {
    /// Whether it watches at all.
    pub enable: bool,
    /// Whether the service goes back to the last deployment that completed.
    pub rollback: bool,
}

/// Ends a deployment when an alarm goes off. AWS requires all three fields, to switch it off too.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentAlarms {
    /// Names, not ARNs, of `CloudWatch` alarms.
    pub alarm_names: Vec<Text>,
    /// Whether the alarms are watched at all.
    pub enable: bool,
    /// Whether the service goes back to the last deployment that completed.
    pub rollback: bool,
}

/// Who carries out deployments.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeploymentController {
    /// The only property that there is.
    #[serde(rename = "Type")]
    pub kind: DeploymentControllerType,
}

/// The kinds of [`DeploymentController`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeploymentControllerType {
    /// ECS itself, with rolling updates; the default.
    Ecs,
    /// AWS `CodeDeploy`, between two target groups.
    CodeDeploy,
    /// Somebody who manages task sets through ECS's API.
    External,
}

/// Where the network interfaces of the tasks are.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkConfiguration<F = Function> {
    /// For the `awsvpc` network mode, the only one that has a configuration.
    pub awsvpc_configuration: AwsVpcConfiguration<F>,
}

/// The network interface that each task has of its own.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AwsVpcConfiguration<F = Function> {
    /// Off when absent; a Fargate task in a public subnet needs it to reach its image.
    pub assign_public_ip: Option<Value<Switch, F>>,
    /// Up to five; the VPC's default group where absent.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<Text<F>>,
    /// Up to 16, all of one VPC.
    pub subnets: Value<Vec<Text<F>>, F>,
}

/// A target group that the service's tasks register with.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer {
    /// The name of a container of the task definition.
    pub container_name: String,
    /// One of that container's [port mappings](super::PortMapping).
    pub container_port: u16,
    /// Must hang on a listener before the service is made, so the service depends on the listener.
    pub target_group_arn: Text,
}

/// A Cloud Map service that the service's tasks register with.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceRegistry {
    /// The Cloud Map service. With A records nothing else is needed; with SRV records, the only ones for `bridge` and
    /// `host`, a container and its port are.
    pub registry_arn: Text,
    /// The name of a container of the task definition.
    pub container_name: Option<String>,
    /// One of that container's [port mappings](super::PortMapping).
    pub container_port: Option<u16>,
}

/// Where the tags of tasks come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PropagateTags {
    /// The service.
    Service,
    /// The task definition.
    TaskDefinition,
}

/// How the number of tasks is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SchedulingStrategy {
    /// As many as are desired.
    Replica,
    /// One on each instance of the cluster; not on Fargate.
    Daemon,
}
