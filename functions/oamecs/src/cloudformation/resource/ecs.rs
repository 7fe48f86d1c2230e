//! [Amazon ECS](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html): clusters, task
//! definitions with their containers, services.

mod capacity_provider;
mod cluster;
mod container_definition;
mod container_runtime;
mod logging;
mod placement;
mod service;
mod service_connect;
mod task_definition;

pub use capacity_provider::{
    AutoScalingGroupProvider, CapacityProvider, ClusterCapacityProviderAssociations, ManagedScaling,
};
pub use cluster::{CapacityProviderStrategyItem, Cluster, ClusterSettings};
pub use container_definition::{
    AppProtocol, ContainerCondition, ContainerDefinition, ContainerDependency, EnvironmentFile, EnvironmentFileType,
    HealthCheck, KeyValuePair, MountPoint, PortMapping, RepositoryCredentials, ResourceRequirement, ResourceType,
    RestartPolicy, Secret, TransportProtocol, VolumeFrom,
};
pub use container_runtime::{
    Device, DevicePermission, HostEntry, KernelCapabilities, LinuxParameters, SystemControl, Tmpfs, Ulimit,
};
pub use logging::{FirelensConfiguration, FirelensType, LogConfiguration, LogDriver};
pub use placement::{PlacementConstraint, PlacementStrategy};
pub use service::{
    AwsVpcConfiguration, DeploymentAlarms, DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentController,
    DeploymentControllerType, ForceNewDeployment, LoadBalancer, NetworkConfiguration, PropagateTags,
    SchedulingStrategy, Service, ServiceRegistry,
};
pub use service_connect::{
    ServiceConnectClientAlias, ServiceConnectConfiguration, ServiceConnectService, TimeoutConfiguration,
};
pub use task_definition::{
    AuthorizationConfig, CpuArchitecture, DockerVolumeConfiguration, DockerVolumeScope, EfsVolumeConfiguration,
    EphemeralStorage, HostVolumeProperties, IpcMode, NetworkMode, OperatingSystemFamily, PidMode, RuntimePlatform,
    TaskDefinition, Volume,
};

use serde::{Deserialize, Serialize};

/// What tasks run on: of a service where it has no capacity providers, and what a task definition is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LaunchType {
    /// Instances that somebody runs in the cluster.
    Ec2,
    /// AWS's own machines, one task to each.
    Fargate,
    /// Machines that are not AWS's, registered with the cluster.
    External,
}
