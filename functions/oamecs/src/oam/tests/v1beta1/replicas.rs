//! What holds for replicas: how they are replaced, what they share, how long they may take to start.

use super::{Outcome, web};
use crate::program::Workload;

fn workload(outcome: &Outcome) -> &Workload {
    assert!(outcome.errors().is_empty(), "{:#?}", outcome.told);
    outcome.lowered.as_ref().and_then(|shop| shop.workloads.get("web")).expect("a workload")
}

/// The least and the most percent of the replicas during an update, of a component with a strategy and another trait.
fn percents(rolling: &str, other: &str) -> (Option<u32>, Option<u32>) {
    let outcome = web(&format!(
        "properties: {{ image: nginx, port: 80 }}
traits:
- type: k8s-update-strategy
  properties: {{ strategy: {{ type: RollingUpdate, rollingStrategy: {{ {rolling} }} }} }}{other}"
    ));
    let update = &workload(&outcome).update;
    let value = |percent: &Option<crate::diagnostic::Located<u32>>| percent.as_ref().map(|percent| percent.value);
    (value(&update.minimum_percent), value(&update.maximum_percent))
}

#[test]
fn shares_of_replicas_are_rounded_as_on_kubernetes() {
    let of = |rolling: &str, count: u32| {
        percents(rolling, &format!("\n- {{ type: scaler, properties: {{ replicas: {count} }} }}"))
    };
    assert_eq!(of("maxSurge: 25%, maxUnavailable: 25%", 1), (Some(100), Some(200)));
    assert_eq!(of("maxSurge: 25%, maxUnavailable: 25%", 3), (Some(100), Some(134)));
    assert_eq!(of("maxSurge: 25%, maxUnavailable: 25%", 8), (Some(75), Some(125)));
    assert_eq!(of("maxSurge: 0, maxUnavailable: 25%", 2), (Some(50), Some(100)));
    assert_eq!(of("maxSurge: 1, maxUnavailable: 0", 4), (Some(100), Some(125)));
    assert_eq!(of("maxSurge: 50%", 4), (Some(75), Some(150)));
    let scaled = "\n- { type: cpuscaler, properties: { min: 2, max: 10 } }";
    assert_eq!(percents("maxSurge: 25%, maxUnavailable: 25%", scaled), (Some(80), Some(150)));
    assert_eq!(percents("maxSurge: 1, maxUnavailable: 1", scaled), (Some(90), Some(150)));
}

#[test]
fn a_disk_for_one_replica_is_not_for_several() {
    let stored = |claim: &str, other: &str| {
        web(&format!(
            "properties: {{ image: nginx, port: 80 }}
traits:
- {{ type: storage, properties: {{ pvc: [{{ name: data, mountPath: /data{claim} }}] }} }}
- {other}"
        ))
    };
    let scaler = "{ type: scaler, properties: { replicas: 3 } }";
    for other in [scaler, "{ type: cpuscaler, properties: { max: 3 } }"] {
        for claim in ["", ", accessModes: [ReadWriteOnce]"] {
            let outcome = stored(claim, other);
            assert_eq!(
                outcome.errors(),
                [
                    "error spec.components[0].traits[0].properties.pvc[0]: `data` is to be mounted by one replica at a time, and there may be 3 of `web`, which would all write it. Fix: run one replica; or say that they may share it, by `accessModes: [ReadWriteMany]`, or `sharingPolicy: Shared` in v1alpha1"
                ]
            );
        }
        workload(&stored(", accessModes: [ReadWriteMany]", other));
        workload(&stored(", mountOnly: true", other));
    }
    workload(&stored("", "{ type: scaler, properties: { replicas: 1 } }"));
}

#[test]
fn replicas_of_a_stateful_set_that_scales_have_no_claims() {
    let outcome = super::application(
        "components:
- name: web
  type: statefulset
  properties: { image: nginx, port: 80 }
  traits:
  - { type: storage, properties: { pvc: [{ name: data, mountPath: /data }] } }
  - { type: cpuscaler, properties: { max: 3 } }",
    );
    assert_eq!(outcome.about("each replica of `web` would have").len(), 1, "{:#?}", outcome.told);
}

#[test]
fn a_container_has_the_time_to_start_that_its_probes_give_it() {
    let grace = |probes: &str| {
        let start = "- { type: startup-probe, properties: { httpGet: { path: /, port: 80 }, failureThreshold: 60, periodSeconds: 10 } }";
        let start = if probes.contains("liveness") { start } else { "" };
        let outcome = web(&format!(
            "properties: {{ image: nginx, port: 80{probes} }}
traits:
- {{ type: gateway, properties: {{ http: {{ /: 80 }} }} }}
{start}"
        ));
        let health = &workload(&outcome).exposures.first().expect("an exposure").reach.health;
        health.grace.as_ref().map(|grace| grace.value)
    };
    let readiness = ", readinessProbe: { httpGet: { path: /, port: 80 }, initialDelaySeconds: ";
    assert_eq!(grace(&format!("{readiness}5 }}")), None);
    assert_eq!(grace(&format!("{readiness}400 }}")), Some(400));
    assert_eq!(grace(&format!("{readiness}5 }}, livenessProbe: {{ httpGet: {{ path: /, port: 80 }} }}")), Some(600));
}

#[test]
fn probes_beyond_what_ecs_takes_are_the_nearest_that_it_takes() {
    let outcome = web("properties:
  image: nginx
  livenessProbe: { exec: { command: [x] }, failureThreshold: 20, periodSeconds: 2, timeoutSeconds: 90, initialDelaySeconds: 600 }");
    let probe = workload(&outcome).main.probe.as_ref().expect("a probe");
    let values = [&probe.interval, &probe.timeout, &probe.retries, &probe.start_period];
    let values: Vec<Option<u32>> = values.iter().map(|value| value.as_ref().map(|value| value.value)).collect();
    assert_eq!(values, [Some(5), Some(60), Some(10), Some(300)]);
    assert_eq!(outcome.about(" becomes ").len(), 4, "{:#?}", outcome.told);
}

#[test]
fn no_text_holds_a_secret() {
    let outcome = web("properties:
  image: nginx
  cmd: [web, '--password=$(PASS)', '$$(PASS)']
  env:
  - { name: EARLY, value: '$(PASS)' }
  - { name: PASS, valueFrom: { secretKeyRef: { name: db, key: password } } }
  - { name: URL, value: 'pg://u:$(PASS)@db' }
  - { name: PLAIN, value: '$$(PASS)' }");
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[0].properties.cmd: a command is to hold the secret `PASS`, and ECS replaces no `$(PASS)`: the value is known only in the container. Fix: have the program read the variable `PASS`, or a shell: `sh -c 'exec web --password=\"$PASS\"'`",
            "error spec.components[0].properties.env[2].name: `URL` is to hold the secret `PASS`, and ECS replaces no `$(PASS)`: the value is known only in the container. Fix: keep the whole text of `URL` in a secret, or have the program put it together",
        ]
    );
}

#[test]
fn one_trait_says_how_many_replicas_there_are() {
    let scaled = |one: &str, other: &str| {
        web(&format!("properties: {{ image: nginx, port: 80 }}\ntraits:\n- {{ {one} }}\n- {{ {other} }}"))
    };
    let two = "type: scaler, properties: { replicas: 2 }";
    let outcome = scaled(two, "type: scaler, properties: { replicas: 5 }");
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[0].traits[1].properties.replicas: another trait before this one says how many replicas there are, and not the same. Fix: remove one of the two traits"
        ]
    );
    workload(&scaled(two, two));
    let outcome = scaled("type: hpa, properties: { max: 3 }", "type: cpuscaler, properties: { min: 4, max: 9 }");
    assert_eq!(outcome.errors().len(), 1, "{:#?}", outcome.told);
    // A number beside an autoscaler is the first one only.
    let outcome = scaled(two, "type: cpuscaler, properties: { min: 4, max: 9 }");
    assert_eq!(outcome.about("the number of replicas has no effect").len(), 1, "{:#?}", outcome.told);
    workload(&outcome);
}

#[test]
fn what_sleeps_before_it_stops_has_that_time() {
    let grace = |command: &str| {
        let outcome = web(&format!(
            "properties: {{ image: nginx, port: 80 }}
traits: [{{ type: lifecycle, properties: {{ preStop: {{ exec: {{ command: {command} }} }} }} }}]"
        ));
        assert_eq!(outcome.about("gets `SIGTERM` at once").len(), 1, "{:#?}", outcome.told);
        workload(&outcome).main.stop_grace.as_ref().map(|grace| grace.value)
    };
    assert_eq!(grace("[sleep, '90']"), Some(90));
    assert_eq!(grace("[/bin/sh, -c, sleep 45.5]"), Some(46));
    assert_eq!(grace("[sleep, 5m]"), Some(120));
    assert_eq!(grace("[sleep, '5']"), None);
}

#[test]
fn replicas_of_a_stateful_set_have_no_names() {
    let outcome = super::application(
        "components:
- name: db
  type: statefulset
  properties: { image: postgres, port: 5432 }
- name: work
  type: worker
  properties: { image: busybox, env: [{ name: FIRST, value: 'pg://db-0.db:5432' }, { name: ALL, value: 'db:5432' }, { name: OTHER, value: 'my-db-0.db' }] }",
    );
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[1].properties.env[0].name: `db-0` is not available on ECS: a replica of `db` has no name of its own. Fix: write `db`, which leads to all of its replicas, or a component for each"
        ]
    );
}

#[test]
fn nodes_of_an_architecture_are_its_processors() {
    let outcome = web("properties: { image: nginx, port: 80 }
traits:
- type: affinity
  properties:
    nodeAffinity:
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/arch, operator: In, values: [arm64] }] }] }");
    let said = workload(&outcome).platform.cpu_architecture.as_ref().map(|said| said.value);
    assert_eq!(said, Some(crate::program::platform::Processor::Arm64));
    assert!(outcome.about("affinity").is_empty(), "{:#?}", outcome.told);
    let outcome = web("properties: { image: nginx, port: 80 }
traits: [{ type: affinity, properties: { podAffinity: {} } }]");
    assert_eq!(outcome.about("affinity has no effect").len(), 1, "{:#?}", outcome.told);
}

#[test]
fn a_component_that_nobody_can_call_is_noted() {
    let outcome = web("properties: { image: nginx, ports: [] }");
    assert_eq!(outcome.about("the component has no ports").len(), 1, "{:#?}", outcome.told);
}

#[test]
fn parameters_stand_in_no_text() {
    let outcome = web("properties: { image: '[fromParam(image)]', port: 80 }");
    assert_eq!(outcome.about("`[fromParam(…)]` is no value").len(), 1, "{:#?}", outcome.told);
    assert_eq!(outcome.errors().len(), 1, "{:#?}", outcome.told);
}

#[test]
fn a_database_that_the_world_reaches_is_told() {
    let outcome = web("properties: { image: mysql, ports: [{ port: 3306, expose: true }], exposeType: LoadBalancer }");
    assert_eq!(outcome.about("the world reaches port 3306, which is that of MySQL").len(), 1, "{:#?}", outcome.told);
    workload(&outcome);
}

#[test]
fn components_that_wait_for_each_other_are_told_once() {
    let outcome = super::application(
        "components:
- { name: a, type: worker, dependsOn: [b], properties: { image: x } }
- { name: b, type: worker, dependsOn: [a], properties: { image: x } }",
    );
    assert_eq!(outcome.errors().len(), 1, "{:#?}", outcome.told);
    let application = outcome.lowered.as_ref().expect("an application");
    assert_eq!(application.workloads.values().map(|workload| workload.after.len()).sum::<usize>(), 1);
}

#[test]
fn a_task_has_ten_copies_at_most() {
    let copies = |count: u32| {
        super::application(&format!(
            "components: [{{ name: web, type: task, properties: {{ image: x, count: {count} }} }}]"
        ))
    };
    workload(&copies(10));
    assert_eq!(copies(11).about("ECS starts at most 10 tasks").len(), 1);
}
