//! `AWS::ECS::TaskDefinition` without its containers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ContainerDefinition, LaunchType, PlacementConstraint};
use crate::cloudformation::resource::Switch;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::ECS::TaskDefinition`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html):
/// containers that run together, with what they share. `Ref` is its ARN with the revision.
///
/// Changing any property replaces it by a new revision and deregisters the old one. It is 64 KiB at most.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskDefinition {
    /// What revisions are counted under: 1 to 255 letters, digits, hyphens and underscores; generated when absent.
    pub family: Option<Text>,
    /// Units, 1024 to a vCPU. Required on Fargate, which has a table of sizes.
    pub cpu: Option<Text>,
    /// MiB. Required on Fargate; elsewhere each container needs a limit of its own where this is absent.
    pub memory: Option<Text>,
    /// `bridge` when absent; Fargate has `awsvpc` only.
    pub network_mode: Option<NetworkMode>,
    /// What AWS checks the definition against; nothing when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requires_compatibilities: Vec<LaunchType>,
    /// The role with which ECS fetches images and secrets and writes logs.
    pub execution_role_arn: Option<Text>,
    /// The role that the containers' own programs have.
    pub task_role_arn: Option<Text>,
    /// Linux on x86 when absent.
    pub runtime_platform: Option<RuntimePlatform>,
    /// Fargate's scratch disk; 20 GiB when absent.
    pub ephemeral_storage: Option<EphemeralStorage>,
    /// Instances only, up to ten, of [`PlacementConstraint::MemberOf`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub placement_constraints: Vec<PlacementConstraint>,
    /// Whose shared memory the containers see; as Docker has it when absent. Refused on Fargate.
    pub ipc_mode: Option<IpcMode>,
    /// Whose processes the containers see; each its own when absent. Fargate has [`PidMode::Task`] only.
    pub pid_mode: Option<PidMode>,
    /// What the containers' [mount points](super::MountPoint) name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
    /// One to ten; at least one is essential.
    pub container_definitions: Vec<ContainerDefinition>,
}

impl Properties for TaskDefinition {
    const TYPE: &'static str = "AWS::ECS::TaskDefinition";
}

/// How the containers of a task are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkMode {
    /// A network interface to each task, which its containers share with `localhost`.
    Awsvpc,
    /// Docker's own network on the instance; host ports are mapped.
    Bridge,
    /// The instance's interface, without mapping.
    Host,
    /// No connection to the outside, no port mappings.
    None,
}

/// Whose shared memory containers see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IpcMode {
    /// The instance's.
    Host,
    /// Each its own.
    None,
    /// The task's.
    Task,
}

/// Whose processes containers see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PidMode {
    /// The instance's.
    Host,
    /// The task's.
    Task,
}

/// What images the task can run.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuntimePlatform {
    /// `X86_64` when absent.
    pub cpu_architecture: Option<CpuArchitecture>,
    /// `LINUX` when absent.
    pub operating_system_family: Option<OperatingSystemFamily>,
}

/// A processor architecture that ECS has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CpuArchitecture {
    /// Graviton.
    #[serde(rename = "ARM64")]
    Arm64,
    /// Intel and AMD.
    #[serde(rename = "X86_64")]
    X86,
}

/// An operating system, for Windows with its release: an image runs on its own release only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum OperatingSystemFamily {
    /// Any distribution.
    #[serde(rename = "LINUX")]
    Linux,
    /// Windows Server 2019 without a desktop.
    #[serde(rename = "WINDOWS_SERVER_2019_CORE")]
    Windows2019Core,
    /// Windows Server 2019.
    #[serde(rename = "WINDOWS_SERVER_2019_FULL")]
    Windows2019Full,
    /// Windows Server 2022 without a desktop.
    #[serde(rename = "WINDOWS_SERVER_2022_CORE")]
    Windows2022Core,
    /// Windows Server 2022.
    #[serde(rename = "WINDOWS_SERVER_2022_FULL")]
    Windows2022Full,
    /// Windows Server 2025 without a desktop.
    #[serde(rename = "WINDOWS_SERVER_2025_CORE")]
    Windows2025Core,
    /// Windows Server 2025.
    #[serde(rename = "WINDOWS_SERVER_2025_FULL")]
    Windows2025Full,
}

/// The disk that a Fargate task has as long as it runs: images, layers and volumes without a file system.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EphemeralStorage {
    /// GiB, 21 to 200.
    #[serde(rename = "SizeInGiB")]
    pub size_in_gib: u32,
}

/// A directory that containers share: at most one of the three says where it is. With none it lives and dies with the task.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Volume {
    /// Up to 255 letters, digits, hyphens and underscores.
    pub name: String,
    /// A directory of the instance. Refused on Fargate.
    pub host: Option<HostVolumeProperties>,
    /// A volume of the instance's Docker. Refused on Fargate.
    pub docker_volume_configuration: Option<DockerVolumeConfiguration>,
    /// Where its files outlive the task, and the instance.
    #[serde(rename = "EFSVolumeConfiguration")]
    pub efs_volume_configuration: Option<EfsVolumeConfiguration>,
}

/// A directory of the instance.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HostVolumeProperties {
    /// An absolute path, made where it is not there; when absent a directory that goes with the task.
    pub source_path: Option<Text>,
}

/// A volume of the instance's Docker.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DockerVolumeConfiguration {
    /// How long it lives; with the task when absent.
    pub scope: Option<DockerVolumeScope>,
    /// Whether it is made where it is not there; not when absent. With [`DockerVolumeScope::Shared`] only.
    pub autoprovision: Option<bool>,
    /// `local` when absent; any other must be installed on the instances.
    pub driver: Option<Text>,
    /// The driver's own options.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub driver_opts: BTreeMap<String, Text>,
    /// Labels, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Text>,
}

/// How long a volume of an instance lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DockerVolumeScope {
    /// As long as the instance, for all of its tasks.
    Shared,
    /// As long as the task.
    Task,
}

/// The EFS file system behind a volume.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EfsVolumeConfiguration {
    /// The file system's id. ECS, alone of all, writes it `FilesystemId`.
    pub filesystem_id: Text,
    /// A path in the file system, `/` when absent; with an access point it must be absent or `/`.
    pub root_directory: Option<Text>,
    /// TLS on the way; off when absent, required on by an access point and by IAM.
    pub transit_encryption: Option<Switch>,
    /// Who the task is to the file system; anybody whose packets arrive when absent.
    pub authorization_config: Option<AuthorizationConfig>,
}

/// How a task shows itself to an EFS file system.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthorizationConfig {
    /// The access point whose directory and user count.
    pub access_point_id: Option<Text>,
    /// Whether the task role must allow the mount; off when absent.
    #[serde(rename = "IAM")]
    pub iam: Option<Switch>,
}
