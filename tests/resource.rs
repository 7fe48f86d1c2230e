//! The function of our own resources as Lambda runs it: the built binary, Lambda's Runtime API, AWS's interfaces by moto, and the
//! addresses of answers, all of it on loopback and in real time. What moto does not show, such as tasks that fail, throttling, or
//! an hour of waiting, is in `functions/resource/tests`, on a clock that jumps.

#![expect(clippy::indexing_slicing, clippy::panic, reason = "a test fails so")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use oamecs_tests::account::Account;
use oamecs_tests::build;
use oamecs_tests::runtime_api::{Answer, Run, run_within};
use oamecs_tests::tools::{Tools, run};
use serde_json::{Value, json};

/// The function, built once for all tests here.
fn bootstrap() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| build::binary("resource")).clone()
}

/// A resource of a type, in an account.
struct Resource<'a> {
    account: &'a Account,
    kind: &'a str,
    /// Its stack has only this one.
    stack: String,
    physical_id: Option<String>,
    properties: Value,
    /// How many events were answered.
    events: u32,
}

impl<'a> Resource<'a> {
    fn new(account: &'a Account, kind: &'a str, stack: &str) -> Self {
        let stack = format!("arn:aws:cloudformation:eu-west-1:123456789012:stack/{stack}/6f0e");
        Self { account, kind, stack, physical_id: None, properties: json!({}), events: 0 }
    }

    /// What CloudFormation asks when a stack is so.
    fn ask(&mut self, status: &str, kind: &str, properties: &Value, old: Option<&Value>) -> Value {
        static REQUESTS: AtomicU32 = AtomicU32::new(0);
        let request = format!("request-{}", REQUESTS.fetch_add(1, Ordering::Relaxed));
        self.account.stand_in().stacks.status.insert(self.stack.clone(), status.to_owned());
        let mut event = json!({
            "RequestType": kind,
            "RequestId": request,
            "ResponseURL": format!("{}/{request}?X-Amz-Signature=0%2B1", self.account.endpoint),
            "ResourceType": self.kind,
            "LogicalResourceId": "Resource",
            "StackId": self.stack,
            "ServiceToken": "arn",
            "ResourceProperties": properties,
        });
        if let Some(id) = self.physical_id.as_ref().filter(|_| kind != "Create") {
            event["PhysicalResourceId"] = id.as_str().into();
        }
        if let Some(old) = old {
            event["OldResourceProperties"] = old.clone();
        }
        let run = invoke(self.account, &event, Duration::from_mins(2));
        self.events += 1;
        let stand_in = self.account.stand_in();
        let path = format!("/{request}?X-Amz-Signature=0%2B1");
        let answers: Vec<_> = stand_in.answers.iter().filter(|answer| answer.path == path).collect();
        let [answer] = answers.as_slice() else { panic!("{} answers to {event}\n{}", answers.len(), run.log) };
        assert_eq!(answer.headers.get("content-type").map(String::as_str), Some(""));
        assert_eq!(answer.headers["content-length"], answer.body.len().to_string());
        assert!(!run.log.contains("X-Amz-Signature"), "the address of the answer is in the log:\n{}", run.log);
        assert!(run.log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{}", run.log);
        answer.json()
    }

    fn create(&mut self, properties: &Value) -> Value {
        let answer = self.ask("CREATE_IN_PROGRESS", "Create", properties, None);
        assert_eq!(answer["Status"], "SUCCESS", "{} {properties}: {answer}", self.kind);
        self.physical_id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
        self.properties = properties.clone();
        answer
    }

    fn change(&mut self, status: &str, properties: &Value) -> (Value, bool) {
        let old = self.properties.clone();
        let answer = self.ask(status, "Update", properties, Some(&old));
        assert_eq!(answer["Status"], "SUCCESS", "{} {properties}: {answer}", self.kind);
        let id = answer["PhysicalResourceId"].as_str().map(str::to_owned);
        let is_replaced = id != self.physical_id;
        if is_replaced {
            let deleted = self.ask("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "Delete", &old, None);
            assert_eq!(deleted["Status"], "SUCCESS", "{deleted}");
            self.physical_id = id;
        }
        self.properties = properties.clone();
        (answer, is_replaced)
    }

    fn delete(&mut self) {
        let properties = self.properties.clone();
        let answer = self.ask("DELETE_IN_PROGRESS", "Delete", &properties, None);
        assert_eq!(answer["Status"], "SUCCESS", "{answer}");
        self.physical_id = Some("OamEcs::CreateFailed/1".to_owned());
        let answer = self.ask("DELETE_IN_PROGRESS", "Delete", &json!({"Nonsense": "1"}), None);
        assert_eq!(answer["Status"], "SUCCESS", "{answer}");
    }
}

/// One run of the function, and the runs that it starts.
fn invoke(account: &Account, event: &Value, lifetime: Duration) -> Run {
    let variables: Vec<(&str, &str)> = account
        .variables()
        .into_iter()
        .chain([("OAMECS_LEDGER", "ledger"), ("AWS_LAMBDA_FUNCTION_NAME", "oamecs-resource")])
        .collect();
    let mut run = run_within(&bootstrap(), &variables, &[event.to_string()], lifetime);
    let [Answer { is_response: true, .. }] = run.answers.as_slice() else {
        panic!("a run goes well: {:?}\n{}", run.answers, run.log);
    };
    while let Some(next) = { account.stand_in().invocations.pop_front() } {
        let next = run_within(&bootstrap(), &variables, &[next], lifetime);
        run.log.push_str(&next.log);
    }
    run
}

/// A life: made, asked the same again, changed, replaced where the type can be, rolled back, deleted.
fn live(account: &Account, kind: &str, stack: &str, first: &Value, second: &Value, replaces: bool) -> u32 {
    let mut resource = Resource::new(account, kind, stack);
    let made = resource.create(first);
    let mut again = first.clone();
    again["ServiceTimeout"] = "601".into();
    let (same, is_replaced) = resource.change("UPDATE_IN_PROGRESS", &again);
    assert!(!is_replaced, "{kind} is replaced by nothing: {same}");
    let (changed, is_replaced) = resource.change("UPDATE_IN_PROGRESS", second);
    assert_eq!(is_replaced, replaces, "{kind}: {changed}");
    let (back, _) = resource.change("UPDATE_ROLLBACK_IN_PROGRESS", first);
    assert_eq!(back["PhysicalResourceId"], made["PhysicalResourceId"], "{kind}");
    resource.delete();
    resource.events
}

#[test]
#[expect(clippy::print_stdout, reason = "the report is the result of this test")]
fn every_type_lives_and_dies_in_an_account() {
    let (account, ids) = Account::start("resource/seed.py");
    let base = json!({"ServiceToken": "arn", "ServiceTimeout": "600"});
    let with = |properties: Value| {
        let mut all = base.clone();
        for (name, value) in properties.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    };
    let secret = |name: &str| with(json!({"Name": name, "Keys": ["password"]}));
    let task = |definition: usize| {
        let network =
            json!({"Subnets": ids["private"], "SecurityGroups": [ids["group"]], "AssignPublicIp": "DISABLED"});
        with(json!({
            "Cluster": "main",
            "TaskDefinition": ids["definitions"][definition],
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {"AwsvpcConfiguration": network},
            "Timeout": "300",
        }))
    };
    // A service of moto's never becomes stable: here nothing of it changes.
    let rollout = |service: &str| with(json!({"Cluster": "main", "Service": service}));
    let network = |zones: &str| with(json!({"VpcId": ids["vpc"], "Zones": zones}));
    let namespace =
        |description: &str| with(json!({"Name": "shop.internal", "Description": description, "VpcId": ids["vpc"]}));
    let record = |name: &str, ttl: &str| {
        with(json!({"Name": name, "Type": "CNAME", "ResourceRecords": ["www.example.net"], "TTL": ttl}))
    };
    let cases = [
        ("Custom::OamEcsSecret", secret("shop/db"), secret("shop/mail"), true),
        ("Custom::OamEcsTask", task(0), task(1), false),
        ("Custom::OamEcsRollout", rollout("api"), rollout("worker"), true),
        ("Custom::OamEcsNetwork", network("1"), network("2"), false),
        // To moto a VPC has one namespace, whatever its name.
        ("Custom::OamEcsNamespace", namespace("The shop"), namespace("A shop"), false),
        ("Custom::OamEcsDnsRecord", record("www.shop.example.com", "60"), record("www.shop.example.com", "300"), false),
        ("Custom::OamEcsDnsRecord", record("a.example.com", "60"), record("b.example.com", "60"), true),
    ];
    // The time of a life is waiting: all are lived at once.
    thread::scope(|scope| {
        for (number, (kind, first, second, replaces)) in cases.iter().enumerate() {
            let account = &account;
            scope.spawn(move || {
                let begun = Instant::now();
                let events = live(account, kind, &format!("stack-{number}"), first, second, *replaces);
                println!("{kind}: {events} events, each answered once, in {} s", begun.elapsed().as_secs());
            });
        }
    });
}

/// What the lifecycles on the virtual clock were told by the stand-in is what AWS could have told them.
#[test]
#[expect(clippy::print_stdout, reason = "the report is the result of this test")]
fn the_stand_in_speaks_as_the_services_do() {
    let exchanges = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exchanges-{}", process::id()));
    let mut lifecycles = build::cargo();
    lifecycles.args(["test", "--quiet", "--workspace", "--test", "lifecycles"]);
    run(lifecycles.env("OAMECS_EXCHANGES", &exchanges));
    let report = run(Tools::moto().script("resource/exchanges.py").arg(&exchanges));
    println!("{}", String::from_utf8_lossy(&report.stdout));
    fs::remove_file(exchanges).unwrap();
}
