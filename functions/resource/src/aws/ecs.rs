//! Amazon ECS, in the words of its own JSON: what the SDK does not know must survive a copy.

use serde_json::Value;

use super::Aws;
use super::api::{ApiError, Call};

impl Aws {
    /// Calls an operation of ECS that has to hand on fields which the SDK may not know yet.
    ///
    /// # Errors
    /// What ECS answered, or why it did not.
    pub async fn ecs_json(&self, operation: &'static str, body: &Value) -> Result<Value, ApiError> {
        self.call_json(Call::json("ecs", "1.1", "AmazonEC2ContainerServiceV20141113", operation, body)).await
    }

    /// The same, but never more than once: for what must not happen twice where an answer was lost. Whoever calls has to find
    /// out what became of it, and to try again.
    ///
    /// # Errors
    /// What ECS answered, or why it did not.
    pub async fn ecs_json_once(&self, operation: &'static str, body: &Value) -> Result<Value, ApiError> {
        let call = Call::json("ecs", "1.1", "AmazonEC2ContainerServiceV20141113", operation, body);
        self.call_json_once(call).await
    }
}
