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
}
