//! [`deploy.mode`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#mode): whether a service is there for good,
//! or runs to its end.

use super::super::model::deploy::Mode;
use super::Lowering;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::program::workload::Run;

/// When a service runs, and how often at a time. One whose end others wait for runs to its end, whatever its mode says.
pub(super) fn lower(
    service: &str,
    origin: Origin,
    mode: Option<Located<Mode>>,
    replicas: Option<Located<Expr<u32>>>,
    lowering: &mut Lowering<'_>,
) -> Run {
    let awaited = lowering.awaited.get(service);
    let diagnostics = &mut *lowering.diagnostics;
    let mode = mode.unwrap_or(Located::new(origin, Mode::Replicated));
    let place = mode.origin;
    if let (Mode::Global | Mode::GlobalJob, Some(replicas)) = (mode.value, &replicas) {
        diagnostics
            .error(replicas.origin, "a service with a number of replicas does not run once on each machine")
            .fix("remove `mode`, or the number");
    }
    let replicas = replicas.unwrap_or(Located::new(origin, Expr::Known(1)));
    match (mode.value, awaited) {
        (Mode::Global, _) => Run::EachMachine(place),
        (Mode::Replicated, None) => Run::Replicas(replicas),
        (Mode::Replicated, Some(awaited)) => Run::Once { origin: *awaited, replicas },
        (Mode::ReplicatedJob, _) => Run::Once { origin: place, replicas },
        (Mode::GlobalJob, _) => {
            diagnostics
                .note(place, format!("`{service}` runs once, and not once on each machine: what ECS runs to its end it runs wherever there is room"))
                .fix("write `mode: replicated-job`");
            Run::Once { origin: place, replicas }
        }
    }
}
