//! Which services share a task: those with `network_mode: service:…`, as containers of one task have one address.
//!
//! In: the services. Out: [`Tasks`], the service that each runs beside; and, once all are lowered, each joined workload as a
//! container of the one that it joins.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Absence, Service};
use super::dependencies;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::suggestion;
use crate::expression::Expr;
use crate::program::container::Port;
use crate::program::placement::Placement;
use crate::program::platform::Processor;
use crate::program::workload::{Dependency, Run, Until, Update};
use crate::program::{Container, Workload};

/// Which services share a task.
pub(super) struct Tasks {
    /// By a service that runs beside another: that one, which runs beside none, and what says so.
    hosts: BTreeMap<String, Located<String>>,
}

impl Tasks {
    /// Reads `network_mode` of all services, and reports modes that lead nowhere.
    pub(super) fn of(
        services: &BTreeMap<String, Service>,
        absent: &BTreeMap<String, Absence>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut next: BTreeMap<&str, Located<&str>> = BTreeMap::new();
        for (name, service) in services {
            let Some(mode) = service.network_mode.as_ref() else { continue };
            if let Some(host) = host(name, mode, services, absent, diagnostics) {
                next.insert(name, Located::new(mode.origin, host));
            }
        }
        let mut hosts = BTreeMap::new();
        for (name, first) in &next {
            let mut path = vec![*name];
            let mut at = first.value;
            while let Some(further) = next.get(at).filter(|_| !path.contains(&at)) {
                path.push(at);
                at = further.value;
            }
            if !path.contains(&at) {
                hosts.insert((*name).to_owned(), Located::new(first.origin, at.to_owned()));
            } else if at == *name && path.iter().min() == Some(name) {
                // Told once, at the first of the circle.
                path.push(at);
                diagnostics
                    .error(first.origin, format!("services share each other's network: {}", path.join(" → ")))
                    .fix("remove `network_mode` from one of them, whose network the others share");
            }
        }
        Self { hosts }
    }

    /// The service that a service runs beside, and what says so.
    pub(super) fn joined(&self, service: &str) -> Option<&Located<String>> {
        self.hosts.get(service)
    }

    /// The service that the task of a service is named for.
    pub(super) fn host<'a>(&'a self, service: &'a str) -> &'a str {
        self.hosts.get(service).map_or(service, |host| host.value.as_str())
    }

    /// Reports tasks that wait for each other, though no services do, and says whether there are such.
    pub(super) fn report_cycle(&self, services: &BTreeMap<String, Service>, diagnostics: &mut Diagnostics) -> bool {
        if self.hosts.is_empty() {
            return false;
        }
        let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut origins: BTreeMap<(&str, &str), Origin> = BTreeMap::new();
        for (name, service) in services {
            let task = self.host(name);
            let waits = graph.entry(task).or_default();
            for (first, dependency) in service.depends_on.iter().filter(|(first, _)| services.contains_key(*first)) {
                let first = self.host(first);
                if first != task {
                    waits.insert(first);
                    origins.entry((task, first)).or_insert(dependency.origin);
                }
            }
        }
        let Some(cycle) = dependencies::cycle(graph) else { return false };
        if let [first, second, ..] = cycle.as_slice()
            && let Some(origin) = origins.get(&(*first, *second))
        {
            diagnostics
                .error(*origin, format!("tasks wait for each other: {}", cycle.join(" → ")))
                .fix("remove one of these dependencies; that of a service which runs beside another counts for both");
        }
        true
    }

    /// Makes each service that joins a task a container of it.
    pub(super) fn join(&self, workloads: &mut BTreeMap<String, Workload>, diagnostics: &mut Diagnostics) {
        for (name, host) in &self.hosts {
            let Some(joined) = workloads.remove(name) else { continue };
            if let Some(workload) = workloads.get_mut(&host.value) {
                join(name, joined, &host.value, workload, diagnostics);
            }
        }
        for (name, workload) in workloads {
            settle(name, workload, diagnostics);
        }
    }
}

/// The service whose network `mode` is about, if it is about one.
fn host<'a>(
    service: &str,
    mode: &Located<String>,
    services: &'a BTreeMap<String, Service>,
    absent: &BTreeMap<String, Absence>,
    diagnostics: &mut Diagnostics,
) -> Option<&'a str> {
    let (kind, name) = mode.value.split_once(':')?;
    let found = match kind {
        "service" => services.keys().find(|key| *key == name),
        "container" => services
            .iter()
            .find(|(_, service)| service.container_name.as_ref().is_some_and(|own| own.value == name))
            .map(|(key, _)| key),
        _ => return None,
    };
    if let Some(found) = found {
        return Some(found);
    }
    if absent.get(name) == Some(&Absence::Faulty) {
        return None;
    }
    let why = match absent.get(name) {
        Some(Absence::Profiles(_)) => ", as its profiles are not active",
        Some(Absence::Faulty) | None => "",
    };
    let error = diagnostics.error(
        mode.origin,
        format!("`{service}` would share the network of the {kind} `{name}`, which is not there{why}"),
    );
    match suggestion(name, services.keys().filter(|key| *key != service).map(String::as_str)) {
        Some(near) => error.fix(format!("did you mean `network_mode: service:{near}`?")),
        None => error.fix("name a service of the document, `network_mode: service:web`, or remove `network_mode`"),
    }
    None
}

/// Whoever says nothing of its processor runs on any.
fn join_architectures(
    name: &str,
    architecture: Option<Located<Processor>>,
    host_name: &str,
    host: &mut Workload,
    diagnostics: &mut Diagnostics,
) {
    let Some(architecture) = architecture else { return };
    let known = host.platform.cpu_architecture.get_or_insert_with(|| architecture.clone());
    if known.value != architecture.value {
        diagnostics
            .error(
                architecture.origin,
                format!("`{name}` and `{host_name}` share a task, and are built for different processors"),
            )
            .fix("give both the same `platform`");
    }
}

/// Puts the only container of `joined` beside those of `host`.
fn join(name: &str, joined: Workload, host_name: &str, host: &mut Workload, diagnostics: &mut Diagnostics) {
    let Workload {
        origin,
        run,
        main,
        beside: _,
        networks: _,
        found: _,
        aliases,
        addresses,
        exposures,
        after,
        update,
        placement,
        processes,
        shared_memory,
        mut platform,
        tags,
    } = joined;
    check_run(name, &run, host_name, host, diagnostics);
    let Placement { conditions, spread, apart } = placement;
    let places = conditions.iter().map(|condition| condition.origin).chain(spread.iter().map(|spread| spread.origin));
    if let Some(origin) = places.chain(apart).next() {
        diagnostics
            .error(origin, format!("`{name}` runs wherever `{host_name}` does, as they share a task"))
            .fix(format!("write `placement` of `{host_name}`"));
    }
    host.processes = host.processes.take().or(processes);
    host.shared_memory = host.shared_memory.take().or(shared_memory);
    join_architectures(name, platform.cpu_architecture.take(), host_name, host, diagnostics);
    if let Some(origin) = written(&update) {
        diagnostics.note(origin, format!("it has no effect: `{name}` is updated together with `{host_name}`"));
    }
    for (option, origin) in platform.given() {
        diagnostics
            .error(origin, format!("`x-aws-{option}` is about a task, and `{name}` shares that of `{host_name}`"))
            .fix(format!("write it on `{host_name}`"));
    }
    for mut exposure in exposures {
        // What is said of the ports of this service is not said of those of its host.
        exposure.reach = exposure.reach.or(platform.reach.clone());
        let twin = host
            .exposures
            .iter()
            .find(|other| other.published == exposure.published && other.transport == exposure.transport);
        if let Some(twin) = twin {
            diagnostics
                .error(
                    exposure.origin,
                    format!(
                        "port {} is published by `{}` too, which is in the same task",
                        exposure.published, twin.container
                    ),
                )
                .fix("publish one of them at another port");
        } else {
            host.exposures.push(exposure);
        }
    }
    check_ports(&main, host, diagnostics);
    host.aliases.extend(aliases);
    host.addresses.extend(addresses);
    host.aliases.insert(name.to_owned(), origin);
    for (first, dependency) in after {
        let entry = host.after.entry(first).or_insert(dependency);
        if dependency.until > entry.until {
            *entry = dependency;
        }
    }
    for (key, value) in tags {
        host.tags.entry(key).or_insert(value);
    }
    host.beside.push(main);
}

/// What runs beside something runs when and as often as that does.
fn check_run(name: &str, run: &Run, host_name: &str, host: &Workload, diagnostics: &mut Diagnostics) {
    match run {
        Run::Replicas(replicas) => {
            let is_same = host.replicas().is_some_and(|other| other.value == replicas.value);
            if replicas.value != Expr::Known(1) && !is_same {
                diagnostics
                    .error(replicas.origin, format!("`{name}` runs beside `{host_name}`, as often as that does"))
                    .fix(format!("remove the number, and set that of `{host_name}`"));
            }
        }
        Run::EachMachine(origin) if !matches!(host.run, Run::EachMachine(_)) => {
            diagnostics
                .error(*origin, format!("`{name}` runs beside `{host_name}`, and not once on each machine"))
                .fix("remove `mode`");
        }
        Run::EachMachine(_) | Run::Once { .. } | Run::Scheduled { .. } => {}
    }
}

/// What is said of updates, if anything is.
fn written(update: &Update) -> Option<Origin> {
    let Update { order, batch, on_failure: _, minimum_percent, maximum_percent } = update;
    let order = order.as_ref().map(|order| order.origin);
    [batch, minimum_percent, maximum_percent].into_iter().flatten().map(|number| number.origin).next().or(order)
}

/// Containers of one task have one address, so that each port is one container's.
fn check_ports(joined: &Container, host: &Workload, diagnostics: &mut Diagnostics) {
    for port in &joined.ports {
        let listens = |container: &&Container| container.ports.iter().any(|other| other.value == port.value);
        if let Some(other) = host.containers().find(listens) {
            let Port { number, transport: _ } = port.value;
            diagnostics
                .error(
                    port.origin,
                    format!(
                        "`{}` and `{}` share a task and its address, and both listen on port {number}",
                        joined.name, other.name
                    ),
                )
                .fix("have one of them listen on another port");
        }
    }
}

/// Settles which containers of a task may end before it does.
fn settle(name: &str, workload: &mut Workload, diagnostics: &mut Diagnostics) {
    let mut ending: BTreeSet<String> = BTreeSet::new();
    for container in workload.containers() {
        for (first, Dependency { origin, until }) in &container.after {
            if *until != Until::Completed {
                continue;
            }
            if first == name {
                diagnostics
                    .error(
                        *origin,
                        format!("`{}` waits for `{name}` to end, and their task ends with it", container.name),
                    )
                    .fix(format!(
                        "remove the dependency, or `network_mode`, so that `{}` has a task of its own",
                        container.name
                    ));
            } else {
                ending.insert(first.clone());
            }
        }
    }
    for container in &mut workload.beside {
        container.essential &= !ending.contains(&container.name);
    }
}
