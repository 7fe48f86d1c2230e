//! What follows from when workloads run, the same for every format.
//!
//! In: an application as its front end made it, with its options. Out: workloads with a schedule run by it; what runs to its
//! end has no names and no published ports; and nothing waits for what has no beginning or no end.

use super::workload::{Found, Run, Until};
use super::{Application, Workload};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;

/// Settles when the workloads of an application run.
pub fn settle(application: &mut Application, diagnostics: &mut Diagnostics) {
    let is_alone = application.workloads.len() == 1;
    for (name, workload) in &mut application.workloads {
        schedule(name, workload, diagnostics);
        if let Some(name) = workload.platform.discovery_name.take() {
            workload.found = name.value;
        }
        if workload.on_machine_network() && workload.serves() {
            disappear(name, workload, is_alone, diagnostics);
        }
        if !workload.serves() {
            leave(name, workload, diagnostics);
            if let Some(max_wait) = &workload.platform.max_wait {
                let message = format!("there is no deployment of `{name}` to watch, as it runs to its end");
                diagnostics.note(max_wait.origin, message);
            }
        } else if let Some(run) = &workload.platform.run {
            diagnostics.note(
                run.origin,
                format!("when to run has no effect on `{name}`, which is there until it is replaced"),
            );
        } else if let Some(timeout) = &workload.platform.timeout {
            let message = format!("the time limit has no effect on `{name}`, which is there until it is replaced");
            diagnostics.note(timeout.origin, message);
        }
    }
    for (name, workload) in &application.workloads {
        check_dependencies(name, workload, application, diagnostics);
    }
}

/// A workload that is given a schedule runs by it.
fn schedule(name: &str, workload: &mut Workload, diagnostics: &mut Diagnostics) {
    let Some(schedule) = workload.platform.schedule.take() else { return };
    let replicas = match &workload.run {
        Run::Replicas(replicas) | Run::Once { replicas, .. } | Run::Scheduled { replicas, .. } => replicas.clone(),
        Run::EachMachine(origin) => {
            diagnostics
                .error(*origin, format!("`{name}` has a schedule, by which nothing runs on each machine"))
                .fix("remove the schedule, or say how many replicas run at a time");
            Located::new(*origin, Expr::Known(1))
        }
    };
    workload.run = Run::Scheduled { schedule, replicas };
}

/// Takes away what only those have who are there for others.
fn leave(name: &str, workload: &mut Workload, diagnostics: &mut Diagnostics) {
    for exposure in workload.exposures.drain(..).filter(|exposure| exposure.public) {
        diagnostics.note(
            exposure.origin,
            format!("port {} is not published, as `{name}` runs to its end", exposure.published),
        );
    }
    let beside: Vec<&str> = workload.beside.iter().map(|container| container.name.as_str()).collect();
    for (alias, origin) in &workload.aliases {
        if !beside.contains(&alias.as_str()) {
            diagnostics.note(*origin, format!("nobody finds `{name}` as `{alias}`, as it runs to its end"));
        }
    }
    workload.aliases.clear();
    for address in workload.addresses.drain(..) {
        let message = format!("nobody calls `{name}` at port {}, as it runs to its end", address.port);
        diagnostics.note(address.origin, message);
    }
    let options = &workload.platform;
    let autoscaling = options.autoscaling.as_ref().map(|scaling| (scaling.origin, "autoscaling has"));
    let alarms = options.rollback_alarms.as_ref().map(|alarms| (alarms.origin, "alarms have"));
    let forced = options.force_new_deployment.as_ref().filter(|forced| forced.value);
    let forced = forced.map(|forced| (forced.origin, "new deployment has"));
    for (origin, what) in autoscaling.into_iter().chain(alarms).chain(forced) {
        diagnostics.note(origin, format!("the {what} no effect on `{name}`, which runs to its end"));
    }
    if let Some(connect) = options.service_connect.as_ref().filter(|connect| connect.value) {
        let message = format!("`{name}` runs to its end, and so finds its neighbours by DNS, not by Service Connect");
        diagnostics.advice(connect.origin, message);
    }
}

/// Takes away the names of what is in the network of its machine: a name leads to addresses, and it has none of its own.
fn disappear(name: &str, workload: &mut Workload, is_alone: bool, diagnostics: &mut Diagnostics) {
    const WHY: &str = "it is in the network of its machine, and has no address of its own";
    match std::mem::replace(&mut workload.found, Found::Nowhere) {
        Found::As(asked) => {
            diagnostics
                .error(asked.origin, format!("neighbours do not find `{name}` as `{}`: {WHY}", asked.value))
                .fix("remove the name, or leave `NetworkMode` out");
        }
        Found::ByName if !is_alone => {
            let origin = workload.platform.network_mode.as_ref().map_or(workload.origin, |mode| mode.origin);
            diagnostics
                .note(origin, format!("neighbours do not find `{name}` by its name: {WHY}"))
                .fix("publish its port, and have them call its load balancer");
        }
        Found::ByName | Found::Nowhere => {}
    }
    for (alias, origin) in std::mem::take(&mut workload.aliases) {
        diagnostics.note(origin, format!("neighbours do not find `{name}` as `{alias}`: {WHY}"));
    }
    workload.addresses.clear();
    if let Some(connect) = workload.platform.service_connect.as_ref().filter(|connect| connect.value) {
        diagnostics
            .error(connect.origin, format!("Service Connect has no place for `{name}`: {WHY}"))
            .fix("write `ServiceConnect: false` for it, or leave `NetworkMode` out");
    }
}

fn check_dependencies(name: &str, workload: &Workload, application: &Application, diagnostics: &mut Diagnostics) {
    for (first, dependency) in &workload.after {
        let Some(needed) = application.workloads.get(first) else { continue };
        match (&needed.run, dependency.until) {
            (Run::Scheduled { .. }, _) => {
                diagnostics
                    .error(
                        dependency.origin,
                        format!("`{name}` waits for `{first}`, which runs by a schedule and not now"),
                    )
                    .fix("remove the dependency, or the schedule");
            }
            (Run::Once { .. }, Until::Started | Until::Healthy) => {
                diagnostics.note(
                    dependency.origin,
                    format!("`{name}` starts when `{first}` has ended well, not as soon as it has started"),
                );
            }
            (Run::Replicas(_) | Run::EachMachine(_), Until::Completed) => {
                diagnostics
                    .error(
                        dependency.origin,
                        format!("`{name}` waits for the end of `{first}`, which is there for good"),
                    )
                    .fix("wait for its start, or have it run to its end");
            }
            (Run::Once { .. }, Until::Completed)
            | (Run::Replicas(_) | Run::EachMachine(_), Until::Started | Until::Healthy) => {}
        }
    }
}
