//! Amazon CloudWatch Logs: what a container wrote last.

use serde_json::{Value, json};

use super::Aws;
use super::api::{ApiError, Call};

impl Aws {
    /// The last lines of a stream, the oldest first.
    ///
    /// # Errors
    /// What CloudWatch Logs answered, or why it did not.
    pub async fn last_lines(&self, group: &str, stream: &str, count: u32) -> Result<Vec<String>, ApiError> {
        let body = json!({"logGroupName": group, "logStreamName": stream, "startFromHead": false, "limit": count});
        let answer = self.call_json(Call::json("logs", "1.1", "Logs_20140328", "GetLogEvents", &body)).await?;
        let events = answer.get("events").and_then(Value::as_array).into_iter().flatten();
        let lines = events.filter_map(|event| event.get("message")?.as_str());
        Ok(lines.map(str::to_owned).collect())
    }
}
