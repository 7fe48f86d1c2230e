//! The answer to CloudFormation:
//! [response objects](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html).
//!
//! In: a request, and an outcome or a failure. Out: JSON of 4,096 bytes at most, with what CloudFormation needs, put to the
//! address that it gave.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_smithy_types::body::SdkBody;
use serde::Serialize;

use crate::aws::Aws;
use crate::aws::api::{ApiError, request};
use crate::request::Request;
use crate::work::{Failure, Outcome};

/// The most bytes of an answer.
pub const LARGEST: usize = 4096;

/// The most bytes of what a resource is called.
const LARGEST_ID: usize = 1024;

/// For how long an answer is on its way before it is sent once more: CloudFormation may have little patience left.
const ATTEMPT: Duration = Duration::from_secs(5);

/// What resources are called that were never made, so that their deletion does nothing.
const MARKER: &str = "OamEcs::CreateFailed/";

/// What resources are called whose making ended while nobody knew how far it was: their deletion looks for what there is of them.
const UNFINISHED: &str = "OamEcs::Unfinished/";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    status: Status,
    #[serde(skip_serializing_if = "str::is_empty")]
    reason: &'a str,
    physical_resource_id: &'a str,
    stack_id: &'a str,
    request_id: &'a str,
    logical_resource_id: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    data: BTreeMap<&'a str, &'a str>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Success,
    Failed,
}

/// Whether a resource of this name was never made.
pub fn is_marker(physical_id: &str) -> bool {
    physical_id.starts_with(MARKER)
}

/// Whether the making of a resource of this name ended while nobody knew how far it was.
pub fn is_unfinished(physical_id: &str) -> bool {
    physical_id.starts_with(UNFINISHED)
}

/// What a resource is called of which nobody knows how far its making is that a request asked for.
pub fn unfinished(request_id: &str) -> String {
    format!("{UNFINISHED}{request_id}")
}

/// The answer to a request, as it is sent.
pub fn body(request: &Request, result: &Result<Outcome, Failure>) -> String {
    match result {
        Ok(outcome) => success(request, outcome),
        Err(failure) => failed(request, failure),
    }
}

fn success(request: &Request, outcome: &Outcome) -> String {
    let mut limit = LARGEST;
    loop {
        let values = outcome.attributes.iter().map(|(name, value)| (name.as_str(), shortened(value, limit)));
        let values: Vec<(&str, String)> = values.collect();
        let data = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let physical_resource_id = &shortened(&outcome.physical_id, LARGEST_ID);
        let body = Body { status: Status::Success, reason: "", data, ..named(request, physical_resource_id) };
        let body = written(&body);
        if body.len() <= LARGEST || limit == 0 {
            return body;
        }
        limit /= 2;
    }
}

fn failed(request: &Request, failure: &Failure) -> String {
    // What is called otherwise after a failed update would be replaced.
    let physical_id = match (request.request_type.as_str(), &request.physical_resource_id, &failure.physical_id) {
        ("Update" | "Delete", Some(known), _) | (_, _, Some(known)) | (_, Some(known), None) => known.clone(),
        (_, None, None) => format!("{MARKER}{}", request.request_id),
    };
    let physical_id = shortened(&physical_id, LARGEST_ID);
    let reason = if failure.reason.trim().is_empty() { "it failed without a reason" } else { failure.reason.trim() };
    let mut limit = LARGEST;
    loop {
        let reason = &shortened(reason, limit);
        let body = written(&Body { status: Status::Failed, reason, ..named(request, &physical_id) });
        let excess = body.len().saturating_sub(LARGEST);
        if excess == 0 || limit == 0 {
            return body;
        }
        // One byte of text is up to six of JSON: this comes near from above.
        limit = reason.len().min(limit).saturating_sub(excess.div_ceil(6));
    }
}

fn named<'a>(request: &'a Request, physical_resource_id: &'a str) -> Body<'a> {
    Body {
        status: Status::Failed,
        reason: "",
        physical_resource_id,
        stack_id: &request.stack_id,
        request_id: &request.request_id,
        logical_resource_id: &request.logical_resource_id,
        data: BTreeMap::new(),
    }
}

fn written(body: &Body<'_>) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

/// A text in so many bytes, whose middle is left out where it is longer: its beginning says what is wrong, its end is the last of a log.
fn shortened(text: &str, limit: usize) -> String {
    const GAP: &str = " … ";
    if text.len() <= limit {
        return text.to_owned();
    }
    let Some(room) = limit.checked_sub(GAP.len()) else { return String::new() };
    let head = text.floor_char_boundary(room / 2);
    let tail = text.ceil_char_boundary(text.len() - room / 2);
    let (head, tail) = (text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default());
    format!("{head}{GAP}{tail}")
}

/// Puts an answer where CloudFormation waits for it.
///
/// # Errors
/// Why it is not there. An address that takes nothing any more answers 403.
pub async fn send(aws: &Aws, address: &str, body: &str) -> Result<(), ApiError> {
    let unfit = || ApiError {
        status: 400,
        code: "InvalidAddress".to_owned(),
        message: "the address of the answer is none".to_owned(),
        body: String::new(),
    };
    let (origin, path) = split(address).ok_or_else(unfit)?;
    let mut request = request("PUT", path, SdkBody::from(body)).map_err(|_| unfit())?;
    // The signature of the address is for an empty one.
    request.headers_mut().insert("content-type", "");
    request.headers_mut().insert("content-length", body.len().to_string());
    aws.send(("s3", "PutAnswer"), origin, request, ATTEMPT).await.map(|_| ())
}

/// An address, as what connects and what is asked there.
fn split(address: &str) -> Option<(&str, &str)> {
    let host = address.find("://")? + "://".len();
    let length = address.get(host..)?.find('/')?;
    address.split_at_checked(host + length)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked(kind: &str) -> Request {
        Request::read(&json!({
            "RequestType": kind, "RequestId": "r-1", "ResponseURL": "https://s3/x", "StackId": "arn:stack",
            "LogicalResourceId": "Lookup", "ResourceType": "Custom::OamEcsSecret",
        }))
        .unwrap()
    }

    fn answered(request: &Request, result: &Result<Outcome, Failure>) -> Value {
        let body = body(request, result);
        assert!(body.len() <= LARGEST, "{} bytes", body.len());
        assert!(!body.contains("null"), "{body}");
        serde_json::from_str(&body).unwrap()
    }

    #[test]
    fn an_answer_copies_what_identifies_the_request() {
        let answer = answered(&asked("Create"), &Ok(Outcome::new("arn:secret").with("Arn", "arn:secret")));
        assert_eq!(
            answer,
            json!({
                "Status": "SUCCESS", "PhysicalResourceId": "arn:secret", "StackId": "arn:stack", "RequestId": "r-1",
                "LogicalResourceId": "Lookup", "Data": {"Arn": "arn:secret"},
            })
        );
    }

    #[test]
    fn what_was_never_made_gets_a_marker_and_what_is_there_keeps_its_name() {
        let answer = answered(&asked("Create"), &Err(Failure::new("no such secret")));
        assert_eq!(answer["PhysicalResourceId"], "OamEcs::CreateFailed/r-1");
        assert!(is_marker("OamEcs::CreateFailed/r-1"));
        let answer = answered(&asked("Create"), &Err(Failure::new("it takes too long").leaving("ns-1")));
        assert_eq!(answer["PhysicalResourceId"], "ns-1");
        let mut update = asked("Update");
        update.physical_resource_id = Some("ns-1".to_owned());
        let answer = answered(&update, &Err(Failure::new("it takes too long").leaving("ns-2")));
        assert_eq!(answer["PhysicalResourceId"], "ns-1");
    }

    #[test]
    fn an_answer_has_at_most_so_many_bytes_whatever_its_text() {
        for text in ["x", "ä", "日", "😀", "\"", "\u{1}", "a\n日\"😀"] {
            let reason = format!("task 1 failed: {} the end", text.repeat(10_000));
            let answer = answered(&asked("Create"), &Err(Failure::new(reason)));
            let reason = answer["Reason"].as_str().unwrap();
            assert!(reason.starts_with("task 1 failed: ") && reason.ends_with(" the end"), "{reason}");
            assert!(body(&asked("Create"), &Err(Failure::new(reason))).len() > LARGEST * 3 / 4, "{text:?}: too short");
        }
        let long = Outcome::new("x".repeat(2000)).with("Arns", "日".repeat(3000)).with("Status", "Succeeded");
        let answer = answered(&asked("Create"), &Ok(long));
        assert_eq!(answer["Data"]["Status"], "Succeeded");
        assert_eq!(answered(&asked("Create"), &Err(Failure::new(" ")))["Reason"], "it failed without a reason");
    }

    #[test]
    fn an_address_is_kept_to_the_letter() {
        let address = "https://bucket.s3.amazonaws.com/arn%3Aaws/a%2Fb?X-Amz-Signature=0%2B1&y=";
        assert_eq!(
            split(address),
            Some(("https://bucket.s3.amazonaws.com", "/arn%3Aaws/a%2Fb?X-Amz-Signature=0%2B1&y="))
        );
        assert_eq!(split("nowhere"), None);
    }
}
