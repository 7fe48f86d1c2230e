//! Container definitions: a container of a workload as ECS runs it.

use std::collections::BTreeMap;

use super::container_runtime;
use super::ecs_name::ecs_name;
use super::health_check::health_check;
use super::logs;
use super::task_definition::Context;
use crate::cloudformation::resource::ecs::{
    ContainerDefinition, KeyValuePair, MountPoint, PortMapping, RestartPolicy, TransportProtocol,
};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::program::container::Restart;
use crate::program::exposure::Transport;
use crate::program::storage::Source;
use crate::program::{Container, Exposure, Workload};

/// Lowers a container of a workload.
pub(super) fn container_definition(
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
        credentials: _,
        entrypoint,
        command,
        environment,
        secrets: _,
        environment_files: _,
        files: _,
        working_directory,
        user,
        read_only,
        init: _,
        interactive,
        terminal,
        labels,
        ports,
        mounts,
        probe,
        // What they ask of the machine is lowered apart.
        resources: _,
        limits: _,
        stop_grace: _,
        restart,
        essential,
        after: _,
        privileges: _,
        kernel_parameters: _,
        devices: _,
        gpus: _,
        shared_memory: _,
        hosts: _,
        log_options,
    } = container;
    let words = |words: &Option<Vec<Expr<String>>>| words.iter().flatten().map(Text::from).collect();
    let exposures: Vec<&Exposure> = workload.exposures.iter().filter(|exposure| exposure.container == *name).collect();
    let mut definition = ContainerDefinition::new(ecs_name(name), &image.value);
    definition.essential = *essential;
    definition.entry_point = words(entrypoint);
    definition.command = words(command);
    definition.environment = lower_environment(environment, diagnostics);
    definition.working_directory = working_directory.as_ref().map(|directory| (&directory.value).into());
    definition.user = user.as_ref().map(|user| (&user.value).into());
    definition.readonly_root_filesystem = read_only.as_ref().map(|value| value.value);
    definition.interactive = interactive.as_ref().map(|value| value.value);
    definition.pseudo_terminal = terminal.as_ref().map(|value| value.value);
    definition.docker_labels = labels.iter().map(|(key, value)| (key.clone(), value.into())).collect();
    definition.port_mappings = port_mappings(ports, &exposures);
    definition.mount_points = mounts
        .iter()
        .filter_map(|mount| {
            let source_volume = match &mount.source {
                Source::Volume { name, .. } => ecs_name(name),
                Source::Scratch(_) | Source::Memory { .. } | Source::Host(_) => return None,
            };
            Some(MountPoint {
                container_path: mount.path.as_str().into(),
                source_volume,
                read_only: Some(mount.read_only),
            })
        })
        .collect();
    definition.health_check = probe.as_ref().map(|probe| health_check(probe, diagnostics));
    container_runtime::lower(&mut definition, workload_name, workload, container, diagnostics);
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
fn port_mappings(ports: &[Located<crate::program::container::Port>], exposures: &[&Exposure]) -> Vec<PortMapping> {
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
