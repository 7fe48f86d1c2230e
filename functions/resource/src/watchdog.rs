//! `Custom::OamEcsWatchdog`: stops a deployment that never ends.
//!
//! In: a service of the same stack, which CloudFormation makes or changes at the same time, and how long that may take. Out:
//! nothing, as long as it does not take longer; else the deployment is stopped, so that ECS goes back at once, and the stack
//! fails with what the service and its tasks say, and goes back too.
//!
//! | what CloudFormation says of the service | what follows |
//! |---|---|
//! | nothing has begun for a while | there was no deployment: all is well |
//! | it is made or changed | its deployment is watched |
//! | it is done | all is well |
//! | it has failed | the stack goes back by itself |

use std::time::{Duration, SystemTime};

use aws_sdk_ecs::types::Deployment;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use oamecs::cloudformation::resource::custom;
use oamecs::cloudformation::value::Resolved;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::aws::stacks::StackResource;
use crate::clock::{seconds, time};
use crate::deployment::{self, Place, primary};
use crate::stack::{is_rolling_back, turned};
use crate::work::{Change, Event, Failure, Outcome, Progress, Site, Step, Work};

/// The contract; nobody reads the service's own properties.
type Properties = custom::Watchdog<Resolved, Value>;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(10);

/// For how long it waits for the service to begin: a service depends on nothing but what this does, or on other services,
/// and then it begins later.
const PATIENCE: Duration = Duration::from_mins(2);

/// The type of resource.
#[derive(Clone, Copy, Debug)]
pub struct Watchdog;

/// What is known.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum State {
    /// Nothing has begun since then.
    Quiet(u64),
    /// The service is made or changed since then.
    Watching(u64),
}

impl Work for Watchdog {
    type Properties = Properties;
    type State = State;

    fn is_name(&self, physical_id: &str) -> bool {
        physical_id.starts_with("arn:")
    }

    async fn start(&self, event: &Event<Properties>, site: &Site) -> Progress<State> {
        if matches!(event.change, Change::Delete { .. }) {
            return Ok(done(event).into());
        }
        // A way back is not to be stopped.
        if is_rolling_back(event, site).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whether the stack goes back is not known");
            false
        }) {
            return Ok(done(event).into());
        }
        self.poll(event, State::Quiet(seconds(site.clock.now())), site).await
    }

    async fn poll(&self, event: &Event<Properties>, state: State, site: &Site) -> Progress<State> {
        let Some(properties) = event.properties() else { return Ok(done(event).into()) };
        let found = match site.aws.stack_resource(&event.stack_id, &properties.service).await {
            Ok(found) => found,
            // Not begun; or a look that went wrong, after which there is another.
            Err(error) => {
                tracing::info!(%error, "the service is not found in the stack");
                StackResource { physical_id: String::new(), status: String::new(), since: String::new() }
            }
        };
        let now = site.clock.now();
        let phase = Phase::of(&found.status);
        let state = match (state, phase) {
            (State::Watching(_), Phase::Ended) => return Ok(done(event).into()),
            // It was made or changed between two looks: an end from before this deployment says nothing.
            (State::Quiet(_), Phase::Ended) if reached(&found) >= Some(seconds(event.started)) => {
                return Ok(done(event).into());
            }
            (State::Quiet(_), Phase::InProgress) => State::Watching(seconds(now)),
            (State::Quiet(since), _) if now >= time(since) + PATIENCE => return Ok(done(event).into()),
            (state, _) => state,
        };
        let State::Watching(since) = state else { return Ok(Step::Wait(state, PAUSE)) };
        if now < time(since) + Duration::from_secs(properties.max_wait.into()) {
            return Ok(Step::Wait(state, PAUSE));
        }
        // What is deployed now is not what is watched, and must not be stopped.
        if turned(event, site).await.is_some() {
            return Ok(done(event).into());
        }
        match stopped(event, properties, &found.physical_id, since, site).await {
            Some(failure) => Err(failure),
            // CloudFormation is about to see it.
            None => Ok(done(event).into()),
        }
    }

    async fn give_up(&self, event: &Event<Properties>, state: State, site: &Site) -> Result<Outcome, Failure> {
        if turned(event, site).await.is_some() {
            return Ok(done(event));
        }
        let failure = match (event.properties(), state) {
            (Some(properties), State::Watching(since)) => {
                let found = site.aws.stack_resource(&event.stack_id, &properties.service).await.ok();
                let service = found.map(|found| found.physical_id).unwrap_or_default();
                stopped(event, properties, &service, since, site).await
            }
            _ => None,
        };
        Err(failure.unwrap_or_else(|| Failure::new("the service's deployment cannot be watched any longer")))
    }
}

/// How far CloudFormation is with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Unknown,
    InProgress,
    /// Well or not: what has failed fails the stack by itself.
    Ended,
}

impl Phase {
    fn of(status: &str) -> Self {
        let ends = ["_COMPLETE", "_FAILED"].iter().any(|end| status.ends_with(end));
        if ends || status.starts_with("DELETE_") || status.contains("ROLLBACK") {
            Self::Ended
        } else if status.ends_with("_IN_PROGRESS") {
            Self::InProgress
        } else {
            Self::Unknown
        }
    }
}

/// When a resource reached its status.
fn reached(resource: &StackResource) -> Option<u64> {
    let time = DateTime::from_str(&resource.since, Format::DateTimeWithOffset).ok()?;
    u64::try_from(time.secs()).ok()
}

fn done(event: &Event<Properties>) -> Outcome {
    match &event.change {
        Change::Delete { physical_id, .. } => Outcome::new(physical_id),
        Change::Create { .. } | Change::Update { .. } => Outcome::new(event.resource()),
    }
}

/// Stops the deployment, if there is one that is not complete.
async fn stopped(
    event: &Event<Properties>,
    properties: &Properties,
    service: &str,
    since: u64,
    site: &Site,
) -> Option<Failure> {
    let name = &properties.service;
    let waited = site.clock.now().duration_since(time(since)).unwrap_or_default().as_secs();
    let failure = |text: String| {
        Some(
            Failure::new(format!("the service {name} is not stable after {waited} seconds (`MaxWait`): {text}"))
                .leaving(event.resource()),
        )
    };
    if service.is_empty() {
        return failure("it was not even made".to_owned());
    }
    let place = Place { cluster: properties.cluster.as_str(), service };
    let found = match place.find(site).await {
        Ok(Some(found)) => found,
        Ok(None) => return failure("it is not there".to_owned()),
        Err(error) => return failure(error),
    };
    let deployment = primary(&found);
    let id = deployment.and_then(Deployment::id);
    let began = deployment.and_then(Deployment::created_at).and_then(|at| SystemTime::try_from(*at).ok());
    let began = began.unwrap_or_else(|| time(since)).max(time(since) - PATIENCE);
    let known = place.service_deployment(site, began).await;
    if let Some(id) = id
        && let deployment::Progress::Completed { .. } = deployment::progress(&found, id, known.as_ref())
    {
        return None;
    }
    // The first deployment has nothing to go back to: the stack deletes the service.
    let is_first = matches!(event.change, Change::Create { .. }) && found.deployments().len() == 1;
    let is_stopped = match &known {
        Some(known) if !is_first => place.stop(site, known).await,
        _ => false,
    };
    // Afterwards: what stops it must not wait for what explains it.
    let evidence = place.evidence(site, Some(&found), began, id).await;
    let end =
        if is_stopped { "ECS goes back to what it ran before, and so does the stack" } else { "the stack goes back" };
    failure(format!("{end}{evidence}"))
}
