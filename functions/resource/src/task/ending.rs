//! What is answered when tasks have ended: attributes, or a failure, or neither, as the properties say.

use std::collections::BTreeMap;

use oamecs::cloudformation::resource::custom::OnFailure;
use serde_json::{Value, json};

use super::run::{Job, Stride};
use super::verdict::Task;
use super::{Properties, State, Why, identity};
use crate::work::{Change, Event, Failure, Outcome, Progress, Site, Step};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Tasks ran, and did what they had to.
    Succeeded,
    /// They did not, which counts for nothing here.
    Failed,
    /// Nothing had to run.
    Skipped,
    /// Nothing ran, as the stack goes back.
    SkippedRollback,
}

/// Tasks that have ended, as attributes say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    tasks: String,
    codes: String,
    started: String,
    stopped: String,
}

impl Ended {
    /// Tasks as they were seen last, in the order of these ARNs, with the exit codes of the containers that count.
    pub(super) fn of(tasks: &[Task], arns: &[String], counting: &[String]) -> Self {
        let ordered: Vec<&Task> = arns.iter().filter_map(|arn| tasks.iter().find(|task| task.arn == *arn)).collect();
        let mut codes = Vec::new();
        for task in &ordered {
            for name in counting {
                let container = task.containers.iter().find(|container| container.name == *name);
                let code = container.and_then(|container| container.exit_code);
                codes.push(code.map_or("-".to_owned(), |code| code.to_string()));
            }
        }
        // What is in ISO 8601 sorts.
        let started = ordered.iter().map(|task| &task.started_at).filter(|time| !time.is_empty()).min();
        let stopped = ordered.iter().map(|task| &task.stopped_at).max();
        Self {
            tasks: arns.join(","),
            codes: codes.join(","),
            started: started.cloned().unwrap_or_default(),
            stopped: stopped.cloned().unwrap_or_default(),
        }
    }
}

/// Tasks that have failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    /// For the author.
    pub reason: String,
    /// What is known of them.
    pub ended: Ended,
    /// Whether any of them may still run.
    pub is_left: bool,
}

/// An outcome without tasks. All attributes are there, as a template that asks for one that is not fails.
pub(super) fn outcome(event: &Event<Properties>, status: Status) -> Outcome {
    with_tasks(event, status, &Ended::default())
}

fn with_tasks(event: &Event<Properties>, status: Status, ended: &Ended) -> Outcome {
    Outcome { physical_id: identity::physical_id(event), attributes: attributes(status, ended) }
}

/// All attributes.
pub(super) fn attributes(status: Status, ended: &Ended) -> BTreeMap<String, String> {
    let Ended { tasks, codes, started, stopped } = ended;
    let status = match status {
        Status::Succeeded => "Succeeded",
        Status::Failed => "Failed",
        Status::Skipped => "Skipped",
        Status::SkippedRollback => "SkippedRollback",
    };
    let all =
        [("Status", status), ("TaskArns", tasks), ("ExitCodes", codes), ("StartedAt", started), ("StoppedAt", stopped)];
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// A step of the work, from one of the tasks.
pub(super) async fn step(job: &Job<'_>, why: Why, stride: Stride) -> Progress<State> {
    match stride {
        Stride::Waits(run, phase, pause) => Ok(Step::Wait(State::Running(run, phase), pause)),
        Stride::Ends(ended) => Ok(result(job, why, ended).await?.into()),
    }
}

/// What is answered.
pub(super) async fn result(job: &Job<'_>, why: Why, ended: Result<Ended, Failed>) -> Result<Outcome, Failure> {
    let Job { event, properties, site } = job;
    let Failed { reason, ended, is_left } = match ended {
        Ok(ended) => {
            let outcome = with_tasks(event, Status::Succeeded, &ended);
            if why == Why::Forward {
                remember(event, why, &outcome, site).await;
            }
            return Ok(outcome);
        }
        Err(failed) => failed,
    };
    let counts = match why {
        // A stack that cannot go back is stuck.
        Why::Rollback => false,
        Why::Forward | Why::Removal => properties.on_failure != Some(OnFailure::Ignore),
    };
    if counts {
        let failure = Failure::new(reason);
        // Its deletion then waits for them.
        return Err(if is_left { failure.leaving(identity::physical_id(event)) } else { failure });
    }
    tracing::error!(resource = event.logical_id, reason, "tasks have failed, and nothing follows from it");
    Ok(with_tasks(event, Status::Failed, &ended))
}

/// What was answered when these very properties have succeeded last, where they are spelled otherwise or wait longer.
///
/// An update whose properties are equal is also what follows on one that failed: then they have to run.
pub(super) async fn unchanged(event: &Event<Properties>, site: &Site) -> Option<Outcome> {
    let Change::Update { properties, old: Some(old), .. } = &event.change else { return None };
    if properties != old {
        return None;
    }
    let known: Value = serde_json::from_str(&site.ledger.recall(&event.resource()).await.ok()??).ok()?;
    if known.get("Properties")?.as_str()? != identity::fingerprint(properties) {
        return None;
    }
    let attributes: BTreeMap<String, String> = serde_json::from_value(known.get("Attributes")?.clone()).ok()?;
    Some(Outcome { physical_id: identity::physical_id(event), attributes })
}

/// Whether an update looks like the way back: it asks for what has succeeded last, or for what was before that and is being left.
pub(super) async fn looks_back(event: &Event<Properties>, site: &Site) -> bool {
    let Change::Update { properties, old: Some(old), .. } = &event.change else { return false };
    let Ok(Some(known)) = site.ledger.recall(&event.resource()).await else { return false };
    let Ok(known) = serde_json::from_str::<Value>(&known) else { return false };
    let is = |name: &str, properties: &Properties| {
        known.get(name).and_then(Value::as_str) == Some(&identity::fingerprint(properties))
    };
    let is_last = is("Properties", properties) && properties != old;
    is_last || (is("Properties", old) && is("Before", properties))
}

/// Remembers what was done, and what it followed on: nothing on the way back, which is at its end there.
pub(super) async fn remember(event: &Event<Properties>, why: Why, outcome: &Outcome, site: &Site) {
    let Some(properties) = event.properties() else { return };
    let before = match &event.change {
        Change::Update { old: Some(old), .. } if why == Why::Forward => identity::fingerprint(old),
        Change::Create { .. } | Change::Update { .. } | Change::Delete { .. } => String::new(),
    };
    let known =
        json!({"Properties": identity::fingerprint(properties), "Before": before, "Attributes": outcome.attributes});
    if let Err(error) = site.ledger.remember(&event.resource(), &known.to_string()).await {
        tracing::info!(%error, "an update without a change will run the tasks again");
    }
}
