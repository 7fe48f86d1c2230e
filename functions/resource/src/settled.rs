//! What follows from the end of work, whatever the type.
//!
//! In: a request, and what came of it. Out: the same, but for a stack that goes back: what cannot be changed back is left as it is,
//! for a failure would stop the stack half way, where its author can only skip the resource. It is answered with the attributes
//! that it has, as a template that reads one that is not there fails too: what was found is remembered for that.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use tokio::time::{timeout, timeout_at};

use crate::clock::time;
use crate::request::Request;
use crate::stack::goes_back;
use crate::types;
use crate::work::{Failure, Outcome, Site};

/// For how long the ledger is waited for, where the work has gone well.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is answered to a request that began then, in seconds since 1970.
///
/// # Errors
/// What it failed with, where the stack does not go back.
pub async fn settled(
    request: &Request,
    started: u64,
    result: Result<Outcome, Failure>,
    site: &Site,
) -> Result<Outcome, Failure> {
    let physical_id = request.physical_resource_id.as_deref().unwrap_or_default();
    match (request.request_type.as_str(), result) {
        ("Delete", Ok(outcome)) if types::is_found(&request.resource_type) => {
            in_time(request, started, site, soon(site.ledger.forget(&key(request, physical_id)))).await;
            Ok(outcome)
        }
        (_, Ok(outcome)) => {
            in_time(request, started, site, soon(remember(request, &outcome, site))).await;
            Ok(outcome)
        }
        ("Update", Err(failure)) if in_time(request, started, site, is_rolling_back(request, site)).await => {
            tracing::warn!(reason = failure.reason, "left as it is, as the stack goes back");
            let known = recalled(request, physical_id, site);
            let known = in_time(request, started, site, known).await;
            let attributes =
                known.unwrap_or_else(|| types::attributes(&request.resource_type, physical_id, &request.stack_id));
            Ok(Outcome { physical_id: physical_id.to_owned(), attributes })
        }
        (_, result) => result,
    }
}

/// What comes of something before CloudFormation stops waiting, with time left for the answer; else nothing.
async fn in_time<T: Default>(request: &Request, started: u64, site: &Site, something: impl Future<Output = T>) -> T {
    let margin = Duration::from_secs(request.margin());
    let end = time(started) + Duration::from_secs(request.patience()) - margin / 4;
    timeout_at(site.clock.instant(end), Box::pin(something)).await.unwrap_or_default()
}

async fn soon(something: impl Future<Output = ()>) {
    timeout(PATIENCE, Box::pin(something)).await.ok();
}

async fn is_rolling_back(request: &Request, site: &Site) -> bool {
    site.aws.stack_status(&request.stack_id).await.is_ok_and(|status| goes_back(&status))
}

fn key(request: &Request, physical_id: &str) -> String {
    format!("attributes of {}/{} {physical_id}", request.stack_id, request.logical_resource_id)
}

async fn remember(request: &Request, outcome: &Outcome, site: &Site) {
    let Outcome { physical_id, attributes } = outcome;
    if !types::is_found(&request.resource_type) || !site.ledger.is_kept() {
        return;
    }
    let text = serde_json::to_string(attributes).unwrap_or_default();
    if let Err(error) = site.ledger.remember(&key(request, physical_id), &text).await {
        tracing::warn!(%error, "the attributes are not remembered");
    }
}

async fn recalled(request: &Request, physical_id: &str, site: &Site) -> Option<BTreeMap<String, String>> {
    let text = site.ledger.recall(&key(request, physical_id)).await.ok()??;
    serde_json::from_str(&text).ok()
}
