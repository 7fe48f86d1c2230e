//! What is refused, and what the author is told to do about it.

use super::*;

/// The first error of an outcome, without its place.
fn refusal(outcome: &Outcome) -> String {
    let errors = outcome.errors();
    let first = errors.first().unwrap_or_else(|| panic!("{:#?}", outcome.told));
    first.split_once(": ").map_or(*first, |(_, text)| text).to_owned()
}

#[test]
fn what_is_not_on_ecs_is_refused_in_pods() {
    let container = "containers:\n- name: app\n  image: app:1\n  ";
    let cases = [
        (
            "hostNetwork: true\ncontainers: [{ name: app, image: 'app:1' }]".to_owned(),
            "`hostNetwork` is not available on ECS",
        ),
        (
            format!("{container}resources: {{ limits: {{ amazon.com/neuron: 1 }} }}"),
            "`amazon.com/neuron` is not available on ECS",
        ),
        (
            format!("{container}env: [{{ name: IP, valueFrom: {{ fieldRef: {{ fieldPath: status.podIP }} }} }}]"),
            "`fieldRef` is not available on ECS",
        ),
        (format!("{container}envFrom: [{{ secretRef: {{ name: db }} }}]"), "which keys `db` has is not known"),
        (format!("{container}volumeMounts: [{{ name: data, mountPath: data }}]"), "`data` is no absolute path"),
        (
            "volumes: [{ name: x, nfs: { server: a, path: / } }]\ncontainers: [{ name: app, image: 'app:1' }]"
                .to_owned(),
            "`nfs` is not available on ECS",
        ),
        (
            format!("{container}lifecycle: {{ preStop: {{ httpGet: {{ port: 80 }} }} }}"),
            "`preStop` with `httpGet` is not available",
        ),
        (
            format!("{container}imgePullPolicy: Always"),
            "unknown key `imgePullPolicy`. Fix: did you mean `imagePullPolicy`?",
        ),
        ("containers: []".to_owned(), "`app` has no containers"),
        (
            "restartPolicy: Never\ncontainers: [{ name: app, image: 'app:1' }]".to_owned(),
            "a `Deployment` is there for good",
        ),
        ("containers: [{ name: app }]".to_owned(), "`image` is missing"),
    ];
    for (text, expected) in cases {
        let outcome = pod(&text);
        let refusal = refusal(&outcome);
        assert!(refusal.starts_with(expected), "{text}: {:#?}", outcome.told);
    }
}

#[test]
fn what_is_not_on_ecs_is_refused_in_configurations() {
    let cases = [
        ("- componentName: apy", "there is no component `apy` among the documents. Fix: did you mean `api`?"),
        ("- { componentName: api, dataInputs: [{ toFieldPaths: [x] }] }", "`dataInputs` is not available on ECS"),
        (
            "- { componentName: api, traits: [{ trait: { apiVersion: a.b/v1, kind: Canary } }] }",
            "there is no trait of the type `Canary`",
        ),
        (
            "- { componentName: api, traits: [{ trait: { apiVersion: serving.knative.dev/v1, kind: Service } }] }",
            "the trait `Service` of `serving.knative.dev/v1` is another platform's own",
        ),
        (
            "- { componentName: api, traits: [{ trait: { apiVersion: v1, kind: Service, spec: { ports: [{ port: 80, targetPort: grpc }] } } }] }",
            "no container of `api` has a port called `grpc`",
        ),
        (
            "- { componentName: api, traits: [{ trait: { apiVersion: v1, kind: Service, spec: { type: ExternalName, externalName: a.b, ports: [{ port: 80 }] } } }] }",
            "`ExternalName` is not available on ECS",
        ),
        (
            "- { componentName: api, traits: [{ trait: { apiVersion: networking.k8s.io/v1, kind: Ingress, spec: { defaultBackend: { service: { name: app, port: { number: 80 } } } } } }] }",
            "no component is called `app`. Fix: did you mean `api`?",
        ),
        (
            "- { componentName: api, scopes: [{ scopeRef: { kind: NetworkScope, name: lan } }] }",
            "nothing is known of the scope `lan`",
        ),
    ];
    for (text, expected) in cases {
        let outcome = configuration(text, "");
        let refusal = refusal(&outcome);
        assert!(refusal.starts_with(expected), "{text}: {:#?}", outcome.told);
    }
}

#[test]
fn workloads_of_other_platforms_are_refused() {
    let cases = [
        ("apiVersion: caches.example.com/v1\nkind: Redis\nspec: {}", "there is no workload of the type `Redis`"),
        (
            "apiVersion: apps.openshift.io/v1\nkind: DeploymentConfig\nspec: {}",
            "there is no workload of the type `DeploymentConfig`",
        ),
        (
            "apiVersion: tekton.dev/v1\nkind: Job\nspec: {}",
            "the workload `Job` of `tekton.dev/v1` is another platform's own",
        ),
        (
            "apiVersion: apps/v1\nkind: DaemonSet\nspec: { template: {} }",
            "the workload `DaemonSet` is not available on Fargate",
        ),
        ("spec: {}", "the workload does not say what it is"),
        ("apiVersion: apps/v1\nkind: Deployment", "the workload does not say what runs"),
        (
            "apiVersion: batch/v1\nkind: Job\nspec: { completionMode: Indexed, template: { spec: { containers: [{ name: a, image: 'a:1' }] } } }",
            "`Indexed` is not available on ECS",
        ),
    ];
    for (text, expected) in cases {
        let outcome = workload(text);
        let refusal = refusal(&outcome);
        assert!(refusal.starts_with(expected), "{text}: {:#?}", outcome.told);
    }
}
