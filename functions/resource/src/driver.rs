//! Takes the steps of work, until it is done or time ends.
//!
//! In: a type of resource, an event, and the state in which an earlier run left it. Out: a [`Verdict`].

use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::time::{sleep, timeout, timeout_at};

use crate::answer::unfinished;
use crate::ledger::Hold;
use crate::work::{Event, Failure, Outcome, Site, Step, Work};

/// What became of the work in this run.
#[derive(Debug)]
pub enum Verdict {
    /// It is done, or failed.
    Ended(Result<Outcome, Failure>),
    /// It goes on in another run, from this state; from its first step where there is none.
    Continues(Option<Value>),
    /// Another run has the request.
    Lost,
}

/// What a run is to do.
#[derive(Clone, Debug)]
pub enum Aim {
    /// The work goes on from this state; from its first step where there is none.
    Work(Option<Value>),
    /// It ends in this state, for this reason.
    End(Option<Value>, Failure),
}

/// The time of a run.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// When the run leaves the rest to another.
    pub handover: SystemTime,
    /// When a step is cut off that is still being taken.
    pub cut: SystemTime,
}

impl Limits {
    /// Those of a run that Lambda ends at a deadline: a minute before it waiting ends, so that there is time for a step.
    pub fn before(deadline: SystemTime, now: SystemTime) -> Self {
        let left = deadline.duration_since(now).unwrap_or_default();
        Self {
            handover: deadline - (left / 4).min(Duration::from_mins(1)),
            cut: deadline - (left / 10).min(Duration::from_secs(10)),
        }
    }
}

/// Takes steps.
pub async fn drive<W: Work>(
    work: &W,
    event: &Event<W::Properties>,
    aim: Aim,
    (site, hold, limits): (&Site, &Hold, Limits),
) -> Verdict {
    let clock = &site.clock;
    let (resumed, end) = match aim {
        Aim::Work(resumed) => (resumed, None),
        Aim::End(resumed, failure) => (resumed, Some(failure)),
    };
    let mut known = match resumed.map(serde_json::from_value::<W::State>).transpose() {
        Ok(state) => state,
        // Another version wrote it: what has begun is found again.
        Err(error) => {
            tracing::warn!(%error, "the state of an earlier run cannot be read");
            None
        }
    };
    if let Some(Failure { reason, physical_id: _ }) = end {
        return Verdict::Ended(gave_up(work, event, known, site).await.map_err(|failure| {
            let reason = format!("{reason}. So it was given up: {}", failure.reason);
            Failure { reason, ..failure }
        }));
    }
    loop {
        let written = known.as_ref().and_then(|state| serde_json::to_value(state).ok());
        let step = async {
            match known.take() {
                None => work.start(event, site).await,
                Some(state) => work.poll(event, state, site).await,
            }
        };
        let end = limits.cut.min(event.deadline);
        let Ok(step) = timeout_at(clock.instant(end), step).await else {
            if clock.now() < event.deadline {
                tracing::warn!("a step takes too long, and is left to another run");
                return Verdict::Continues(written);
            }
            let state = written.and_then(|state| serde_json::from_value(state).ok());
            return Verdict::Ended(gave_up(work, event, state, site).await);
        };
        let (state, pause) = match step {
            Ok(Step::Done(outcome)) => return Verdict::Ended(Ok(outcome)),
            Err(failure) => return Verdict::Ended(Err(failure)),
            Ok(Step::Wait(state, pause)) => (state, pause),
        };
        let next = clock.now() + pause;
        if next >= event.deadline {
            return Verdict::Ended(gave_up(work, event, Some(state), site).await);
        }
        if next >= limits.handover {
            return Verdict::Continues(serde_json::to_value(state).ok());
        }
        sleep(pause).await;
        if !site.ledger.renew(hold).await {
            return Verdict::Lost;
        }
        known = Some(state);
    }
}

/// Ends work whose time is over, in half of what is left until CloudFormation stops waiting.
async fn gave_up<W: Work>(
    work: &W,
    event: &Event<W::Properties>,
    state: Option<W::State>,
    site: &Site,
) -> Result<Outcome, Failure> {
    let waited = event.deadline.duration_since(event.started).unwrap_or_default().as_secs();
    let failure = Failure::new(format!("AWS did not answer within {waited} seconds: try again, or look at its status"));
    let result = match state {
        None => Err(failure),
        Some(state) => timeout(event.margin / 2, work.give_up(event, state, site)).await.unwrap_or(Err(failure)),
    };
    // What was begun is found again when it is deleted.
    result.map_err(|failure| match failure.physical_id {
        Some(_) => failure,
        None => failure.leaving(unfinished(&event.request_id)),
    })
}
