//! Types of components.

use super::{application, component, main, settled, variables, web, words};
use crate::oam::model::service::Callers;
use crate::oam::model::{Volume, Workload};
use crate::program::exposure::Transport;
use serde_json::json;

#[test]
fn a_webservice_has_what_its_properties_say() {
    let web = component(
        web("properties:
  image: shop/web:1
  cmd: [node]
  args: [server.js]
  cpu: 500m
  memory: 256Mi
  limit: { memory: 512Mi }
  imagePullSecrets: [registry]
  labels: { team: shop }
  env:
  - { name: PORT, value: 8080 }
  - { name: EMPTY }
  - name: PASSWORD
    valueFrom: { secretKeyRef: { name: database, key: password } }
  exposeType: LoadBalancer
  ports:
  - { port: 80, containerPort: 8080, name: http, expose: true }
  - { port: 9090 }
  - { port: 53, protocol: UDP }
  readinessProbe: { httpGet: { path: /ready, port: 8080 }, periodSeconds: 5 }"),
        "web",
    );
    assert!(matches!(web.workload.value, Workload::Server));
    let container = main(&web);
    assert_eq!(words(container.command.as_ref()), ["node"]);
    assert_eq!(words(container.args.as_ref()), ["server.js"]);
    assert_eq!(variables(container), ["PORT=8080", "EMPTY=", "PASSWORD=database:password"]);
    assert_eq!(container.resources.cpu.as_ref().map(|cpu| cpu.value.0), Some(500));
    assert_eq!(container.resources.memory.as_ref().map(|memory| memory.value.0), Some(256 << 20));
    assert_eq!(container.resources.memory_limit.as_ref().map(|memory| memory.value.0), Some(512 << 20));
    assert!(container.pull_secret.is_some() && container.readiness.is_some());
    let listening: Vec<_> = container.ports.iter().map(|port| (port.number, port.transport)).collect();
    assert_eq!(listening, [(8080, Transport::Tcp), (9090, Transport::Tcp), (53, Transport::Udp)]);
    let called: Vec<_> = web.ports.iter().map(|port| (port.port, port.target, port.reach)).collect();
    assert_eq!(called, [(80, 8080, Callers::World), (9090, 9090, Callers::Inside), (53, 53, Callers::Inside)]);
    assert!(web.labels.contains_key("team"));
}

#[test]
fn ports_that_nobody_can_have_are_told() {
    let outcome = web("properties:
  image: nginx
  port: 80
  exposeType: NodePort
  ports:
  - { port: 8000, protocol: SCTP }
  - { port: 70000 }
  - { name: http }");
    assert_eq!(outcome.errors().len(), 3, "{:#?}", outcome.told);
    assert_eq!(outcome.about("`port` has no effect").len(), 1);
    assert_eq!(outcome.about("`NodePort` is taken for `ClusterIP`").len(), 1);
}

#[test]
fn a_worker_is_called_by_nobody() {
    let outcome = application(
        "components:
- name: work
  type: worker
  properties: { image: busybox, port: 80 }",
    );
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[0].properties.port: `port` is not available on ECS: nobody calls a component of this type. Fix: make it a component of the type `webservice`",
        ]
    );
}

#[test]
fn a_task_runs_to_its_end_so_many_times_at_once() {
    let outcome = application(
        "components:
- name: migrate
  type: task
  properties: { image: shop/migrate:1, count: 3, restart: OnFailure, cmd: [./migrate] }",
    );
    let migrate = component(outcome, "migrate");
    assert!(matches!(migrate.workload.value, Workload::Task));
    assert_eq!(migrate.replicas.and_then(|replicas| replicas.value.known().copied()), Some(3));
    assert_eq!(migrate.pod.retries.map(|retries| retries.value), Some(6));
}

#[test]
fn a_cron_task_runs_at_times() {
    for (schedule, zone, expected, further, expected_zone) in [
        ("0 3 * * *", "", "cron(0 3 * * ? *)", None, None),
        ("0 3 1 * MON", "", "cron(0 3 1 * ? *)", Some("cron(0 3 ? * MON *)"), None),
        ("@daily", "", "cron(0 0 * * ? *)", None, None),
        ("CRON_TZ=Europe/Berlin 0 8 * * 1-5", "", "cron(0 8 ? * MON-FRI *)", None, Some("Europe/Berlin")),
        ("0 8 * * *", ", timeZone: Asia/Tokyo", "cron(0 8 * * ? *)", None, Some("Asia/Tokyo")),
        ("rate(5 minutes)", "", "rate(5 minutes)", None, None),
    ] {
        let outcome = application(&format!(
            "components:
- name: report
  type: cron-task
  properties: {{ image: shop/report:1, schedule: '{schedule}', suspend: true, concurrencyPolicy: Allow{zone} }}"
        ));
        let Workload::CronTask(task) = component(outcome, "report").workload.value else { panic!("{schedule}") };
        let times = task.schedule.value;
        assert_eq!(times.expression.known().map(String::as_str), Some(expected), "{schedule}");
        assert_eq!(times.further.as_ref().and_then(|further| further.known()).map(String::as_str), further);
        let zone = times.time_zone.as_ref().and_then(|zone| zone.value.known()).map(String::as_str);
        assert_eq!(zone, expected_zone, "{schedule}");
        assert!(!times.enabled);
    }
}

#[test]
fn what_a_schedule_does_not_do_is_told() {
    let outcome = application(
        "components:
- name: report
  type: cron-task
  properties:
    image: shop/report:1
    schedule: '61 * * * *'
    concurrencyPolicy: Forbid
    backoffLimit: 2
    successfulJobsHistoryLimit: 1",
    );
    assert_eq!(outcome.errors().len(), 1, "{:#?}", outcome.told);
    assert_eq!(outcome.about("`concurrencyPolicy` has no effect").len(), 1);
    assert_eq!(outcome.about("`backoffLimit` has no effect").len(), 1);
    assert_eq!(outcome.about("`successfulJobsHistoryLimit` has no effect").len(), 1);
}

#[test]
fn a_daemon_needs_machines() {
    let spec = "components:
- name: agent
  type: daemon
  properties:
    image: shop/agent:1
    volumeMounts:
      hostPath: [{ name: log, path: /var/log, mountPath: /log }]";
    let refused = application(spec);
    assert_eq!(refused.errors().len(), 1, "{:#?}", refused.told);
    assert!(refused.errors()[0].contains("the component `daemon` is not available on Fargate"));
    let instances = json!({ "Workloads": { "agent": { "Capacity": "EC2" } } });
    let agent = component(settled(instances, spec), "agent");
    assert!(matches!(agent.workload.value, Workload::Daemon));
    assert!(
        matches!(agent.pod.volumes.get("log").map(|volume| &volume.value), Some(Volume::Host(path)) if path == "/var/log")
    );
}

#[test]
fn types_of_a_platform_have_aliases() {
    let spec = "components:
- name: web
  type: vela-system/enhanced-webservice@v2
  properties: { image: nginx }
  traits:
  - { type: our-scaler, properties: { replicas: 2 } }
  - { type: our-monitor, properties: { path: /metrics } }";
    let refused = application(spec);
    assert_eq!(refused.errors().len(), 1, "{:#?}", refused.told);
    let properties = json!({
        "Aliases": { "enhanced-webservice": "webservice", "our-scaler": "scaler" },
        "IgnoreTraits": ["our-monitor"],
    });
    let outcome = settled(properties, spec);
    assert_eq!(outcome.about("our-monitor").len(), 1);
    let web = component(outcome, "web");
    assert_eq!(web.replicas.and_then(|replicas| replicas.value.known().copied()), Some(2));
}

#[test]
fn an_image_comes_from_the_document_or_from_beside_it() {
    let missing = web("properties: { port: 80 }");
    assert_eq!(
        missing.errors(),
        ["error spec.components[0].properties: `image` is missing. Fix: write `image: nginx:1.27`",]
    );
    let placeholder = web("properties: { image: '<your-image>' }");
    assert!(placeholder.errors()[0].contains("`<your-image>` is no image"));
    let given = settled(
        json!({ "Images": { "web": "nginx:1.27" } }),
        "components: [{ name: web, type: webservice, properties: { port: 80 } }]",
    );
    assert!(given.errors().is_empty(), "{:#?}", given.told);
}

#[test]
fn components_of_controllers_are_refused() {
    let outcome = application(
        "components:
- { name: redis, type: helm, properties: { repoType: helm, chart: redis } }
- { name: bucket, type: alibaba-oss, properties: { name: b } }",
    );
    assert_eq!(outcome.errors().len(), 2, "{:#?}", outcome.told);
    assert!(outcome.errors()[0].contains("the component `helm` is not available on ECS"));
    assert!(outcome.errors()[1].contains("there is no component of the type `alibaba-oss`"));
}

#[test]
fn a_probe_asks_in_one_way() {
    let outcome = web("properties:
  image: nginx
  livenessProbe: { periodSeconds: 5 }
  readinessProbe: { exec: { command: [true] }, tcpSocket: { port: 80 } }");
    assert_eq!(outcome.errors().len(), 2, "{:#?}", outcome.told);
}

#[test]
fn what_is_said_of_nothing_is_told() {
    let outcome = settled(
        json!({ "Images": { "wbe": "nginx:1.27" }, "Volumes": { "dta": "fs-0123456789abcdef0" } }),
        "components:
- name: web
  type: webservice
  properties: { image: nginx, volumes: [{ name: data, type: pvc, claimName: data, mountPath: /data }] }",
    );
    assert_eq!(
        outcome.about("no component `wbe` is deployed. Fix: did you mean `web`?").len(),
        1,
        "{:#?}",
        outcome.told
    );
    assert_eq!(outcome.about("nothing mounts a claim `dta`. Fix: did you mean `data`?").len(), 1);
}
