//! How many replicas there are: `manual-scaler`, `ManualScalerTrait`, `scaler`.

use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::Expr;
use crate::oam::model::{Component, Workload};

/// Sets the number of replicas; of a task, how many run at a time.
pub(in crate::oam) fn scale(component: &mut Component, replicas: Located<Expr<u32>>, diagnostics: &mut Diagnostics) {
    if !may_be_many(&component.workload.value, replicas.origin, diagnostics) {
        return;
    }
    if component.autoscaling.is_some() {
        overruled(replicas.origin, diagnostics);
        return;
    }
    let is_other = component.replicas.as_ref().is_none_or(|known| known.value != replicas.value);
    if component.scaled.is_some() && is_other {
        twice(replicas.origin, diagnostics);
        return;
    }
    component.scaled = Some(replicas.origin);
    component.replicas = Some(replicas);
}

/// Reports a second trait that says how many replicas there are.
pub(super) fn twice(origin: Origin, diagnostics: &mut Diagnostics) {
    diagnostics
        .error(origin, "another trait before this one says how many replicas there are, and not the same")
        .fix("remove one of the two traits");
}

/// Whether a workload takes a trait that says how many there are; reports it at `origin` where not.
pub(super) fn may_be_many(workload: &Workload, origin: Origin, diagnostics: &mut Diagnostics) -> bool {
    let why = match workload {
        _ if workload.is_replicable() => return true,
        Workload::Daemon => "there is one on each machine",
        _ => "at most one runs at a time",
    };
    diagnostics
        .error(origin, format!("the component takes no trait that says how many there are of it: {why}"))
        .fix("remove the trait, or use a type of workload that has replicas");
    false
}

/// Notes that a number of replicas does not count, as they follow what there is to do.
pub(super) fn overruled(origin: Origin, diagnostics: &mut Diagnostics) {
    diagnostics
        .note(origin, "the number of replicas has no effect: another trait has it follow what there is to do")
        .fix("remove one of the two traits");
}
