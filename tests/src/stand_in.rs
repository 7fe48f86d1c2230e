//! A stand-in for the part of AWS that the function of our own resources calls.
//!
//! In: HTTP requests, as the function sends them. Out: what the service would answer, or a fault that a test has asked for. It has
//! no sockets and no clock of its own, so that it serves a test in its process, on a clock that a test moves, as well as one on
//! loopback. It is for what no local AWS shows: exit codes, deployments that fail, throttling, lost answers. Every exchange is
//! kept, and `tests/resource/exchanges.py` holds them against the services' published models.

#![expect(clippy::indexing_slicing, clippy::panic, reason = "a test fails so")]
#![expect(clippy::format_collect, reason = "lists of XML, which are short")]

mod discovery;
mod dynamodb;
mod ec2;
mod ecs;
mod load_balancers;
mod logs;
mod route53;
mod secrets;
mod stacks;
mod sts;

use std::collections::{BTreeMap, VecDeque};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::SystemTime;

use serde_json::{Value, json};

pub use crate::http::Asked;
pub use discovery::{Namespace, Namespaces};
pub use dynamodb::Tables;
pub use ec2::{Networks, Subnet, Vpc};
pub use ecs::{Course, Ecs, Ending, Placement, Running, Script, Services, TaskDefinitions, Tasks};
pub use load_balancers::LoadBalancers;
pub use logs::Logs;
pub use route53::{Record, Zone, Zones};
pub use secrets::{Keys, Secret, Secrets};
pub use stacks::{StackResource, Stacks};
pub use sts::key_of;

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer.
    Answer {
        /// The HTTP status.
        status: u16,
        /// What the body is.
        content_type: &'static str,
        /// The body.
        body: String,
    },
    /// The connection stays silent.
    Silence,
}

/// An answer to CloudFormation.
#[derive(Clone, Debug)]
pub struct Put {
    /// Where it was put: the path, which tells one request's address from another's.
    pub path: String,
    /// The headers.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Put {
    /// The body, as JSON.
    ///
    /// # Panics
    /// Where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// What a service was asked, and what it answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// `ecs`.
    pub service: String,
    /// `RunTask`.
    pub operation: String,
    /// JSON, or text for other protocols.
    pub input: Value,
    /// The same, or the code of an error.
    pub output: Result<Value, String>,
}

/// An error that a service answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `ResourceNotFoundException`.
    pub code: String,
    /// What it says.
    pub message: String,
    /// What else is in the answer.
    pub details: Value,
}

impl Refusal {
    /// An error with a code and a message.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), details: json!({}) }
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The service has had too many requests.
    Throttled,
    /// The service fails.
    Broken,
    /// Nothing happens, and there is no answer.
    Silent,
    /// It happens, but there is no answer.
    Lost,
    /// The service refuses.
    Refused(Refusal),
}

/// A fault that a test has asked for.
#[derive(Clone, Debug)]
struct Planned {
    service: String,
    operation: String,
    skip: usize,
    times: usize,
    fault: Fault,
}

/// The stand-in.
#[derive(Debug, Default)]
pub struct StandIn {
    /// AWS CloudFormation, what the function reads of it.
    pub stacks: Stacks,
    /// AWS Secrets Manager.
    pub secrets: Secrets,
    /// AWS KMS.
    pub keys: Keys,
    /// Amazon `DynamoDB`.
    pub tables: Tables,
    /// Amazon EC2.
    pub networks: Networks,
    /// AWS Cloud Map.
    pub namespaces: Namespaces,
    /// Amazon Route 53.
    pub zones: Zones,
    /// Elastic Load Balancing.
    pub load_balancers: LoadBalancers,
    /// Amazon ECS.
    pub ecs: Ecs,
    /// Amazon CloudWatch Logs.
    pub logs: Logs,
    /// What was put to addresses that CloudFormation gives, in order.
    pub answers: Vec<Put>,
    /// Events that the function has sent to itself, and that no run has had yet.
    pub invocations: VecDeque<String>,
    /// All that was asked and answered, but for what was put.
    pub exchanges: Vec<Exchange>,
    faults: Vec<Planned>,
}

impl StandIn {
    /// Plans a fault of an operation, after it went well `skip` times, for `times` calls. The service is what signatures call it;
    /// `s3` and `Put` for answers to CloudFormation, `*` for any.
    pub fn plan(&mut self, service: &str, operation: &str, skip: usize, times: usize, fault: Fault) {
        let (service, operation) = (service.to_owned(), operation.to_owned());
        self.faults.push(Planned { service, operation, skip, times, fault });
    }

    /// Nothing goes wrong any more.
    pub fn recover(&mut self) {
        self.faults.clear();
    }

    /// How often an operation was called.
    pub fn calls(&self, service: &str, operation: &str) -> usize {
        self.inputs(service, operation).count()
    }

    /// What an operation was called with, in order.
    pub fn inputs<'a>(&'a self, service: &'a str, operation: &'a str) -> impl Iterator<Item = &'a Value> {
        let called =
            move |exchange: &&Exchange| exchange.service == service && named(service, &exchange.operation) == operation;
        self.exchanges.iter().filter(called).map(|exchange| &exchange.input)
    }

    /// Answers a request at a time.
    ///
    /// # Panics
    /// Where the request is one that no service here knows: a test must not go on without it.
    pub fn serve(&mut self, asked: &Asked, now: SystemTime) -> Reply {
        let Some(service) = service(asked) else { return self.put(asked) };
        let (operation, input) = operation(asked, &service);
        let fault = self.fault(&service, named(&service, &operation));
        match &fault {
            Some(Fault::Throttled) => {
                return refused(&service, 400, &Refusal::new("ThrottlingException", "Rate exceeded"));
            }
            Some(Fault::Broken) => return refused(&service, 500, &Refusal::new("InternalFailure", "")),
            Some(Fault::Silent) => return Reply::Silence,
            Some(Fault::Refused(refusal)) => return refused(&service, 400, refusal),
            Some(Fault::Lost) | None => {}
        }
        let output = self.call(&service, &operation, asked, &input, now);
        let reply = match &output {
            Ok(output) => accepted(output),
            Err(refusal) => refused(&service, 400, refusal),
        };
        let output = output.map_err(|refusal| refusal.code);
        self.exchanges.push(Exchange { service, operation, input, output });
        if fault == Some(Fault::Lost) { Reply::Silence } else { reply }
    }

    fn call(
        &mut self,
        service: &str,
        operation: &str,
        asked: &Asked,
        input: &Value,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        match service {
            "cloudformation" => self.stacks.call(operation, input),
            "dynamodb" => self.tables.call(operation, input),
            "ec2" => Ok(self.networks.call(operation, input)),
            "elasticloadbalancing" => self.load_balancers.call(operation, input),
            "ecs" => self.ecs.call(operation, input, &mut self.logs, now),
            "kms" => self.keys.call(operation, input),
            "lambda" => {
                self.invocations.push_back(asked.body.clone());
                Ok(Value::Null)
            }
            "route53" => self.zones.call(operation, asked, now),
            "logs" => self.logs.call(operation, input),
            "secretsmanager" => self.secrets.call(operation, input),
            "servicediscovery" => self.namespaces.call(operation, input, &mut self.zones, now),
            "sts" => sts::call(operation, input),
            _ => panic!("no stand-in for {service} {operation}"),
        }
    }

    fn put(&mut self, asked: &Asked) -> Reply {
        assert_eq!(asked.method, "PUT", "an unsigned request: {} {}", asked.method, asked.path);
        let reply = |status| Reply::Answer { status, content_type: "application/xml", body: String::new() };
        let fault = self.fault("s3", "Put");
        match &fault {
            Some(Fault::Throttled | Fault::Broken) => return reply(503),
            Some(Fault::Refused(_)) => return reply(403),
            Some(Fault::Silent) => return Reply::Silence,
            Some(Fault::Lost) | None => {}
        }
        let Asked { path, headers, body, method: _ } = asked.clone();
        self.answers.push(Put { path, headers, body });
        if fault == Some(Fault::Lost) { Reply::Silence } else { reply(200) }
    }

    fn fault(&mut self, service: &str, operation: &str) -> Option<Fault> {
        let fits = |planned: &&mut Planned| {
            planned.times > 0
                && (planned.service == "*" || planned.service == service)
                && (planned.operation == "*" || planned.operation == operation)
        };
        let planned = self.faults.iter_mut().find(fits)?;
        if planned.skip > 0 {
            planned.skip -= 1;
            return None;
        }
        planned.times -= 1;
        Some(planned.fault.clone())
    }
}

/// Where `OAMECS_EXCHANGES` names a file, all exchanges go there in the end, one a line.
impl Drop for StandIn {
    fn drop(&mut self) {
        let Some(path) = std::env::var_os("OAMECS_EXCHANGES") else { return };
        let mut lines = String::new();
        for Exchange { service, operation, input, output } in &self.exchanges {
            let mut line = json!({ "service": service, "operation": operation, "input": input });
            if let Ok(output) = output {
                line["output"] = output.clone();
            }
            lines.push_str(&format!("{line}\n"));
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(lines.as_bytes()));
    }
}

/// The service that a request is signed for; `None` for one that is not signed.
pub fn service(asked: &Asked) -> Option<String> {
    let scope = asked.headers.get("authorization")?.split("Credential=").nth(1)?;
    scope.split('/').nth(3).map(str::to_owned)
}

/// What is asked, and with what: in JSON, as a form, or by the path.
fn operation(asked: &Asked, service: &str) -> (String, Value) {
    if let Some((_, operation)) = asked.headers.get("x-amz-target").and_then(|target| target.split_once('.')) {
        return (operation.to_owned(), serde_json::from_str(&asked.body).unwrap_or_default());
    }
    if service == "lambda" {
        return ("Invoke".to_owned(), Value::Null);
    }
    let form = form(&asked.body);
    match form.get("Action") {
        Some(action) => (action.clone(), json!(form)),
        None => (format!("{} {}", asked.method, asked.path), asked.body.clone().into()),
    }
}

/// What an operation is called.
fn named<'a>(service: &str, operation: &'a str) -> &'a str {
    if service == "route53" { route53::operation(operation) } else { operation }
}

/// A form, as it is in the body of a request or in the query of its path.
fn form(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let code = (byte == b'%').then(|| [rest.next(), rest.next()]);
        bytes.push(match code {
            Some([Some(high), Some(low)]) => {
                u8::from_str_radix(&String::from_utf8_lossy(&[high, low]), 16).unwrap_or(b'?')
            }
            _ if byte == b'+' => b' ',
            _ => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// JSON as it is, text as the XML that it is.
fn accepted(output: &Value) -> Reply {
    match output {
        Value::String(xml) => Reply::Answer { status: 200, content_type: "text/xml", body: xml.clone() },
        Value::Null => Reply::Answer { status: 202, content_type: "application/json", body: String::new() },
        json => Reply::Answer { status: 200, content_type: "application/x-amz-json-1.1", body: json.to_string() },
    }
}

fn refused(service: &str, status: u16, refusal: &Refusal) -> Reply {
    let Refusal { code, message, details } = refusal;
    if ["cloudformation", "ec2", "elasticloadbalancing", "route53", "sts"].contains(&service) {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
        let body = match service {
            "ec2" => format!("<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>"),
            _ => format!("<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"),
        };
        return Reply::Answer { status, content_type: "text/xml", body };
    }
    let mut body = details.clone();
    body["__type"] = code.as_str().into();
    body["message"] = message.as_str().into();
    Reply::Answer { status, content_type: "application/x-amz-json-1.1", body: body.to_string() }
}
