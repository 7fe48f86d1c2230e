//! Container definitions: a container of a workload as ECS runs it.

use std::collections::BTreeMap;

use super::container_runtime;
use super::discovery::Namespace;
use super::ecs_name::ecs_name;
use super::environment_files;
use super::health_check::health_check;
use super::logs;
use super::restart_policy::restart_policy;
use super::service_connect::Endpoint;
use super::storage::mounts::mount_points;
use super::task_definition::Context;
use crate::cloudformation::resource::ecs::{
    ContainerCondition, ContainerDefinition, ContainerDependency, KeyValuePair, PortMapping, TransportProtocol,
};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::exposure::Transport;
use crate::program::workload::Until;
use crate::program::{Container, Exposure, Workload};

/// Lowers a container of a workload.
pub(super) fn container_definition(
    workload: &Workload,
    container: &Container,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> ContainerDefinition {
    let Container {
        origin: _,
        name,
        image,
        // The name of a secret, which the secrets know.
        credentials: _,
        entrypoint,
        command,
        environment,
        // Likewise.
        secrets: _,
        environment_files,
        // Written before it starts, in `preparation`.
        files: _,
        working_directory,
        user,
        read_only,
        init: _,
        interactive,
        terminal,
        labels,
        ports,
        mounts: _,
        probe,
        // What they ask of the machine is lowered apart.
        resources: _,
        limits: _,
        stop_grace: _,
        restart,
        essential,
        after,
        privileges: _,
        kernel_parameters: _,
        devices: _,
        gpus: _,
        shared_memory: _,
        // In `logs`, with what the workload's options say.
        log: _,
    } = container;
    let words = |words: &Option<Vec<Expr<String>>>| words.iter().flatten().map(Text::from).collect();
    let exposures: Vec<&Exposure> = workload.exposures.iter().filter(|exposure| exposure.container == *name).collect();
    let mut definition = ContainerDefinition::new(ecs_name(name), &image.value);
    definition.essential = *essential;
    definition.entry_point = words(entrypoint);
    definition.command = words(command);
    definition.environment = lower_environment(environment, diagnostics);
    definition.environment_files = environment_files::lower(environment_files, diagnostics);
    definition.secrets = context.secrets.variables(container);
    definition.repository_credentials = context.secrets.credentials(container);
    context.secrets.check(container, diagnostics);
    definition.working_directory = working_directory.as_ref().map(|directory| (&directory.value).into());
    definition.user = user.as_ref().map(|user| (&user.value).into());
    definition.readonly_root_filesystem = read_only.as_ref().map(|value| value.value);
    definition.interactive = interactive.as_ref().map(|value| value.value);
    definition.pseudo_terminal = terminal.as_ref().map(|value| value.value);
    definition.docker_labels = labels.iter().map(|(key, value)| (key.clone(), value.into())).gather();
    let endpoints: Vec<&Endpoint> = context.endpoints.iter().filter(|endpoint| endpoint.container == *name).collect();
    definition.port_mappings = port_mappings(ports, &exposures, &endpoints, workload.on_machine_network());
    if workload.on_machine_network() {
        let domain = context.namespace.and_then(Namespace::search_domain);
        definition.dns_search_domains = domain.map(|domain| domain.to_owned().into()).into_iter().collect();
    }
    definition.mount_points = mount_points(container);
    definition.health_check = probe.as_ref().map(|probe| health_check(probe, diagnostics));
    container_runtime::lower(&mut definition, workload, container, diagnostics);
    // The option is about the container that the workload is named for; the others have what their document says.
    let option = workload.platform.restart_policy.as_ref().filter(|_| *name == workload.main.name);
    definition.restart_policy = option.or(restart.as_ref()).map(|restart| restart_policy(restart, diagnostics));
    definition.depends_on =
        after.iter().map(|(first, dependency)| container_dependency(first, dependency.until)).collect();
    definition.log_configuration = logs::configuration(container, workload, context.log, context.secrets, diagnostics);
    definition
}

/// What a container waits for in another of its task.
pub(super) fn container_dependency(first: &str, until: Until) -> ContainerDependency {
    ContainerDependency {
        container_name: ecs_name(first),
        condition: match until {
            Until::Started => ContainerCondition::Start,
            Until::Healthy => ContainerCondition::Healthy,
            Until::Completed => ContainerCondition::Success,
        },
    }
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
/// published says which of the two it is. One that is called by way of a proxy has a name, and one `of_machine` is the same there.
fn port_mappings(
    ports: &[Located<crate::program::container::Port>],
    exposures: &[&Exposure],
    endpoints: &[&Endpoint],
    of_machine: bool,
) -> Vec<PortMapping> {
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
    for transport in [Transport::Udp, Transport::Tcp] {
        let public = exposures.iter().filter(|exposure| exposure.public && exposure.transport == transport);
        mappings.extend(public.map(|exposure| (exposure.target, transport)));
    }
    mappings.extend(endpoints.iter().map(|endpoint| (endpoint.target, Transport::Tcp)));
    mappings
        .into_iter()
        .map(|(number, transport)| {
            let endpoint = endpoints.iter().find(|endpoint| endpoint.target == number);
            PortMapping {
                container_port: number,
                host_port: of_machine.then_some(number),
                protocol: Some(match transport {
                    Transport::Tcp => TransportProtocol::Tcp,
                    Transport::Udp => TransportProtocol::Udp,
                }),
                name: endpoint.map(|endpoint| endpoint.port_name()),
                app_protocol: endpoint.and_then(|endpoint| endpoint.protocol),
            }
        })
        .collect()
}
