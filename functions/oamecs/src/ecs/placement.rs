//! On which instances tasks run, in the words of ECS: constraints and strategies of services.
//!
//! Fargate knows none of it. What a front end has not told its author about that, is reported here.

use super::instances;
use crate::cloudformation::resource::ecs::{PlacementConstraint, PlacementStrategy};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::program::Workload;
use crate::program::placement::{Condition, Placement, Property};
use crate::program::platform::{Capacity, Machine, Processor};
use crate::program::workload::Run;

/// ECS's own limits for a service.
const MOST_CONSTRAINTS: usize = 10;
const MOST_STRATEGIES: usize = 5;

/// The constraints and strategies of a workload's service. On instances they are written even when empty, as ECS keeps what
/// the template no longer mentions.
pub(super) fn service(workload: &Workload) -> (Option<Vec<PlacementConstraint>>, Option<Vec<PlacementStrategy>>) {
    if workload.machine() == Machine::Fargate {
        return (None, None);
    }
    let Placement { conditions, spread, apart } = &workload.placement;
    let mut constraints: Vec<PlacementConstraint> = conditions
        .iter()
        .filter(|condition| !is_built_in(workload, &condition.value))
        .map(|condition| PlacementConstraint::MemberOf { expression: expression(&condition.value).into() })
        .collect();
    constraints
        .extend(expressions(workload).map(|at| PlacementConstraint::MemberOf { expression: (&at.value).into() }));
    // What runs once on each machine is apart anyway.
    let apart = apart.filter(|_| !matches!(workload.run, Run::EachMachine(_)));
    constraints.extend(apart.is_some().then_some(PlacementConstraint::DistinctInstance));
    if matches!(workload.run, Run::EachMachine(_)) {
        // No group of instances is chosen for it, and others of the cluster may have other processors.
        if let Some(processor) = instances::processor(workload)
            && conditions.iter().all(|condition| condition.value.property != Property::Processor)
        {
            constraints.push(PlacementConstraint::MemberOf { expression: has_processor(processor).into() });
        }
        return (Some(constraints), None);
    }
    let strategies = spread.iter().map(|property| PlacementStrategy::Spread { field: field(&property.value) });
    (Some(constraints), Some(strategies.collect()))
}

/// What must hold for a machine in ECS's own words.
fn expressions(workload: &Workload) -> impl Iterator<Item = &Located<Expr<String>>> {
    workload.platform.placement_constraints.iter().flat_map(|expressions| &expressions.value)
}

/// Whether ECS spreads the tasks over zones first, as it does where nothing is said, and is free to choose among these.
pub(super) fn spreads_zones(workload: &Workload) -> bool {
    let Placement { conditions, spread, apart: _ } = &workload.placement;
    // What is known late may be about zones.
    let is_zonal = |text: &String| text.contains("ecs.availability-zone");
    let chooses = conditions.iter().any(|condition| condition.value.property == Property::Zone)
        || expressions(workload).any(|expression| expression.value.known().is_none_or(is_zonal));
    let goes_first = spread.first().is_none_or(|first| first.value == Property::Zone);
    workload.machine() == Machine::Fargate || (goes_first && !chooses)
}

/// Reports what cannot be had.
pub(super) fn check(workload: &Workload, diagnostics: &mut Diagnostics) {
    let Placement { conditions, spread, apart } = &workload.placement;
    if workload.machine() == Machine::Fargate {
        let places = conditions.iter().map(|condition| condition.origin);
        for origin in places.chain(expressions(workload).map(|expression| expression.origin)) {
            diagnostics
                .error(origin, "nobody chooses the machine of a task on Fargate")
                .fix("remove it, or run the service on instances, with the capacity `EC2`");
        }
        for property in spread.iter().filter(|property| property.value != Property::Zone) {
            diagnostics.note(property.origin, "each task on Fargate has a machine of its own, spread over the zones");
        }
        if let Some(origin) = apart {
            diagnostics.note(*origin, "each task on Fargate has a machine of its own");
        }
        return;
    }
    if let (Some(origin), Run::EachMachine(_)) = (apart, &workload.run) {
        diagnostics.note(*origin, "it has no effect: there is one task on each machine anyway");
    }
    let count = conditions.len() + expressions(workload).count() + usize::from(apart.is_some());
    let last = expressions(workload).last().map(|expression| expression.origin);
    let last = last.or_else(|| conditions.last().map(|condition| condition.origin));
    if let Some(last) = last.filter(|_| count > MOST_CONSTRAINTS) {
        diagnostics
            .error(last, format!("a service has {MOST_CONSTRAINTS} placement constraints at most"))
            .fix("remove some");
    }
    if let (true, Some(given)) = (are_made(workload), &workload.platform.placement_constraints) {
        diagnostics.advice(
            given.origin,
            "it must hold for the instances that are made here: where it does not, tasks wait for ever",
        );
    }
    if let Some(last) = spread.last().filter(|_| spread.len() > MOST_STRATEGIES) {
        diagnostics
            .error(last.origin, format!("a service has {MOST_STRATEGIES} placement strategies at most"))
            .fix("remove some");
    }
}

/// Whether the instances that are made for a workload have it by their making.
fn is_built_in(workload: &Workload, condition: &Condition) -> bool {
    are_made(workload) && condition.equal && matches!(condition.property, Property::Type | Property::Image)
}

/// Whether the instances that a workload runs on are made for it.
pub(super) fn are_made(workload: &Workload) -> bool {
    workload.machine() == Machine::Instance
        && workload.platform.capacity.as_ref().is_none_or(|at| matches!(at.value, Capacity::Instances(_)))
}

/// That a machine has the processor that images are for.
fn has_processor(processor: Processor) -> String {
    let architecture = match processor {
        Processor::Amd64 => "x86_64",
        Processor::Arm64 => "arm64",
    };
    format!("{} == {architecture}", attribute(&Property::Processor))
}

/// In the [cluster query language](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html).
fn expression(condition: &Condition) -> String {
    let Condition { property, equal, value } = condition;
    let operator = if *equal { "==" } else { "!=" };
    let subject = match property {
        Property::Identity => "ec2InstanceId".to_owned(),
        _ => attribute(property),
    };
    format!("{subject} {operator} {value}")
}

fn field(property: &Property) -> Text {
    match property {
        Property::Identity => "instanceId".into(),
        _ => attribute(property).into(),
    }
}

fn attribute(property: &Property) -> String {
    let name = match property {
        Property::Identity => "ecs.instance-id",
        Property::Zone => "ecs.availability-zone",
        Property::Type => "ecs.instance-type",
        Property::Processor => "ecs.cpu-architecture",
        Property::System => "ecs.os-type",
        Property::Image => "ecs.ami-id",
        Property::Label(name) => name,
    };
    format!("attribute:{name}")
}
