//! Replicas that follow what there is to do: `auto-scaler`, `cpuscaler`, `hpa`.

use super::scaler;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::oam::model::{Component, quantity};
use crate::program::scaling::{Goal, Measure, Scaling};

/// The share of processors, in percent, that Kubernetes keeps replicas at where nothing is said.
const KUBERNETES: f64 = 80.0;

/// Has the number of replicas follow what there is to do. Without a goal it is the one that Kubernetes takes.
pub(in crate::oam) fn autoscale(component: &mut Component, scaling: Located<Scaling>, diagnostics: &mut Diagnostics) {
    let Located { origin, value: mut scaling } = scaling;
    let workload = &component.workload.value;
    if !workload.is_daemonized() {
        diagnostics
            .error(origin, "the component takes no trait that scales it while it runs: it runs to its end")
            .fix("remove the trait; a trait with a number says how many run at a time");
        return;
    }
    if !scaler::may_be_many(workload, origin, diagnostics) {
        return;
    }
    if component.autoscaling.is_some() {
        scaler::twice(origin, diagnostics);
        return;
    }
    let minimum = scaling.minimum.as_ref().and_then(|minimum| minimum.value.known());
    if let (Some(minimum), Some(maximum)) = (minimum, scaling.maximum.value.known())
        && minimum > maximum
    {
        let message = format!("there are to be at least {minimum} replicas, and at most {maximum}");
        diagnostics.error(scaling.maximum.origin, message).fix(format!("write {minimum} or more"));
        return;
    }
    if scaling.goals.is_empty() {
        let message = format!(
            "nothing says what the number of replicas follows: it is {KUBERNETES} % of their processors, as on Kubernetes"
        );
        diagnostics
            .note(origin, message)
            .fix("write the percentage of processors or memory that they are to be kept at");
        scaling.goals.push(Goal { origin, measure: Measure::Processor, target: Expr::Known(KUBERNETES) });
    }
    if let Some(replicas) = component.replicas.take_if(|_| scaling.minimum.is_some()) {
        scaler::overruled(replicas.origin, diagnostics);
    }
    component.autoscaling = Some(Located::new(origin, scaling));
}

/// A goal in percent of what replicas have: of their processors or their memory.
pub(in crate::oam) fn percent(
    measure: Measure,
    target: Located<Expr<f64>>,
    diagnostics: &mut Diagnostics,
) -> Option<Goal> {
    let Located { origin, value: target } = target;
    if let Some(value) = target.known().filter(|value| !(1.0..=100.0).contains(*value)) {
        diagnostics
            .error(origin, format!("`{value}` is not a percentage from 1 to 100 of what the replicas have"))
            .fix("write a number such as 50");
        return None;
    }
    Some(Goal { origin, measure, target })
}

/// A goal in an amount: in percent of what the first container of each replica has, where that is known.
pub(in crate::oam) fn amount(
    measure: Measure,
    amount: &Located<String>,
    component: &Component,
    diagnostics: &mut Diagnostics,
) -> Option<Goal> {
    let Located { origin, value: text } = amount;
    let resources = component.pod.containers.first().map(|container| &container.resources);
    let (amount, all) = match measure {
        Measure::Processor => (
            quantity::processors(text).map(|amount| amount.0),
            resources.and_then(|resources| resources.cpu.as_ref()).map(|cpu| cpu.value.0),
        ),
        _ => (
            quantity::bytes(text).map(|amount| amount.0),
            resources.and_then(|resources| resources.memory.as_ref()).map(|memory| memory.value.0),
        ),
    };
    let share = amount.zip(all.filter(|all| *all > 0)).map(|(amount, all)| amount.saturating_mul(100).div_ceil(all));
    let Some(share) = share.and_then(|share| u32::try_from(share).ok()).filter(|share| *share <= 100) else {
        diagnostics
            .error(
                *origin,
                format!("`{text}` is no share of what a replica has: ECS scales by shares of processors and memory"),
            )
            .fix("write `type: Utilization` and a percentage, or what the component has under `cpu` and `memory`");
        return None;
    };
    percent(measure, Located::new(*origin, Expr::Known(f64::from(share))), diagnostics)
}
