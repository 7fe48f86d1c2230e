//! Amazon CloudWatch Logs: what containers have written.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Refusal;

/// Streams, by group and name, with their lines.
#[derive(Debug, Default)]
pub struct Logs {
    /// The streams.
    pub streams: BTreeMap<(String, String), Vec<String>>,
}

impl Logs {
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        assert_eq!(operation, "GetLogEvents", "no stand-in for it");
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        let Some(lines) = self.streams.get(&(text("logGroupName"), text("logStreamName"))) else {
            return Err(Refusal::new("ResourceNotFoundException", "The specified log stream does not exist."));
        };
        assert_eq!(input["startFromHead"], false, "the last lines are asked for");
        let limit = input["limit"].as_u64().and_then(|limit| limit.try_into().ok()).unwrap_or(10_000);
        let last = lines.iter().skip(lines.len().saturating_sub(limit));
        let events: Vec<Value> =
            last.map(|line| json!({ "timestamp": 1_795_000_000_000_u64, "message": line })).collect();
        Ok(json!({ "events": events, "nextForwardToken": "f/1", "nextBackwardToken": "b/1" }))
    }
}
