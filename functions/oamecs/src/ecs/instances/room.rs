//! Whether the instances of a group can hold the tasks that are to be on them at once.
//!
//! In: a group, and the workloads on it. Out: an error where there are never enough: ECS would wait for room until the
//! deployment gives up, hours later.

use super::group::{Group, least};
use super::{MOST, machine_type};
use crate::diagnostic::{Diagnostics, Origin};
use crate::expression::Expr;
use crate::program::Workload;

/// Reports workloads that need more instances than there can be.
pub(in crate::ecs) fn check(group: &Group, workloads: &[(&str, &Workload)], diagnostics: &mut Diagnostics) {
    let most = match &group.instances.maximum {
        None => MOST,
        Some(Expr::Known(most)) => *most,
        Some(Expr::Deferred(_)) => return,
    };
    let report = |origin: Origin, message: String, needed: u32, diagnostics: &mut Diagnostics| {
        diagnostics
            .error(origin, format!("{message} {needed} instances, and there are {most} at most"))
            .fix(format!("write `EC2: {{ Max: {needed} }}`, or ask for less"));
    };
    let mut graphics: u32 = 0;
    for (name, workload) in workloads {
        let Some((origin, replicas)) = replicas(workload) else { continue };
        if let Some(why) = alone(workload).filter(|_| replicas > most) {
            report(origin, format!("`{name}` has {replicas} tasks, {why}: these need"), replicas, diagnostics);
        }
        let wanted = workload.containers().filter_map(|container| container.gpus.as_ref());
        let wanted: u32 = wanted.map(|gpus| least(gpus.value)).sum();
        graphics = graphics.saturating_add(replicas.saturating_mul(wanted));
    }
    let mut each = group.instances.types.iter().map(|kind| kind.known().and_then(|kind| machine_type::gpus(kind)));
    // Any of the types may be the one that there is.
    let largest = each.try_fold(0, |largest, gpus| Some(gpus?.max(largest))).filter(|largest| *largest > 0);
    if let Some(needed) = largest.map(|each| graphics.div_ceil(each)).filter(|needed| *needed > most) {
        report(group.origin, format!("tasks here have {graphics} GPUs in all: these need"), needed, diagnostics);
    }
}

/// How many tasks there are at the least, as far as it is known.
fn replicas(workload: &Workload) -> Option<(Origin, u32)> {
    let replicas = workload.replicas()?;
    let scaling = workload.platform.autoscaling.as_ref();
    let count = match scaling {
        Some(scaling) => scaling.value.minimum.as_ref().map(|least| &least.value),
        None => Some(&replicas.value),
    };
    Some((replicas.origin, *count?.known()?))
}

/// Why no instance can have two tasks of a workload; `None`: it can.
fn alone(workload: &Workload) -> Option<&'static str> {
    let listens = workload.containers().any(|container| !container.ports.is_empty());
    if workload.placement.apart.is_some() {
        Some("each on an instance of its own")
    } else if listens && workload.on_machine_network() {
        Some("each with the same ports of its instance")
    } else {
        None
    }
}
