//! A container of a task definition: what it runs, and how it is connected, checked, fed and logged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FirelensConfiguration, HostEntry, LinuxParameters, LogConfiguration, SystemControl, Ulimit};
use crate::cloudformation::Function;
use crate::cloudformation::value::Text;

/// [A container](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-taskdefinition-containerdefinition.html)
/// of a task. Where a property is absent, the image's own setting counts, if it has one.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContainerDefinition {
    /// Unique in the task: up to 255 letters, digits, hyphens and underscores.
    pub name: String,
    /// As `docker pull` takes it.
    pub image: Text,
    /// Whether the task stops when the container does.
    pub essential: bool,
    /// Replaces the image's `CMD`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Text>,
    /// Replaces the image's `ENTRYPOINT`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entry_point: Vec<Text>,
    /// Each name once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<KeyValuePair>,
    /// Files of environment variables; what the other two set counts before them. Up to ten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environment_files: Vec<EnvironmentFile>,
    /// Environment variables whose values the execution role fetches when a task starts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// Containers of the task that come first; when the task stops, they go last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<ContainerDependency>,
    /// Labels, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub docker_labels: BTreeMap<String, Text>,
    /// ECS ignores the image's `HEALTHCHECK`: without this a container has no health.
    pub health_check: Option<HealthCheck>,
    /// Options that Windows does not have.
    pub linux_parameters: Option<LinuxParameters>,
    /// Makes it the log router of the task, one to a task.
    pub firelens_configuration: Option<FirelensConfiguration>,
    /// Where standard output goes.
    pub log_configuration: Option<LogConfiguration>,
    /// MiB: the container is killed beyond it. On Fargate the task's memory when absent.
    pub memory: Option<u32>,
    /// MiB that are kept for it; must be less than `memory` where both are given.
    pub memory_reservation: Option<u32>,
    /// Units, 1024 to a vCPU: a share when the processors are busy, not a limit.
    pub cpu: Option<u32>,
    /// GPUs, which it has to itself. Refused on Fargate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_requirements: Vec<ResourceRequirement>,
    /// Where the task's volumes appear.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mount_points: Vec<MountPoint>,
    /// Containers whose mounts it has too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes_from: Vec<VolumeFrom>,
    /// Ports that a load balancer or Service Connect uses; within `awsvpc` any other port is reachable too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub port_mappings: Vec<PortMapping>,
    /// All of the instance's rights. Refused on Fargate.
    pub privileged: Option<bool>,
    /// Whether there is a terminal (`docker run --tty`).
    pub pseudo_terminal: Option<bool>,
    /// Whether standard input stays open (`docker run --interactive`).
    pub interactive: Option<bool>,
    /// Whether the image's files cannot be changed; ECS Exec then does not work.
    pub readonly_root_filesystem: Option<bool>,
    /// For a registry other than Amazon's that wants a password.
    pub repository_credentials: Option<RepositoryCredentials>,
    /// Whether the container alone restarts, instead of the task.
    pub restart_policy: Option<RestartPolicy>,
    /// Seconds in which it must reach what others [wait for](ContainerDependency) in it; at most 120 on Fargate.
    pub start_timeout: Option<u32>,
    /// Seconds between the stop signal and `SIGKILL`: 30 when absent, at most 120 on Fargate.
    pub stop_timeout: Option<u32>,
    /// Kernel parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_controls: Vec<SystemControl>,
    /// Resource limits of its processes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ulimits: Vec<Ulimit>,
    /// `user`, `uid`, `user:group` or `uid:gid`.
    pub user: Option<Text>,
    /// An absolute path.
    pub working_directory: Option<Text>,
    /// Lines of `/etc/hosts`. Refused with the `awsvpc` network mode.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<HostEntry>,
    /// What it calls itself. Refused with the `awsvpc` network mode.
    pub hostname: Option<Text>,
    /// `container:alias`: containers of the task on the same instance, by name. With `bridge` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Text>,
    /// Whether it has no network at all. Refused with the `awsvpc` network mode.
    pub disable_networking: Option<bool>,
    /// Addresses that it asks for names. Refused with the `awsvpc` network mode.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns_servers: Vec<Text>,
    /// Domains that it appends to short names. Refused with the `awsvpc` network mode.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns_search_domains: Vec<Text>,
    /// `label:…`, `apparmor:…`, `no-new-privileges`, `credentialspec:…`. Refused on Fargate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docker_security_options: Vec<Text>,
}

impl ContainerDefinition {
    /// An essential container that takes everything else from its image.
    pub fn new(name: impl Into<String>, image: impl Into<Text>) -> Self {
        Self {
            name: name.into(),
            image: image.into(),
            essential: true,
            command: Vec::new(),
            entry_point: Vec::new(),
            environment: Vec::new(),
            environment_files: Vec::new(),
            secrets: Vec::new(),
            depends_on: Vec::new(),
            docker_labels: BTreeMap::new(),
            health_check: None,
            linux_parameters: None,
            firelens_configuration: None,
            log_configuration: None,
            memory: None,
            memory_reservation: None,
            cpu: None,
            resource_requirements: Vec::new(),
            mount_points: Vec::new(),
            volumes_from: Vec::new(),
            port_mappings: Vec::new(),
            privileged: None,
            pseudo_terminal: None,
            interactive: None,
            readonly_root_filesystem: None,
            repository_credentials: None,
            restart_policy: None,
            start_timeout: None,
            stop_timeout: None,
            system_controls: Vec::new(),
            ulimits: Vec::new(),
            user: None,
            working_directory: None,
            extra_hosts: Vec::new(),
            hostname: None,
            links: Vec::new(),
            disable_networking: None,
            dns_servers: Vec::new(),
            dns_search_domains: Vec::new(),
            docker_security_options: Vec::new(),
        }
    }
}

/// An environment variable, in the open: whoever may describe the task definition reads it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyValuePair<F = Function> {
    /// As the program reads it.
    pub name: String,
    /// An empty text is a variable that is set and empty.
    pub value: Text<F>,
}

/// A file of environment variables, `NAME=value` on each line.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnvironmentFile {
    /// Where it is.
    #[serde(rename = "Type")]
    pub kind: EnvironmentFileType,
    /// The ARN of an object whose name ends in `.env`, which the execution role must be allowed to read.
    pub value: Text,
}

/// Where a file of environment variables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentFileType {
    /// In Amazon S3.
    S3,
}

/// An environment variable, or an option of a log driver, whose value is fetched when a task starts.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    /// As the program reads it, or the option's name.
    pub name: String,
    /// The ARN of a secret, with `:key:stage:version` after it for a part of one, or of an SSM parameter.
    pub value_from: Text,
}

/// A container of the same task that comes first.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContainerDependency {
    /// The other container's name.
    pub container_name: String,
    /// What is waited for.
    pub condition: ContainerCondition,
}

/// What a container waits for in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ContainerCondition {
    /// It has started.
    Start,
    /// It has ended, however; it must not be essential.
    Complete,
    /// It has ended with exit code 0; it must not be essential.
    Success,
    /// Its health check has passed; it must have one.
    Healthy,
}

/// A command that tells, inside the container, whether it is healthy. It replaces the image's own.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthCheck {
    /// `CMD` and arguments, or `CMD-SHELL` and one line for the shell; exit code 0 is healthy.
    pub command: Vec<Text>,
    /// Seconds, 5 to 300: 30 when absent.
    pub interval: Option<u32>,
    /// Seconds, 2 to 60: 5 when absent.
    pub timeout: Option<u32>,
    /// Failures in a row, 1 to 10: 3 when absent.
    pub retries: Option<u32>,
    /// Seconds, 0 to 300, in which failures do not count: 0 when absent.
    pub start_period: Option<u32>,
}

/// A resource that a container has to itself.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceRequirement {
    /// Of what.
    #[serde(rename = "Type")]
    pub kind: ResourceType,
    /// How many, as text, or `ALL` of the instance.
    pub value: Text,
}

/// What a container can have to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ResourceType {
    /// Graphics processors, of instances with NVIDIA's.
    Gpu,
}

/// Where a volume appears in a container.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MountPoint {
    /// An absolute path.
    pub container_path: String,
    /// The name of a [volume](super::Volume) of the task.
    pub source_volume: String,
    /// Writable when absent.
    pub read_only: Option<bool>,
}

/// A container whose mounts another has too.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VolumeFrom {
    /// The name of a container of the task.
    pub source_container: String,
    /// Writable when absent.
    pub read_only: Option<bool>,
}

/// A port that a container listens on.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PortMapping {
    /// Within `awsvpc` and `host` it is the instance's or the interface's port too.
    pub container_port: u16,
    /// The instance's port within `bridge`; chosen by ECS when absent. Elsewhere absent, or the same.
    pub host_port: Option<u16>,
    /// TCP when absent.
    pub protocol: Option<TransportProtocol>,
    /// What Service Connect calls it: up to 64 lower-case letters, digits, underscores and hyphens.
    pub name: Option<String>,
    /// What Service Connect's proxy may assume; plain TCP when absent.
    pub app_protocol: Option<AppProtocol>,
}

/// The transport of a port mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportProtocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// What is spoken on a port, for Service Connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AppProtocol {
    /// HTTP/1.1.
    Http,
    /// HTTP/2.
    Http2,
    /// gRPC.
    Grpc,
}

/// How to log in to a private registry.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RepositoryCredentials {
    /// The ARN of a secret with the keys `username` and `password`, which the execution role must be allowed to read.
    pub credentials_parameter: Text,
}

/// Whether ECS restarts a container in its running task.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RestartPolicy {
    /// `false` is the same as no policy.
    pub enabled: bool,
    /// Up to 50 exit codes after which it stays down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored_exit_codes: Vec<i32>,
    /// Seconds, 60 to 1,800, that it must have run to be restarted: 300 when absent.
    pub restart_attempt_period: Option<u32>,
}
