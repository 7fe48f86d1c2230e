//! What CloudFormation gets back from a macro:
//! [Macro function interface](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-author.html).

use std::panic::{AssertUnwindSafe, catch_unwind};

use oamecs::diagnostic::Rendered;
use oamecs::installation::Installation;
use oamecs::{Expansion, Failure, Request};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::request::{Envelope, TransformRequest};

/// An answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    /// The request's own id.
    request_id: Box<RawValue>,
    status: Status,
    /// The processed template, or on failure the one that came.
    fragment: Box<RawValue>,
    /// Why it failed, as the stack's events show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

/// How it went: anything but `success` is a failure to CloudFormation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Success,
    Failure,
}

/// Answers a request, whatever it is.
pub(crate) fn answer(payload: &RawValue, installation: &Installation, invocation: &str) -> Answer {
    answer_with(payload, installation, invocation, || expand(payload, installation))
}

fn answer_with(
    payload: &RawValue,
    installation: &Installation,
    invocation: &str,
    expand: impl FnOnce() -> Result<Answer, String>,
) -> Answer {
    let outcome = catch_unwind(AssertUnwindSafe(expand));
    let message = match outcome {
        Ok(Ok(answer)) => return answer,
        Ok(Err(message)) => message,
        Err(_) => {
            let version = env!("CARGO_PKG_VERSION");
            let log = installation.log_group.as_deref().unwrap_or("its log");
            format!("OamEcs {version} has a fault: please report it, with what invocation {invocation} left in {log}")
        }
    };
    let envelope: Envelope<'_> = serde_json::from_str(payload.get()).unwrap_or_default();
    Answer {
        request_id: envelope.request_id.map_or_else(null, ToOwned::to_owned),
        status: Status::Failure,
        fragment: envelope.fragment.map_or_else(null, ToOwned::to_owned),
        error_message: Some(message),
    }
}

fn expand(payload: &RawValue, installation: &Installation) -> Result<Answer, String> {
    let TransformRequest { request_id, fragment, template_parameter_values, params } =
        serde_json::from_str(payload.get())
            .map_err(|error| format!("this is not a request that CloudFormation sends to a macro: {error}"))?;
    let request = Request {
        fragment,
        parameters: template_parameter_values,
        transform_parameters: params,
        installation: installation.clone(),
        nonce: serde_json::from_str(request_id.get()).unwrap_or_else(|_| request_id.get().to_owned()),
    };
    match oamecs::expand(request) {
        Ok(Expansion { json, notes }) => {
            notes.iter().for_each(log);
            Ok(Answer { request_id, status: Status::Success, fragment: json, error_message: None })
        }
        Err(Failure { message, findings }) => {
            findings.iter().for_each(log);
            Err(message)
        }
    }
}

fn log(finding: &Rendered) {
    let declaration = finding.declaration.as_deref().unwrap_or_default();
    let text = finding.to_string();
    if finding.is_error {
        tracing::error!(declaration, "{text}");
    } else {
        tracing::info!(declaration, "{text}");
    }
}

fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

#[cfg(test)]
mod tests {
    use oamecs::installation::Installation;
    use serde_json::{json, value::RawValue};

    use super::answer_with;

    #[test]
    fn a_panic_is_an_answer_with_the_template_that_came() {
        let payload: &RawValue = serde_json::from_str(r#"{"fragment": {"Resources": {}}, "requestId": "1"}"#).unwrap();
        let installation = Installation { log_group: Some("/aws/lambda/oamecs".to_owned()), ..Installation::default() };
        let answer = answer_with(payload, &installation, "8476a536", || panic!("a fault"));
        let answer = serde_json::to_value(answer).unwrap();
        assert_eq!(answer["status"], "failure");
        assert_eq!(answer["requestId"], "1");
        assert_eq!(answer["fragment"], json!({"Resources": {}}));
        let message = answer["errorMessage"].as_str().unwrap();
        assert!(message.contains("8476a536") && message.contains("/aws/lambda/oamecs"), "{message}");
    }

    #[test]
    fn what_runs_on_every_deployment_has_the_id_of_the_request() {
        let run = |id: &str, run: &str| {
            let service = json!({"image": "migrate", "deploy": {"mode": "replicated-job"}, "x-aws-run": run});
            let shop =
                json!({"Type": "OamEcs::Compose", "Properties": {"Document": {"services": {"migrate": service}}}});
            let payload = json!({"requestId": id, "fragment": {"Resources": {"Shop": shop}}}).to_string();
            let payload: &RawValue = serde_json::from_str(&payload).unwrap();
            let answer = super::answer(payload, &Installation::default(), "8476a536");
            serde_json::to_value(answer).unwrap()["fragment"].clone()
        };
        assert_eq!(run("1-2", "always")["Resources"]["ShopMigrateRun"]["Properties"]["Nonce"], "1-2");
        assert_eq!(run("1-2", "on-change"), run("3-4", "on-change"));
    }
}
