//! Task definitions: the containers of a workload as ECS runs them.

use std::collections::BTreeMap;

use super::container_definition::container_definition;
use super::discovery::Namespace;
use super::environment_files;
use super::ephemeral_storage;
use super::log_router;
use super::logs::{self, Destination};
use super::preparation::{done, preparation};
use super::role::Role;
use super::scope::Scope;
use super::secret::Secrets;
use super::service_connect::Endpoint;
use super::storage::{Storage, mounts};
use super::task_size::{check_containers, task_size};
use super::{container_runtime, instances, placement};
use crate::cloudformation::LogicalId;
use crate::cloudformation::resource::ecs::{
    ContainerDefinition, CpuArchitecture, LaunchType, NetworkMode, OperatingSystemFamily, RuntimePlatform,
    TaskDefinition,
};
use crate::cloudformation::value::Text;
use crate::installation::Installation;
use crate::program::Workload;
use crate::program::platform::{Machine, Processor};

/// MiB for a container on an instance that says nothing: what the smallest task on Fargate has.
const DEFAULT_RESERVATION: u32 = 512;

/// MiB for one of ours that prepares a task.
const PREPARATION_RESERVATION: u32 = 32;

/// What a task definition needs to know of the rest of its application.
pub(super) struct Context<'a> {
    pub(super) log: &'a Destination,
    pub(super) namespace: Option<&'a Namespace>,
    pub(super) secrets: &'a Secrets,
    pub(super) volumes: &'a BTreeMap<String, Storage>,
    pub(super) installation: &'a Installation,
    /// Where others call the workload by way of a proxy.
    pub(super) endpoints: &'a [Endpoint],
    /// The MiB that a proxy needs which ECS puts beside its containers.
    pub(super) proxy_memory: u64,
}

/// Lowers the containers of a workload to a task definition.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    context: &Context<'_>,
    execution_role: &Text,
    task_role: &Text,
) -> LogicalId {
    let size = task_size(name, workload, context.proxy_memory, scope.diagnostics);
    check_containers(workload, context.proxy_memory, scope.diagnostics);
    environment_files::check_count(workload, scope.diagnostics);
    placement::check(workload, scope.diagnostics);
    container_runtime::check_shared(workload, scope.diagnostics);
    let (pid_mode, ipc_mode) = container_runtime::sharing(workload, scope.diagnostics);
    let log = logs::to_cloud_watch(context.log, &BTreeMap::new());
    let image = &context.installation.init_image;
    let mut preparation = preparation(workload, context.namespace, context.secrets, image, &log, scope.diagnostics);
    let mut containers = std::mem::take(&mut preparation.containers);
    let (preparing, first) = (containers.len(), done(&containers));
    for container in workload.containers() {
        let mut definition = container_definition(workload, container, context, scope.diagnostics);
        let tmpfs = mounts::tmpfs(container, size.mebibytes());
        if !tmpfs.is_empty() {
            definition.linux_parameters.get_or_insert_default().tmpfs = tmpfs;
        }
        definition.depends_on.splice(0..0, first.iter().cloned());
        preparation.mount(container, &mut definition.mount_points);
        containers.push(definition);
    }
    containers.extend(log_router::lower(workload, context.log, scope.diagnostics));
    if workload.machine() == Machine::Instance && size.memory().is_none() {
        reserve_memory(&mut containers, preparing);
    }
    let mut volumes = mounts::task_volumes(workload, context.volumes, scope.diagnostics);
    volumes.extend(preparation.volumes);
    let properties = TaskDefinition {
        family: workload.platform.family.as_ref().map(|family| (&family.value).into()),
        cpu: size.cpu(),
        memory: size.memory(),
        network_mode: Some(if workload.on_machine_network() { NetworkMode::Host } else { NetworkMode::Awsvpc }),
        requires_compatibilities: vec![match workload.machine() {
            Machine::Fargate => LaunchType::Fargate,
            Machine::Instance => LaunchType::Ec2,
        }],
        execution_role_arn: Some(execution_role.clone()),
        task_role_arn: Some(task_role.clone()),
        // Without it, ECS takes any of the instances.
        runtime_platform: instances::processor(workload).map(|processor| RuntimePlatform {
            cpu_architecture: Some(match processor {
                Processor::Amd64 => CpuArchitecture::X86,
                Processor::Arm64 => CpuArchitecture::Arm64,
            }),
            operating_system_family: Some(OperatingSystemFamily::Linux),
        }),
        ephemeral_storage: ephemeral_storage::lower(workload, scope.diagnostics),
        placement_constraints: Vec::new(),
        ipc_mode,
        pid_mode,
        volumes,
        container_definitions: containers,
    };
    scope.add_for(name, Role::TaskDefinition, workload.origin, &properties).id()
}

/// Sets memory aside for containers that say nothing of it: where a task has no size, ECS takes none without. The first ones
/// prepare the task, and need next to nothing.
fn reserve_memory(containers: &mut [ContainerDefinition], preparing: usize) {
    for (index, container) in containers.iter_mut().enumerate().filter(|(_, container)| container.memory.is_none()) {
        let default = if index < preparing { PREPARATION_RESERVATION } else { DEFAULT_RESERVATION };
        container.memory_reservation.get_or_insert(default);
    }
}
