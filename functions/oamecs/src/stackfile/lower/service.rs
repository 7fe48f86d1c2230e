//! A service as a workload of one container.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Constraint, Deployment, Port, Service, Strategy, Volume};
use super::{Lowering, healthcheck, logging, reach};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::Expr;
use crate::program::container::{self, Bytes, Container, Gpus, Privileges, Resources};
use crate::program::placement::Placement;
use crate::program::platform::{Answer, Discovery, Machine, NetworkMode, Options, Role, RunWhen};
use crate::program::storage::Source;
use crate::program::workload::{Found, Run, Update};
use crate::program::{Mount, Tags, Workload};

/// Per cent of the wanted number of tasks, while a new version takes over, where nothing is said.
const MAXIMUM_PERCENT: u32 = 200;
const MINIMUM_PERCENT: u32 = 50;

/// Constraints in ECS's own language.
type Expressions = Located<Vec<Located<Expr<String>>>>;

/// Seconds for which neighbours keep an address.
const TTL: u32 = 300;

/// The workload that a service is; `None` where it has no image, which is reported.
#[expect(clippy::too_many_lines, reason = "every attribute has its line, so that none is forgotten")]
pub(super) fn lower(name: &str, service: Service, lowering: &mut Lowering<'_>) -> Option<Workload> {
    let Service {
        origin,
        image,
        task,
        ports,
        environment,
        desired_count,
        memory,
        gpus,
        task_role,
        execution_role,
        privileged,
        volumes,
        scheduling_strategy,
        logging,
        healthcheck,
        deployment,
        placement_constraints,
        dns_discovery,
        elb,
    } = service;
    let machine = lowering.settings.machine(name);
    let is_task = task.is_some();
    let place = dns_discovery.as_ref().map_or(origin, |discovery| discovery.origin);
    let mode = match (lowering.settings.network_modes.get(name), &dns_discovery, machine) {
        (Some(said), _, _) => *said,
        (None, None, Machine::Instance) => NetworkMode::Host,
        (None, Some(_), _) | (None, None, Machine::Fargate) => NetworkMode::Task,
    };
    let mode = Located::new(place, mode);
    // What is in the network of its machine is in the machine's groups.
    let is_outside = lowering.has_groups && mode.value == NetworkMode::Host;
    let image = chosen_image(name, origin, image, lowering);
    let ports = listening(ports, mode.value, lowering.diagnostics);
    let exposures = elb.and_then(|elb| reach::lower(name, elb, &ports, lowering)).into_iter().collect();
    let (environment, secrets) = lowering.environment(name, environment);
    let mut log = logging.and_then(|logging| logging::lower(name, logging, machine, lowering));
    // A role that exists may not have the right to make groups.
    if let Some(log) = log.as_mut().filter(|_| execution_role.is_none()) {
        logging::make_group(log);
    }
    let diagnostics = &mut *lowering.diagnostics;
    let (placement, placement_constraints) = placement(placement_constraints);
    let found = match dns_discovery {
        Some(discovery) if is_task => {
            diagnostics.note(discovery.origin, format!("nobody finds `{name}`, as it runs to its end"));
            Found::Nowhere
        }
        Some(discovery) => Found::As(discovery),
        None => Found::Nowhere,
    };
    let discovery = match &found {
        Found::As(discovery) => Some(discovery.origin),
        Found::ByName | Found::Nowhere => None,
    };
    let run_when = task.as_ref().map(|task| Located::new(task.origin, RunWhen::Always));
    unused_percentages(name, &deployment, is_task, scheduling_strategy.as_ref(), diagnostics);
    let update = update(deployment, scheduling_strategy.as_ref(), origin);
    let run = run(name, origin, task, desired_count, scheduling_strategy, diagnostics);
    let force = lowering.settings.own.force.clone().filter(|force| force.value && !is_task);
    let container = Container {
        origin,
        name: name.to_owned(),
        image: image?,
        entrypoint: None,
        command: None,
        credentials: None,
        environment,
        secrets,
        environment_files: Vec::new(),
        files: Vec::new(),
        working_directory: None,
        user: None,
        read_only: None,
        init: None,
        interactive: None,
        terminal: None,
        labels: BTreeMap::new(),
        ports,
        mounts: volumes.into_iter().map(mount).collect(),
        probe: healthcheck.and_then(|healthcheck| healthcheck::lower(healthcheck, diagnostics)),
        resources: Resources {
            memory: Some(memory.map(|memory| Bytes(u64::from(memory) << 20))),
            ..Resources::default()
        },
        limits: BTreeMap::new(),
        stop_grace: None,
        restart: None,
        essential: true,
        after: BTreeMap::new(),
        privileges: Privileges { all: privileged, ..Privileges::default() },
        kernel_parameters: BTreeMap::new(),
        devices: Vec::new(),
        gpus: gpus.and_then(|gpus| graphics(name, gpus, machine, diagnostics)),
        shared_memory: None,
        log,
    };
    Some(Workload {
        origin,
        run,
        main: container,
        beside: Vec::new(),
        networks: if is_outside { BTreeSet::new() } else { lowering.networks.clone() },
        found,
        aliases: BTreeMap::new(),
        addresses: Vec::new(),
        exposures,
        after: BTreeMap::new(),
        update,
        placement,
        processes: None,
        shared_memory: None,
        platform: Options {
            discovery: discovery
                .map(|origin| Located::new(origin, Discovery { ttl: Some(TTL), answer: Some(Answer::One) })),
            execution_role,
            force_new_deployment: force,
            network_mode: Some(mode),
            placement_constraints,
            role: task_role.map(|role| role.map(Role::Given)),
            run: run_when,
            ..Options::default()
        },
        tags: Tags::new(),
    })
}

/// The image of a service: as `Images` has it, or as the document.
fn chosen_image(
    name: &str,
    origin: Origin,
    image: Option<Located<Expr<String>>>,
    lowering: &mut Lowering<'_>,
) -> Option<Located<Expr<String>>> {
    let given = lowering.settings.images.get(name).cloned();
    if given.is_none() && image.is_none() && lowering.settings.is_complete {
        lowering
            .diagnostics
            .error(origin, format!("the service `{name}` has no `image`"))
            .fix("add one, for example `image: nginx:1.27`");
    }
    given.or(image)
}

/// The ports of a container. Neither a task with an address of its own nor one on its host's can have another port outside.
fn listening(ports: Vec<Port>, mode: NetworkMode, diagnostics: &mut Diagnostics) -> Vec<Located<container::Port>> {
    let mut listening = Vec::new();
    for Port { origin, host, container, transport } in ports {
        match host {
            None => {
                let message = format!(
                    "the container is called at {container}; ecs-compose left out a port without one of the host"
                );
                diagnostics.note(origin, message).fix(format!("write `\"{container}:{container}\"`"));
            }
            Some(host) if host != container && mode == NetworkMode::Host => {
                diagnostics
                    .error(
                        origin,
                        format!(
                            "the container shares the ports of its host, so that {container} cannot be {host} there"
                        ),
                    )
                    .fix(format!("write `\"{container}:{container}\"`, and call it there"));
                continue;
            }
            Some(host) if host != container => {
                diagnostics
                    .note(origin, format!("the port {host} has no effect: the task has an address of its own, and is called at {container}"))
                    .fix(format!("write `\"{container}:{container}\"`"));
            }
            Some(_) => {}
        }
        listening.push(Located::new(origin, container::Port { number: container, transport }));
    }
    listening
}

fn mount(volume: Volume) -> Mount {
    // What a task calls a directory is nobody else's business.
    let Volume { origin, name: _, host, container, read_only } = volume;
    Mount { origin, source: Source::Host(host), path: container, read_only }
}

fn graphics(name: &str, gpus: Located<u32>, machine: Machine, diagnostics: &mut Diagnostics) -> Option<Located<Gpus>> {
    if machine == Machine::Fargate {
        diagnostics
            .error(gpus.origin, format!("`{name}` has {} GPUs, and Fargate has none", gpus.value))
            .fix(format!("run it on instances, by `Workloads: {{ {name}: {{ Capacity: EC2 }} }}`, or remove `gpus`"));
        return None;
    }
    Some(gpus.map(Gpus::Count))
}

/// Constraints: those that the model knows, and those in ECS's own language.
fn placement(constraints: Vec<Constraint>) -> (Placement, Option<Expressions>) {
    let mut placement = Placement::default();
    let mut expressions: Vec<Located<Expr<String>>> = Vec::new();
    for constraint in constraints {
        match constraint {
            Constraint::MemberOf(expression) => expressions.push(expression),
            Constraint::DistinctInstance(origin) => placement.apart = Some(origin),
        }
    }
    let origin = expressions.first().map(|expression| expression.origin);
    (placement, origin.map(|origin| Located::new(origin, expressions)))
}

fn run(
    name: &str,
    origin: Origin,
    task: Option<Located<String>>,
    desired_count: Option<Located<Expr<u32>>>,
    strategy: Option<Located<Strategy>>,
    diagnostics: &mut Diagnostics,
) -> Run {
    let daemon = strategy.filter(|strategy| strategy.value == Strategy::Daemon);
    if let Some(task) = task {
        let others = daemon.map(|daemon| daemon.origin).into_iter().chain(desired_count.map(|count| count.origin));
        for other in others {
            diagnostics.note(other, format!("this has no effect: `{name}` is a task, which runs once"));
        }
        return Run::Once { origin: task.origin, replicas: Located::new(task.origin, Expr::Known(1)) };
    }
    if let Some(daemon) = daemon {
        if let Some(count) = desired_count {
            diagnostics
                .note(count.origin, "`desired_count` has no effect: with `DAEMON` there is a task on each machine");
        }
        return Run::EachMachine(daemon.origin);
    }
    Run::Replicas(desired_count.unwrap_or(Located::new(origin, Expr::Known(1))))
}

/// Reports percentages that nothing is measured against.
fn unused_percentages(
    name: &str,
    deployment: &Deployment,
    is_task: bool,
    strategy: Option<&Located<Strategy>>,
    diagnostics: &mut Diagnostics,
) {
    let Deployment { maximum_percent, minimum_healthy_percent } = deployment;
    let is_daemon = strategy.is_some_and(|strategy| strategy.value == Strategy::Daemon);
    for percent in maximum_percent.iter().chain(minimum_healthy_percent).filter(|_| is_task) {
        diagnostics.note(percent.origin, format!("this has no effect: `{name}` is a task, which runs once"));
    }
    if let Some(percent) = maximum_percent.as_ref().filter(|percent| is_daemon && !is_task && percent.value != 100) {
        diagnostics.note(
            percent.origin,
            "`maximum_percent` has no effect: with `DAEMON` there is never a second task on a machine",
        );
    }
}

/// How a new version takes over. A task on each machine has no room for a second one.
fn update(deployment: Deployment, strategy: Option<&Located<Strategy>>, origin: Origin) -> Update {
    let Deployment { maximum_percent, minimum_healthy_percent } = deployment;
    let is_daemon = strategy.is_some_and(|strategy| strategy.value == Strategy::Daemon);
    let otherwise = |percent| (!is_daemon).then_some(Located::new(origin, percent));
    Update {
        maximum_percent: maximum_percent.or(otherwise(MAXIMUM_PERCENT)),
        minimum_percent: minimum_healthy_percent.or(otherwise(MINIMUM_PERCENT)),
        ..Update::default()
    }
}
