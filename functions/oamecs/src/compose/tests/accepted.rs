//! Documents that become applications.

use serde_json::json;

use super::*;
use crate::program::container::{Bytes, MilliCpu, Port};
use crate::program::exposure::{Exposure, Protocol, Transport};
use crate::program::platform::Processor;
use crate::program::probe::{Command, HttpRequest};
use crate::program::storage::Source as MountSource;
use crate::program::workload::{OnFailure, Order};

#[expect(clippy::unnecessary_wraps, reason = "it is compared with the field of a container")]
fn words(words: &[&str]) -> Option<Vec<Expr<String>>> {
    Some(words.iter().map(|word| Expr::from(*word)).collect())
}

/// Published and target port, protocols, whether public.
type Parts = (u16, u16, Transport, Option<Protocol>, bool);

fn exposure(published: u16, target: u16) -> Parts {
    (published, target, Transport::Tcp, None, true)
}

fn exposures(workload: &Workload) -> Vec<Parts> {
    let parts = |exposure: &Exposure| {
        let Exposure { origin: _, container: _, published, target, transport, protocol, public, .. } = *exposure;
        (published, target, transport, protocol, public)
    };
    workload.exposures.iter().map(parts).collect()
}

#[test]
fn a_service_has_defaults() {
    let (workload, container) = web("");
    assert_eq!(container.name, "web");
    assert_eq!(container.image.value, Expr::from("nginx"));
    assert_eq!((container.command, container.entrypoint), (None, None));
    assert_eq!(workload.replicas().unwrap().value, Expr::Known(1));
    assert!(workload.platform.cpu_architecture.is_none());
    assert_eq!(workload.networks.into_iter().collect::<Vec<_>>(), ["default"]);
    assert_eq!(workload.tags["com.docker.compose.service"], Expr::from("web"));
}

#[test]
fn a_project_has_a_name_tags_networks_and_volumes() {
    let application = Declaration::default()
        .text(
            "name: my-shop
services:
  web: { image: nginx, networks: [front], volumes: ['data:/data'] }
  api: { image: api, networks: { front: { aliases: [backend] }, back: } }
networks:
  front: { labels: [a=b] }
  back: { name: rear }
volumes:
  data: { name: files, labels: { c: 1 } }
",
        )
        .application();
    assert_eq!(application.name.value, "my-shop");
    assert_eq!(application.environment, "Shop");
    assert_eq!(application.tags["com.docker.compose.project"], Expr::from("my-shop"));
    assert_eq!(application.networks.keys().collect::<Vec<_>>(), ["back", "front"]);
    assert_eq!(application.networks["front"].tags["com.docker.compose.network"], Expr::from("my-shop_front"));
    assert_eq!(application.networks["front"].tags["a"], Expr::from("b"));
    assert_eq!(application.networks["back"].tags["com.docker.compose.network"], Expr::from("rear"));
    assert_eq!(application.volumes["data"].tags["com.docker.compose.volume"], Expr::from("data"));
    assert_eq!(application.volumes["data"].tags["Name"], Expr::from("files"));
    assert_eq!(application.volumes["data"].tags["c"], Expr::from("1"));
    let api = &application.workloads["api"];
    assert_eq!(api.networks.iter().collect::<Vec<_>>(), ["back", "front"]);
    assert_eq!(api.aliases.keys().collect::<Vec<_>>(), ["backend"]);
}

#[test]
fn the_declaration_names_a_project_without_name() {
    let outcome = Declaration::default().text("services: { web: { image: \"x/${COMPOSE_PROJECT_NAME}\" } }");
    let application = outcome.application();
    assert_eq!(application.name.value, "shop");
    assert_eq!(application.workloads["web"].main.image.value, Expr::from("x/shop"));
}

#[test]
fn commands_are_words() {
    let (_, container) = web("command: npm run \"start all\"\nentrypoint: [/entry.sh, -p, 3000]");
    assert_eq!(container.command, words(&["npm", "run", "start all"]));
    assert_eq!(container.entrypoint, words(&["/entry.sh", "-p", "3000"]));
}

#[test]
fn environment_comes_as_a_list_or_a_map() {
    let (_, list) = web("environment: [A=1, B=x=y, C=]");
    let (_, map) = web("environment: { A: 1, B: x=y, C: '' }");
    let values = |container: &Container| {
        container.environment.iter().map(|(key, value)| (key.clone(), value.value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(values(&list), values(&map));
    assert_eq!(list.environment["B"].value, Expr::from("x=y"));
}

#[test]
fn functions_pass_through_where_text_stands() {
    let (_, container) = web("user: !Ref User\nenvironment: { QUEUE: !GetAtt Queue.Url }\ncommand: [a, !Sub '${B}']");
    assert_eq!(container.user.unwrap().value.known(), None);
    assert_eq!(container.environment["QUEUE"].value.known(), None);
    assert_eq!(container.command.unwrap()[1].known(), None);
}

#[test]
fn functions_are_resolved_where_values_must_be_known() {
    let declaration = Declaration { parameters: &[("Port", "8080")], ..Declaration::default() };
    let document = json!({"services": {"web": {
        "image": {"Fn::Sub": "nginx:${Tag}"},
        "ports": [{"target": {"Ref": "Port"}, "published": 80}],
        "deploy": {"replicas": {"Ref": "Count"}},
        "environment": {"URL": {"Fn::GetAtt": ["Queue", "Url"]}},
    }}});
    let application = declaration.map(document).application();
    let web = &application.workloads["web"];
    assert_eq!(exposures(web), [exposure(80, 8080)]);
    assert_eq!(web.replicas().unwrap().value.known(), None);
    assert_eq!(web.main.environment["URL"].value.known(), None);
}

#[test]
fn variables_are_replaced() {
    let declaration = Declaration {
        variables: &[
            ("TAG", json!("1.27")),
            ("EMPTY", json!("")),
            ("HOST", json!({"Fn::GetAtt": ["Db", "Endpoint.Address"]})),
        ],
        ..Declaration::default()
    };
    let application = declaration
        .text(
            "services:
  web:
    image: nginx:$TAG
    environment:
      A: ${EMPTY:-a}${EMPTY-b}
      B: ${NONE:-${TAG}}
      C: ${TAG:+set}${EMPTY:+set}${NONE+set}
      D: cost $$5
      E: db://${HOST}:5432
      F: ${HOST:-none}
    command: echo $$PATH
",
        )
        .application();
    let container = &application.workloads["web"].main;
    assert_eq!(container.image.value, Expr::from("nginx:1.27"));
    let known = |name: &str| container.environment[name].value.known().map(String::as_str);
    assert_eq!(
        ["A", "B", "C", "D", "E", "F"].map(known),
        [Some("a"), Some("1.27"), Some("set"), Some("cost $5"), None, None]
    );
    assert_eq!(container.command, words(&["echo", "$PATH"]));
    let Expr::Deferred(url) = &container.environment["E"].value else { panic!("deferred") };
    assert_eq!(url.pieces().len(), 3);
}

#[test]
fn a_variable_without_value_comes_from_variables() {
    let declaration = Declaration { variables: &[("TOKEN", json!("t"))], ..Declaration::default() };
    let application = declaration.text("services: { web: { image: a, environment: [TOKEN] } }").application();
    assert_eq!(application.workloads["web"].main.environment["TOKEN"].value, Expr::from("t"));
}

#[test]
fn ports_come_in_many_forms() {
    let (workload, container) = web("ports:
  - '8080:80'
  - 443:8443/tcp
  - 53:53/udp
  - 3000-3001:4000-4001
  - 127.0.0.1:9000:9000
  - { target: 50051, published: '5000', app_protocol: grpc }
  - { target: 81, published: 81, x-aws-protocol: http, x-aws-public: false }
expose: [9100, '9200-9201/udp', '80']");
    let udp = (53, 53, Transport::Udp, None, true);
    assert_eq!(
        exposures(&workload),
        [
            exposure(8080, 80),
            exposure(443, 8443),
            udp,
            exposure(3000, 4000),
            exposure(3001, 4001),
            (9000, 9000, Transport::Tcp, None, false),
            (5000, 50051, Transport::Tcp, Some(Protocol::Grpc), true),
            (81, 81, Transport::Tcp, Some(Protocol::Http), false),
        ]
    );
    let ports: Vec<Port> = container.ports.iter().map(|port| port.value).collect();
    let tcp = |number| Port { number, transport: Transport::Tcp };
    assert!(
        ports.contains(&tcp(80))
            && ports.contains(&tcp(9100))
            && ports.contains(&Port { number: 9201, transport: Transport::Udp })
    );
    assert_eq!(ports.len(), 11);
}

#[test]
fn sizes_come_from_limits_first() {
    let (_, container) = web("cpus: 0.5\nmem_limit: 512m\nmem_reservation: 256m");
    assert_eq!(container.resources.cpu.map(|cpu| cpu.value), Some(MilliCpu(500)));
    assert_eq!(container.resources.memory.map(|memory| memory.value), Some(Bytes(512 << 20)));
    assert_eq!(container.resources.memory_reservation.map(|memory| memory.value), Some(Bytes(256 << 20)));
    let (_, container) =
        web("deploy: { resources: { limits: { memory: 1.5G }, reservations: { cpus: '0.25', memory: 1g } } }");
    assert_eq!(container.resources.cpu_needed().map(|cpu| cpu.value), Some(MilliCpu(250)));
    assert_eq!(container.resources.memory.map(|memory| memory.value), Some(Bytes(1536 << 20)));
    let (_, container) = web("deploy: { resources: { reservations: { memory: 1g } } }");
    assert_eq!(container.resources.memory_needed().map(|memory| memory.value), Some(Bytes(1 << 30)));
    let (_, container) = web("cpu_quota: 150000");
    assert_eq!(container.resources.cpu.map(|cpu| cpu.value), Some(MilliCpu(1500)));
    let (_, container) = web("cpu_quota: 10000\ncpu_period: 20000");
    assert_eq!(container.resources.cpu.map(|cpu| cpu.value.units()), Some(512));
}

#[test]
fn deploy_is_mapped() {
    let (workload, _) = web(
        "deploy:
  mode: replicated
  replicas: 3
  labels: { team: red }
  update_config: { parallelism: 2, order: stop-first, failure_action: pause, x-aws-min_percent: 50, x-aws-max_percent: 150 }",
    );
    assert_eq!(workload.replicas().unwrap().value, Expr::Known(3));
    assert_eq!(workload.tags["team"], Expr::from("red"));
    assert_eq!(workload.update.order.map(|order| order.value), Some(Order::StopFirst));
    assert_eq!(workload.update.batch.map(|batch| batch.value), Some(2));
    assert_eq!(workload.update.on_failure, OnFailure::Pause);
    assert_eq!(workload.update.minimum_percent.map(|percent| percent.value), Some(50));
    assert_eq!(workload.update.maximum_percent.map(|percent| percent.value), Some(150));
    assert_eq!(web("scale: 2").0.replicas().unwrap().value, Expr::Known(2));
}

#[test]
fn health_checks_come_in_many_forms() {
    let probe = |text: &str| web(text).1.probe;
    let line = probe("healthcheck: { test: curl -f http://localhost:3000/up || exit 1, interval: 1m30s, timeout: 500ms, retries: 2, start_period: 1m }").unwrap();
    assert!(matches!(line.command, Command::Shell(Expr::Known(ref line)) if line.starts_with("curl")));
    assert_eq!(line.http, Some(HttpRequest { port: 3000, path: "/up".to_owned() }));
    let numbers = [line.interval, line.timeout, line.retries, line.start_period];
    assert_eq!(numbers.map(|number| number.map(|number| number.value)), [Some(90), Some(1), Some(2), Some(60)]);
    let program = probe("healthcheck: { test: [CMD, pg_isready, -U, me] }").unwrap();
    assert!(matches!(program.command, Command::Program(words) if words.len() == 3));
    assert_eq!(program.http, None);
    assert!(probe("healthcheck: { test: [CMD-SHELL, 'true'] }").is_some());
    assert!(probe("healthcheck: { test: [NONE] }").is_none());
    assert!(probe("healthcheck: { disable: true }").is_none());
}

#[test]
fn services_wait_for_others() {
    let application = Declaration::default()
        .text(
            "services:
  web: { image: a, depends_on: { db: { condition: service_healthy }, cache: { condition: service_started, required: false } } }
  job: { image: a, depends_on: [db] }
  db: { image: b, healthcheck: { test: 'true' } }
  cache: { image: c }
",
        )
        .application();
    assert_eq!(application.workloads["web"].after.keys().collect::<Vec<_>>(), ["cache", "db"]);
    assert_eq!(application.workloads["job"].after.keys().collect::<Vec<_>>(), ["db"]);
}

#[test]
fn containers_have_further_names() {
    let (workload, _) =
        web("container_name: shop-web\nhostname: www\nnetworks: { default: { aliases: [proxy, web] } }");
    assert_eq!(workload.aliases.keys().collect::<Vec<_>>(), ["proxy", "shop-web", "www"]);
}

#[test]
fn volumes_are_mounted() {
    let (_, container) = web(
        "volumes:\n  - data:/data/\n  - data:/more:ro\n  - { type: volume, source: data, target: /third, volume: { nocopy: true } }",
    );
    let mounts: Vec<_> = container.mounts.iter().map(|mount| (mount.path.as_str(), mount.read_only)).collect();
    assert_eq!(mounts, [("/data", false), ("/more", true), ("/third", false)]);
    assert!(
        container
            .mounts
            .iter()
            .all(|mount| mount.source == (MountSource::Volume { name: "data".to_owned(), subpath: None }))
    );
}

#[test]
fn containers_have_options() {
    let (workload, container) = web("user: '1000:1000'
working_dir: /app
init: true
read_only: yes
tty: true
stdin_open: false
platform: linux/arm64/v8
stop_grace_period: 1m
ulimits: { nofile: 65536, nproc: { soft: 10, hard: -1 } }
labels: { a: b }
logging: { driver: awslogs, options: { awslogs-stream-prefix: x } }
restart: always");
    assert_eq!(workload.platform.cpu_architecture.unwrap().value, Processor::Arm64);
    let flags = [&container.init, &container.read_only, &container.terminal, &container.interactive];
    assert_eq!(
        flags.map(|flag| flag.as_ref().map(|flag| flag.value)),
        [Some(true), Some(true), Some(true), Some(false)]
    );
    assert_eq!(container.stop_grace.map(|grace| grace.value), Some(60));
    let limits: Vec<_> = container.limits.values().map(|limit| (limit.value.soft, limit.value.hard)).collect();
    assert_eq!(limits, [(65536, 65536), (10, -1)]);
    assert_eq!(container.labels["a"], Expr::from("b"));
    assert_eq!(container.log.as_ref().unwrap().options["awslogs-stream-prefix"].value, Expr::from("x"));
}

#[test]
fn images_win() {
    let declaration = Declaration { images: &[("web", "repo/web:1"), ("api", "repo/api:1")], ..Declaration::default() };
    let application =
        declaration.text("services: { web: { build: . }, api: { image: a, build: { context: b } } }").application();
    assert_eq!(application.workloads["web"].main.image.value, Expr::from("repo/web:1"));
    assert_eq!(application.workloads["api"].main.image.value, Expr::from("repo/api:1"));
}

#[test]
fn profiles_bring_services_in() {
    let text = "services: { web: { image: a }, debug: { image: b, privileged: true, profiles: [debug] }, test: { image: c, profiles: [test] } }";
    assert_eq!(Declaration::default().text(text).application().workloads.len(), 1);
    let declaration =
        Declaration { variables: &[("COMPOSE_PROFILES", json!("test, other"))], ..Declaration::default() };
    assert_eq!(declaration.text(text).application().workloads.keys().collect::<Vec<_>>(), ["test", "web"]);
}

#[test]
fn fragments_and_extension_fields_are_fine() {
    let outcome = Declaration::default().text(
        "x-base: &base
  image: nginx:${TAG:-1}
  environment: { A: $UNUSED }
services:
  web:
    <<: *base
    environment: {}
    x-mine: [1, 2]
",
    );
    assert_eq!(outcome.told, Vec::<String>::new());
    outcome.application();
}

#[test]
fn what_asks_for_nothing_is_fine() {
    let outcome = service("privileged: false\ndevices: []\nsysctls: {}\ntmpfs:\nnetworks:\ndeploy:\ndns: ''");
    assert_eq!(outcome.about("services.web"), Vec::<String>::new());
}
