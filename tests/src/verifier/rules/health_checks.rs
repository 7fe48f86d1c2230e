//! The health checks of containers.
//!
//! Source: ECS API Reference, `HealthCheck`.

use super::{Report, Rule};
use crate::verifier::reading::task::tasks;
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, elements, number, part};

pub(super) const RULES: &[Rule] =
    &[Rule::new("health-check-range", health_check_range), Rule::new("health-check-command", health_check_command)];

/// Intervals, timeouts and the like are in the range that ECS takes.
fn health_check_range(template: &Template<'_>, report: &mut Report) {
    let ranges = [("Interval", 5, 300), ("Timeout", 2, 60), ("Retries", 1, 10), ("StartPeriod", 0, 300)];
    for task in tasks(template) {
        for container in task.containers().known {
            for (property, least, most) in ranges {
                let given = number(part(container.0, "HealthCheck"), property);
                if let Some(given) = given.filter(|given| !(least..=most).contains(given)) {
                    report.add(
                        task.resource.id,
                        format!("container {}: {property} is {given}, not {least} to {most}", container.label()),
                    );
                }
            }
        }
    }
}

/// A check says how its command is run: ECS takes the first word for that.
fn health_check_command(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for container in task.containers().known {
            if absent(container.0, "HealthCheck") {
                continue;
            }
            let command = elements(container.0, "HealthCheck.Command");
            let first = command.known.first().and_then(|word| word.as_str());
            let known = matches!(first, Some("CMD" | "CMD-SHELL" | "NONE"));
            if command.complete && !known && command.known.first().is_none_or(|word| word.is_string()) {
                report.add(task.resource.id, format!("container {}: the command has no CMD", container.label()));
            }
        }
    }
}
