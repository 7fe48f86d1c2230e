//! AWS Lambda: how the function starts itself again.

use super::api::{ApiError, Call};
use super::{ATTEMPT, Aws};

impl Aws {
    /// Starts a function of this account with an event, and does not wait for it.
    ///
    /// # Errors
    /// What Lambda answered, or why it did not.
    pub async fn invoke_later(&self, function: &str, event: String) -> Result<(), ApiError> {
        let call = Call {
            service: "lambda",
            operation: "Invoke",
            path: format!("/2015-03-31/functions/{function}/invocations"),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("x-amz-invocation-type", "Event".to_owned()),
            ],
            body: event,
            attempt: ATTEMPT,
        };
        self.call(call).await.map(|_| ())
    }
}
