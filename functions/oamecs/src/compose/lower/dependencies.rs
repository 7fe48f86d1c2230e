//! [`depends_on`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#depends_on): what starts after what.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Absence, Condition, Dependency, Service};
use super::Lowering;
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{list, suggestion};
use crate::program::workload::{Dependency as Needed, Until};

/// The services that must run before this one.
pub(super) fn after(
    service: &str,
    dependencies: BTreeMap<String, Dependency>,
    lowering: &mut Lowering<'_>,
) -> BTreeMap<String, Needed> {
    let mut after = BTreeMap::new();
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
        match condition.value {
            Condition::Healthy if !is_checked => {
                lowering
                    .diagnostics
                    .error(condition.origin, format!("`{service}` waits for `{name}` to be healthy, but `{name}` has no `healthcheck`, and ECS does not run the one that an image may have"))
                    .fix(format!("add `healthcheck` to `{name}`, or wait with `condition: service_started`"));
            }
            Condition::Completed => {
                lowering
                    .diagnostics
                    .error(condition.origin, format!("waiting for `{name}` to complete is not supported by this version yet: it would be started again and again"))
                    .fix(format!("remove the service `{name}` and this dependency, and run `{name}` with `aws ecs run-task`; or do its work at the start of `{service}`"));
            }
            Condition::Started | Condition::Healthy => {
                let until = if condition.value == Condition::Healthy { Until::Healthy } else { Until::Started };
                after.insert(name, Needed { origin, until });
            }
        }
    }
    after
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

/// Reports services that wait for each other, one circle of them.
pub(super) fn report_cycle(services: &BTreeMap<String, Service>, diagnostics: &mut Diagnostics) {
    let Some(cycle) = cycle(services) else { return };
    let Some(origin) = cycle
        .first()
        .zip(cycle.get(1))
        .and_then(|(first, second)| services.get(*first)?.depends_on.get(*second).map(|dependency| dependency.origin))
    else {
        return;
    };
    if let [only, _] = cycle.as_slice() {
        diagnostics.error(origin, format!("`{only}` waits for itself")).fix("remove this dependency");
    } else {
        diagnostics
            .error(origin, format!("services wait for each other: {}", cycle.join(" → ")))
            .fix("remove one of these dependencies");
    }
}

/// A circle of dependencies, its first service repeated at the end.
fn cycle(services: &BTreeMap<String, Service>) -> Option<Vec<&str>> {
    // Services whose dependencies are all settled are taken away until there is no such; the rest leads into circles.
    let mut open: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut waiting: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, service) in services {
        let dependencies: BTreeSet<&str> =
            service.depends_on.keys().map(String::as_str).filter(|name| services.contains_key(*name)).collect();
        for dependency in &dependencies {
            waiting.entry(dependency).or_default().push(name);
        }
        open.insert(name, dependencies);
    }
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
