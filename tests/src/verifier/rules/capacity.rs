//! Where tasks run: strategies of capacity providers, placement, one task on each instance.
//!
//! Sources: ECS API Reference, `CapacityProviderStrategyItem`, `CreateService`, `PlacementConstraint`,
//! `PlacementStrategy`; ECS Developer Guide, "Amazon ECS clusters for Fargate" (no strategy has both kinds) and "Daemon
//! scheduling strategy".

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::machine::{ASSOCIATION, PROVIDER};
use crate::verifier::reading::service::{Service, services, starters};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, elements, is_function, number, objects, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("capacity-strategy", capacity_strategy),
    Rule::new("capacity-fits-task", capacity_fits_task),
    Rule::new("instances-give-no-address", instances_give_no_address),
    Rule::new("daemon", daemon),
    Rule::new("placement", placement),
];

/// Whether a capacity provider is Fargate's; none where that is not known.
fn is_fargate(template: &Template<'_>, item: &Value) -> Option<bool> {
    let provider = part(item, "CapacityProvider");
    match provider.as_str() {
        Some(name) => Some(matches!(name, "FARGATE" | "FARGATE_SPOT")),
        None => template.named(provider, PROVIDER).map(|_| false),
    }
}

/// Whether tasks are put on Fargate; none where that is not known.
pub(super) fn on_fargate(template: &Template<'_>, starter: Service<'_>) -> Option<bool> {
    match text(starter.start, "LaunchType") {
        Some("FARGATE") => Some(true),
        Some("EC2") => Some(false),
        _ => {
            let items = objects(starter.start, "CapacityProviderStrategy").known;
            items.into_iter().find_map(|item| is_fargate(template, item))
        }
    }
}

/// A strategy names each provider once and providers of one kind, gives a base to one of them at most, and weight to one at
/// least.
fn capacity_strategy(template: &Template<'_>, report: &mut Report) {
    let used = starters(template).map(|found| (found.resource.id, objects(found.start, "CapacityProviderStrategy")));
    let defaults = template
        .of(ASSOCIATION)
        .chain(template.of("AWS::ECS::Cluster"))
        .map(|found| (found.id, objects(found.properties, "DefaultCapacityProviderStrategy")));
    for (id, items) in used.chain(defaults) {
        let names: BTreeSet<_> = items.known.iter().map(|item| shape(part(item, "CapacityProvider"))).collect();
        if names.len() < items.known.len() {
            report.add(id, "names a capacity provider twice");
        }
        if items.known.len() > 20 {
            report.add(id, "names more than 20 capacity providers");
        }
        let kinds: BTreeSet<_> = items.known.iter().filter_map(|item| is_fargate(template, item)).collect();
        if kinds.len() > 1 {
            report.add(id, "mixes Fargate with instances");
        }
        let bases = items.known.iter().filter(|item| number(item, "Base").is_some_and(|base| base > 0)).count();
        if bases > 1 {
            report.add(id, "gives a base to more than one capacity provider");
        }
        let weightless = |item: &&Value| !is_function(part(item, "Weight")) && number(item, "Weight").unwrap_or(0) == 0;
        if items.complete && items.known.len() > 1 && items.known.iter().all(weightless) {
            report.add(id, "gives no capacity provider any weight");
        }
        let outside = |item: &&Value| {
            number(item, "Weight").is_some_and(|weight| !(0..=1000).contains(&weight))
                || number(item, "Base").is_some_and(|base| !(0..=100_000).contains(&base))
        };
        if items.known.iter().any(outside) {
            report.add(id, "a weight is 0 to 1,000, a base 0 to 100,000");
        }
    }
}

/// A task says that it runs on what it is put on.
fn capacity_fits_task(template: &Template<'_>, report: &mut Report) {
    for found in starters(template) {
        let Some(task) = found.task(template) else {
            continue;
        };
        let fargate = on_fargate(template, found);
        let compatible = elements(task.resource.properties, "RequiresCompatibilities");
        let says = |kind: &str| compatible.known.iter().any(|found| *found == kind);
        let wanted = match fargate {
            Some(true) => "FARGATE",
            // Without any word a task is for instances.
            Some(false) if !compatible.known.is_empty() => "EC2",
            _ => continue,
        };
        let fits = says(wanted) || (wanted == "EC2" && says("MANAGED_INSTANCES"));
        if compatible.complete && !fits {
            report.add(found.resource.id, format!("{} is not for {wanted}", task.resource.id));
        }
    }
}

/// A task on an instance gets no public address of its own: Amazon ECS refuses the wish.
fn instances_give_no_address(template: &Template<'_>, report: &mut Report) {
    for found in starters(template) {
        let wanted = text(found.start, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp") == Some("ENABLED");
        if wanted && on_fargate(template, found) == Some(false) {
            report.add(found.resource.id, "wants public addresses for tasks on instances");
        }
    }
}

/// A service with a task on each instance has no number of tasks, no order in which to fill them, and instances.
fn daemon(template: &Template<'_>, report: &mut Report) {
    for service in services(template).filter(|found| text(found.start, "SchedulingStrategy") == Some("DAEMON")) {
        let id = service.resource.id;
        for property in ["DesiredCount", "PlacementStrategies"] {
            if !absent(service.start, property) {
                report.add(id, format!("runs on each instance and has a {property}"));
            }
        }
        let items = objects(service.start, "CapacityProviderStrategy").known;
        let fargate = text(service.start, "LaunchType") == Some("FARGATE")
            || items.iter().any(|item| is_fargate(template, item) == Some(true));
        if fargate {
            report.add(id, "runs on each instance, and Fargate has none");
        }
        if text(service.start, "AvailabilityZoneRebalancing") == Some("ENABLED") {
            report.add(id, "runs on each instance and cannot be balanced");
        }
    }
}

/// Constraints and strategies have what their types need.
fn placement(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let constraints = objects(service.start, "PlacementConstraints").known;
        for constraint in &constraints {
            let expression = !absent(constraint, "Expression");
            match text(constraint, "Type") {
                Some("distinctInstance") if expression => {
                    report.add(service.resource.id, "distinctInstance takes no expression");
                }
                Some("memberOf") if !expression => report.add(service.resource.id, "memberOf needs an expression"),
                _ => {}
            }
        }
        let strategies = objects(service.start, "PlacementStrategies").known;
        for strategy in &strategies {
            let field = part(strategy, "Field");
            let fits = match (text(strategy, "Type"), field.as_str()) {
                _ if is_function(field) => true,
                (Some("random"), _) => field.is_null(),
                (Some("binpack"), field) => matches!(field, Some("cpu" | "memory" | "CPU" | "MEMORY")),
                (Some("spread"), field) => {
                    matches!(field, Some("instanceId" | "host"))
                        || field.is_some_and(|field| field.starts_with("attribute:"))
                }
                _ => true,
            };
            if !fits {
                report.add(service.resource.id, format!("no placement by {field}"));
            }
        }
        if constraints.len() > 10 || strategies.len() > 5 {
            report.add(service.resource.id, "at most 10 placement constraints and 5 strategies");
        }
    }
}
