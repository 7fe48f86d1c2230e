//! The resource goes: its tasks are stopped, so that nothing holds what is deleted after it, and what its author asks for runs.

use std::time::Duration;

use oamecs::cloudformation::resource::custom::Whether;

use super::ending::{self, Status, outcome};
use super::run::Job;
use super::{Properties, State, Why, check, ecs, identity, until};
use crate::clock::time;
use crate::stack::is_rolling_back;
use crate::work::{Change, Event, Outcome, Progress, Site, Step};

/// For how long it is waited until tasks that were stopped have ended: their network interfaces are free then.
const CLEARING: Duration = Duration::from_mins(1);

/// How often it is looked whether they have.
const PAUSE: Duration = Duration::from_secs(3);

/// Stops the tasks of the resource, waits for a while, and runs what is to be run at the end.
pub(super) async fn clear(
    event: &Event<Properties>,
    mut tasks: Vec<String>,
    limit: Option<u64>,
    site: &Site,
) -> Progress<State> {
    let Some(properties) = event.properties() else { return Ok(done(event, site).await.into()) };
    let limit = limit.unwrap_or_else(|| until(event, site, CLEARING));
    let cluster = properties.cluster.as_str();
    for why in [Why::Forward, Why::Rollback] {
        match ecs::started_by(&site.aws, cluster, &identity::started_by(event, why)).await {
            Ok(running) => {
                ecs::stop(&site.aws, cluster, &running, "OamEcs: the stack has no use for it any more").await;
                tasks.extend(running);
            }
            // The cluster may be gone.
            Err(trouble) => tracing::warn!(reason = trouble.reason, cluster, "whether tasks run cannot be known"),
        }
    }
    tasks.sort_unstable();
    tasks.dedup();
    if let Ok((seen, _)) = ecs::describe(&site.aws, cluster, &tasks).await
        && seen.iter().any(|task| !task.is_stopped)
        && site.clock.now() < time(limit)
    {
        return Ok(Step::Wait(State::Clearing { tasks, until: limit }, PAUSE));
    }
    let is_made_up = matches!(event.change, Change::Delete { is_made_up: true, .. });
    let runs = properties.on_delete == Some(Whether::Run) && !is_made_up && !check::skip(properties).unwrap_or(true);
    // What is being undone was never there.
    if !runs || is_rolling_back(event, site).await.unwrap_or(false) {
        return Ok(done(event, site).await.into());
    }
    if let Err(reason) = check::properties(properties) {
        tracing::error!(resource = event.logical_id, reason, "nothing can be run");
        return Ok(done(event, site).await.into());
    }
    let job = Job { event, properties, site };
    ending::step(&job, Why::Removal, job.begin(Why::Removal).await).await
}

/// There is nothing left of it.
pub(super) async fn done(event: &Event<Properties>, site: &Site) -> Outcome {
    site.ledger.forget(&event.resource()).await;
    outcome(event, Status::Skipped)
}
