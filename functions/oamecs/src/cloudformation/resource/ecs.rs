//! [Amazon ECS](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html): clusters, task
//! definitions with their containers, services.

mod cluster;
mod container_definition;
mod container_runtime;
mod service;
mod task_definition;

pub use cluster::{CapacityProviderStrategyItem, Cluster, ClusterSettings};
pub use container_definition::{
    AppProtocol, ContainerCondition, ContainerDefinition, ContainerDependency, HealthCheck, KeyValuePair,
    LogConfiguration, LogDriver, MountPoint, PortMapping, RepositoryCredentials, RestartPolicy, Secret,
    TransportProtocol,
};
pub use container_runtime::{HostEntry, KernelCapabilities, LinuxParameters, SystemControl, Tmpfs, Ulimit};
pub use service::{
    AwsVpcConfiguration, DeploymentAlarms, DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentController,
    DeploymentControllerType, ForceNewDeployment, LoadBalancer, NetworkConfiguration, PropagateTags,
    SchedulingStrategy, Service, ServiceConnectConfiguration, ServiceRegistry,
};
pub use task_definition::{
    AuthorizationConfig, CpuArchitecture, EfsVolumeConfiguration, EphemeralStorage, NetworkMode, OperatingSystemFamily,
    RuntimePlatform, TaskDefinition, Volume,
};

use serde::Serialize;

/// What tasks run on: of a service where it has no capacity providers, and what a task definition is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LaunchType {
    /// Instances that somebody runs in the cluster.
    Ec2,
    /// AWS's own machines, one task to each.
    Fargate,
}
