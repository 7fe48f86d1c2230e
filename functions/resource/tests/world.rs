//! A world for the function: AWS, Lambda and CloudFormation, on a clock that a test moves.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use oamecs_tests::stand_in::{Asked, Put, Reply, StandIn};
use resource::aws::{Aws, retries, timeouts};
use resource::clock::Clock;
use resource::{Function, Invocation};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// The stack of all tests.
pub(crate) const STACK: &str = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/6f0e";

/// How long Lambda lets a run be.
const RUN: Duration = Duration::from_mins(15);

/// The world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    stand_in: Arc<Mutex<StandIn>>,
    function: Function,
    time: VirtualTime,
    requests: Arc<AtomicU32>,
}

/// The time of day, by tokio's clock.
#[derive(Clone, Copy, Debug)]
struct VirtualTime {
    start: SystemTime,
    since: Instant,
}

impl TimeSource for VirtualTime {
    fn now(&self) -> SystemTime {
        self.start + self.since.elapsed()
    }
}

/// AWS in this process.
#[derive(Clone, Debug)]
struct InProcess {
    stand_in: Arc<Mutex<StandIn>>,
    time: VirtualTime,
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { stand_in, time } = self.clone();
        HttpConnectorFuture::new(async move {
            // Long enough that calls of one moment meet.
            sleep(Duration::from_millis(20)).await;
            let address = request.uri().to_owned();
            let path = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
            let asked = Asked {
                method: request.method().to_owned(),
                path: path.find('/').map_or("/", |start| &path[start..]).to_owned(),
                headers: request
                    .headers()
                    .iter()
                    .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                    .collect(),
                body: String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned(),
            };
            let reply = stand_in.lock().unwrap().serve(&asked, time.now());
            let Reply::Answer { status, content_type, body } = reply else { return std::future::pending().await };
            let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
            response.headers_mut().insert("content-type", content_type);
            Ok(response)
        })
    }
}

impl World {
    /// An empty one, on a day in November.
    pub(crate) fn new() -> Self {
        let time =
            VirtualTime { start: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000), since: Instant::now() };
        let stand_in = Arc::new(Mutex::new(StandIn::default()));
        let connector = SharedHttpConnector::new(InProcess { stand_in: Arc::clone(&stand_in), time });
        let credentials = Credentials::new("AKID", "secret", None, None, "a test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(TokioSleep::new())
            .time_source(time)
            .retry_config(retries())
            .timeout_config(timeouts())
            .build();
        let function =
            Function { aws: Aws::new(config), name: "oamecs-resource".to_owned(), table: Some("ledger".to_owned()) };
        stand_in.lock().unwrap().stacks.status.insert(STACK.to_owned(), "CREATE_IN_PROGRESS".to_owned());
        Self { stand_in, function, time, requests: Arc::default() }
    }

    /// The same without a ledger.
    pub(crate) fn without_ledger() -> Self {
        let mut world = Self::new();
        world.function.table = None;
        world
    }

    /// AWS. Not to be kept across an `await`.
    pub(crate) fn aws(&self) -> MutexGuard<'_, StandIn> {
        self.stand_in.lock().unwrap()
    }

    /// The time.
    pub(crate) fn now(&self) -> SystemTime {
        self.time.now()
    }

    /// How the stack is from now on.
    pub(crate) fn stack_is(&self, status: &str) {
        self.aws().stacks.status.insert(STACK.to_owned(), status.to_owned());
    }

    /// One run of the function, as Lambda does it. Whether it went well.
    pub(crate) async fn run(&self, event: &Value, id: &str) -> bool {
        let now = self.now();
        let invocation = Invocation { id: id.to_owned(), deadline: now + RUN, clock: Clock::starting_at(now) };
        // Lambda freezes a run that is longer.
        let run = tokio::time::timeout(RUN, self.function.handle(event, &invocation));
        run.await.is_ok_and(|result| result.is_ok())
    }

    /// An event and all that follows from it: runs that the function starts, and events that Lambda delivers again, at most
    /// twice, as a run failed. The answers to it.
    pub(crate) async fn deliver(&self, event: &Value) -> Vec<Put> {
        let before = self.aws().answers.len();
        let mut events = vec![(event.clone(), 0)];
        let mut runs = 0;
        while let Some((event, retries)) = events.pop() {
            runs += 1;
            assert!(runs < 50, "the function starts itself for ever");
            if !self.run(&event, &format!("run-{runs}")).await && retries < 2 {
                sleep(Duration::from_mins(1)).await;
                events.push((event, retries + 1));
            }
            events.extend(self.aws().invocations.drain(..).map(|event| (serde_json::from_str(&event).unwrap(), 0)));
        }
        self.aws().answers[before..].to_vec()
    }

    /// The one answer to an event.
    pub(crate) async fn ask(&self, event: &Value) -> Value {
        let answers = self.deliver(event).await;
        let [answer] = answers.as_slice() else { panic!("{} answers: {answers:?}", answers.len()) };
        check(answer, event);
        answer.json()
    }
}

/// What every answer must be, whatever was asked.
pub(crate) fn check(answer: &Put, event: &Value) {
    let body = answer.json();
    assert!(answer.body.len() <= 4096, "{} bytes", answer.body.len());
    assert_eq!(answer.headers.get("content-length"), Some(&answer.body.len().to_string()));
    assert_eq!(answer.headers.get("content-type").map(String::as_str), Some(""));
    assert!(answer.path.ends_with(event["RequestId"].as_str().unwrap_or_default()), "{}", answer.path);
    for name in ["StackId", "RequestId", "LogicalResourceId"] {
        assert_eq!(body[name], event[name], "{name}");
    }
    let id = body["PhysicalResourceId"].as_str().unwrap_or_default();
    assert!(!id.is_empty() && id.len() <= 1024, "{id}");
    match body["Status"].as_str() {
        Some("SUCCESS") => assert!(body.get("Reason").is_none(), "{body}"),
        Some("FAILED") => assert!(!body["Reason"].as_str().unwrap_or_default().is_empty(), "{body}"),
        _ => panic!("no status: {body}"),
    }
    assert!(!answer.body.contains("null"), "{body}");
}

/// A resource, as CloudFormation knows it.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    world: World,
    kind: String,
    logical_id: String,
    /// What it is called; `None` before it is made.
    pub(crate) physical_id: Option<String>,
    /// What was asked last.
    pub(crate) properties: Value,
}

impl Resource {
    /// One that is to be made.
    pub(crate) fn new(world: &World, kind: &str, logical_id: &str) -> Self {
        Self {
            world: world.clone(),
            kind: kind.to_owned(),
            logical_id: logical_id.to_owned(),
            physical_id: None,
            properties: json!({}),
        }
    }

    /// The event of a request, with the properties as CloudFormation sends them: all scalars are text.
    pub(crate) fn event(&self, kind: &str, properties: &Value, old: Option<&Value>) -> Value {
        let number = self.world.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let request = format!("{}-{number}", self.logical_id);
        let mut event = json!({
            "RequestType": kind,
            "RequestId": request,
            "ResponseURL": format!("https://cloudformation-custom-resource-response.s3.amazonaws.com/{request}"),
            "ResourceType": self.kind,
            "LogicalResourceId": self.logical_id,
            "StackId": STACK,
            "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:oamecs-resource",
            "ResourceProperties": sent(properties),
        });
        if let Some(id) = self.physical_id.as_ref().filter(|_| kind != "Create") {
            event["PhysicalResourceId"] = id.as_str().into();
        }
        if let Some(old) = old {
            event["OldResourceProperties"] = sent(old);
        }
        event
    }

    /// Makes it. Where that fails, CloudFormation deletes it at once, which must go well.
    pub(crate) async fn create(&mut self, properties: Value) -> Value {
        self.world.stack_is("CREATE_IN_PROGRESS");
        let event = self.event("Create", &properties, None);
        let answer = self.world.ask(&event).await;
        self.physical_id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
        self.properties = properties;
        if answer["Status"] == "FAILED" {
            self.world.stack_is("ROLLBACK_IN_PROGRESS");
            let deleted = self.goes().await;
            assert_eq!(deleted["Status"], "SUCCESS", "{deleted}");
        }
        answer
    }

    /// Changes it. What was replaced is deleted afterwards; what failed goes back, which must go well.
    pub(crate) async fn update(&mut self, properties: Value) -> Value {
        self.world.stack_is("UPDATE_IN_PROGRESS");
        let old = self.properties.clone();
        let event = self.event("Update", &properties, Some(&old));
        let answer = self.world.ask(&event).await;
        if answer["Status"] == "FAILED" {
            assert_eq!(answer["PhysicalResourceId"].as_str(), self.physical_id.as_deref(), "a failed update replaces");
            self.properties = properties;
            let back = self.roll_back(old).await;
            assert_eq!(back["Status"], "SUCCESS", "{back}");
        } else {
            self.properties = properties;
            self.replaced(&answer, &old, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS").await;
        }
        answer
    }

    /// Another resource of the stack has failed: it goes back to these properties.
    pub(crate) async fn roll_back(&mut self, properties: Value) -> Value {
        self.world.stack_is("UPDATE_ROLLBACK_IN_PROGRESS");
        let failed = self.properties.clone();
        let event = self.event("Update", &properties, Some(&failed));
        let answer = self.world.ask(&event).await;
        self.properties = properties;
        if answer["Status"] == "SUCCESS" {
            self.replaced(&answer, &failed, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS").await;
        }
        answer
    }

    async fn replaced(&mut self, answer: &Value, old: &Value, status: &str) {
        let id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
        if id != self.physical_id {
            self.world.stack_is(status);
            let event = self.event("Delete", old, None);
            let deleted = self.world.ask(&event).await;
            assert_eq!(deleted["Status"], "SUCCESS", "{deleted}");
            self.physical_id = id;
        }
        self.world.stack_is("UPDATE_COMPLETE");
    }

    /// Deletes it, as its stack goes.
    pub(crate) async fn delete(&mut self) -> Value {
        self.world.stack_is("DELETE_IN_PROGRESS");
        self.goes().await
    }

    /// What CloudFormation sends to delete it where it had no answer to its making: with a name that it made up.
    pub(crate) fn event_to_forget(&mut self, properties: &Value) -> Value {
        self.physical_id = Some(format!("shop-{}-1A2B3C4D5E6F", self.logical_id));
        self.event("Delete", properties, None)
    }

    /// Deletes it, however its stack is.
    pub(crate) async fn goes(&mut self) -> Value {
        let properties = self.properties.clone();
        let event = self.event("Delete", &properties, None);
        self.world.ask(&event).await
    }
}

/// Properties as CloudFormation sends them.
fn sent(properties: &Value) -> Value {
    match properties {
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), sent(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(sent).collect(),
        Value::String(text) => text.as_str().into(),
        scalar => scalar.to_string().into(),
    }
}

/// What is remembered of resources.
pub(crate) fn remembered(world: &World) -> Vec<String> {
    world.aws().tables.items.keys().filter(|id| id.starts_with("resource/")).cloned().collect()
}

/// The attributes of an answer.
pub(crate) fn attributes(answer: &Value) -> BTreeMap<String, String> {
    let data = answer["Data"].as_object().cloned().unwrap_or_default();
    data.into_iter().map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned())).collect()
}
