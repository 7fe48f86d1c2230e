//! `Custom::OamEcsTask`: runs tasks, and waits until they have ended.
//!
//! In: what to run, and what counts as failed. Out: whether it has succeeded, and when. A migration runs before the services that
//! need it, once for each change, and never for a stack that goes back, unless its author asks for that.
//!
//! ```text
//!  made ────► run ──────────────────────────────────────────► Succeeded, or the stack fails
//!  changed ─► does the stack go back? ─no──► run
//!                                     └yes─► let end what runs ─► run only if asked ─► always well
//!  goes ────► stop what runs ─► run only if asked
//!
//!  run = wait for others (if exclusive) ─► start ─► watch ─► verdict ─► report
//!                                             └───────┴─► stop, when it takes too long
//! ```

mod check;
mod definition;
mod ecs;
mod ending;
mod identity;
mod removal;
mod report;
mod request;
mod rollback;
mod run;
mod verdict;

use std::collections::BTreeMap;
use std::time::Duration;

use oamecs::cloudformation::resource::custom::{self, RunWhen};
use oamecs::cloudformation::value::Resolved;
use serde::{Deserialize, Serialize};

use crate::clock::seconds;
use crate::stack::is_rolling_back;
use crate::work::{Change, Event, Failure, Outcome, Progress, Site, Step, Work};
use definition::Definition;
use ending::{Status, outcome};
use run::Job;

/// The contract.
type Properties = custom::Task<Resolved>;

/// For how long it is asked whether the stack goes back, and how often.
const DECIDING: Duration = Duration::from_mins(5);
const DECIDING_PAUSE: Duration = Duration::from_secs(15);

/// The type of resource.
#[derive(Clone, Copy, Debug)]
pub struct Task;

/// Why tasks run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Why {
    /// The resource is made or changed.
    Forward,
    /// The stack goes back.
    Rollback,
    /// The resource goes.
    Removal,
}

/// Where the work stands. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum State {
    /// CloudFormation has not said yet whether the stack goes back.
    Undecided,
    /// The stack goes back, and tasks of the change before still run.
    Draining {
        /// When they are left alone.
        until: u64,
    },
    /// The resource goes, and its tasks are being stopped.
    Clearing {
        /// Their ARNs.
        tasks: Vec<String>,
        /// When they are left alone.
        until: u64,
    },
    /// Tasks run, or are to.
    Running(Run, Phase),
}

/// Where tasks stand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Phase {
    /// Others of the family still run.
    Queueing,
    /// Not all are there.
    Starting,
    /// All are there, and are waited for.
    Watching,
    /// They have failed, and are being stopped.
    Stopping {
        /// Why.
        reason: String,
        /// When they are left alone.
        until: u64,
    },
}

/// Tasks that run, or are to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Run {
    /// What for.
    pub why: Why,
    /// What they are made from.
    pub definition: Definition,
    /// Their ARNs.
    pub tasks: Vec<String>,
    /// How many requests for tasks ECS has taken.
    pub requests: u32,
    /// Whether there may be tasks that nobody knows of, as an answer was lost.
    pub is_unsure: bool,
    /// When tasks were asked for first, and last.
    pub asked: Option<(u64, u64)>,
    /// Since when ECS does not know a task.
    pub missing_since: Option<u64>,
    /// Whether these are there instead of others that AWS took away.
    pub is_second: bool,
}

impl Run {
    fn new(why: Why, definition: Definition) -> Self {
        Self {
            why,
            definition,
            tasks: Vec::new(),
            requests: 0,
            is_unsure: false,
            asked: None,
            missing_since: None,
            is_second: false,
        }
    }

    /// How many tasks are not there yet.
    fn missing(&self, properties: &Properties) -> usize {
        count(properties).saturating_sub(self.tasks.len())
    }
}

/// How many tasks are asked for.
fn count(properties: &Properties) -> usize {
    properties.count.as_ref().map_or(1, |count| *count.get()).try_into().unwrap_or(1)
}

impl Work for Task {
    type Properties = Properties;
    type State = State;

    fn is_name(&self, physical_id: &str) -> bool {
        identity::is_name(physical_id)
    }

    async fn start(&self, event: &Event<Properties>, site: &Site) -> Progress<State> {
        match &event.change {
            Change::Create { properties } => forward(event, properties, site).await,
            Change::Update { .. } => Ok(Step::Wait(State::Undecided, Duration::ZERO)),
            Change::Delete { .. } => removal::clear(event, Vec::new(), None, site).await,
        }
    }

    async fn poll(&self, event: &Event<Properties>, state: State, site: &Site) -> Progress<State> {
        match state {
            State::Undecided => decide(event, site).await,
            State::Draining { until } => rollback::drain(event, until, site).await,
            State::Clearing { tasks, until } => removal::clear(event, tasks, Some(until), site).await,
            State::Running(run, phase) => {
                let (why, job) = (run.why, job(event, run.why, site)?);
                let stride = match phase {
                    Phase::Queueing => job.queue(run).await,
                    Phase::Starting => job.start(run).await,
                    Phase::Watching => job.watch(run).await,
                    Phase::Stopping { reason, until } => job.stopping(run, reason, until).await,
                };
                ending::step(&job, why, stride).await
            }
        }
    }

    async fn give_up(&self, event: &Event<Properties>, state: State, site: &Site) -> Result<Outcome, Failure> {
        match state {
            // Nothing was begun, so that a stack that goes back has nothing to wait for.
            State::Undecided if ending::looks_back(event, site).await => {
                rollback::begin(event, site).await;
                Ok(outcome(event, Status::SkippedRollback))
            }
            State::Undecided => Err(Failure::new("CloudFormation does not say whether the stack goes back")),
            State::Draining { .. } => Ok(outcome(event, Status::SkippedRollback)),
            State::Clearing { .. } => Ok(removal::done(event, site).await),
            State::Running(run, _) => {
                let (why, job) = (run.why, job(event, run.why, site)?);
                ending::result(&job, why, Err(job.give_up(run).await)).await
            }
        }
    }
}

/// The attributes of a resource of which nothing ran, as the stack goes back.
pub fn attributes() -> BTreeMap<String, String> {
    ending::attributes(Status::SkippedRollback, &ending::Ended::default())
}

/// The job of a run. What the stack goes back from says what undoes it.
fn job<'a>(event: &'a Event<Properties>, why: Why, site: &'a Site) -> Result<Job<'a>, Failure> {
    let properties = match why {
        Why::Rollback => rollback::properties(event),
        Why::Forward | Why::Removal => event.properties(),
    };
    let properties = properties.ok_or_else(|| Failure::new("the properties of what runs cannot be read"))?;
    Ok(Job { event, properties, site })
}

/// Whether the stack goes back decides what an update is.
async fn decide(event: &Event<Properties>, site: &Site) -> Progress<State> {
    let Some(properties) = event.properties() else { return Ok(outcome(event, Status::Skipped).into()) };
    match is_rolling_back(event, site).await {
        // From here on nothing fails.
        Ok(true) => Ok(Step::Wait(rollback::begin(event, site).await, Duration::from_secs(1))),
        Ok(false) => forward(event, properties, site).await,
        Err(error) if site.clock.now() < event.started + DECIDING => {
            tracing::warn!(%error, "CloudFormation does not say whether the stack goes back");
            Ok(Step::Wait(State::Undecided, DECIDING_PAUSE))
        }
        Err(_) if ending::looks_back(event, site).await => {
            Ok(Step::Wait(rollback::begin(event, site).await, Duration::from_secs(1)))
        }
        Err(error) => Err(Failure::new(format!(
            "CloudFormation does not say whether the stack goes back, so nothing is run: {error}"
        ))),
    }
}

/// The stack is made or changed: the tasks run.
async fn forward(event: &Event<Properties>, properties: &Properties, site: &Site) -> Progress<State> {
    check::properties(properties).map_err(Failure::new)?;
    if check::skip(properties).map_err(Failure::new)? || properties.run_when == Some(RunWhen::Rollback) {
        let skipped = outcome(event, Status::Skipped);
        ending::remember(event, Why::Forward, &skipped, site).await;
        return Ok(skipped.into());
    }
    if let Some(before) = ending::unchanged(event, site).await {
        return Ok(before.into());
    }
    let job = Job { event, properties, site };
    ending::step(&job, Why::Forward, job.begin(Why::Forward).await).await
}

/// So many seconds from now on, and not beyond CloudFormation's patience.
fn until(event: &Event<Properties>, site: &Site, wait: Duration) -> u64 {
    let last = event.deadline
        - Duration::from_secs(10).min(event.deadline.duration_since(event.started).unwrap_or_default() / 4);
    seconds((site.clock.now() + wait).min(last))
}
