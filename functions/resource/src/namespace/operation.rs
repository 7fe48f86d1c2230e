//! What becomes of what Cloud Map was asked: it answers with an operation, which ends later.
//!
//! In: an operation's id. Out: how it ended.

use aws_sdk_servicediscovery::types::{Operation, OperationStatus, OperationTargetType};

use crate::aws::{code, explained};
use crate::work::{Failure, Site};

/// Whether an operation failed because the VPC has a zone of this name.
pub(super) fn is_conflict(message: &str) -> bool {
    message.contains("ConflictingDomainExists")
        || message.contains("already been associated")
        || message.contains("already associated")
}

/// How an operation ended.
pub(super) enum Ended {
    /// Well, with the namespace that it was about.
    Done(Option<String>),
    /// Badly.
    Failed(String),
}

/// How an operation ended; `None` as long as it goes on, and there is time.
pub(super) async fn ended(operation: &str, is_over: bool, site: &Site) -> Result<Option<Ended>, Failure> {
    let asked = site.aws.service_discovery().get_operation().operation_id(operation).send().await;
    let known = match asked {
        Ok(known) => known,
        Err(error) if code(&error) == Some("OperationNotFound") => return Ok(Some(Ended::Done(None))),
        Err(error) if is_over => {
            return Err(Failure::new(format!("what became of the namespace cannot be asked: {}", explained(&error))));
        }
        Err(error) => {
            tracing::warn!(error = explained(&error), "what became of the namespace cannot be asked now");
            return Ok(None);
        }
    };
    let Some(known) = known.operation() else { return Ok(Some(Ended::Done(None))) };
    match known.status() {
        Some(OperationStatus::Success) => Ok(Some(Ended::Done(target(known)))),
        Some(OperationStatus::Fail) => {
            let (code, message) = (known.error_code().unwrap_or_default(), known.error_message().unwrap_or_default());
            Ok(Some(Ended::Failed(format!("{code}: {message}"))))
        }
        _ if is_over => Ok(Some(Ended::Failed("it takes longer than ten minutes".to_owned()))),
        _ => Ok(None),
    }
}

fn target(operation: &Operation) -> Option<String> {
    operation.targets()?.get(&OperationTargetType::Namespace).cloned()
}
