//! Whether a stack goes back to what it was.
//!
//! CloudFormation does not say so: it sends an update whose new properties are those of before. The stack's status does.

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
    Ok(site.aws.stack_status(&event.stack_id).await?.contains("ROLLBACK"))
}
