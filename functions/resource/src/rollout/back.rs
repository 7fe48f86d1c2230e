//! The ways back: when the stack does, and when the resource goes. They always go well.
//!
//! What a service is given back is what it ran before the request that is undone; and only where it still runs what that
//! request gave it: what somebody else has deployed since stays.

use std::time::Duration;

use super::{
    Change, Deployment, Event, Known, Memory, OnRemoval, Outcome, PAUSE, Place, Progress, Properties, Service, Site,
    State, Step, asked, deployment, disown, draft, is_rolling_back, outcome, physical_id, place, primary, seconds,
    time, update,
};
use oamecs::cloudformation::value::Text;

/// For how long a way back is waited for.
const PATIENCE: Duration = Duration::from_mins(10);

/// The service that goes back.
struct Subject<'a> {
    /// The properties that name it.
    properties: &'a Properties,
    /// What it is remembered by.
    id: String,
    /// Whether it is another than the resource is of, which a failed update has touched: no answer has named it, so that nobody
    /// else deletes its rollout.
    is_elsewhere: bool,
}

/// The service that goes back; `None` where it cannot be read which.
fn subject(event: &Event<Properties>) -> Option<Subject<'_>> {
    match &event.change {
        Change::Update { properties, old, physical_id: named } => {
            let id = physical_id(event, properties);
            let failed = old.as_ref().map(|old| (old, physical_id(event, old)));
            Some(match failed.filter(|(_, other)| *other != id && other != named) {
                Some((properties, id)) => Subject { properties, id, is_elsewhere: true },
                None => Subject { properties, id, is_elsewhere: false },
            })
        }
        Change::Delete { properties, physical_id: id, is_made_up: false } => {
            Some(Subject { properties: properties.as_ref()?, id: id.clone(), is_elsewhere: false })
        }
        Change::Create { .. } | Change::Delete { is_made_up: true, .. } => {
            let properties = event.properties()?;
            Some(Subject { properties, id: physical_id(event, properties), is_elsewhere: false })
        }
    }
}

/// The stack goes back from the old properties to those of before.
pub(super) async fn rolled_back(event: &Event<Properties>, old: Option<&Properties>, site: &Site) -> Step<State> {
    let Some(Subject { properties, id, is_elsewhere }) = subject(event) else {
        return finished(event, None, site).await.into();
    };
    // Another service had been rolled out instead: it is given back when that rollout is deleted.
    if old.is_some_and(|old| physical_id(event, old) != id) {
        return as_it_is(event, properties, site).await.into();
    }
    let target = match Known::of(&id, site).await {
        Known::Memory(memory) if old.is_some_and(|old| memory.asked == asked(old)) => {
            Some(Target { arn: memory.previous.clone(), instead_of: Some(memory.target) })
        }
        Known::Unknown if !is_elsewhere => earlier_images(event, properties, site).await,
        // The request that is undone never came so far that it did anything.
        Known::Memory(_) | Known::Nothing | Known::Unknown => None,
    };
    let Some(target) = target else { return finished(event, None, site).await.into() };
    restore(event, properties, target, site).await
}

/// The answer for a service that is left as it is.
async fn as_it_is(event: &Event<Properties>, properties: &Properties, site: &Site) -> Outcome {
    let service = place(properties).find(site).await.ok().flatten();
    restored(event, properties, service.as_ref())
}

fn restored(event: &Event<Properties>, properties: &Properties, service: Option<&Service>) -> Outcome {
    let deployment = service.and_then(primary).and_then(Deployment::id);
    outcome(event, properties, "Restored", service.and_then(Service::task_definition), deployment)
}

/// What a service is to run, and what it must run for that.
struct Target {
    arn: String,
    instead_of: Option<String>,
}

/// Without a memory, the images of the properties that were good before, if there are any.
async fn earlier_images(event: &Event<Properties>, properties: &Properties, site: &Site) -> Option<Target> {
    let service = place(properties).find(site).await.ok()??;
    let base = service.task_definition()?;
    let draft =
        draft(site, base, &properties.containers, properties.image_tag.as_ref().map(Text::as_str)).await.ok()?;
    if !draft.changes {
        return None;
    }
    let copy = draft.register(site, &event.request_id).await.ok()?;
    Some(Target { arn: copy.arn, instead_of: None })
}

/// The resource goes.
pub(super) async fn deleted(event: &Event<Properties>, site: &Site) -> Step<State> {
    let Some(Subject { properties, id, .. }) = subject(event) else {
        return finished(event, None, site).await.into();
    };
    // What was never answered was never there.
    let undone = matches!(event.change, Change::Delete { is_made_up: true, .. })
        || is_rolling_back(event, site).await.unwrap_or(false);
    let target = match Known::of(&id, site).await {
        Known::Memory(memory) if memory.asked == asked(properties) && (undone || memory.failed) => {
            Some(Target { arn: memory.previous.clone(), instead_of: Some(memory.target) })
        }
        Known::Memory(Memory { first, target, .. }) if !undone && properties.on_delete == Some(OnRemoval::Restore) => {
            Some(Target { arn: first, instead_of: Some(target) })
        }
        _ => None,
    };
    match target {
        Some(target) => restore(event, properties, target, site).await,
        None => finished(event, None, site).await.into(),
    }
}

async fn restore(event: &Event<Properties>, properties: &Properties, target: Target, site: &Site) -> Step<State> {
    let place = place(properties);
    let Target { arn, instead_of } = target;
    let service = match place.find(site).await {
        Ok(Some(service)) => service,
        Ok(None) => return finished(event, None, site).await.into(),
        Err(error) => {
            tracing::warn!(error, "the service is not given back what it ran");
            return finished(event, None, site).await.into();
        }
    };
    let runs = service.task_definition().unwrap_or_default();
    let ours = if runs == arn {
        primary(&service).cloned()
    } else if instead_of.is_some_and(|target| target != runs) {
        tracing::warn!(service = place.service, runs, "somebody else has deployed since: the service is left alone");
        None
    } else {
        match update(place, &arn, false, site).await {
            Ok(deployment) => Some(deployment),
            Err(failure) => {
                tracing::warn!(reason = failure.reason, "the service is not given back what it ran");
                None
            }
        }
    };
    let Some(ours) = ours else { return finished(event, Some(&service), site).await.into() };
    let state = State::Returning {
        deployment: ours.id().unwrap_or_default().to_owned(),
        target: arn,
        until: seconds(site.clock.now() + PATIENCE),
    };
    Step::Wait(state, PAUSE)
}

/// Looks how far the way back is.
pub(super) async fn look(event: &Event<Properties>, state: State, site: &Site) -> Progress<State> {
    let (Some(Subject { properties, .. }), State::Returning { deployment: id, target, until }) =
        (subject(event), &state)
    else {
        return Ok(finished(event, None, site).await.into());
    };
    let place: Place<'_> = place(properties);
    let service = match place.find(site).await {
        Ok(service) => service,
        Err(error) => {
            tracing::warn!(error, "how far the service is cannot be read");
            None
        }
    };
    let is_over = match service.as_ref().map(|service| deployment::progress(service, id, None)) {
        Some(deployment::Progress::UnderWay) | None => site.clock.now() + PAUSE >= time(*until),
        Some(deployment::Progress::Completed { .. }) => true,
        Some(deployment::Progress::Failed(reason)) => {
            tracing::warn!(reason, target, "the service does not come back");
            true
        }
    };
    if is_over { Ok(finished(event, service.as_ref(), site).await.into()) } else { Ok(Step::Wait(state, PAUSE)) }
}

/// The end of the way, wherever it led, with the service as it was seen last.
pub(super) async fn finished(event: &Event<Properties>, service: Option<&Service>, site: &Site) -> Outcome {
    let Some(Subject { properties, id, is_elsewhere }) = subject(event) else {
        let physical_id = event.physical_id().unwrap_or_default();
        site.ledger.forget(physical_id).await;
        return Outcome::new(physical_id);
    };
    let is_gone = matches!(event.change, Change::Delete { .. });
    if is_gone || is_elsewhere {
        if let Ok(Some(service)) = place(properties).find(site).await {
            disown(event, service.service_arn().unwrap_or_default(), site).await;
        }
        site.ledger.forget(&id).await;
    } else if let Known::Memory(mut memory) = Known::of(&id, site).await {
        // What is undone is not undone twice.
        memory.asked.clear();
        memory.request.clear();
        memory.failed = false;
        // What is run now is ours: it may be restored from.
        if service.and_then(Service::task_definition) == Some(&memory.previous) {
            memory.target.clone_from(&memory.previous);
        }
        if let Err(failure) = memory.keep(&id, site).await {
            tracing::warn!(reason = failure.reason, "that the service has gone back is not remembered");
        }
    }
    match (&event.change, event.properties()) {
        (Change::Delete { physical_id, .. }, _) => Outcome::new(physical_id),
        (_, Some(own)) if is_elsewhere => as_it_is(event, own, site).await,
        _ => restored(event, properties, service),
    }
}
