//! A stack that goes back: nothing runs, unless its author asks for it, and nothing fails.
//!
//! Tasks of the change that is taken back may still run, as CloudFormation calls nobody off. They are left to end: what is
//! killed half-way is in no state that anybody has thought of.

use std::collections::BTreeSet;
use std::time::Duration;

use oamecs::cloudformation::resource::custom::{RunWhen, Whether};

use super::ending::{self, Status, outcome};
use super::run::Job;
use super::{Properties, State, Why, check, ecs, identity};
use crate::clock::{seconds, time};
use crate::work::{Change, Event, Progress, Site, Step};

/// How often it is looked whether tasks have ended.
const PAUSE: Duration = Duration::from_secs(10);

/// What is left at least for tasks that begin on the way back.
const LEAST: Duration = Duration::from_mins(1);

/// What to run, if anything is: what undoes a change comes with the change, so it is what the stack goes back from.
pub(super) fn properties(event: &Event<Properties>) -> Option<&Properties> {
    let undoes = |properties: &&Properties| properties.run_when == Some(RunWhen::Rollback);
    before(event).filter(undoes).or(event.properties())
}

/// What the stack goes back from.
fn before(event: &Event<Properties>) -> Option<&Properties> {
    match &event.change {
        Change::Update { old, .. } => old.as_ref(),
        Change::Create { .. } | Change::Delete { .. } => None,
    }
}

/// The first state of a way back: from now on what was before is what was done last.
pub(super) async fn begin(event: &Event<Properties>, site: &Site) -> State {
    ending::remember(event, Why::Rollback, &outcome(event, Status::SkippedRollback), site).await;
    let until = properties(event).map_or(event.started, |properties| Job { event, properties, site }.limit());
    State::Draining { until: seconds(until) }
}

/// Waits until no task of the change before runs any more, for as long as there is time; then runs what is asked for.
pub(super) async fn drain(event: &Event<Properties>, until: u64, site: &Site) -> Progress<State> {
    let Some(properties) = properties(event) else { return Ok(outcome(event, Status::SkippedRollback).into()) };
    let job = Job { event, properties, site };
    let clusters = [event.properties(), before(event)].into_iter().flatten();
    let clusters: BTreeSet<&str> = clusters.map(|properties| properties.cluster.as_str()).collect();
    let who = identity::started_by(event, Why::Forward);
    let mut running = Vec::new();
    for cluster in clusters {
        match ecs::running(&site.aws, cluster, &who).await {
            Ok(tasks) => running.extend(tasks),
            Err(trouble) => tracing::warn!(reason = trouble.reason, cluster, "whether tasks run cannot be known"),
        }
    }
    if !running.is_empty() {
        if site.clock.now() < time(until) {
            return Ok(Step::Wait(State::Draining { until }, PAUSE));
        }
        tracing::warn!(?running, "tasks still run while the stack goes back");
    }
    let runs = properties.run_when == Some(RunWhen::Rollback) || properties.on_rollback == Some(Whether::Run);
    // What begins now would be stopped before it has done anything.
    let is_late = site.clock.now() + LEAST > job.limit();
    if !runs || is_late || check::skip(properties).unwrap_or(true) {
        tracing::warn!(resource = event.logical_id, "nothing is run, as the stack goes back");
        return Ok(outcome(event, Status::SkippedRollback).into());
    }
    if let Err(reason) = check::properties(properties) {
        tracing::error!(resource = event.logical_id, reason, "nothing can be run");
        return Ok(outcome(event, Status::Failed).into());
    }
    ending::step(&job, Why::Rollback, job.begin(Why::Rollback).await).await
}
