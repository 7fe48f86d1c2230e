//! Task definitions: the containers of a workload as ECS runs them.

use std::collections::{BTreeMap, BTreeSet};

use super::discovery::{self, Namespace};
use super::ecs_name::ecs_name;
use super::fargate;
use super::health_check::health_check;
use super::logs;
use super::permissions::Grant;
use super::role::Role;
use super::scope::Scope;
use super::storage::Storage;
use super::task_size::task_size;
use crate::cloudformation::resource::ecs::{
    ContainerCondition, ContainerDefinition, ContainerDependency, CpuArchitecture, KeyValuePair, LaunchType,
    LinuxParameters, MountPoint, NetworkMode, OperatingSystemFamily, PortMapping, RestartPolicy, RuntimePlatform,
    TaskDefinition, TransportProtocol, Ulimit,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::installation::Installation;
use crate::program::container::{Bytes, Limit, Restart};
use crate::program::exposure::Transport;
use crate::program::storage::Source;
use crate::program::workload::Processor;
use crate::program::{Container, Exposure, Workload};

/// What a task definition needs to know of the rest of its application.
pub(super) struct Context<'a> {
    pub(super) log_group: &'a LogicalId,
    pub(super) namespace: &'a Namespace,
    pub(super) volumes: &'a BTreeMap<String, Storage>,
    pub(super) installation: &'a Installation,
}

/// Lowers the containers of a workload to a task definition.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    context: &Context<'_>,
    execution_role: &LogicalId,
    task_role: &LogicalId,
) -> LogicalId {
    let size = task_size(name, workload, scope.diagnostics);
    let mut containers: Vec<ContainerDefinition> = Vec::new();
    let log = logs::configuration(context.log_group, name, &BTreeMap::new());
    containers.extend(discovery::search_domain(context.namespace, &context.installation.init_image, log));
    let first: Vec<ContainerDependency> = containers
        .iter()
        .map(|container| ContainerDependency {
            container_name: container.name.clone(),
            condition: ContainerCondition::Success,
        })
        .collect();
    for container in &workload.containers {
        let mut definition = lower_container(name, workload, container, context, scope.diagnostics);
        definition.depends_on.clone_from(&first);
        containers.push(definition);
    }
    let volumes =
        mounted(workload).into_iter().filter_map(|volume| Some(context.volumes.get(volume)?.task_volume(volume)));
    let properties = TaskDefinition {
        family: None,
        cpu: size.map(|size| size.cpu.to_string().into()),
        memory: size.map(|size| size.memory.to_string().into()),
        network_mode: Some(NetworkMode::Awsvpc),
        requires_compatibilities: vec![LaunchType::Fargate],
        execution_role_arn: Some(Function::GetAtt(execution_role.clone(), "Arn").into()),
        task_role_arn: Some(Function::GetAtt(task_role.clone(), "Arn").into()),
        runtime_platform: Some(RuntimePlatform {
            cpu_architecture: Some(match workload.processor.value {
                Processor::Amd64 => CpuArchitecture::X86,
                Processor::Arm64 => CpuArchitecture::Arm64,
            }),
            operating_system_family: Some(OperatingSystemFamily::Linux),
        }),
        ephemeral_storage: None,
        placement_constraints: Vec::new(),
        ipc_mode: None,
        pid_mode: None,
        volumes: volumes.collect(),
        container_definitions: containers,
    };
    scope.add_for(name, Role::TaskDefinition, workload.origin, &properties).id()
}

/// The volumes that a workload mounts, by name.
pub(super) fn mounted(workload: &Workload) -> BTreeSet<&str> {
    let mounts = workload.containers.iter().flat_map(|container| &container.mounts);
    mounts
        .map(|mount| match &mount.source {
            Source::Volume(name) => name.as_str(),
        })
        .collect()
}

/// What the task role of a workload allows for the volumes that it mounts.
pub(super) fn volume_grants(workload: &Workload, volumes: &BTreeMap<String, Storage>) -> Vec<Grant> {
    let writes = |volume: &str| {
        let mounts = workload.containers.iter().flat_map(|container| &container.mounts);
        mounts
            .filter(|mount| !mount.read_only)
            .any(|mount| matches!(&mount.source, Source::Volume(name) if name == volume))
    };
    mounted(workload).into_iter().filter_map(|name| Some(volumes.get(name)?.grant(name, writes(name)))).collect()
}

fn lower_container(
    workload_name: &str,
    workload: &Workload,
    container: &Container,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> ContainerDefinition {
    let Container {
        origin: _,
        name,
        image,
        entrypoint,
        command,
        environment,
        working_directory,
        user,
        read_only,
        init,
        interactive,
        terminal,
        labels,
        ports,
        mounts,
        probe,
        resources,
        limits,
        stop_grace,
        restart,
        log_options,
    } = container;
    let words = |words: &Option<Vec<Expr<String>>>| words.iter().flatten().map(Text::from).collect();
    let is_first = workload.containers.first().is_some_and(|first| first.name == *name);
    let exposures: &[Exposure] = if is_first { &workload.exposures } else { &[] };
    let mut definition = ContainerDefinition::new(ecs_name(name), &image.value);
    definition.entry_point = words(entrypoint);
    definition.command = words(command);
    definition.environment = lower_environment(environment, diagnostics);
    definition.working_directory = working_directory.as_ref().map(|directory| (&directory.value).into());
    definition.user = user.as_ref().map(|user| (&user.value).into());
    definition.readonly_root_filesystem = read_only.as_ref().map(|value| value.value);
    definition.interactive = interactive.as_ref().map(|value| value.value);
    definition.pseudo_terminal = terminal.as_ref().map(|value| value.value);
    definition.linux_parameters = init
        .as_ref()
        .map(|init| LinuxParameters { init_process_enabled: Some(init.value), ..LinuxParameters::default() });
    definition.docker_labels = labels.iter().map(|(key, value)| (key.clone(), value.into())).collect();
    definition.port_mappings = port_mappings(ports, exposures);
    definition.mount_points = mounts
        .iter()
        .map(|mount| MountPoint {
            container_path: mount.path.as_str().into(),
            source_volume: match &mount.source {
                Source::Volume(name) => ecs_name(name),
            },
            read_only: Some(mount.read_only),
        })
        .collect();
    definition.health_check = probe.as_ref().map(|probe| health_check(probe, diagnostics));
    definition.memory_reservation = resources.memory_reservation.as_ref().map(|bytes| mebibytes(bytes.value));
    definition.ulimits = ulimits(limits, diagnostics);
    definition.stop_timeout = stop_grace.as_ref().map(|seconds| stop_timeout(seconds, diagnostics));
    definition.restart_policy = restart.as_ref().map(|restart| RestartPolicy {
        enabled: true,
        ignored_exit_codes: match restart.value {
            Restart::Always => Vec::new(),
            Restart::OnFailure => vec![0],
        },
        restart_attempt_period: None,
    });
    definition.log_configuration = Some(logs::configuration(context.log_group, workload_name, log_options));
    definition
}

fn lower_environment(
    environment: &BTreeMap<String, Located<Expr<String>>>,
    diagnostics: &mut Diagnostics,
) -> Vec<KeyValuePair> {
    for (name, value) in environment {
        if ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"].contains(&name.as_str()) {
            diagnostics
                .note(
                    value.origin,
                    format!("`{name}` puts a credential where everybody who may see the template reads it"),
                )
                .fix("leave it out and give the task role what the container needs");
        }
    }
    environment.iter().map(|(name, value)| KeyValuePair { name: name.clone(), value: (&value.value).into() }).collect()
}

/// Each port once: in a VPC a mapping admits nothing, and ECS refuses a number that is mapped for TCP and for UDP. What is
/// published says which of the two it is.
fn port_mappings(ports: &[Located<crate::program::container::Port>], exposures: &[Exposure]) -> Vec<PortMapping> {
    let mut mappings: BTreeMap<u16, Transport> = BTreeMap::new();
    for port in ports {
        let transport = mappings.entry(port.value.number).or_insert(port.value.transport);
        *transport = (*transport).min(port.value.transport);
    }
    mappings.extend(
        exposures
            .iter()
            .map(|exposure| (exposure.target, exposure.transport))
            .filter(|(port, _)| !mappings.contains_key(port))
            .collect::<Vec<_>>(),
    );
    for exposure in exposures.iter().filter(|exposure| exposure.public) {
        mappings.insert(exposure.target, exposure.transport);
    }
    mappings
        .into_iter()
        .map(|(number, transport)| PortMapping {
            container_port: number,
            host_port: None,
            protocol: Some(match transport {
                Transport::Tcp => TransportProtocol::Tcp,
                Transport::Udp => TransportProtocol::Udp,
            }),
            name: None,
            app_protocol: None,
        })
        .collect()
}

fn ulimits(limits: &BTreeMap<String, Located<Limit>>, diagnostics: &mut Diagnostics) -> Vec<Ulimit> {
    let mut ulimits = Vec::new();
    for (name, limit) in limits {
        if !fargate::ULIMITS.contains(&name.as_str()) {
            diagnostics.note(
                limit.origin,
                format!("Fargate has a fixed value for the limit `{name}`; only `nofile` can be set"),
            );
            continue;
        }
        let Limit { soft, hard } = limit.value;
        let range = 0..=i64::from(fargate::NOFILE_LIMIT);
        if !range.contains(&soft) || !range.contains(&hard) {
            diagnostics
                .error(limit.origin, format!("a process on Fargate opens {} files at most", fargate::NOFILE_LIMIT))
                .fix(format!("write a number, {} at most", fargate::NOFILE_LIMIT));
        }
        ulimits.push(Ulimit { name: name.clone(), soft_limit: soft, hard_limit: hard });
    }
    ulimits
}

fn stop_timeout(seconds: &Located<u32>, diagnostics: &mut Diagnostics) -> u32 {
    let (least, most) = (fargate::STOP_TIMEOUT_LEAST, fargate::STOP_TIMEOUT_LIMIT);
    if seconds.value > most {
        diagnostics
            .error(
                seconds.origin,
                format!(
                    "Fargate waits {most} seconds at most before it ends a container by force, not {}",
                    seconds.value
                ),
            )
            .fix(format!("write {most} seconds or less"));
    } else if seconds.value < least {
        diagnostics.note(
            seconds.origin,
            format!("Fargate waits {least} seconds at least before it ends a container by force"),
        );
    }
    seconds.value.clamp(least, most)
}

fn mebibytes(bytes: Bytes) -> u32 {
    u32::try_from(bytes.0.div_ceil(1024 * 1024)).unwrap_or(u32::MAX)
}
