//! One run of the function: from an event to the answer, or to the next run.
//!
//! In: an event, and what Lambda says of the run. Out: nothing but the answer that was sent. An error is for Lambda, which
//! then delivers the event once more.

use std::time::SystemTime;

use serde_json::Value;

use crate::answer::{self, unfinished};
use crate::aws::Aws;
use crate::clock::{Clock, seconds};
use crate::continuation::{Continuation, MOST_HOPS};
use crate::driver::{Aim, Limits, Verdict};
use crate::ledger::{Claim, Hold, Ledger};
use crate::request::Request;
use crate::settled::settled;
use crate::types;
use crate::work::{Failure, Outcome, Site};

/// The function, as the installation has set it up.
#[derive(Clone, Debug)]
pub struct Function {
    /// AWS.
    pub aws: Aws,
    /// What the function is called, to start itself again.
    pub name: String,
    /// The table of the ledger.
    pub table: Option<String>,
}

/// What Lambda says of a run.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The same when an event is delivered again.
    pub id: String,
    /// When Lambda ends the run.
    pub deadline: SystemTime,
    /// The time.
    pub clock: Clock,
}

/// The event is to be delivered once more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Again(String);

impl Function {
    /// Serves an event.
    ///
    /// # Errors
    /// The answer is ready, and cannot be sent now.
    pub async fn handle(&self, event: &Value, invocation: &Invocation) -> Result<(), Again> {
        let now = seconds(invocation.clock.now());
        let continuation = Continuation::read(event).or_else(|| {
            let request = Request::read(event)?;
            Some(Continuation { hop: 0, started: now, state: None, request })
        });
        let Some(continuation) = continuation else {
            tracing::error!("this is no request of CloudFormation's, and nobody to answer");
            return Ok(());
        };
        let request = &continuation.request;
        tracing::info!(
            request_id = request.request_id,
            request_type = request.request_type,
            resource_type = request.resource_type,
            stack = request.stack_id,
            resource = request.logical_resource_id,
            physical_id = request.physical_resource_id,
            hop = continuation.hop,
            "asked"
        );
        let ledger = Ledger::new(self.aws.clone(), self.table.clone(), invocation.clock);
        let site = Site { aws: self.aws.clone(), ledger, clock: invocation.clock };
        match self.claimed(&continuation, &site.ledger, invocation).await {
            Some(Claim::Ours(hold)) => self.work(continuation, site, hold, invocation).await,
            Some(Claim::Unsent(hold, body)) => self.send(request, &body, &site.ledger, &hold).await,
            Some(Claim::Answered | Claim::Theirs(_)) | None => {
                tracing::info!(request_id = request.request_id, "another run has it");
                Ok(())
            }
        }
    }

    /// Whose the request is. Whoever else has it may have broken off: that shows when the hold ends.
    async fn claimed(&self, continuation: &Continuation, ledger: &Ledger, invocation: &Invocation) -> Option<Claim> {
        let mut waited_for = None;
        loop {
            let claim = ledger.claim(&continuation.request.request_id, continuation.hop, &invocation.id).await;
            let Claim::Theirs(until) = claim else { return Some(claim) };
            let limits = Limits::before(invocation.deadline, invocation.clock.now());
            if waited_for.is_some_and(|earlier| until > earlier) || until >= limits.handover {
                return None;
            }
            waited_for = Some(until);
            // The hold is over a second after its last: it is kept in whole seconds.
            let wait = invocation.clock.until(until) + std::time::Duration::from_secs(1);
            tokio::time::sleep(wait).await;
        }
    }

    async fn work(&self, asked: Continuation, site: Site, hold: Hold, invocation: &Invocation) -> Result<(), Again> {
        let limits = Limits::before(invocation.deadline, invocation.clock.now());
        let Continuation { hop, started, state, request } = asked;
        let started = hold.began().map_or(started, seconds).min(started);
        let mut aim = Aim::Work(state);
        let result = loop {
            let verdict = worked(request.clone(), started, aim, (site.clone(), hold.clone(), limits)).await;
            let fault = || fault(invocation).leaving(unfinished(&request.request_id));
            let state = match verdict.unwrap_or_else(|| Verdict::Ended(Err(fault()))) {
                Verdict::Lost => {
                    tracing::warn!(request_id = request.request_id, "another run has taken over");
                    return Ok(());
                }
                Verdict::Ended(result) => break result,
                Verdict::Continues(state) => state,
            };
            let next = Continuation { hop: hop + 1, started, state: state.clone(), request: request.clone() };
            match self.hand_over(next).await {
                Ok(()) => return Ok(()),
                // What runs is stopped, as nobody will look after it.
                Err(failure) => aim = Aim::End(state, failure),
            }
        };
        let result = Box::pin(settled(&request, started, result, &site)).await;
        self.answer(&request, &result, &site.ledger, &hold).await
    }

    async fn hand_over(&self, next: Continuation) -> Result<(), Failure> {
        if next.hop > MOST_HOPS {
            return Err(Failure::new(format!("this takes longer than {MOST_HOPS} runs of the function")));
        }
        tracing::info!(request_id = next.request.request_id, hop = next.hop, "continues in another run");
        self.aws.invoke_later(&self.name, next.event()).await.map_err(|error| {
            Failure::new(format!("the function cannot start itself again, as it must after some minutes: {error}"))
        })
    }

    async fn answer(
        &self,
        request: &Request,
        result: &Result<Outcome, Failure>,
        ledger: &Ledger,
        hold: &Hold,
    ) -> Result<(), Again> {
        match result {
            Ok(outcome) => tracing::info!(request_id = request.request_id, physical_id = outcome.physical_id, "done"),
            Err(failure) => tracing::error!(request_id = request.request_id, reason = failure.reason, "failed"),
        }
        let body = answer::body(request, result);
        if !ledger.answer(hold, &body).await {
            tracing::warn!(request_id = request.request_id, "another run has answered");
            return Ok(());
        }
        self.send(request, &body, ledger, hold).await
    }

    async fn send(&self, request: &Request, body: &str, ledger: &Ledger, hold: &Hold) -> Result<(), Again> {
        match answer::send(&self.aws, &request.response_url, body).await {
            Ok(()) => {}
            // An address that has expired takes nothing, however often it is tried.
            Err(error) if matches!(error.status, 403 | 404) || error.code == "InvalidAddress" => {
                tracing::error!(
                    request_id = request.request_id,
                    status = error.status,
                    "CloudFormation takes no answer"
                );
            }
            Err(error) => {
                tracing::error!(request_id = request.request_id, code = error.code, "the answer cannot be sent now");
                return Err(Again("the answer cannot be sent now".to_owned()));
            }
        }
        ledger.sent(hold).await;
        Ok(())
    }
}

/// What a run does; `None` where it panics.
async fn worked(request: Request, started: u64, aim: Aim, run: (Site, Hold, Limits)) -> Option<Verdict> {
    // A task of its own: a panic ends the task, and not what answers.
    let working = tokio::spawn(async move {
        let (site, hold, limits) = run;
        types::serve(&request, started, aim, (&site, &hold, limits)).await
    });
    working.await.ok()
}

fn fault(invocation: &Invocation) -> Failure {
    let version = env!("CARGO_PKG_VERSION");
    Failure::new(format!(
        "OamEcs {version} has a fault: please report it, with what invocation {} of its function left in its log",
        invocation.id
    ))
}
