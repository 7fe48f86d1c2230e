//! Whether a stack goes back to what it was.
//!
//! CloudFormation does not say so: it sends an update whose new properties are those of before. The stack's status does.

use crate::aws::api::ApiError;
use crate::work::{Change, Event, Failure, Outcome, Progress, Site, Step};

/// Whether this event is part of a rollback. A resource is never made in one.
///
/// # Errors
/// CloudFormation does not say how the stack is.
pub async fn is_rolling_back<P>(event: &Event<P>, site: &Site) -> Result<bool, ApiError> {
    if matches!(event.change, Change::Create { .. }) {
        return Ok(false);
    }
    Ok(site.aws.stack_status(&event.stack_id).await?.contains("ROLLBACK"))
}

/// What came of an event. In a rollback what cannot be changed back is left as it is: a failure would stop the stack half way,
/// where its author can only skip the resource.
///
/// # Errors
/// What it failed with, where the stack does not go back.
pub async fn forgiven<P, S>(event: &Event<P>, site: &Site, progress: Progress<S>) -> Progress<S> {
    match progress {
        Err(failure) => given_up(event, site, failure).await.map(Step::Done),
        progress => progress,
    }
}

/// The same of work that failed.
///
/// # Errors
/// What it failed with, where the stack does not go back.
pub async fn given_up<P>(event: &Event<P>, site: &Site, failure: Failure) -> Result<Outcome, Failure> {
    match &event.change {
        Change::Update { physical_id, .. } if is_rolling_back(event, site).await.unwrap_or_default() => {
            tracing::warn!(reason = failure.reason, "left as it is, as the stack goes back");
            Ok(Outcome::new(physical_id))
        }
        _ => Err(failure),
    }
}
