//! Who works on a request, what it was answered, and what is remembered of a resource: a table of Amazon `DynamoDB`.
//!
//! Lambda may deliver an event twice, and repeats one whose run broke off. Whoever has a *hold* on a request works on it; a
//! hold ends by itself, so that a run that breaks off leaves the request to the next. What was answered is written down before
//! it is sent: a repeated event is then answered the same, or not again.
//!
//! Where the installation has no table, or it does not answer, the work is done without: an answer that comes twice does less
//! harm than none.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::aws::Aws;
use crate::aws::api::{ApiError, Call};
use crate::clock::{Clock, seconds, time};

/// For how long a hold lasts that is not renewed: longer than any single step takes.
pub const HOLD: Duration = Duration::from_mins(3);

/// For how long what was answered is known: longer than Lambda repeats an event.
const KNOWN: Duration = Duration::from_hours(24);

/// For how long a request waits for the table, before it is worked on without.
const PATIENCE: Duration = Duration::from_secs(8);

/// For how long a call is waited for, before it is made once more.
const ATTEMPT: Duration = Duration::from_secs(2);

/// The table.
#[derive(Clone, Debug)]
pub struct Ledger {
    aws: Aws,
    table: Option<String>,
    clock: Clock,
}

/// Whose a request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Whoever asked, until the hold ends.
    Ours(Hold),
    /// Another run's, until then.
    Theirs(SystemTime),
    /// Nobody's: it is answered.
    Answered,
    /// Whoever asked: it is answered with this, which may never have arrived.
    Unsent(Hold, String),
}

/// The right to work on a request and to answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    id: String,
    /// Unlike that of any other run.
    holder: String,
    /// Whether the table has it. Without, there is nothing to renew, and nobody to ask.
    is_written: bool,
    /// When the first run of the request began, where the table knows.
    began: Option<SystemTime>,
}

impl Hold {
    /// When the first run of the request began: this one may be a repeat of one that broke off.
    pub fn began(&self) -> Option<SystemTime> {
        self.began
    }
}

impl Ledger {
    /// The table of this name, if there is one.
    pub fn new(aws: Aws, table: Option<String>, clock: Clock) -> Self {
        Self { aws, table, clock }
    }

    /// Tries to take a request, for the run `hop` of those that work on it: a later run takes it from those before.
    pub async fn claim(&self, request_id: &str, hop: u32, invocation: &str) -> Claim {
        let now = self.clock.now();
        // The repeat of an event has its invocation's id.
        let nanoseconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let hold = Hold {
            id: format!("request/{request_id}"),
            holder: format!("{invocation}/{hop}/{nanoseconds}"),
            is_written: true,
            began: None,
        };
        let taken = self
            .update(
                &hold.id,
                "SET HeldBy = :holder, HeldUntil = :until, Hop = :hop, ForgetAt = :forget, BeganAt = if_not_exists(BeganAt, :now)",
                Some("attribute_not_exists(AnswerBody) AND (attribute_not_exists(HeldUntil) OR HeldUntil < :now OR Hop < :hop)"),
                &json!({
                    ":holder": {"S": hold.holder}, ":until": number(now + HOLD), ":hop": {"N": hop.to_string()},
                    ":forget": number(now + KNOWN), ":now": number(now),
                }),
            )
            .await;
        match taken {
            Updated::Done(item) => Claim::Ours(Hold { began: moment(&item, "/BeganAt/N"), ..hold }),
            Updated::Unavailable => Claim::Ours(Hold { is_written: false, ..hold }),
            // The call that took it was repeated, as its own answer was lost.
            Updated::Refused(item) if item.pointer("/HeldBy/S").and_then(Value::as_str) == Some(&hold.holder) => {
                Claim::Ours(Hold { began: moment(&item, "/BeganAt/N"), ..hold })
            }
            Updated::Refused(item) => {
                let held_until = moment(&item, "/HeldUntil/N").unwrap_or(SystemTime::UNIX_EPOCH);
                if item.get("AnswerSent").is_some() {
                    return Claim::Answered;
                }
                match item.pointer("/AnswerBody/S").and_then(Value::as_str) {
                    Some(body) if held_until < now => Claim::Unsent(hold, body.to_owned()),
                    _ => Claim::Theirs(held_until),
                }
            }
        }
    }

    /// Whether the hold lasts on: not if another run has the request.
    pub async fn renew(&self, hold: &Hold) -> bool {
        if !hold.is_written {
            return true;
        }
        let until = number(self.clock.now() + HOLD);
        let renewed = self
            .update(
                &hold.id,
                "SET HeldUntil = :until",
                Some("HeldBy = :holder AND attribute_not_exists(AnswerBody)"),
                &json!({":until": until, ":holder": {"S": hold.holder}}),
            )
            .await;
        !matches!(renewed, Updated::Refused(_))
    }

    /// Writes an answer down before it is sent. Whether it may be sent: not if another run has the request.
    pub async fn answer(&self, hold: &Hold, body: &str) -> bool {
        if !hold.is_written {
            return true;
        }
        let written = self
            .update(
                &hold.id,
                "SET AnswerBody = :body",
                Some("HeldBy = :holder AND attribute_not_exists(AnswerBody)"),
                &json!({":body": {"S": body}, ":holder": {"S": hold.holder}}),
            )
            .await;
        match written {
            Updated::Done(_) | Updated::Unavailable => true,
            // The call that wrote it was repeated, as its own answer was lost.
            Updated::Refused(item) => {
                let text = |pointer| item.pointer(pointer).and_then(Value::as_str);
                text("/HeldBy/S") == Some(&hold.holder) && text("/AnswerBody/S") == Some(body)
            }
        }
    }

    /// Notes that the answer has arrived, or never will.
    pub async fn sent(&self, hold: &Hold) {
        if hold.is_written {
            self.update(&hold.id, "SET AnswerSent = :sent", None, &json!({":sent": {"BOOL": true}})).await;
        }
    }

    /// Whether there is a table.
    pub fn is_kept(&self) -> bool {
        self.table.is_some()
    }

    /// Remembers something of a resource, which nobody has to remember already.
    ///
    /// # Errors
    /// It cannot be remembered: then what it is needed for must not be done.
    pub async fn remember(&self, resource: &str, text: &str) -> Result<(), ApiError> {
        if self.table.is_none() {
            return Err(ApiError::local("NoLedger", &"the installation has none"));
        }
        let item = json!({"Id": {"S": format!("resource/{resource}")}, "Remembered": {"S": text}});
        self.call("PutItem", json!({"Item": item})).await.map(|_| ())
    }

    /// What is remembered of a resource; `None` if nothing is, or nothing can be.
    ///
    /// # Errors
    /// It cannot be known now.
    pub async fn recall(&self, resource: &str) -> Result<Option<String>, ApiError> {
        if self.table.is_none() {
            return Ok(None);
        }
        let key = json!({"Id": {"S": format!("resource/{resource}")}});
        let answer = self.call("GetItem", json!({"Key": key, "ConsistentRead": true})).await?;
        Ok(answer.pointer("/Item/Remembered/S").and_then(Value::as_str).map(str::to_owned))
    }

    /// Forgets what is remembered of a resource. What cannot be forgotten now does no harm.
    pub async fn forget(&self, resource: &str) {
        let key = json!({"Id": {"S": format!("resource/{resource}")}});
        if self.table.is_some()
            && let Err(error) = self.call("DeleteItem", json!({"Key": key})).await
        {
            tracing::warn!(%error, "the ledger does not forget");
        }
    }

    async fn update(&self, id: &str, expression: &str, condition: Option<&str>, values: &Value) -> Updated {
        if self.table.is_none() {
            return Updated::Unavailable;
        }
        let mut request = json!({
            "Key": {"Id": {"S": id}},
            "UpdateExpression": expression,
            "ExpressionAttributeValues": values,
            "ReturnValues": "ALL_NEW",
        });
        if let (Some(condition), Some(request)) = (condition, request.as_object_mut()) {
            request.insert("ConditionExpression".to_owned(), condition.into());
            request.insert("ReturnValuesOnConditionCheckFailure".to_owned(), "ALL_OLD".into());
        }
        let Ok(updated) = timeout(PATIENCE, self.call("UpdateItem", request)).await else {
            tracing::warn!("the ledger does not answer in time");
            return Updated::Unavailable;
        };
        match updated {
            Ok(answer) => Updated::Done(answer.get("Attributes").cloned().unwrap_or_default()),
            Err(error) if error.code == "ConditionalCheckFailedException" => {
                let body: Value = serde_json::from_str(&error.body).unwrap_or_default();
                Updated::Refused(body.get("Item").cloned().unwrap_or_default())
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger does not answer");
                Updated::Unavailable
            }
        }
    }

    async fn call(&self, operation: &'static str, mut body: Value) -> Result<Value, ApiError> {
        let table = self.table.as_deref().unwrap_or_default();
        if let Some(body) = body.as_object_mut() {
            body.insert("TableName".to_owned(), table.into());
        }
        let call = Call::json("dynamodb", "1.0", "DynamoDB_20120810", operation, &body);
        self.aws.call_json(Call { attempt: ATTEMPT, ..call }).await
    }
}

/// What became of a change.
enum Updated {
    /// This is there now.
    Done(Value),
    /// The condition is not met by this.
    Refused(Value),
    Unavailable,
}

fn number(time: SystemTime) -> Value {
    json!({"N": seconds(time).to_string()})
}

/// A time in an item.
fn moment(item: &Value, pointer: &str) -> Option<SystemTime> {
    item.pointer(pointer)?.as_str()?.parse().ok().map(time)
}
