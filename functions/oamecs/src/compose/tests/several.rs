//! Several documents of one declaration, each laid over those before it.

use serde_json::json;

use super::*;
use crate::program::Mount;
use crate::program::storage::Source as MountSource;

const BASE: &str = "
services:
  web:
    image: nginx
    command: [a, b]
    environment: { A: 1, B: 2 }
    labels: [l=1]
    ports: ['80:80', '443:443']
    volumes: ['data:/data', 'more:/more']
    healthcheck: { test: [CMD, a], interval: 10s }
    logging: { driver: awslogs, options: { mode: non-blocking } }
    depends_on: [db]
    networks: [front]
    expose: [9000]
  db: { image: postgres, healthcheck: { test: a } }
volumes: { data: , more: , third: }
networks: { front: , back: }
";

/// The container `web` after these attributes were laid over the base.
fn over(attributes: &str) -> (Workload, Container) {
    let attributes = attributes.replace('\n', "\n    ");
    let over = format!("services:\n  web:\n    {attributes}\n");
    let application = Declaration::default().texts(&[BASE, &over]).application();
    let workload = application.workloads.get("web").expect("web").clone();
    let container = workload.main.clone();
    (workload, container)
}

fn variables(container: &Container) -> Vec<(String, String)> {
    let text = |value: &Expr<String>| value.known().cloned().unwrap_or_default();
    container.environment.iter().map(|(name, value)| (name.clone(), text(&value.value))).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn scalars_and_commands_are_replaced() {
    let (_, container) = over("image: nginx:2\ncommand: c\nhealthcheck: { test: [CMD, b] }");
    assert_eq!(container.image.value, Expr::from("nginx:2"));
    assert_eq!(container.command, Some(vec![Expr::from("c")]));
    let probe = format!("{:?}", container.probe);
    assert!(probe.contains("\"b\"") && !probe.contains("\"a\"") && probe.contains("10"), "{probe}");
    assert_eq!(over("image:").1.image.value, Expr::from("nginx"));
    assert_eq!(over("command:").1.command, None);
}

#[test]
fn maps_are_merged_by_name_in_either_form() {
    for attributes in ["environment: [B=3, C=4]", "environment: { B: 3, C: 4 }"] {
        let (_, container) = over(attributes);
        assert_eq!(variables(&container), [pair("A", "1"), pair("B", "3"), pair("C", "4")]);
    }
    let (_, container) = over("labels: { l: 2, m: 3 }");
    assert_eq!(format!("{:?}", container.labels.values().collect::<Vec<_>>()), r#"[Known("2"), Known("3")]"#);
}

#[test]
fn lists_are_appended_and_keep_what_is_unique_once() {
    let (workload, container) = over("ports: ['80:80', '8080:80']\nvolumes: ['third:/data:ro']");
    let mut ports: Vec<_> = workload.exposures.iter().map(|port| (port.published, port.target)).collect();
    ports.sort_unstable();
    assert_eq!(ports, [(80, 80), (443, 443), (8080, 80)]);
    let source = |mount: &Mount| match &mount.source {
        MountSource::Volume { name, .. } => name.clone(),
        other => panic!("{other:?}"),
    };
    let mounts: Vec<_> = container.mounts.iter().map(|mount| (source(mount), mount.path.as_str())).collect();
    assert_eq!(mounts, [("third".to_owned(), "/data"), ("more".to_owned(), "/more")]);
    let (workload, _) = over("networks: { back: { aliases: [b] } }");
    assert_eq!(workload.networks.into_iter().collect::<Vec<_>>(), ["back", "front"]);
}

#[test]
fn values_are_reset_and_overridden() {
    let (workload, container) = over(
        "ports: !override ['8080:80']\nenvironment: { A: !reset null }\nhealthcheck: !reset null\ndepends_on: !reset []",
    );
    assert_eq!(workload.exposures.iter().map(|port| port.published).collect::<Vec<_>>(), [8080]);
    assert_eq!(variables(&container), [pair("B", "2")]);
    assert!(container.probe.is_none());
    let texts = [BASE, "services: { web: !override { image: other }, db: !reset null }"];
    let application = Declaration::default().texts(&texts).application();
    assert_eq!(application.workloads.keys().collect::<Vec<_>>(), ["web"]);
    assert!(application.workloads["web"].exposures.is_empty());
    // Alone, the tags say nothing but what they stand for.
    let application = Declaration::default()
        .text("services: { web: { image: !override a, command: !reset b }, b: !reset { image: b } }")
        .application();
    assert_eq!(application.workloads.len(), 1);
    assert_eq!(application.workloads["web"].main.image.value, Expr::from("a"));
}

#[test]
fn documents_of_a_stream_and_of_a_list_are_merged() {
    let stream = "name: one\nservices: { web: { image: a } }\n---\nname: ${NAME}\nservices: { web: { image: b } }\n";
    let declaration = Declaration { variables: &[("NAME", json!("two"))], ..Declaration::default() };
    let application = declaration.texts(&[stream, "services: { api: { image: $COMPOSE_PROJECT_NAME } }"]).application();
    assert_eq!(application.name.value, "two");
    assert_eq!(application.workloads["web"].main.image.value, Expr::from("b"));
    assert_eq!(application.workloads["api"].main.image.value, Expr::from("two"));
}

#[test]
fn errors_are_told_in_their_own_document() {
    let told = Declaration::default()
        .texts(&[
            "services: { web: { image: a, ports: ['x:80'] } }",
            "services: { web: { memory: 1g, ports: { a: 1 } } }",
        ])
        .told;
    assert_eq!(
        told,
        [
            "error Shop Document[0].services.web.ports[0]: `x` is not a port: ports are 1 to 65535. Fix: write `\"PUBLISHED:CONTAINER\"`, for example `\"80:8080\"`",
            "error Shop Document[1].services.web.memory: unknown key `memory`. Fix: did you mean `mem_limit`?",
            "error Shop Document[1].services.web.ports: this is a map, and what it is laid over, in another document, is a list. Fix: write a list; in text, `!override` before it makes it take the other's place",
        ]
    );
}

#[test]
fn profiles_count_over_all_documents() {
    let texts = [
        "services: { web: { image: a }, tool: { image: '${UNSET}', profiles: [debug] }, test: { image: t, profiles: [test] } }",
        "services: { web: { profiles: [front] }, tool: { profiles: !reset [], image: !override b } }",
    ];
    let told = |profiles: &'static str| {
        let declaration = Declaration {
            variables: Box::leak(Box::new([("COMPOSE_PROFILES", json!(profiles)), ("UNSET", json!("x"))])),
            ..Declaration::default()
        };
        declaration.texts(&texts).application().workloads.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(told("none"), ["tool"]);
    assert_eq!(told("front"), ["tool", "web"]);
    assert_eq!(told("*"), ["test", "tool", "web"]);
}
