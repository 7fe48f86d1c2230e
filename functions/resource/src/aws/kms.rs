//! AWS KMS: which key a name stands for.

use serde_json::{Value, json};

use super::Aws;
use super::api::{ApiError, Call};

impl Aws {
    /// The ARN of a key, by its id, its alias, or the ARN of either.
    ///
    /// # Errors
    /// What KMS answered, or why it did not.
    pub async fn key_arn(&self, key: &str) -> Result<String, ApiError> {
        let call = Call::json("kms", "1.1", "TrentService", "DescribeKey", &json!({ "KeyId": key }));
        let answer = self.call_json(call).await?;
        let arn = answer.pointer("/KeyMetadata/Arn").and_then(Value::as_str);
        arn.map(str::to_owned).ok_or_else(|| ApiError::unread(&"DescribeKey names no ARN"))
    }
}
