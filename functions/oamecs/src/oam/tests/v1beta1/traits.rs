//! Types of traits.

use super::{application, component, main, variables, web, words};
use crate::oam::model::component::Share;
use crate::oam::model::service::Callers;
use crate::oam::model::{Volume, Workload};
use crate::program::environment::Scheme;
use crate::program::reach::Path;
use crate::program::scaling::Measure;

#[test]
fn traits_change_what_is_there_before_them() {
    let web = component(
        web("properties:
  image: shop/web:1
  args: [--port, '8080', --debug]
  env: [{ name: MODE, value: test }, { name: OLD, value: '1' }]
  labels: { team: shop, old: x }
traits:
- { type: sidecar, properties: { name: proxy, image: envoy:1, args: [-c, /etc/envoy.yaml] } }
- type: env
  properties: { env: { MODE: live, NEW: '2' }, unset: [OLD] }
- type: env
  properties: { containers: [{ containerName: proxy, env: { LEVEL: info } }] }
- type: command
  properties: { command: [./web], delArgs: [--debug], addArgs: [--fast] }
- { type: container-image, properties: { containerName: proxy, image: envoy:2 } }
- { type: container-ports, properties: { ports: [{ containerPort: 9090 }] } }
- { type: resource, properties: { cpu: 0.5, memory: 1Gi, limits: { memory: 2Gi } } }
- { type: labels, properties: { team: store, old: null, new: y } }"),
        "web",
    );
    let [own, proxy] = web.pod.containers.as_slice() else { panic!("two containers") };
    assert_eq!(variables(own), ["MODE=live", "NEW=2"]);
    assert_eq!(variables(proxy), ["LEVEL=info"]);
    assert_eq!(words(own.command.as_ref()), ["./web"]);
    assert_eq!(words(own.args.as_ref()), ["--port", "8080", "--fast"]);
    assert_eq!(proxy.image.as_ref().and_then(|image| image.value.known()).map(String::as_str), Some("envoy:2"));
    assert_eq!(own.ports.iter().map(|port| port.number).collect::<Vec<_>>(), [9090]);
    assert_eq!(own.resources.memory.as_ref().map(|memory| memory.value.0), Some(1 << 30));
    assert_eq!(own.resources.memory_limit.as_ref().map(|memory| memory.value.0), Some(2 << 30));
    assert_eq!(web.labels.keys().collect::<Vec<_>>(), ["new", "team"]);
}

#[test]
fn a_container_that_is_not_there_yet_is_not_found() {
    let outcome = web("properties: { image: nginx }
traits:
- { type: env, properties: { containerName: proxi, env: { A: b } } }
- { type: sidecar, properties: { name: proxy, image: envoy } }
- { type: command, properties: { containerName: proxi, args: [a] } }
- { type: command, properties: { args: [a], addArgs: [b] } }
- { type: container-image, properties: { containers: [{ image: nginx }] } }");
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[0].traits[0].properties.containerName: container `proxi` not found: a trait changes what is there before it. Fix: the containers here are `web`",
            "error spec.components[0].traits[2].properties.containerName: container `proxi` not found: a trait changes what is there before it. Fix: did you mean `proxy`?",
            "error spec.components[0].traits[3].properties.args: `args` says all arguments, and `addArgs` and `delArgs` change those that there are. Fix: write `args`, or the other two",
            "error spec.components[0].traits[4].properties.containers[0]: `containerName` is missing: of several containers each must be named. Fix: write the container's name; that of the component's own is the component's name",
        ]
    );
}

#[test]
fn requests_are_led_to_a_component() {
    let web = component(
        web("properties: { image: nginx, port: 8080 }
traits:
- type: gateway
  properties:
    domain: shop.example.net
    secretName: shop-tls
    class: alb
    pathType: Exact
    http: { /: 8080, /api: 9090 }
    annotations:
      alb.ingress.kubernetes.io/scheme: internal
      alb.ingress.kubernetes.io/healthcheck-path: /health
- type: ingress-1-20
  properties: { http: { '/docs/*': 8080 } }"),
        "web",
    );
    let rules: Vec<_> = web
        .rules
        .iter()
        .map(|rule| (rule.path.clone().map(|path| path.value), rule.port.as_ref().map(|port| port.value)))
        .collect();
    assert_eq!(
        rules,
        [
            (Some(Path::Exact("/".to_owned())), Some(8080)),
            (Some(Path::Exact("/api".to_owned())), Some(9090)),
            (Some(Path::Prefix("/docs".to_owned())), Some(8080)),
        ]
    );
    assert_eq!(web.rules[0].reach.scheme.as_ref().map(|scheme| scheme.value), Some(Scheme::Internal));
    assert!(web.rules[0].reach.health.path.is_some() && web.rules[0].tls_secret.is_some());
    assert!(web.rules[2].host.is_none() && web.rules[2].tls_secret.is_none());
    assert_eq!(web.ports.iter().map(|port| port.port).collect::<Vec<_>>(), [8080, 9090]);
}

#[test]
fn what_a_load_balancer_does_not_do_is_an_error() {
    let outcome = web("properties: { image: nginx, port: 80 }
traits:
- type: gateway
  properties:
    domain: shop.example.net
    http: { '/api(/|$)(.*)': 80, '/ok': 80 }
    annotations: { nginx.ingress.kubernetes.io/rewrite-target: /$2, cert-manager.io/cluster-issuer: acme }
- type: gateway
  properties: { existingServiceName: other, http: [{ path: /, port: 80 }] }");
    assert_eq!(outcome.errors().len(), 3, "{:#?}", outcome.told);
    assert_eq!(outcome.about("cert-manager.io/cluster-issuer").len(), 1);
    assert_eq!(outcome.about("`http` is a map from paths to ports").len(), 1);
    let worker = application(
        "components:
- name: work
  type: worker
  properties: { image: busybox }
  traits: [{ type: ingress, properties: { domain: a.example.net, http: { /: 80 } } }]",
    );
    assert_eq!(worker.errors().len(), 1, "{:#?}", worker.told);
}

#[test]
fn ports_are_exposed() {
    let outcome = application(
        "components:
- name: work
  type: worker
  properties: { image: busybox }
  traits:
  - type: expose
    properties: { port: [9000] }
- name: db
  type: statefulset
  properties: { image: postgres, ports: [{ port: 5432 }] }
  traits:
  - type: expose
    properties:
      type: LoadBalancer
      annotations: { service.beta.kubernetes.io/aws-load-balancer-internal: 'true' }
      ports: [{ port: 5432 }]",
    );
    let model = outcome.application();
    let work = model.components.get("work").expect("work");
    assert!(matches!(work.workload.value, Workload::Server));
    assert_eq!(work.ports.iter().map(|port| (port.port, port.reach)).collect::<Vec<_>>(), [(9000, Callers::Inside)]);
    let db = model.components.get("db").expect("db");
    assert_eq!(db.ports.iter().map(|port| (port.port, port.reach)).collect::<Vec<_>>(), [(5432, Callers::Network)]);
}

#[test]
fn replicas_follow_what_there_is_to_do() {
    let scaled = component(
        web("properties: { image: nginx, memory: 1Gi }
traits:
- type: hpa
  properties: { min: 2, max: 8, cpu: { value: 60 }, mem: { type: AverageValue, value: 512Mi } }"),
        "web",
    );
    let scaling = scaled.autoscaling.expect("scaling").value;
    let goals: Vec<_> = scaling.goals.iter().map(|goal| (goal.measure.clone(), goal.target.known().copied())).collect();
    assert_eq!(goals, [(Measure::Processor, Some(60.0)), (Measure::Memory, Some(50.0))]);
    assert_eq!(scaling.maximum.value.known(), Some(&8));

    let outcome = web("properties: { image: nginx }
traits:
- { type: cpuscaler, properties: { cpuPercent: 70 } }
- { type: scaler, properties: { replicas: -1 } }
- type: hpa
  properties: { mem: { type: AverageValue, value: 90 }, podCustomMetrics: [{ name: rps, value: '10' }] }");
    assert_eq!(outcome.about("`cpuPercent` is read as `cpuUtil`").len(), 1);
    assert_eq!(outcome.about("another trait before this one").len(), 1);
    assert_eq!(outcome.errors().len(), 4, "{:#?}", outcome.told);
}

#[test]
fn containers_come_before_and_beside() {
    let web = component(
        web("properties:
  image: nginx
  volumeMounts: { emptyDir: [{ name: logs, mountPath: /var/log/nginx }] }
traits:
- type: init-container
  properties:
    name: fetch
    image: busybox
    cmd: [wget, -O, /pages/index.html, 'http://info.example.net']
    appMountPath: /usr/share/nginx/html
    initMountPath: /drafts
    extraVolumeMounts: [{ name: logs, mountPath: /logs }]
- type: sidecar
  properties: { name: shipper, image: fluentd, volumes: [{ name: logs, path: /logs }] }"),
        "web",
    );
    assert_eq!(web.pod.init_containers.len(), 1);
    assert!(matches!(web.pod.volumes.get("workdir").map(|volume| &volume.value), Some(Volume::Empty { .. })));
    let paths: Vec<_> = main(&web).mounts.iter().map(|mount| mount.path.as_str()).collect();
    assert_eq!(paths, ["/var/log/nginx", "/usr/share/nginx/html"]);
    let init: Vec<_> = web.pod.init_containers[0].mounts.iter().map(|mount| mount.path.as_str()).collect();
    assert_eq!(init, ["/drafts", "/logs"]);
}

#[test]
fn containers_are_secured_and_updated() {
    let web = component(
        web("properties: { image: nginx }
traits:
- type: securitycontext
  properties: { runAsUser: 1000, runAsGroup: 2000, readOnlyRootFilesystem: true, dropCapabilities: [ALL] }
- { type: service-account, properties: { name: 'arn:aws-cn:iam::123456789012:role/shop' } }
- { type: service-binding, properties: { envMappings: { PASSWORD: { secret: database }, USER: { secret: database, key: user } } } }
- type: k8s-update-strategy
  properties: { strategy: { type: RollingUpdate, rollingStrategy: { maxSurge: 50%, maxUnavailable: 1 } } }
- type: startup-probe
  properties: { tcpSocket: { port: '80' }, failureThreshold: 30 }
- { type: lifecycle, properties: { preStop: { exec: { command: [sleep, '15'] } } } }
- { type: rollout, properties: { targetSize: 4, rolloutBatches: [{ replicas: 2 }, { replicas: 2 }] } }"),
        "web",
    );
    let container = main(&web);
    assert_eq!(
        container.security.user.as_ref().and_then(|user| user.value.known()).map(String::as_str),
        Some("1000:2000")
    );
    assert_eq!(variables(container), ["PASSWORD=database:PASSWORD", "USER=database:user"]);
    assert!(web.pod.role.is_some() && container.startup.is_some());
    assert_eq!(web.strategy.max_surge.as_ref().map(|share| share.value), Some(Share::Percent(50)));
    assert_eq!(web.strategy.max_unavailable.as_ref().map(|share| share.value), Some(Share::Count(1)));
    assert_eq!(web.replicas.and_then(|replicas| replicas.value.known().copied()), Some(4));
}

#[test]
fn traits_of_a_cluster_are_refused_or_have_no_effect() {
    let outcome = web("properties: { image: nginx, port: 80 }
traits:
- { type: affinity, properties: { podAffinity: {} } }
- { type: nocalhost, properties: { port: 80 } }
- { type: json-patch, properties: { operations: [] } }
- { type: hostalias, properties: { hostAliases: [] } }
- { type: lifecycle, properties: { preStop: { exec: { command: [./drain] } } } }
- { type: autoscalr }");
    assert_eq!(outcome.about("note spec").len(), 2, "{:#?}", outcome.told);
    assert_eq!(outcome.errors().len(), 4, "{:#?}", outcome.told);
}
