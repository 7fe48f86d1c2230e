//! Where output goes.

use serde_json::json;

use super::{Outcome, document, service, service_with};
use crate::program::platform::{Driver, Log};

fn log(outcome: &Outcome) -> Option<Log> {
    outcome.container("web").log.clone()
}

/// The names of options.
fn names(log: &Log) -> Vec<&str> {
    log.options.keys().map(String::as_str).collect()
}

fn both(all: &str, own: &str) -> Outcome {
    document(&format!("logging: {all}\nservices:\n- web: {{ image: nginx, logging: {own} }}\n"))
}

#[test]
fn nothing_said_is_our_log_group() {
    assert!(log(&service("privileged: false")).is_none());
}

#[test]
fn options_of_one_driver_are_laid_over_each_other() {
    let all = "{ log_driver: gelf, options: { gelf-address: 'udp://a:1', tag: all } }";
    for own in ["{ log_driver: gelf, options: { tag: own, env: A } }", "{ options: { tag: own, env: A } }"] {
        let outcome = both(all, own);
        let log = log(&outcome).expect("a log");
        assert_eq!(names(&log), ["env", "gelf-address", "tag"]);
        assert_eq!(log.options["tag"].value, "own".into());
    }
}

#[test]
fn another_driver_has_none_of_the_first_options() {
    let outcome = both(
        "{ log_driver: gelf, options: { gelf-address: 'udp://a:1', tag: all } }",
        "{ log_driver: awslogs, options: { awslogs-group: /shop } }",
    );
    let log = log(&outcome).expect("a log");
    assert_eq!((log.driver, names(&log)), (Driver::CloudWatch, vec!["awslogs-create-group", "awslogs-group"]));
}

#[test]
fn every_driver_of_ecs_is_taken() {
    for (said, driver) in [
        ("log_driver: awsfirelens, options: { Name: datadog }", Driver::Router),
        ("log_driver: awslogs", Driver::CloudWatch),
        ("log_driver: fluentd, options: { fluentd-address: 'a:1' }", Driver::Fluentd),
        ("log_driver: gelf, options: { gelf-address: 'udp://a:1' }", Driver::Gelf),
        ("log_driver: journald", Driver::Journald),
        ("log_driver: json-file, options: { max-size: 10m, max-file: 3 }", Driver::JsonFile),
        ("log_driver: none", Driver::Nowhere),
        ("log_driver: syslog, options: { syslog-address: 'tcp://a:1' }", Driver::Syslog),
    ] {
        assert_eq!(log(&service(&format!("logging: {{ {said} }}"))).expect(said).driver, driver);
    }
}

#[test]
fn what_no_driver_takes_is_refused() {
    service("logging: { options: { tag: a } }").refuses(&["services[0].web.logging", "none is named"]);
    service("logging: { log_driver: gelff }").refuses(&["logging.log_driver", "did you mean `gelf`?"]);
    service("logging: { log_driver: logentries }").refuses(&["no log driver `logentries`", "awsfirelens"]);
    service("logging: { log_driver: gelf }").refuses(&["needs the option `gelf-address`"]);
    service("logging: { log_driver: awslogs, options: { awslogs-gruop: a } }")
        .refuses(&["did you mean `awslogs-group`?"]);
    let fargate = json!({ "Defaults": { "Capacity": "FARGATE" } });
    service_with(fargate, "logging: { log_driver: syslog }").refuses(&["Fargate has no log driver `syslog`"]);
}

#[test]
fn tokens_are_secrets() {
    let splunk = "logging: { log_driver: splunk, options: { splunk-url: 'https://a' } }";
    service(splunk).refuses(&["`splunk-token`"]);
    let outcome = service_with(json!({ "Secrets": { "splunk-token": "logs/token" } }), splunk);
    let log = log(&outcome).expect("a log");
    assert_eq!(log.secrets.get("splunk-token").map(|part| part.value.secret.as_str()), Some("logs/token"));
    service("logging: { log_driver: splunk, options: { splunk-url: 'https://a', splunk-token: abc } }")
        .notes(&["`splunk-token` puts a credential"]);
}
