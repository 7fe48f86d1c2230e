//! `DependsOn` between the containers of a task.
//!
//! Source: ECS API Reference, `ContainerDependency`.

use std::collections::BTreeSet;

use super::{Report, Rule};
use crate::verifier::reading::task::{Container, Containers, tasks};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, objects, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("container-dependency-exists", container_dependency_exists),
    Rule::new("container-dependency-ends", container_dependency_ends),
    Rule::new("container-dependency-is-checked", container_dependency_is_checked),
    Rule::new("container-dependency-no-cycle", container_dependency_no_cycle),
];

/// What a container waits for: the container and the condition.
fn waits(container: Container<'_>) -> Vec<(&str, &str)> {
    objects(container.0, "DependsOn")
        .known
        .into_iter()
        .filter_map(|dependency| {
            Some((text(dependency, "ContainerName")?, text(dependency, "Condition").unwrap_or("")))
        })
        .collect()
}

/// A container waits for a container of its task.
fn container_dependency_exists(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        for container in &containers.known {
            for (name, _) in waits(*container) {
                if containers.named(name).is_none() && !containers.nameless() {
                    report.add(
                        task.resource.id,
                        format!("container {} waits for {name}, which is missing", container.label()),
                    );
                }
            }
        }
    }
}

/// What must end first is not essential, or the task would end with it.
fn container_dependency_ends(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        for container in &containers.known {
            for (name, condition) in waits(*container) {
                let essential = containers.named(name).and_then(Container::essential) == Some(true);
                if matches!(condition, "SUCCESS" | "COMPLETE") && essential {
                    report.add(
                        task.resource.id,
                        format!("container {} waits for the end of {name}, which is essential", container.label()),
                    );
                }
            }
        }
    }
}

/// What must be healthy first has a health check, or the wait never ends.
fn container_dependency_is_checked(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        for container in &containers.known {
            for (name, condition) in waits(*container) {
                let unchecked = containers.named(name).is_some_and(|awaited| absent(awaited.0, "HealthCheck"));
                if condition == "HEALTHY" && unchecked {
                    report.add(
                        task.resource.id,
                        format!("container {} waits for the health of {name}, which has no check", container.label()),
                    );
                }
            }
        }
    }
}

/// Containers do not wait for each other.
fn container_dependency_no_cycle(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        for container in &containers.known {
            if container.name().is_some_and(|name| reaches(&containers, name)) {
                report.add(task.resource.id, format!("container {} waits for itself", container.label()));
            }
        }
    }
}

fn reaches(containers: &Containers<'_>, start: &str) -> bool {
    let ahead_of = |name: &str| -> Vec<String> {
        let awaited = containers.named(name).map(waits).unwrap_or_default();
        awaited.into_iter().map(|(name, _)| name.to_owned()).collect()
    };
    let mut seen = BTreeSet::new();
    let mut ahead = ahead_of(start);
    while let Some(name) = ahead.pop() {
        if name == start {
            return true;
        }
        if seen.insert(name.clone()) {
            ahead.extend(ahead_of(&name));
        }
    }
    false
}
