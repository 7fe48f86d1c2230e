//! [`depends_on`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#depends_on): what starts after what.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Absence, Condition, Dependency, Service};
use super::Lowering;
use super::tasks::Tasks;
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{list, suggestion};
use crate::gather::Gather;
use crate::program::workload::{Dependency as Needed, Until};

/// What must have come so far before a service starts.
pub(super) struct After {
    /// Services with tasks of their own, by those that their tasks are named for.
    pub(super) tasks: BTreeMap<String, Needed>,
    /// Services in its own task.
    pub(super) containers: BTreeMap<String, Needed>,
}

/// What must come before this service.
pub(super) fn after(service: &str, dependencies: BTreeMap<String, Dependency>, lowering: &mut Lowering<'_>) -> After {
    let mut after = After { tasks: BTreeMap::new(), containers: BTreeMap::new() };
    for (name, dependency) in dependencies {
        let Dependency { origin, condition, required, restart } = dependency;
        let Some(is_checked) = lowering.services.get(&name) else {
            report_absent(&name, required, origin, lowering);
            continue;
        };
        if let Some(restart) = restart.filter(|restart| restart.value) {
            lowering.diagnostics.note(
                restart.origin,
                format!(
                    "`restart` has no effect: ECS does not start `{service}` again when tasks of `{name}` are replaced"
                ),
            );
        }
        let until = match condition.value {
            Condition::Started => Until::Started,
            Condition::Healthy if *is_checked => Until::Healthy,
            Condition::Completed => Until::Completed,
            Condition::Healthy => {
                lowering
                    .diagnostics
                    .error(condition.origin, format!("`{service}` waits for `{name}` to be healthy, but `{name}` has no `healthcheck`, and ECS does not run the one that an image may have"))
                    .fix(format!("add `healthcheck` to `{name}`, or wait with `condition: service_started`"));
                continue;
            }
        };
        let host = lowering.tasks.host(&name);
        if host == lowering.tasks.host(service) {
            after.containers.insert(name, Needed { origin, until });
            continue;
        }
        if until == Until::Completed && host != name {
            lowering
                .diagnostics
                .error(condition.origin, format!("`{service}` waits for `{name}` to complete, which runs in the task of `{host}`: only others of that task see it end"))
                .fix(format!("remove `network_mode` from `{name}`, or wait for `{host}`"));
            continue;
        }
        let needed = after.tasks.entry(host.to_owned()).or_insert(Needed { origin, until });
        if until > needed.until {
            *needed = Needed { origin, until };
        }
    }
    after
}

/// The services whose end others wait for, which are jobs by that.
pub(super) fn awaited(services: &BTreeMap<String, Service>, tasks: &Tasks) -> BTreeMap<String, Origin> {
    let mut awaited = BTreeMap::new();
    for (name, service) in services {
        for (first, dependency) in &service.depends_on {
            if dependency.condition.value == Condition::Completed && tasks.host(first) != tasks.host(name) {
                awaited.entry(first.clone()).or_insert(dependency.condition.origin);
            }
        }
    }
    awaited
}

fn report_absent(name: &str, required: bool, origin: Origin, lowering: &mut Lowering<'_>) {
    let diagnostics = &mut *lowering.diagnostics;
    match lowering.absent.get(name) {
        Some(Absence::Faulty) => {}
        absence if !required => {
            let why = if absence.is_some() { "is left out with its profile" } else { "is not in the document" };
            diagnostics.note(origin, format!("nothing waits for `{name}`, which {why} and is not required"));
        }
        Some(Absence::Profiles(profiles)) => {
            let profiles: Vec<&str> = profiles.iter().map(String::as_str).collect();
            diagnostics
                .error(
                    origin,
                    format!(
                        "the service `{name}` is left out, as none of its profiles ({}) is active",
                        list(&profiles)
                    ),
                )
                .fix("give `COMPOSE_PROFILES` under `Variables`, or write `required: false` for this dependency");
        }
        None => {
            let error = diagnostics.error(origin, format!("the document has no service `{name}`"));
            match suggestion(name, lowering.services.keys().map(String::as_str)) {
                Some(near) => error.fix(format!("did you mean `{near}`?")),
                None => error.fix("add the service, or remove the dependency"),
            }
        }
    }
}

/// Reports services that wait for each other, one circle of them, and says whether there is one.
pub(super) fn report_cycle(services: &BTreeMap<String, Service>, diagnostics: &mut Diagnostics) -> bool {
    let graph = services.iter().map(|(name, service)| {
        let known = service.depends_on.keys().filter(|name| services.contains_key(*name));
        (name.as_str(), known.map(String::as_str).gather())
    });
    let Some(cycle) = cycle(graph.gather()) else { return false };
    let Some(origin) = cycle
        .first()
        .zip(cycle.get(1))
        .and_then(|(first, second)| services.get(*first)?.depends_on.get(*second).map(|dependency| dependency.origin))
    else {
        return true;
    };
    if let [only, _] = cycle.as_slice() {
        diagnostics.error(origin, format!("`{only}` waits for itself")).fix("remove this dependency");
    } else {
        diagnostics
            .error(origin, format!("services wait for each other: {}", cycle.join(" → ")))
            .fix("remove one of these dependencies");
    }
    true
}

/// A circle in a graph, its first node repeated at the end.
pub(super) fn cycle<'a>(graph: BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    // Nodes that wait for nothing are taken away until there is no such; the rest leads into circles.
    let mut waiting: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, firsts) in &graph {
        for first in firsts {
            waiting.entry(first).or_default().push(name);
        }
    }
    let mut open: BTreeMap<&str, BTreeSet<&str>> = graph;
    let mut settled: Vec<&str> = open.iter().filter(|(_, on)| on.is_empty()).map(|(name, _)| *name).collect();
    while let Some(name) = settled.pop() {
        open.remove(name);
        for waiter in waiting.remove(name).unwrap_or_default() {
            if let Some(on) = open.get_mut(waiter)
                && on.remove(name)
                && on.is_empty()
            {
                settled.push(waiter);
            }
        }
    }
    let mut path: Vec<&str> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut at = *open.keys().next()?;
    while seen.insert(at) {
        path.push(at);
        at = open.get(at)?.iter().next()?;
    }
    let mut cycle: Vec<&str> = path.into_iter().skip_while(|name| *name != at).collect();
    cycle.push(at);
    Some(cycle)
}
