//! What holds for every document: order does not matter, a neighbour changes nobody, expanding twice is expanding once,
//! and nothing makes the compiler panic.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test fails so")]

#[path = "properties/oam.rs"]
mod oam;

use std::collections::BTreeMap;

use oamecs::cloudformation::LogicalId;
use oamecs::{Request, compile, expand};
use oamecs_tests::verifier::verify;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

/// A service without what refers to other services.
fn service(index: usize) -> impl Strategy<Value = Value> {
    let networks = subsequence(vec!["front", "back", "side"], 0..=3);
    let port = prop_oneof![
        Just(None),
        select(vec![80_u16, 3000, 8080, 25565, 5432])
            .prop_map(move |target| Some((target, 10_000 + u16::try_from(index).unwrap()))),
    ];
    let environment = prop::collection::btree_map(
        "[A-Z]{1,4}",
        "[ -~]{0,12}".prop_filter("no `$`", |value| !value.contains('$')),
        0..4,
    );
    let volumes = subsequence(vec!["data", "cache_dir"], 0..=2);
    (networks, port, environment, volumes, 0_u32..4, any::<bool>()).prop_map(
        |(networks, port, environment, volumes, replicas, read_only)| {
            let mut service = json!({"image": "team/image:1", "environment": environment, "read_only": read_only});
            service["deploy"] = json!({"replicas": replicas, "labels": {"kind": "test"}});
            if !networks.is_empty() {
                service["networks"] = json!(networks);
            }
            if let Some((target, published)) = port {
                service["ports"] = json!([{"target": target, "published": published}]);
            }
            if !volumes.is_empty() {
                let mounts = volumes.iter().map(|volume| format!("{volume}:/{volume}"));
                service["volumes"] = mounts.collect();
            }
            service
        },
    )
}

fn names(count: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set("[a-z][a-z0-9]{0,5}([-_.][a-z0-9]{1,4})?", count)
        .prop_map(|names| names.into_iter().collect())
}

/// A document of `count` services.
fn document(count: usize) -> impl Strategy<Value = Value> {
    let services: Vec<_> = (0..count).map(|index| service(index).boxed()).collect();
    (names(count), services).prop_map(|(names, services)| {
        let services: BTreeMap<String, Value> = names.into_iter().zip(services).collect();
        json!({
            "services": services,
            "networks": {"front": {}, "back": null, "side": {}},
            "volumes": {"data": {}, "cache_dir": null},
        })
    })
}

fn template(document: &Value) -> Map<String, Value> {
    declaration("OamEcs::Compose", &json!({"Document": document}))
}

/// A template with a declaration of a type, and something beside it.
fn declaration(kind: &str, properties: &Value) -> Map<String, Value> {
    let template = json!({"Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Shop": {"Type": kind, "Properties": properties},
    }});
    template.as_object().unwrap().clone()
}

fn expanded(fragment: Map<String, Value>) -> Map<String, Value> {
    let request = Request { fragment: fragment.clone(), ..Request::default() };
    match expand(request) {
        Ok(expansion) => expansion.fragment(),
        Err(failure) => panic!("{failure}\n{:#}", Value::Object(fragment)),
    }
}

/// The same value with the keys of all maps in another order, which `seed` chooses.
fn shuffled(value: &Value, seed: u64) -> Value {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|(key, value)| (key.clone(), shuffled(value, seed))).collect();
            entries.sort_by_key(|(key, _)| {
                key.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).rotate_left(7) ^ u64::from(byte))
            });
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| shuffled(item, seed)).collect()),
        other => other.clone(),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,10}".prop_map(Value::from),
        select(vec!["80:80", "${A:-b}", "${", "1h", "1G", "no", "all", "-1"]).prop_map(Value::from),
    ];
    let keys = select(vec![
        "services",
        "web",
        "image",
        "ports",
        "environment",
        "deploy",
        "resources",
        "limits",
        "cpus",
        "memory",
        "networks",
        "volumes",
        "healthcheck",
        "test",
        "interval",
        "depends_on",
        "condition",
        "command",
        "target",
        "published",
        "Ref",
        "Fn::Sub",
        "Fn::If",
        "x-aws-public",
        "build",
        "logging",
        "options",
        "ulimits",
        "nofile",
        "soft",
        "labels",
        "<<",
    ]);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((keys.clone().prop_map(str::to_owned), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, rng_seed: RngSeed::Fixed(42), ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_keys_changes_no_byte(document in document(4), seed in any::<u64>()) {
        let ordered = serde_json::to_string(&expanded(template(&document))).unwrap();
        prop_assert_eq!(ordered, serde_json::to_string(&expanded(template(&shuffled(&document, seed)))).unwrap());
    }

    #[test]
    fn a_service_more_changes_no_other_resource(document in document(4), which in any::<Index>()) {
        // From one service to two, a task learns to find its neighbours: the change is looked at from two on.
        let mut smaller = document.clone();
        let services = smaller["services"].as_object_mut().unwrap();
        let names: Vec<String> = services.keys().cloned().collect();
        let come = which.get(&names);
        services.shift_remove(come);
        let (small, large) = (expanded(template(&smaller)), expanded(template(&document)));
        for (id, resource) in small["Resources"].as_object().unwrap() {
            prop_assert_eq!(Some(resource), large["Resources"].get(id), "{} changed when `{}` came", id, come);
        }
    }

    #[test]
    fn expanding_twice_is_expanding_once(document in document(3)) {
        let once = expanded(template(&document));
        let again = expand(Request { fragment: once.clone(), ..Request::default() }).unwrap();
        prop_assert_eq!(serde_json::to_string(&once).unwrap(), again.json.get());
    }

    #[test]
    fn the_verifier_has_nothing_to_say(document in document(4)) {
        let findings = verify(&Value::Object(expanded(template(&document))));
        prop_assert!(findings.is_empty(), "{:#?}\n{:#}", findings, document);
    }

    #[test]
    fn two_names_never_meet(names in names(12)) {
        let ids: std::collections::BTreeSet<_> = names.iter().map(|name| LogicalId::new("Shop", Some(name), "Service")).collect();
        prop_assert_eq!(ids.len(), names.len());
        prop_assert!(ids.iter().all(|id| id.as_str().chars().all(|c| c.is_ascii_alphanumeric())));
    }

    #[test]
    fn no_map_makes_it_panic(document in any_json()) {
        compile(Request { fragment: template(&document), ..Request::default() });
        compile(Request { fragment: template(&json!({"services": {"web": document}})), ..Request::default() });
    }

    #[test]
    fn no_text_makes_it_panic(text in "[ \\-:{}\\[\\]&*<!a-c0-9\"'\n|>$%,#?~]{0,120}", any in "\\PC{0,60}") {
        for text in [text.clone(), any, format!("services:\n  web:\n    image: {text}\n")] {
            compile(Request { fragment: template(&Value::from(text)), ..Request::default() });
        }
    }

    #[test]
    fn no_fragment_makes_it_panic(fragment in any_json(), resources in any_json()) {
        let mut whole = fragment.as_object().cloned().unwrap_or_default();
        compile(Request { fragment: whole.clone(), ..Request::default() });
        whole.insert("Resources".to_owned(), json!({"Shop": {"Type": "OamEcs::Compose", "Properties": resources, "DependsOn": fragment}}));
        compile(Request { fragment: whole, ..Request::default() });
    }
}

#[test]
fn what_grows_without_bound_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [before.as_str(); 9].join(", ")));
    }
    let deep_flow = "{a: ".repeat(20_000);
    let deep_block = (0..200).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n");
    for text in [bomb, deep_flow, deep_block] {
        let compilation = compile(Request { fragment: template(&Value::from(text)), ..Request::default() });
        assert!(compilation.findings.iter().any(|finding| finding.is_error));
    }
}
