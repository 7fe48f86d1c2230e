//! Numbers that a service does not go beyond.
//!
//! Sources: CloudFormation User Guide, "Understand CloudFormation quotas"; ECS Developer Guide, "Service quotas" and
//! "Task definition parameters"; the quotas of Application and Network Load Balancers; `CreateTargetGroup`.

use std::collections::BTreeMap;

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{LISTENER, LISTENER_RULE, LOAD_BALANCER, TARGET_GROUP};
use crate::verifier::reading::service::{services, starters};
use crate::verifier::reading::task::tasks;
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{elements, objects, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("template-counts", template_counts),
    Rule::new("template-size", template_size),
    Rule::new("text-lengths", text_lengths),
    Rule::new("service-target-groups", service_target_groups),
    Rule::new("load-balancer-listeners", load_balancer_listeners),
    Rule::new("rule-condition-values", rule_condition_values),
    Rule::new("task-containers", task_containers),
    Rule::new("task-definition-size", task_definition_size),
    Rule::new("service-network-size", service_network_size),
];

/// At most 500 resources; 200 outputs, parameters and mappings.
fn template_counts(template: &Template<'_>, report: &mut Report) {
    for (section, most) in [("Resources", 500), ("Outputs", 200), ("Parameters", 200), ("Mappings", 200)] {
        let count = part(template.whole, section).as_object().map_or(0, serde_json::Map::len);
        if count > most {
            report.add(section, format!("{count} entries, {most} are allowed"));
        }
    }
}

/// At most 1 MB, also after processing.
fn template_size(template: &Template<'_>, report: &mut Report) {
    let size = template.whole.to_string().len();
    if size > 1_048_576 {
        report.add("Resources", format!("{size} bytes, 1,048,576 are allowed"));
    }
}

/// Logical ids of 255 characters, a description of 1,024 bytes, names of load balancers and target groups of 32.
fn text_lengths(template: &Template<'_>, report: &mut Report) {
    if text(template.whole, "Description").is_some_and(|text| text.len() > 1024) {
        report.add("Description", "more than 1,024 bytes");
    }
    for section in ["Resources", "Outputs"] {
        for id in part(template.whole, section).as_object().into_iter().flatten().map(|(id, _)| id) {
            if id.len() > 255 {
                report.add(id, "a logical id of more than 255 characters");
            }
        }
    }
    for resource in template.of(TARGET_GROUP).chain(template.of(LOAD_BALANCER)) {
        if text(resource.properties, "Name").is_some_and(|name| name.len() > 32) {
            report.add(resource.id, "a name of more than 32 characters");
        }
    }
}

/// A service registers with at most 5 target groups.
fn service_target_groups(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let count = service.load_balancers().known.len();
        if count > 5 {
            report.add(service.resource.id, format!("{count} target groups, 5 are allowed"));
        }
    }
}

/// A load balancer has at most 50 listeners.
fn load_balancer_listeners(template: &Template<'_>, report: &mut Report) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for listener in template.of(LISTENER) {
        *counts.entry(shape(part(listener.properties, "LoadBalancerArn"))).or_default() += 1;
    }
    for (load_balancer, count) in counts {
        if count > 50 {
            let id = load_balancer.trim_start_matches("${").trim_end_matches('}');
            report.add(id, format!("{count} listeners, 50 are allowed"));
        }
    }
}

/// A rule compares at most 5 values, over all of its conditions; a path `/a` with `/a/*` is two.
fn rule_condition_values(template: &Template<'_>, report: &mut Report) {
    for rule in template.of(LISTENER_RULE) {
        let count: usize = objects(rule.properties, "Conditions")
            .known
            .into_iter()
            .flat_map(|condition| condition.as_object().into_iter().flatten())
            .map(|(key, value)| if key == "Values" { value } else { part(value, "Values") })
            .map(|values| values.as_array().map_or(0, Vec::len))
            .sum();
        if count > 5 {
            report.add(rule.id, format!("{count} condition values, 5 are allowed"));
        }
    }
}

/// A task has at most 10 containers.
fn task_containers(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let count = task.containers().known.len();
        if count > 10 {
            report.add(task.resource.id, format!("{count} containers, 10 are allowed"));
        }
    }
}

/// A task definition has at most 64 KiB.
fn task_definition_size(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let size = task.resource.properties.to_string().len();
        if size > 65_536 {
            report.add(task.resource.id, format!("{size} bytes, 65,536 are allowed"));
        }
    }
}

/// A task has at most 5 security groups and 16 subnets.
fn service_network_size(template: &Template<'_>, report: &mut Report) {
    for service in starters(template) {
        for (property, most) in [("SecurityGroups", 5), ("Subnets", 16)] {
            let path = format!("NetworkConfiguration.AwsvpcConfiguration.{property}");
            let count = elements(service.start, &path).known.len();
            if count > most {
                report.add(service.resource.id, format!("{count} {property}, {most} are allowed"));
            }
        }
    }
}
