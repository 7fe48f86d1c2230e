//! What CloudFormation asks of a custom resource:
//! [request objects](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html).
//!
//! In: any JSON. Out: a [`Request`], as long as it says whom to answer. Nothing else is required, and properties stay as they
//! came: a request that cannot be read cannot be answered, and its stack would wait for an hour.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A request. It is never logged: its `ResponseURL` lets whoever has it answer.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    /// `Create`, `Update`, `Delete`, or what nobody knows yet.
    #[serde(default)]
    pub request_type: String,
    /// The same when it is delivered again.
    #[serde(default)]
    pub request_id: String,
    /// Where the answer goes: an address signed in advance, and so a secret.
    #[serde(rename = "ResponseURL")]
    pub response_url: String,
    /// `Custom::OamEcs…`.
    #[serde(default)]
    pub resource_type: String,
    /// The resource, in its template.
    #[serde(default)]
    pub logical_resource_id: String,
    /// The stack's ARN.
    #[serde(default)]
    pub stack_id: String,
    /// What an earlier answer called the resource; absent when it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_resource_id: Option<String>,
    /// As the template has them, with all scalars as text.
    #[serde(default)]
    pub resource_properties: Map<String, Value>,
    /// Those before an update.
    #[serde(default)]
    pub old_resource_properties: Map<String, Value>,
}

impl Request {
    /// Reads a request; `None` for what has no address to answer to.
    pub fn read(event: &Value) -> Option<Self> {
        if let Ok(request) = Self::deserialize(event) {
            return Some(request);
        }
        // Something has another type than it should. What is text is taken, the rest is as if it were not there.
        let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
        let map = |name: &str| event.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        Some(Self {
            request_type: text("RequestType").unwrap_or_default(),
            request_id: text("RequestId").unwrap_or_default(),
            response_url: text("ResponseURL")?,
            resource_type: text("ResourceType").unwrap_or_default(),
            logical_resource_id: text("LogicalResourceId").unwrap_or_default(),
            stack_id: text("StackId").unwrap_or_default(),
            physical_resource_id: text("PhysicalResourceId"),
            resource_properties: map("ResourceProperties"),
            old_resource_properties: map("OldResourceProperties"),
        })
    }

    /// Seconds for which CloudFormation waits for the answer.
    pub fn patience(&self) -> u64 {
        let given = self.resource_properties.get("ServiceTimeout").and_then(|seconds| match seconds {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64(),
        });
        given.filter(|seconds| (1..=LONGEST).contains(seconds)).unwrap_or(LONGEST)
    }

    /// Seconds of these that are kept for what follows on the work: giving it up, and answering.
    pub fn margin(&self) -> u64 {
        (self.patience() / 4).min(30)
    }
}

/// Seconds for which CloudFormation waits at most, and where nothing is said.
const LONGEST: u64 = 3600;
