//! [`placement`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#placement): on which machines a service
//! runs, in the words of Docker's swarms.

use super::super::model;
use crate::diagnostic::{Diagnostics, Located};
use crate::program::placement::{Condition, Placement, Property};

/// Names of labels that mean the zone.
const ZONE_LABELS: [&str; 7] = [
    "availability-zone",
    "availability_zone",
    "az",
    "datacenter",
    "topology.kubernetes.io/zone",
    "ecs.availability-zone",
    "zone",
];

pub(super) fn lower(placement: model::Placement, diagnostics: &mut Diagnostics) -> Placement {
    let model::Placement { constraints, preferences, max_replicas_per_node } = placement;
    let mut lowered = Placement::default();
    for constraint in constraints {
        lowered.conditions.extend(condition(&constraint, diagnostics));
    }
    for Located { origin, value } in preferences {
        match subject(value.trim()) {
            Some(Subject::Property(property)) => lowered.spread.push(Located::new(origin, property)),
            Some(Subject::Fixed(_)) => {
                diagnostics.note(origin, format!("nothing is spread over `{value}`: it is the same everywhere"));
            }
            None => unknown(&value, origin, diagnostics),
        }
    }
    if let Some(Located { origin, value }) = max_replicas_per_node {
        match value {
            0 => {}
            1 => lowered.apart = Some(origin),
            _ => {
                diagnostics
                    .error(origin, format!("ECS knows no limit of {value} tasks on an instance, only of one"))
                    .fix("write `max_replicas_per_node: 1`, or remove it; `preferences` spread tasks evenly: `spread: node.id`");
            }
        }
    }
    lowered
}

/// What an expression is about.
enum Subject {
    Property(Property),
    /// What is the same for all machines: this value.
    Fixed(&'static [&'static str]),
}

fn subject(text: &str) -> Option<Subject> {
    let property = match text {
        "node.id" | "node.hostname" => Property::Identity,
        "node.ami" => Property::Image,
        "node.machine" => Property::Type,
        "node.platform.arch" => Property::Processor,
        "node.platform.os" => return Some(Subject::Fixed(&["linux"])),
        "node.role" => return Some(Subject::Fixed(&["worker"])),
        _ => {
            let label = text.strip_prefix("node.labels.").or_else(|| text.strip_prefix("engine.labels."))?;
            match label {
                "" => return None,
                "instance-type" | "instance_type" | "ecs.instance-type" => Property::Type,
                label if ZONE_LABELS.contains(&label) => Property::Zone,
                label => Property::Label(label.to_owned()),
            }
        }
    };
    Some(Subject::Property(property))
}

/// A constraint: `node.labels.disk == ssd`.
fn condition(constraint: &Located<String>, diagnostics: &mut Diagnostics) -> Option<Located<Condition>> {
    let Located { origin, value: text } = constraint;
    let split =
        text.split_once("==").map(|parts| (parts, true)).or_else(|| text.split_once("!=").map(|parts| (parts, false)));
    let Some(((left, right), equal)) = split else {
        diagnostics
            .error(*origin, format!("`{text}` is no constraint"))
            .fix("write a comparison, for example `node.labels.disk == ssd`");
        return None;
    };
    let (left, value) = (left.trim(), right.trim());
    match subject(left) {
        Some(Subject::Property(Property::Processor)) => {
            let value = match value {
                "x86_64" | "amd64" => "x86_64",
                "aarch64" | "arm64" => "arm64",
                other => other,
            };
            Some(Located::new(*origin, Condition { property: Property::Processor, equal, value: value.to_owned() }))
        }
        Some(Subject::Property(property)) => {
            Some(Located::new(*origin, Condition { property, equal, value: value.to_owned() }))
        }
        Some(Subject::Fixed(values)) if values.contains(&value) == equal => {
            diagnostics.note(*origin, format!("`{text}` has no effect: it holds for every machine"));
            None
        }
        // ECS has no managers among its machines: what must not run on workers need not run on a manager.
        Some(Subject::Fixed(_)) if left == "node.role" => {
            diagnostics.note(
                *origin,
                format!("`{text}` has no effect: ECS manages its machines from outside, and none of them is a manager"),
            );
            None
        }
        Some(Subject::Fixed(_)) => {
            diagnostics.error(*origin, format!("no machine meets `{text}`")).fix("remove it; services run on Linux");
            None
        }
        None => {
            unknown(left, *origin, diagnostics);
            None
        }
    }
}

fn unknown(subject: &str, origin: crate::diagnostic::Origin, diagnostics: &mut Diagnostics) {
    diagnostics
        .error(origin, format!("nothing is known of machines by the name `{subject}`"))
        .fix("write `node.labels.<attribute>` with an attribute of the instances, `node.id`, `node.labels.zone` or `node.platform.arch`");
}
