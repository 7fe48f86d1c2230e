//! The macro as Lambda runs it: the built binary against the Runtime API on loopback.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails so")]

use std::path::PathBuf;
use std::sync::OnceLock;

use oamecs_tests::runtime_api::{Answer, Run, run};
use serde_json::{Value, json};

/// The function, built once for all tests here.
fn bootstrap() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| oamecs_tests::build::binary("transform")).clone()
}

fn invoke(event: &Value) -> (Value, Run) {
    let run = run(&bootstrap(), &[], &[event.to_string()]);
    let [Answer { is_response: true, body }] = run.answers.as_slice() else {
        panic!("an invocation always succeeds: {:?}\n{}", run.answers, run.log);
    };
    (serde_json::from_str(body).unwrap(), run)
}

/// A request as CloudFormation sends it, with all of its fields.
fn request(fragment: &Value, parameters: &Value) -> Value {
    json!({
        "accountId": "111111111111",
        "fragment": fragment,
        "params": {},
        "region": "eu-west-1",
        "requestId": "6d9f3a1e-0000-4000-8000-000000000000",
        "templateParameterValues": parameters,
        "transformId": "111111111111::OamEcs",
    })
}

fn shop(image: &Value) -> Value {
    json!({
        "Parameters": {"Port": {"Type": "Number"}},
        "Resources": {"Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": {"services": {"web": {
            "image": image,
            "ports": [{"target": 80, "published": {"Ref": "Port"}}],
            "environment": {"PASSWORD": "correct horse battery staple"},
        }}}}}}
    })
}

#[test]
fn a_template_is_expanded() {
    let (answer, run) = invoke(&request(&shop(&json!("nginx")), &json!({"Port": "8080"})));
    assert_eq!(answer["status"], "success", "{answer}");
    assert_eq!(answer["requestId"], "6d9f3a1e-0000-4000-8000-000000000000");
    assert_eq!(answer["fragment"]["Resources"]["ShopListener8080"]["Properties"]["Port"], 8080);
    assert_eq!(answer["fragment"]["Parameters"], json!({"Port": {"Type": "Number"}}));
    assert!(!run.log.contains("battery"), "a value of the document is in the log:\n{}", run.log);
}

#[test]
fn a_failure_is_a_well_formed_answer_with_the_template_that_came() {
    let fragment = shop(&json!(["not an image"]));
    let (answer, run) = invoke(&request(&fragment, &json!({"Port": "8080"})));
    assert_eq!(answer["status"], "failure");
    assert_eq!(answer["fragment"], fragment);
    let message = answer["errorMessage"].as_str().unwrap();
    assert!(message.starts_with("Resource with id [Shop] is invalid. services.web.image: "), "{message}");
    assert!(run.log.contains("services.web.image"), "the log has the error too:\n{}", run.log);
    assert!(run.log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "the log is JSON:\n{}", run.log);
}

#[test]
fn what_is_no_request_is_answered_too() {
    let cases = [
        (json!({}), json!(null), json!(null)),
        (json!({"requestId": "1", "fragment": "text"}), json!("1"), json!("text")),
        (
            json!({"requestId": 7, "fragment": {"Resources": {}}, "templateParameterValues": []}),
            json!(7),
            json!({"Resources": {}}),
        ),
        (json!("text"), json!(null), json!(null)),
        (json!(null), json!(null), json!(null)),
    ];
    for (event, request_id, fragment) in cases {
        let (answer, _) = invoke(&event);
        assert_eq!(answer["status"], "failure", "{event}");
        assert_eq!((&answer["requestId"], &answer["fragment"]), (&request_id, &fragment), "{event}");
        assert!(answer["errorMessage"].as_str().unwrap().contains("not a request"), "{answer}");
    }
    let (answer, _) = invoke(&json!({"requestId": "1", "fragment": {}, "params": {"Document": "services: {}"}}));
    let message = "The template is invalid. Transform.Parameters.Document: unknown key `Document`. Fix: write an option of `Defaults`, or `Tags`";
    assert_eq!(answer["errorMessage"], message);
}

#[test]
fn one_process_answers_many_requests_alike() {
    let event = request(&shop(&json!("nginx")), &json!({"Port": "80"})).to_string();
    let run = run(&bootstrap(), &[], &[event.clone(), event.clone(), event]);
    assert_eq!(run.answers.len(), 3);
    assert!(run.answers.iter().all(|answer| answer.is_response && *answer == run.answers[0]), "{:?}", run.answers);
}

#[test]
fn the_installation_chooses_the_image_that_prepares_tasks() {
    let mut fragment = shop(&json!("nginx"));
    fragment["Resources"]["Shop"]["Properties"]["Document"]["services"]["db"] = json!({"image": "db"});
    let event = request(&fragment, &json!({"Port": "80"})).to_string();
    let run = run(&bootstrap(), &[("OAMECS_INIT_IMAGE", "registry.example.com/busybox")], &[event]);
    assert!(run.answers[0].body.contains("registry.example.com/busybox"));
}

#[test]
fn the_installation_says_by_which_name_templates_reach_its_other_function() {
    let shop = json!({"Resources": {"Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": {"services": {
        "migrate": {"image": "shop", "deploy": {"mode": "replicated-job"}},
    }}}}}});
    let event = request(&shop, &json!({})).to_string();
    let token = |variables: &[(&str, &str)]| {
        let run = run(&bootstrap(), variables, std::slice::from_ref(&event));
        let answer: Value = serde_json::from_str(&run.answers[0].body).unwrap();
        answer["fragment"]["Resources"]["ShopMigrateRun"]["Properties"]["ServiceToken"].clone()
    };
    let other = [("OAMECS_SERVICE_TOKEN", ""), ("OAMECS_SERVICE_TOKEN_EXPORT", "Second-ServiceToken")];
    assert_eq!(token(&other), json!({"Fn::ImportValue": "Second-ServiceToken"}));
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:oamecs";
    assert_eq!(token(&[("OAMECS_SERVICE_TOKEN", arn), ("OAMECS_SERVICE_TOKEN_EXPORT", "Second-ServiceToken")]), arn);
}

#[test]
fn what_a_template_says_for_all_of_its_declarations_comes_before_what_the_installation_says() {
    let fragment = json!({
        "Mappings": {"OamEcs": {"Defaults": {"LogRetention": "90", "Memory": "1024"}, "Tags": {"Team": "shop"}}},
        "Resources": {"Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": {"services": {"web": {"image": "nginx"}}}}}},
    });
    let installation =
        r#"{"LogRetention": 14, "Memory": 2048, "EphemeralStorage": 40, "Tags": {"Team": "platform", "Cost": "1"}}"#;
    let mut event = request(&fragment, &json!({}));
    event["params"] = json!({"LogRetention": 7});
    let expanded = |event: &Value, defaults: &str| {
        let run = run(&bootstrap(), &[("OAMECS_DEFAULTS", defaults)], &[event.to_string()]);
        let answer: Value = serde_json::from_str(&run.answers[0].body).unwrap();
        assert_eq!(answer["status"], "success", "{answer}");
        answer["fragment"]["Resources"].clone()
    };
    let resources = expanded(&event, installation);
    let (logs, task) = (&resources["ShopLogGroup"]["Properties"], &resources["ShopWebTaskDefinition"]["Properties"]);
    assert_eq!(logs["RetentionInDays"], 7);
    assert_eq!((&task["Memory"], &task["EphemeralStorage"]["SizeInGiB"]), (&json!("1024"), &json!(40)));
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let tags = [tag("Cost", "1"), tag("Team", "shop"), tag("com.docker.compose.project", "shop")];
    assert_eq!(logs["Tags"], json!(tags));
    let resources = expanded(&request(&shop(&json!("nginx")), &json!({"Port": "80"})), "");
    assert_eq!(resources["ShopLogGroup"]["Properties"]["RetentionInDays"], 30);
}

#[test]
fn a_mistake_of_the_installation_is_said_to_be_its_own() {
    let event = request(&shop(&json!("nginx")), &json!({"Port": "80"})).to_string();
    for (defaults, message) in [
        (r#"{"LogRetention": 8}"#, "Installation.Defaults.LogRetention: CloudWatch Logs cannot keep logs for 8 days"),
        ("LogRetention: 7", "Installation.Defaults: the defaults of the installation are not valid JSON"),
    ] {
        let run = run(&bootstrap(), &[("OAMECS_DEFAULTS", defaults)], std::slice::from_ref(&event));
        let answer: Value = serde_json::from_str(&run.answers[0].body).unwrap();
        let text = answer["errorMessage"].as_str().unwrap();
        assert!(text.contains(message), "{text}");
    }
}
