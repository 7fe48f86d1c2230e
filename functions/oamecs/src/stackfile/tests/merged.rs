//! Several documents as one.

use serde_json::{Value as Json, json};

use super::{Outcome, declaration, document};
use crate::expression::Expr;

fn merged(texts: &[&str]) -> Outcome {
    declaration(json!({}), Json::from(texts))
}

const BASE: &str = "
vpc: { id: vpc-1, subnets: { public: [a, b], private: [c] } }
logging: { log_driver: gelf, options: { gelf-address: 'udp://a:1', tag: base } }
defaults: { memory: 512, environment: [{ A: 1 }, { B: 2 }] }
services:
- web: { image: 'nginx:1', ports: ['80:80'] }
";

#[test]
fn services_are_added_and_logging_is_overwritten() {
    let outcome = merged(&[BASE, "logging: { log_driver: awslogs }\nservices: [{ worker: { image: worker } }]\n"]);
    assert_eq!(outcome.application().workloads.keys().collect::<Vec<_>>(), ["web", "worker"]);
    assert!(outcome.container("web").log.as_ref().is_some_and(|log| log.options.is_empty()));
    assert_eq!(outcome.told, Vec::<String>::new());
}

#[test]
fn maps_are_laid_over_each_other_and_lists_take_their_place() {
    let over = "vpc: { subnets: { public: [x] } }\ndefaults: { environment: [{ C: 3 }] }\nservices: []\n";
    let outcome = merged(&[BASE, over]);
    let environment: Vec<&str> = outcome.container("web").environment.keys().map(String::as_str).collect();
    assert_eq!(environment, ["C"]);
    assert_eq!(outcome.container("web").resources.memory.as_ref().map(|memory| memory.value.mebibytes()), Some(512));
    let network = format!("{:?}", outcome.program.environments[&outcome.application().environment].network);
    assert!(
        network.contains("vpc-1") && network.contains(r#"Known("x")"#) && !network.contains(r#"Known("a")"#),
        "{network}"
    );
}

#[test]
fn a_service_that_is_there_twice_becomes_one() {
    let outcome = merged(&[BASE, "services:\n- web: { image: 'nginx:2' }\n"]);
    outcome.notes(&["Document[1]", "services[0].web", "`web` is there twice"]);
    let web = outcome.container("web");
    assert_eq!((web.image.value.clone(), web.ports.len()), (Expr::from("nginx:2"), 1));
    document("services:\n- web: { image: a }\n- web: { image: b }\n")
        .notes(&["services[1].web", "`web` is there twice"]);
}

#[test]
fn one_text_may_hold_several() {
    let outcome = document("services: [{ a: { image: a } }]\n---\nservices: [{ b: { image: b } }]\n");
    assert_eq!(outcome.application().workloads.len(), 2);
}

#[test]
fn services_are_a_map_too() {
    assert_eq!(document("services: { a: { image: a }, b: { image: b } }").application().workloads.len(), 2);
    // ecs-compose read the first only.
    assert_eq!(document("services:\n- a: { image: a }\n  b: { image: b }\n").application().workloads.len(), 2);
}

#[test]
fn what_is_no_stackfile_is_refused() {
    document("services:\n- web:\n  image: nginx\n").refuses(&["services[0]", "`web` stands beside its name", "indent"]);
    document("vpc: { id: vpc-1 }").refuses(&["`services` is missing"]);
    document("version: '3'\nnetworks: {}").refuses(&["`services` is missing", "OamEcs::Compose"]);
    document("- web").refuses(&["a stackfile"]);
    document("services:\n- web: { imgae: nginx, image: a }\n")
        .refuses(&["unknown key `imgae`", "did you mean `image`?"]);
    document("services:\n- a.b: { image: a }\n").refuses(&["`a.b` is no name of a service"]);
    let empty = document("services: []");
    assert_eq!((empty.told, empty.program.applications.len()), (Vec::new(), 0));
}
