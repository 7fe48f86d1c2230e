//! Where a stack is going: on, back to what it was, or away.
//!
//! CloudFormation does not say so: a stack that goes back is sent an update whose new properties are those of before. The stack's
//! status does. Nor does it take an event back when the stack turns.

use crate::aws::api::ApiError;
use crate::work::{Change, Event, Site};

/// Whether this event is part of a rollback. A resource is never made in one.
///
/// # Errors
/// CloudFormation does not say how the stack is.
pub async fn is_rolling_back<P>(event: &Event<P>, site: &Site) -> Result<bool, ApiError> {
    if matches!(event.change, Change::Create { .. }) {
        return Ok(false);
    }
    Ok(goes_back(&site.aws.stack_status(&event.stack_id).await?))
}

/// Whether a stack of this status goes back.
pub fn goes_back(status: &str) -> bool {
    status.contains("ROLLBACK")
}

/// The status of a stack that has turned since: it goes back, or goes. What was asked before is not wanted any more. `None` also
/// where CloudFormation does not say.
pub async fn turned<P>(event: &Event<P>, site: &Site) -> Option<String> {
    let status = site.aws.stack_status(&event.stack_id).await.ok()?;
    (goes_back(&status) || status.starts_with("DELETE")).then_some(status)
}

/// Whether what goes may have been replaced, and so belong to what took its place. So it is where CloudFormation does not say.
pub async fn is_replaced<P>(event: &Event<P>, site: &Site) -> bool {
    match site.aws.stack_status(&event.stack_id).await {
        Ok(status) => status.starts_with("UPDATE_COMPLETE"),
        Err(error) => {
            tracing::warn!(%error, "whether the resource was replaced is not known: it is left as it is");
            true
        }
    }
}
