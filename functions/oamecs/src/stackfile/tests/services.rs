//! What is said of a service.

use serde_json::json;

use super::{Outcome, service, service_with, web, with};
use crate::diagnostic::Located;
use crate::expression::Expr;
use crate::program::container::Port;
use crate::program::exposure::Transport;
use crate::program::placement::Placement;
use crate::program::platform::{Answer, NetworkMode, Role, RunWhen};
use crate::program::probe::Command;
use crate::program::storage::Source;
use crate::program::workload::{Found, Run};

fn fargate() -> serde_json::Value {
    json!({ "Defaults": { "Capacity": "FARGATE" } })
}

fn ports(outcome: &Outcome) -> Vec<(u16, Transport)> {
    outcome
        .container("web")
        .ports
        .iter()
        .map(|port: &Located<Port>| (port.value.number, port.value.transport))
        .collect()
}

const FOUND: &str = "dns_discovery: { name: web.staging }\n";

#[test]
fn what_is_not_said_is_as_it_was() {
    let outcome = service("privileged: false");
    let workload = outcome.workload("web");
    let known = |number: &Option<Located<u32>>| number.as_ref().map(|number| number.value);
    assert_eq!(workload.main.resources.memory.as_ref().map(|memory| memory.value.mebibytes()), Some(1024));
    assert!(matches!(&workload.run, Run::Replicas(count) if count.value == Expr::Known(1)));
    assert_eq!(
        (known(&workload.update.maximum_percent), known(&workload.update.minimum_percent)),
        (Some(200), Some(50))
    );
    assert_eq!(workload.found, Found::Nowhere);
    assert!(!outcome.application().short_names);
    assert_eq!(outcome.told, Vec::<String>::new());
}

#[test]
fn the_network_is_the_hosts_unless_neighbours_find_it() {
    let mode = |outcome: Outcome| outcome.workload("web").platform.network_mode.as_ref().map(|mode| mode.value);
    assert_eq!(mode(service("privileged: false")), Some(NetworkMode::Host));
    assert_eq!(mode(service(FOUND)), Some(NetworkMode::Task));
    assert_eq!(mode(service_with(fargate(), "desired_count: 2")), Some(NetworkMode::Task));
}

#[test]
fn neighbours_find_it_under_the_name_that_it_says() {
    let outcome = with(json!({}), &format!("service_discovery: {{ namespace: shop.internal }}\n{}", web(FOUND)));
    let workload = outcome.workload("web");
    assert!(matches!(&workload.found, Found::As(name) if name.value == "web.staging"));
    let discovery = workload.platform.discovery.as_ref().expect("said").value;
    assert_eq!((discovery.ttl, discovery.answer), (Some(300), Some(Answer::One)));
    assert_eq!(outcome.told, Vec::<String>::new());
    service(FOUND).notes(&["dns_discovery.name", "`web` is found at `web.staging.shop.local`"]);
    let beside = service_with(json!({ "Environment": { "Namespace": "shop.internal" } }), FOUND);
    assert_eq!(beside.told, Vec::<String>::new());
    service("dns_discovery: { name: web.dev, healthcheck: { path: / } }").notes(&["`healthcheck` has no effect"]);
    service("dns_discovery: { name: a..b }").refuses(&["is not a domain name"]);
    service("dns_discovery: {}").refuses(&["`name` is missing"]);
}

#[test]
fn ports_are_read_in_all_of_their_forms() {
    let of = |text: &str| service(&format!("ports: [{text}]\n{FOUND}"));
    let tcp = |ports: &[u16]| ports.iter().map(|port| (*port, Transport::Tcp)).collect::<Vec<_>>();
    assert_eq!(ports(&of("'80:80'")), tcp(&[80]));
    let other = of("'80:81'");
    assert_eq!(ports(&other), tcp(&[81]));
    other.notes(&["the port 80 has no effect", "called at 81"]);
    assert_eq!(ports(&of("'127.0.0.1:80:80'")), tcp(&[80]));
    of("'127.0.0.1:80:80'").notes(&["the address has no effect"]);
    assert_eq!(ports(&of("'53:53/udp'")), [(53, Transport::Udp)]);
    assert_eq!(ports(&of("8080")), tcp(&[8080]));
    of("8080").notes(&["ecs-compose left out a port", "write `\"8080:8080\"`"]);
    assert_eq!(ports(&of("'9000-9002:9000-9002'")), tcp(&[9000, 9001, 9002]));
    of("'80:80', '80:80'").notes(&["port 80 is there twice"]);
    of("http").refuses(&["`http` is not a port", "write `\"HOST:CONTAINER\"`"]);
    of("'80:80/sctp'").refuses(&["no protocol of ports"]);
    of("'80-81:80'").refuses(&["2 ports of the host for 1 of the container"]);
    service("ports: ['80:81']").refuses(&["services[0].web.ports[0]", "shares the ports of its host", "\"81:81\""]);
}

#[test]
fn numbers_that_were_ports_are_ports_again() {
    let of = |number: u64| {
        super::declaration(json!({}), json!({ "services": [{ "web": { "image": "a", "ports": [number] } }] }))
    };
    assert_eq!(ports(&of(1342)), [(22, Transport::Tcp)]);
    of(1342).notes(&["`1342` is read as `22:22`"]);
    assert_eq!(ports(&of(8080)), [(8080, Transport::Tcp)]);
    of(4822).refuses(&["`4822` is a port, or what CloudFormation makes of an unquoted `80:22`"]);
    // `2222:22`, with a port of the host that is not the container's.
    of(133_342).refuses(&["shares the ports of its host"]);
}

#[test]
fn volumes_are_directories_of_the_host() {
    let outcome = service("volumes: ['data:/srv/data:/data', 'sock:/var/run/docker.sock:/var/run/docker.sock:ro']");
    let mounts: Vec<_> = outcome
        .container("web")
        .mounts
        .iter()
        .map(|mount| (mount.source.clone(), mount.path.as_str(), mount.read_only))
        .collect();
    let host = |path: &str| Source::Host(path.to_owned());
    let expected = [(host("/srv/data"), "/data", false), (host("/var/run/docker.sock"), "/var/run/docker.sock", true)];
    assert_eq!(mounts, expected);
    for text in ["data", "/srv:/data", "data:/srv:/data:rx", "data:srv:/data", "/srv:/data:ro"] {
        service(&format!("volumes: ['{text}']")).refuses(&["services[0].web.volumes[0]", "name:/path/of/the/host"]);
    }
    service("volumes: ['a:/x:/data', 'b:/y:/data']").refuses(&["two volumes would be at `/data`"]);
    service("volumes: ['a:/x:/data', 'a:/y:/more']").refuses(&["`a` is another directory"]);
}

#[test]
fn constraints_are_of_both_kinds() {
    let outcome = service(
        "placement_constraints: [{ type: distinctInstance }, { type: memberOf, expression: 'agentConnected == true' }]",
    );
    let workload = outcome.workload("web");
    assert!(matches!(workload.placement, Placement { apart: Some(_), .. }));
    assert_eq!(workload.platform.placement_constraints.as_ref().map(|all| all.value.len()), Some(1));
    service("placement_constraints: [{ type: memberOf }]").refuses(&["has no `expression`"]);
    service("placement_constraints: [{ expression: a }]").refuses(&["`type` is missing"]);
    assert_eq!(service("placement_constraints: [{ type: memberof, expression: a }]").told, Vec::<String>::new());
    service("placement_constraints: [{ type: distinct }]").refuses(&["`distinct` is none of the choices"]);
}

#[test]
fn fargate_has_no_machines_to_choose_from() {
    for (attribute, text) in [
        ("gpus: 1", "Fargate has none"),
        ("volumes: ['a:/a:/a']", "`volumes` is not available on Fargate"),
        (
            "placement_constraints: [{ type: memberOf, expression: a }]",
            "`placement_constraints` is not available on Fargate",
        ),
        ("privileged: true", "`privileged` is not available on Fargate"),
    ] {
        service_with(fargate(), attribute).refuses(&["services[0].web", text]);
        assert_eq!(service(attribute).errors(), Vec::<&str>::new(), "{attribute}");
    }
    assert_eq!(service_with(fargate(), "gpus: 0\nprivileged: false\nvolumes: []").told, Vec::<String>::new());
    let by_name = json!({ "Workloads": { "web": { "Capacity": "FARGATE" } } });
    service_with(by_name, "gpus: 1").refuses(&["Fargate has none"]);
}

#[test]
fn a_daemon_has_no_number() {
    let outcome = service("scheduling_strategy: DAEMON");
    let workload = outcome.workload("web");
    assert!(matches!(workload.run, Run::EachMachine(_)) && workload.update.maximum_percent.is_none());
    service("scheduling_strategy: DAEMON\ndesired_count: 2").notes(&["`desired_count` has no effect"]);
    service("scheduling_strategy: DEAMON").refuses(&["did you mean `DAEMON`?"]);
}

#[test]
fn what_is_no_service_runs_once_on_every_deployment() {
    let outcome = service("type: task");
    let workload = outcome.workload("web");
    assert!(matches!(&workload.run, Run::Once { replicas, .. } if replicas.value == Expr::Known(1)));
    assert_eq!(workload.platform.run.as_ref().map(|run| run.value), Some(RunWhen::Always));
    outcome.notes(&["services[0].web.type", "`web` runs on every deployment", "Run: on-change"]);
    service("type: task\ndesired_count: 3").notes(&["desired_count", "has no effect"]);
    service(&format!("type: task\n{FOUND}")).notes(&["nobody finds `web`"]);
    let changed = service_with(json!({ "Workloads": { "web": { "Run": "on-change" } } }), "type: task");
    assert_eq!(changed.workload("web").platform.run.as_ref().map(|run| run.value), Some(RunWhen::OnChange));
    assert_eq!(changed.told, Vec::<String>::new());
    assert!(service("type: service").workload("web").platform.run.is_none());
}

#[test]
fn health_checks_have_a_command() {
    let command = |text: &str| service(&format!("healthcheck: {{ command: {text} }}"));
    let probe = |text: &str| command(text).container("web").probe.clone().map(|probe| probe.command);
    assert!(matches!(probe("[CMD, a, b]"), Some(Command::Program(words)) if words.len() == 2));
    assert!(matches!(probe("[a, b]"), Some(Command::Program(words)) if words.len() == 2));
    assert!(matches!(probe("curl -f localhost"), Some(Command::Shell(_))));
    assert!(probe("[NONE]").is_none());
    command("[]").notes(&["services[0].web.healthcheck", "the container is not checked"]);
    service("healthcheck: { interval: 10 }").notes(&["the container is not checked"]);
    command("[CMD-SHELL, a, b]").refuses(&["a single line for the shell"]);
    command("[CMD]").refuses(&["no command follows `CMD`"]);
    // That of a service takes the place of the default as a whole.
    let all = "defaults: { healthcheck: { command: [CMD, a], interval: 60 } }\n";
    let outcome = with(json!({}), &format!("{all}{}", web("healthcheck: { command: [CMD, b] }")));
    assert_eq!(
        outcome
            .container("web")
            .probe
            .as_ref()
            .and_then(|probe| probe.interval.as_ref())
            .map(|interval| interval.value),
        Some(30)
    );
    let outcome = with(json!({}), &format!("{all}{}", web("gpus: 0")));
    assert_eq!(
        outcome
            .container("web")
            .probe
            .as_ref()
            .and_then(|probe| probe.interval.as_ref())
            .map(|interval| interval.value),
        Some(60)
    );
}

#[test]
fn roles_and_rights_are_as_said() {
    let role = "arn:${AWS::Partition}:iam::111122223333:role/web";
    let outcome =
        service(&format!("task_role_arn: '{role}'\ntask_execution_role_arn: '{role}'\nprivileged: yes\ngpus: 2"));
    let workload = outcome.workload("web");
    assert!(matches!(workload.platform.role.as_ref().map(|role| &role.value), Some(Role::Given(_))));
    assert!(workload.platform.execution_role.is_some());
    assert!(workload.main.privileges.all.as_ref().is_some_and(|all| all.value));
    service("task_role_arn: web").refuses(&["is not the ARN of a role"]);
}

#[test]
fn images_beside_the_document_win() {
    let outcome = service_with(json!({ "Images": { "web": "other:2" } }), "gpus: 0");
    assert_eq!(outcome.container("web").image.value, Expr::from("other:2"));
    with(json!({}), "services: [{ web: { memory: 100 } }]").refuses(&["services[0].web", "has no `image`"]);
}

#[test]
fn force_replaces_tasks_on_every_deployment() {
    let outcome = service_with(json!({ "Force": true }), "gpus: 0");
    assert!(outcome.workload("web").platform.force_new_deployment.as_ref().is_some_and(|force| force.value));
    assert!(service("gpus: 0").workload("web").platform.force_new_deployment.is_none());
}

#[test]
fn what_is_said_of_the_network_by_name_wins() {
    let vpc = "vpc: { id: vpc-1, subnets: { private: [subnet-1] }, security_groups: { private: [sg-0000aaaa] } }";
    let text = format!("{vpc}\n{}", web("ports: ['8080:8080']"));
    let own = with(json!({ "Workloads": { "web": { "NetworkMode": "awsvpc" } } }), &text);
    assert!(!own.workload("web").networks.is_empty(), "it has the groups of the document");
    assert!(with(json!({}), &text).workload("web").networks.is_empty(), "its machine has groups");
    let found =
        service_with(json!({ "Workloads": { "web": { "NetworkMode": "host" } } }), "dns_discovery: { name: web.test }");
    found.refuses(&["neighbours do not find `web` as `web.test`"]);
}

#[test]
fn an_image_is_for_a_service() {
    service_with(json!({ "Images": { "wep": "nginx:2" } }), "gpus: 0")
        .refuses(&["no service `wep`", "did you mean `web`?"]);
}
