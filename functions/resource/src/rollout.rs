//! `Custom::OamEcsRollout`: gives a service of another owner other images, and waits until they run.
//!
//! In: a service, and tags of images. Out: a deployment of a copy of the task definition that it runs, completed; or a failure
//! that says what the service and its tasks say. What it ran before is remembered before anything is done, and when the stack
//! goes back, it runs that again. A rollback always goes well, whatever is found: a stack that cannot go back is the worst end.

mod back;
mod memory;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ecs::types::{Deployment, DeploymentControllerType, DeploymentRolloutState, Service};
use oamecs::cloudformation::resource::custom::{self, OnFailure, OnMissing, OnRemoval, WaitFor, WhileBusy};
use oamecs::cloudformation::value::{Resolved, Text};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::aws::explained;
use crate::clock::{seconds, time};
use crate::copy::{Copy, draft};
use crate::deployment::{self, Place, name, primary};
use crate::stack::{is_rolling_back, turned};
use crate::work::{Change, Event, Failure, Outcome, Progress, Site, Step, Work};
use memory::{Known, Memory, asked, disown, own};

/// The contract.
type Properties = custom::Rollout<Resolved>;

/// Between two looks at a deployment.
const PAUSE: Duration = Duration::from_secs(10);

/// How long a deployment may take where nothing is said.
const PATIENCE: u32 = 900;

/// The type of resource.
#[derive(Clone, Copy, Debug)]
pub struct Rollout;

/// What goes on.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum State {
    /// Another deployment, whose end is awaited, since then.
    Busy(u64),
    /// Ours.
    Deploying {
        /// The primary deployment, by its id.
        deployment: String,
        /// What it runs, by its ARN.
        target: String,
        /// When it was asked for.
        since: u64,
    },
    /// The way back.
    Returning {
        /// The primary deployment, by its id.
        deployment: String,
        /// What it runs, by its ARN.
        target: String,
        /// When nobody waits for it any more.
        until: u64,
    },
}

impl Work for Rollout {
    type Properties = Properties;
    type State = State;

    fn is_name(&self, physical_id: &str) -> bool {
        physical_id.starts_with("arn:")
    }

    async fn start(&self, event: &Event<Properties>, site: &Site) -> Progress<State> {
        let properties = match &event.change {
            Change::Delete { .. } => return Ok(back::deleted(event, site).await),
            Change::Create { properties } | Change::Update { properties, .. } => properties,
        };
        if let Change::Update { old, .. } = &event.change
            && goes_back(event, old.as_ref(), site).await?
        {
            return Ok(back::rolled_back(event, old.as_ref(), site).await);
        }
        if is_skipped(properties)? {
            return Ok(outcome(event, properties, "Skipped", None, None).into());
        }
        let result = begin(event, properties, false, site).await;
        settled(event, properties, result, site).await
    }

    async fn poll(&self, event: &Event<Properties>, state: State, site: &Site) -> Progress<State> {
        let Some(properties) = event.properties() else { return back::look(event, state, site).await };
        let result = match state {
            State::Returning { .. } => return back::look(event, state, site).await,
            State::Busy(since) => begin_later(event, properties, since, site).await,
            State::Deploying { .. } => look(event, properties, state, site).await,
        };
        settled(event, properties, result, site).await
    }

    async fn give_up(&self, event: &Event<Properties>, state: State, site: &Site) -> Result<Outcome, Failure> {
        let Some(properties) = event.properties() else {
            return Ok(Outcome::new(event.physical_id().unwrap_or_default()));
        };
        let failure = match state {
            State::Deploying { deployment, target, since } => {
                stopped(event, properties, (&deployment, &target, since), site).await
            }
            State::Busy(_) => Failure::new("another deployment of the service is still under way"),
            // A stack that goes back must not be held.
            State::Returning { .. } => {
                tracing::warn!("the service does not come back in time");
                let end = timeout(event.margin / 4, back::finished(event, None, site)).await;
                return Ok(end.unwrap_or_else(|_| outcome(event, properties, "Restored", None, None)));
            }
        };
        ended(event, properties, failure, site).await
    }
}

/// The service that is meant.
fn place(properties: &Properties) -> Place<'_> {
    Place { cluster: properties.cluster.as_str(), service: properties.service.as_str() }
}

/// What a rollout is called: whether cluster and service are given by name or by ARN makes no other rollout of it.
fn physical_id(event: &Event<Properties>, properties: &Properties) -> String {
    let Place { cluster, service } = place(properties);
    format!("{}/{}/{}", event.resource(), name(cluster), name(service))
}

/// Success. All attributes are always there, as a template that reads one that is not fails.
fn outcome(
    event: &Event<Properties>,
    properties: &Properties,
    status: &str,
    task_definition: Option<&str>,
    deployment: Option<&str>,
) -> Outcome {
    let physical_id = match &event.change {
        Change::Delete { physical_id, .. } => physical_id.clone(),
        Change::Create { .. } | Change::Update { .. } => physical_id(event, properties),
    };
    Outcome { physical_id, attributes: attributes(status, task_definition, deployment) }
}

/// All attributes.
pub fn attributes(status: &str, task_definition: Option<&str>, deployment: Option<&str>) -> BTreeMap<String, String> {
    [("Status", Some(status)), ("TaskDefinitionArn", task_definition), ("DeploymentId", deployment)]
        .map(|(name, value)| (name.to_owned(), value.unwrap_or_default().to_owned()))
        .into()
}

/// Whether the stack goes back. Where CloudFormation does not say, what was done last may.
async fn goes_back(event: &Event<Properties>, old: Option<&Properties>, site: &Site) -> Result<bool, Failure> {
    let error = match timeout(site.clock.until(event.deadline) / 2, is_rolling_back(event, site)).await {
        Ok(Ok(answer)) => return Ok(answer),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "CloudFormation does not answer".to_owned(),
    };
    if let Some(old) = old
        && let Known::Memory(memory) = Known::of(&physical_id(event, old), site).await
        && let Some(wanted) = event.properties().map(asked)
    {
        // What is left was done last, and failed or followed on what is wanted; or what is wanted was done last.
        let is_left = memory.asked == asked(old) && (memory.failed || memory.before == wanted);
        if is_left || (memory.asked == wanted && !memory.failed && wanted != asked(old)) {
            return Ok(true);
        }
    }
    Err(Failure::new(format!("whether the stack goes back cannot be known, so the service was left alone: {error}")))
}

fn is_skipped(properties: &Properties) -> Result<bool, Failure> {
    match properties.skip.as_ref().map_or("", |skip| skip.as_str().trim()) {
        "" => Ok(false),
        text if text.eq_ignore_ascii_case("true") => Ok(true),
        text if text.eq_ignore_ascii_case("false") => Ok(false),
        other => Err(Failure::new(format!("`Skip` is `{other}`, and must be `true` or `false`"))),
    }
}

/// Begins the deployment, if one is needed and none is in the way.
async fn begin(event: &Event<Properties>, properties: &Properties, has_waited: bool, site: &Site) -> Progress<State> {
    let place = place(properties);
    let id = physical_id(event, properties);
    let Some(service) = place.find(site).await.map_err(Failure::new)? else { return missing(event, properties) };
    check_controller(&service, place)?;
    let known = Known::of(&id, site).await;
    let repeated = known.memory().filter(|memory| memory.request == event.request_id);
    if let Some(memory) = repeated
        && let Some(ours) = begun(&service, memory, event)
    {
        return Ok(Step::Wait(deploying(ours, &memory.target, event), PAUSE));
    }
    if properties.while_busy == Some(WhileBusy::Wait) && !has_waited && is_busy(&service) {
        return Ok(Step::Wait(State::Busy(seconds(site.clock.now())), PAUSE));
    }

    let current = service.task_definition().unwrap_or_default();
    let base = repeated.map_or(current, |memory| memory.previous.as_str());
    let force = properties.force == Some(true);
    let draft = draft(site, base, &properties.containers, properties.image_tag.as_ref().map(Text::as_str)).await?;
    if !draft.changes && !force {
        let deployment = primary(&service).and_then(Deployment::id);
        return Ok(outcome(event, properties, "NoChange", Some(current), deployment).into());
    }
    own(event, service.service_arn().unwrap_or_default(), properties.take_over == Some(true), site).await?;
    // A forced deployment needs a task definition from which tasks can start.
    let Copy { arn: target, is_new: _ } = if draft.changes || !draft.is_active {
        draft.register(site, &event.request_id).await?
    } else {
        Copy { arn: base.to_owned(), is_new: false }
    };
    let memory = Memory {
        first: known.memory().map_or(base, |memory| memory.first.as_str()).to_owned(),
        previous: base.to_owned(),
        target: target.clone(),
        request: event.request_id.clone(),
        asked: asked(properties),
        before: match &event.change {
            Change::Update { old: Some(old), .. } => asked(old),
            Change::Update { old: None, .. } | Change::Create { .. } | Change::Delete { .. } => String::new(),
        },
        failed: false,
    };
    memory.keep(&id, site).await?;
    let ours = update(place, &target, force, site).await?;
    tracing::info!(service = place.service, target, was_busy = is_busy(&service), "rolls out");
    Ok(Step::Wait(deploying(&ours, &target, event), PAUSE))
}

/// The deployment that an earlier run of the same request began.
fn begun<'a>(service: &'a Service, memory: &Memory, event: &Event<Properties>) -> Option<&'a Deployment> {
    let primary = primary(service)?;
    let since = primary.created_at().map_or(0, aws_smithy_types::DateTime::secs);
    let is_new = u64::try_from(since).is_ok_and(|since| since >= seconds(event.started));
    (primary.task_definition() == Some(&memory.target) && (memory.target != memory.previous || is_new))
        .then_some(primary)
}

fn deploying(ours: &Deployment, target: &str, event: &Event<Properties>) -> State {
    let since = ours.created_at().and_then(|at| u64::try_from(at.secs()).ok());
    State::Deploying {
        deployment: ours.id().unwrap_or_default().to_owned(),
        target: target.to_owned(),
        since: since.unwrap_or_else(|| seconds(event.started)),
    }
}

/// Whether a deployment of the service has not come to its end.
fn is_busy(service: &Service) -> bool {
    primary(service).is_some_and(|primary| primary.rollout_state() == Some(&DeploymentRolloutState::InProgress))
}

fn missing(event: &Event<Properties>, properties: &Properties) -> Progress<State> {
    let Place { cluster, service } = place(properties);
    match properties.on_missing {
        Some(OnMissing::Skip) => Ok(outcome(event, properties, "Missing", None, None).into()),
        Some(OnMissing::Fail) | None => Err(Failure::new(format!(
            "there is no active service `{service}` in the cluster `{cluster}`: make it, or correct the name, or say that a \
             missing service is skipped"
        ))),
    }
}

fn check_controller(service: &Service, place: Place<'_>) -> Result<(), Failure> {
    let controller = service.deployment_controller().map(aws_sdk_ecs::types::DeploymentController::r#type);
    match controller {
        Some(DeploymentControllerType::CodeDeploy) => Err(Failure::new(format!(
            "the service `{}` is deployed by CodeDeploy (its deployment controller is CODE_DEPLOY), so nobody else can give it \
             another task definition: deploy it with CodeDeploy, or make it a service with the controller ECS",
            place.service
        ))),
        Some(DeploymentControllerType::External) => Err(Failure::new(format!(
            "the service `{}` is deployed by task sets of another tool (its deployment controller is EXTERNAL), so nobody else \
             can give it another task definition: deploy it with that tool, or make it a service with the controller ECS",
            place.service
        ))),
        _ => Ok(()),
    }
}

/// Gives the service a task definition, and changes nothing else of it. Its primary deployment.
async fn update(place: Place<'_>, target: &str, force: bool, site: &Site) -> Result<Deployment, Failure> {
    let update = site.aws.ecs().update_service().cluster(place.cluster).service(place.service);
    let updated = update.task_definition(target).force_new_deployment(force).send().await;
    let updated = updated.map_err(|error| {
        Failure::new(format!("the service `{}` does not take {target}: {}", place.service, explained(&error)))
    })?;
    let ours = updated.service().and_then(primary).cloned();
    ours.ok_or_else(|| Failure::new(format!("the service `{}` has no deployment after its update", place.service)))
}

/// Begins what had to wait for another deployment, once that has ended.
async fn begin_later(event: &Event<Properties>, properties: &Properties, since: u64, site: &Site) -> Progress<State> {
    let place = place(properties);
    let service = place.find(site).await.map_err(Failure::new)?;
    if service.as_ref().is_some_and(is_busy) {
        let waited = site.clock.now().duration_since(time(since)).unwrap_or_default();
        if waited >= patience(properties) {
            return Err(Failure::new(format!(
                "another deployment of the service `{}` is still under way after {} seconds, and nothing was begun",
                place.service,
                waited.as_secs()
            )));
        }
        return Ok(Step::Wait(State::Busy(since), PAUSE));
    }
    // Nobody reads what this request is answered then.
    if let Some(status) = turned(event, site).await {
        return Err(Failure::new(format!("nothing was begun, as the stack is {status}")));
    }
    begin(event, properties, true, site).await
}

fn patience(properties: &Properties) -> Duration {
    Duration::from_secs(properties.max_wait.unwrap_or(PATIENCE).into())
}

/// Looks how far our deployment is.
async fn look(event: &Event<Properties>, properties: &Properties, state: State, site: &Site) -> Progress<State> {
    let State::Deploying { deployment: id, target, since } = &state else { return Ok(Step::Wait(state, PAUSE)) };
    let place = place(properties);
    let Some(service) = place.find(site).await.map_err(Failure::new)? else {
        return Err(Failure::new(format!("the service `{}` was deleted while it was rolled out", place.service)));
    };
    let known = place.service_deployment(site, time(*since)).await;
    match deployment::progress(&service, id, known.as_ref()) {
        deployment::Progress::Completed { is_alone } if is_alone || properties.wait_for != Some(WaitFor::Drained) => {
            Ok(outcome(event, properties, "Completed", Some(target), Some(id)).into())
        }
        deployment::Progress::Failed(reason) => {
            let evidence = place.evidence(site, Some(&service), time(*since), Some(id)).await;
            Err(Failure::new(format!("the rollout of the service `{}` failed: {reason}{evidence}", place.service)))
        }
        deployment::Progress::Completed { .. } | deployment::Progress::UnderWay => {
            if site.clock.now() >= time(*since) + patience(properties) {
                return Err(stopped(event, properties, (id, target, *since), site).await);
            }
            Ok(Step::Wait(state, PAUSE))
        }
    }
}

/// Stops our deployment, which takes too long: the service goes back to what it ran.
async fn stopped(
    event: &Event<Properties>,
    properties: &Properties,
    (id, target, since): (&str, &str, u64),
    site: &Site,
) -> Failure {
    let place = place(properties);
    let since = time(since);
    let waited = site.clock.now().duration_since(since).unwrap_or_default().as_secs();
    let service = place.find(site).await.ok().flatten();
    let known = place.service_deployment(site, since).await;
    let mut is_stopped = match &known {
        Some(known) => place.stop(site, known).await,
        None => false,
    };
    if !is_stopped
        && let Known::Memory(memory) = Known::of(&physical_id(event, properties), site).await
        && memory.request == event.request_id
        && memory.previous != target
        && service.as_ref().and_then(Service::task_definition) == Some(target)
    {
        is_stopped = update(place, &memory.previous, false, site).await.is_ok();
    }
    // Afterwards: what stops it must not wait for what explains it.
    let evidence = place.evidence(site, service.as_ref(), since, Some(id)).await;
    let end = if is_stopped { "it goes back to what it ran" } else { "it could not be stopped, and goes on" };
    Failure::new(format!(
        "the rollout of the service `{}` is not complete after {waited} seconds: {end}{evidence}",
        place.service
    ))
}

/// What follows from a result: a failure may be none, and leaves something to go back from.
async fn settled(
    event: &Event<Properties>,
    properties: &Properties,
    result: Progress<State>,
    site: &Site,
) -> Progress<State> {
    match result {
        Ok(step) => Ok(step),
        Err(failure) => ended(event, properties, failure, site).await.map(Step::Done),
    }
}

/// What follows from a failure.
async fn ended(
    event: &Event<Properties>,
    properties: &Properties,
    failure: Failure,
    site: &Site,
) -> Result<Outcome, Failure> {
    match properties.on_failure {
        Some(OnFailure::Ignore) => {
            tracing::warn!(reason = failure.reason, "failed, which does not matter");
            let service = place(properties).find(site).await.ok().flatten();
            let runs = service.as_ref().and_then(Service::task_definition);
            Ok(outcome(event, properties, "Failed", runs, service.as_ref().and_then(primary).and_then(Deployment::id)))
        }
        Some(OnFailure::Rollback) | None => Err(failed(event, properties, failure, site).await),
    }
}

/// Remembers that the request failed, if it came so far that it did anything.
async fn failed(event: &Event<Properties>, properties: &Properties, failure: Failure, site: &Site) -> Failure {
    let id = physical_id(event, properties);
    let Known::Memory(mut memory) = Known::of(&id, site).await else { return failure };
    if memory.request != event.request_id {
        return failure;
    }
    memory.failed = true;
    if let Err(error) = memory.keep(&id, site).await {
        tracing::warn!(reason = error.reason, "that it failed is not remembered");
    }
    failure.leaving(id)
}
