//! What schematics say of their instances.

use serde_json::json;

use super::{Declaration, SERVER, configuration, container, instance_of, schematic};
use crate::expression::Expr;
use crate::oam::model::container::FileContent;
use crate::oam::model::probe::Check;
use crate::oam::model::service::Callers;
use crate::oam::model::{Volume, Workload};
use crate::program::container::{Bytes, MilliCpu};
use crate::program::exposure::Transport;
use crate::program::platform::Processor;

#[test]
fn workload_types_are_known_in_all_spellings() {
    for (written, is_meant) in [
        ("Server", (|workload| matches!(workload, Workload::Server)) as fn(&Workload) -> bool),
        ("core.oam.dev/v1alpha1.Server", |workload| matches!(workload, Workload::Server)),
        ("core.oam.dev/v1.Server", |workload| matches!(workload, Workload::Server)),
        ("core.oam.dev/v1alpha1.SingletonServer", |workload| matches!(workload, Workload::SingletonServer)),
        ("core.oam.dev/v1alpha1.Singleton", |workload| matches!(workload, Workload::SingletonServer)),
        ("core.oam.dev/v1alpha1.Worker", |workload| matches!(workload, Workload::Worker)),
        ("core.oam.dev/v1alpha1.SingletonWorker", |workload| matches!(workload, Workload::SingletonWorker)),
        ("Task", |workload| matches!(workload, Workload::Task)),
        ("core.oam.dev/v1alpha1.SingletonTask", |workload| matches!(workload, Workload::SingletonTask)),
    ] {
        let outcome = container(written, "resources: {}");
        assert!(is_meant(&outcome.component("front").workload.value), "{written}");
    }
}

#[test]
fn workload_types_that_are_not_there_are_refused() {
    container("core.oam.dev/v1alpha1.Sever", "args: []")
        .refuses(&["no workload type", "core.oam.dev/v1alpha1.Server`?"]);
    container("core.oam.dev/v1alpha2.Server", "args: []").refuses(&["no workload type `core.oam.dev/v1alpha2.Server`"]);
    container("openfaas.com/v1alpha2.Function", "args: []").refuses(&["platform's own", "Aliases"]);
}

#[test]
fn aliases_stand_for_workload_types() {
    let declaration = Declaration::with(json!({"Aliases": {"example.com/v1.Web": "Server"}}));
    let spec = SERVER.replace("core.oam.dev/v1alpha1.Server", "example.com/v1.Web");
    let outcome = declaration.texts(&[&schematic(&spec), &configuration(super::INSTANCE)]);
    assert!(matches!(outcome.component("front").workload.value, Workload::Server));
}

#[test]
fn containers_are_read() {
    let outcome = container(
        "Server",
        "cmd: [nginx]
args: [-g, daemon off;]
env:
- { name: LEVEL, value: debug }
- { name: EMPTY, value: '' }
- { name: PORT, value: 8080 }
config:
- { path: etc/app//app.conf, value: a=1 }
ports:
- { name: http, containerPort: 8080 }
- { name: metrics, value: 9000, type: tcp }
- { name: dns, containerPort: 5353, protocol: udp }
imagePullSecret: registry
resources:
  cpu: { required: 0.5 }
  memory: { required: 100MB }",
    );
    let component = outcome.component("front");
    let [main] = component.pod.containers.as_slice() else { panic!("{component:?}") };
    let words = |words: &Option<crate::diagnostic::Located<Vec<Expr<String>>>>| {
        words.as_ref().map(|words| words.value.clone()).unwrap_or_default()
    };
    assert_eq!(words(&main.command), [Expr::from("nginx")]);
    assert_eq!(words(&main.args), [Expr::from("-g"), Expr::from("daemon off;")]);
    let names: Vec<&str> = main.env.iter().map(|variable| variable.name.value.as_str()).collect();
    assert_eq!(names, ["LEVEL", "EMPTY", "PORT"]);
    let file = main.files.get("/etc/app/app.conf").expect("the file");
    assert!(matches!(&file.value, FileContent::Text(text) if *text == Expr::from("a=1")));
    let ports: Vec<_> = main.ports.iter().map(|port| (port.number, port.transport)).collect();
    assert_eq!(ports, [(8080, Transport::Tcp), (9000, Transport::Tcp), (5353, Transport::Udp)]);
    assert_eq!(main.resources.cpu.as_ref().map(|cpu| cpu.value), Some(MilliCpu(500)));
    assert_eq!(main.resources.memory.as_ref().map(|memory| memory.value), Some(Bytes(100_000_000)));
    assert_eq!(main.pull_secret.as_ref().map(|secret| secret.value.clone()), Some(Expr::from("registry")));
    assert_eq!(component.ports.len(), 3);
}

#[test]
fn what_a_container_lacks_is_reported() {
    instance_of("workloadType: Worker\ncontainers:\n- name: main").refuses(&["has no `image`"]);
    instance_of("workloadType: Worker\ncontainers: []").refuses(&["`web` has no containers"]);
    instance_of("workloadType: Worker").refuses(&["`web` has no containers"]);
    instance_of("containers:\n- { name: main, image: nginx }").refuses(&["`workloadType` is missing"]);
    instance_of("workloadType: Worker\ncontainers:\n- { name: a, image: x }\n- { name: a, image: y }")
        .refuses(&["there is a container `a` already"]);
    container("Worker", "env: [{ name: A }]").refuses(&["neither a `value` nor a `fromParam`"]);
    container("Worker", "config: [{ path: /app.conf, value: a }]").refuses(&["would hide all of the image"]);
    container("Worker", "resources: { cpu: {} }").refuses(&["`cpu` does not say how much"]);
    container("Worker", "protocl: TCP").refuses(&["unknown key `protocl`"]);
    instance_of("workloadType: Worker\ncontainers: [{ name: main, image: <your image> }]").refuses(&["is no image"]);
}

#[test]
fn images_beside_the_document_win() {
    let spec = "workloadType: Worker\ncontainers:\n- { name: main, image: old }";
    for name in ["web", "front"] {
        let declaration = Declaration::with(json!({"Images": {name: "new:2"}}));
        let outcome = declaration.texts(&[&schematic(spec), &configuration(super::INSTANCE)]);
        outcome.application();
        let workload = outcome.lowered.as_ref().and_then(|application| application.workloads.get("front"));
        assert_eq!(workload.map(|workload| workload.main.image.value.clone()), Some(Expr::from("new:2")), "{name}");
    }
}

#[test]
fn workers_and_tasks_have_no_ports() {
    let ports = "ports: [{ name: http, containerPort: 80 }]";
    container("SingletonWorker", ports).refuses(&["a worker has no ports"]);
    container("Task", ports).refuses(&["a task has no ports"]);
    container("Server", "args: []").notes(&["the server has no ports"]);
}

#[test]
fn a_port_is_there_once() {
    let ports = |second: &str| format!("ports:\n- {{ name: a, containerPort: 80 }}\n- {second}");
    container("Server", &ports("{ name: b, containerPort: 80 }")).refuses(&["`80` is there already", "remove one"]);
    container("Server", &ports("{ name: b, containerPort: 80, protocol: UDP }")).refuses(&["another protocol"]);
    container("Server", &ports("{ name: a, containerPort: 81 }")).refuses(&["there is a port `a` already"]);
    container("Server", "ports: [{ name: a }]").refuses(&["the port has no number"]);
    instance_of(
        "workloadType: Server
containers:
- { name: a, image: x, ports: [{ name: a, containerPort: 80 }] }
- { name: b, image: y, ports: [{ name: b, containerPort: 80 }] }",
    )
    .refuses(&["another container of the component listens on port 80"]);
}

#[test]
fn probes_ask_one_thing() {
    let outcome = container(
        "Server",
        "ports: [{ name: http, containerPort: 80 }]
livenessProbe:
  httpGet: { path: /ok, port: 80, httpHeaders: [{ name: Host, value: a }] }
  periodSeconds: 12
readinessProbe: { tcpSocket: { port: 80 }, failureThreshold: 5 }",
    );
    let main = outcome.component("front").pod.containers.first().expect("a container");
    let liveness = main.liveness.as_ref().expect("a probe");
    assert!(matches!(&liveness.check, Check::HttpGet { port, headers, .. } if port.value == 80 && headers.len() == 1));
    assert_eq!(liveness.period.as_ref().map(|period| period.value), Some(12));
    assert!(matches!(&main.readiness.as_ref().expect("a probe").check, Check::TcpSocket { port } if port.value == 80));

    container("Worker", "livenessProbe: { periodSeconds: 3 }").refuses(&["the probe asks nothing"]);
    container("Worker", "livenessProbe: { exec: { command: [a] }, tcpSocket: { port: 1 } }")
        .refuses(&["by `exec` already", "`tcpSocket`"]);
    container("Worker", "livenessProbe: { exec: { command: [] } }").refuses(&["nothing is run"]);
    container("Server", "livenessProbe: { httpGet: { path: / } }").refuses(&["the probe has no `port`"]);
}

#[test]
fn resources_that_cannot_be_had_are_refused() {
    container("Worker", "resources: { gpu: { required: 1.0 } }").refuses(&["requires 1 GPUs"]);
    container("Worker", "resources: { gpu: { required: 0.5 } }").refuses(&["no parts of them"]);
    container("Worker", "resources: { extended: [{ name: ext.example.com/v1.Lock, required: '1' }] }")
        .refuses(&["`extended` is not available"]);
    container("Worker", "resources: { gpu: { required: 0 }, extended: [] }").application();
    container("Worker", "resources: { memory: { required: much } }").refuses(&["no amount of memory"]);
}

#[test]
fn volumes_stay_or_go() {
    let volume = |text: &str| container("Worker", &format!("resources: {{ volumes: [{{ name: data, {text} }}] }}"));
    let outcome = volume("mountPath: /data, accessMode: RO, disk: { required: 2G, ephemeral: n }");
    let pod = &outcome.component("front").pod;
    let kept = |outcome: &super::Outcome| match &outcome.component("front").pod.volumes["data"].value {
        Volume::Claim { claim, .. } => Some(claim.clone()),
        _ => None,
    };
    assert_eq!(kept(&outcome).as_deref(), Some("front-data"));
    assert!(pod.containers.iter().all(|container| container.mounts.iter().all(|mount| mount.read_only)));
    outcome.notes(&["disk.required", "the size has no effect"]);
    let shared = volume("mountPath: /data, sharingPolicy: Shared, disk: { required: 2G, ephemeral: false }");
    assert_eq!(kept(&shared).as_deref(), Some("data"));
    for text in ["mountPath: /data", "mountPath: /data, disk: { required: 2G, ephemeral: true }"] {
        assert_eq!(kept(&volume(text)), None, "{text}");
    }
    volume("accessMode: RO").refuses(&["has no `mountPath`"]);
    volume("mountPath: data").refuses(&["no directory that a volume could be mounted at"]);
    volume("mountPath: /data, accessMode: RX").refuses(&["`RX` is none of the choices"]);
}

#[test]
fn one_volume_of_two_containers_is_one() {
    let outcome = instance_of(
        "workloadType: Worker
containers:
- name: a
  image: x
  resources: { volumes: [{ name: data, mountPath: /a, disk: { required: 1G, ephemeral: false } }] }
- name: b
  image: y
  resources: { volumes: [{ name: data, mountPath: /b }] }",
    );
    let pod = &outcome.component("front").pod;
    assert!(matches!(pod.volumes["data"].value, Volume::Claim { .. }));
    assert_eq!(pod.volumes.len(), 1);
}

#[test]
fn platforms_are_those_of_fargate() {
    let arch =
        |text: &str| instance_of(&format!("{text}\nworkloadType: Worker\ncontainers: [{{ name: a, image: x }}]"));
    let processor = arch("osType: linux\narch: arm64").component("front").pod.processor.clone();
    assert_eq!(processor.map(|processor| processor.value), Some(Processor::Arm64));
    arch("arch: i386").refuses(&["ECS runs nothing on `i386`"]);
    arch("osType: windows").refuses(&["`windows` is no operating system"]);
}

#[test]
fn servers_are_reached_by_the_world_unless_something_leads_to_them() {
    let outcome = instance_of(SERVER);
    assert!(outcome.component("front").ports.iter().all(|port| port.reach == Callers::World));
    outcome.notes(&["the world reaches the ports of `front`", "DefaultExposure: internal"]);
    let outcome = instance_of(&SERVER.replace("Server", "SingletonServer"));
    assert!(outcome.component("front").ports.iter().all(|port| port.reach == Callers::Inside));
    let outcome = instance_of(&SERVER.replace("8080", "5432"));
    assert!(outcome.component("front").ports.iter().all(|port| port.reach == Callers::Inside));
    outcome.notes(&["`5432` is the port of PostgreSQL", "DefaultExposure: nlb"]);
    for (said, expected) in [("internal", Callers::Inside), ("nlb", Callers::World)] {
        let declaration = Declaration::with(json!({"DefaultExposure": said}));
        let spec = SERVER.replace("Server", "SingletonServer").replace("8080", "5432");
        let outcome = declaration.texts(&[&schematic(&spec), &configuration(super::INSTANCE)]);
        assert!(outcome.component("front").ports.iter().all(|port| port.reach == expected), "{said}");
    }
}

#[test]
fn a_disk_is_exclusive_where_nothing_is_said() {
    let volume = |rest: &str| {
        let schematic = container(
            "Server",
            &format!(
                "resources: {{ volumes: [{{ name: data, mountPath: /data, disk: {{ required: 1G, ephemeral: false }}{rest} }}] }}"
            ),
        );
        let pod = &schematic.component("front").pod;
        let Some(Volume::Claim { is_shared, .. }) = pod.volumes.get("data").map(|volume| &volume.value) else {
            panic!("a claim");
        };
        is_shared.as_ref().map(|is_shared| is_shared.value)
    };
    assert_eq!(volume(""), Some(false));
    assert_eq!(volume(", sharingPolicy: Shared"), Some(true));
    assert_eq!(volume(", accessMode: RO"), None);
}
