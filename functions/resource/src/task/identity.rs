//! What a resource's tasks and requests are called, so that they are found again and nothing is run twice.

use sha2::{Digest, Sha256};

use super::{Properties, Why};
use crate::work::{Change, Event};

/// The token of a request to run tasks, 64 characters: with the same token ECS gives the same tasks, for a day.
pub(super) fn token(event: &Event<Properties>, number: u32) -> String {
    let Event { stack_id, logical_id, request_id, .. } = event;
    hash(&format!("{stack_id}|{logical_id}|{request_id}|{number}"))
}

/// What all tasks of the resource carry as `startedBy`, by which they are found: those that run forward, those that run when the
/// stack goes back, and those that run when the resource goes are told apart.
pub(super) fn started_by(event: &Event<Properties>, why: Why) -> String {
    let Event { stack_id, logical_id, .. } = event;
    let mut name = format!("oamecs/{}", hash(&format!("{stack_id}|{logical_id}")));
    name.truncate("oamecs/".len() + 24);
    name.push_str(match why {
        Why::Forward => "",
        Why::Rollback => "/rollback",
        Why::Removal => "/delete",
    });
    name
}

/// What the resource is called, for life: another name would have CloudFormation delete the one before. A name that CloudFormation
/// made up is not kept but by what goes.
pub(super) fn physical_id(event: &Event<Properties>) -> String {
    // arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>
    let stack = event.stack_id.split('/').nth(1).unwrap_or_default();
    match &event.change {
        Change::Update { physical_id, .. } if is_name(physical_id) => physical_id.clone(),
        Change::Create { .. } | Change::Update { .. } => format!("{stack}/{}", event.logical_id),
        Change::Delete { physical_id, .. } => physical_id.clone(),
    }
}

/// Whether answers call a resource so.
pub(super) fn is_name(physical_id: &str) -> bool {
    physical_id.contains('/')
}

/// What tells properties from others, however they are spelled.
pub(super) fn fingerprint(properties: &Properties) -> String {
    hash(&serde_json::to_string(properties).unwrap_or_default())
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
