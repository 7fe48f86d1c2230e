//! What is said of how a workload is reached that nobody reaches.

use std::collections::BTreeSet;

use super::plan::Plan;
use crate::diagnostic::{Diagnostics, Origin};
use crate::gather::Gather;
use crate::program::reach::Reach;
use crate::program::{Application, Workload};

/// Reports names and paths of workloads that nobody reaches.
pub(super) fn report(application: &Application, plan: &Plan<'_>, diagnostics: &mut Diagnostics) {
    let http = plan.http.values().flat_map(|listener| &listener.targets);
    let reached: BTreeSet<&str> =
        http.chain(plan.network.values()).chain(&plan.foreign).map(|target| target.workload).gather();
    let said = |workload: &Workload| {
        let Reach { domains, names, paths, listener, .. } = &workload.platform.reach;
        let origins = [
            domains.as_ref().map(|it| it.origin),
            names.as_ref().map(|it| it.origin),
            paths.as_ref().map(|it| it.origin),
            listener.as_ref().map(|it| it.origin),
        ];
        origins.into_iter().flatten().collect::<Vec<_>>()
    };
    // What is said for all workloads is meant for those that are reached.
    let used: BTreeSet<Origin> = application
        .workloads
        .iter()
        .filter(|(name, _)| reached.contains(name.as_str()))
        .flat_map(|(_, workload)| said(workload))
        .gather();
    // Where a port is at fault, the fault has been told.
    let idle = application.workloads.iter().filter(|(_, workload)| workload.exposures.iter().all(|it| !it.public));
    for (name, workload) in idle {
        for origin in said(workload).into_iter().filter(|origin| !used.contains(origin)) {
            diagnostics
                .error(origin, format!("`{name}` has no port on a load balancer that this could be about"))
                .fix("publish a port, or remove it");
        }
    }
}
