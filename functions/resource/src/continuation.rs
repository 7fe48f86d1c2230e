//! What one run of the function leaves to the next: Lambda ends a run after 15 minutes, and CloudFormation waits for an hour.
//!
//! In: a request and the state of its work. Out: an event for the function itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::request::Request;

/// The most runs for one request: Lambda itself stops chains of sixteen, and an hour takes five.
pub const MOST_HOPS: u32 = 8;

/// An event that the function sends to itself.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Continuation {
    /// Which run this is for: 1 for the second.
    pub hop: u32,
    /// When the first began, in seconds since 1970.
    pub started: u64,
    /// Where its work stands; `None` if its first step has to be taken again.
    pub state: Option<Value>,
    /// What was asked.
    pub request: Request,
}

/// The event around it, so that nothing else is taken for one.
#[derive(Deserialize, Serialize)]
struct Envelope {
    #[serde(rename = "OamEcsContinuation")]
    continuation: Continuation,
}

impl Continuation {
    /// Reads an event; `None` for any other.
    pub fn read(event: &Value) -> Option<Self> {
        event.get("OamEcsContinuation")?;
        Envelope::deserialize(event).ok().map(|envelope| envelope.continuation)
    }

    /// The event.
    pub fn event(self) -> String {
        serde_json::to_string(&Envelope { continuation: self }).unwrap_or_default()
    }
}
