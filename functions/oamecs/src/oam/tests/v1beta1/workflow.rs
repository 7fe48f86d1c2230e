//! `dependsOn`, and the steps of a workflow.

use super::{Outcome, application};

const COMPONENTS: &str = "components:
- { name: db, type: webservice, properties: { image: postgres, port: 5432 } }
- { name: api, type: webservice, dependsOn: [db], properties: { image: api } }
- { name: web, type: webservice, properties: { image: web } }
- { name: docs, type: webservice, properties: { image: docs } }";

fn workflow(steps: &str) -> Outcome {
    application(&format!("{COMPONENTS}\nworkflow:\n{steps}"))
}

/// `web < api db`: what starts after what.
fn order(outcome: &Outcome) -> Vec<String> {
    let components = outcome.application().components.iter();
    components
        .map(|(name, component)| {
            let before: Vec<&str> = component.depends_on.keys().map(String::as_str).collect();
            format!("{name} < {}", before.join(" "))
        })
        .collect()
}

#[test]
fn steps_follow_each_other() {
    let outcome = workflow(
        "  steps:
  - { name: a, type: apply-component, properties: { component: db } }
  - { name: wait, type: suspend }
  - name: group
    type: step-group
    subSteps:
    - { name: b, type: apply-component, properties: { component: api } }
    - { name: c, type: apply-component, properties: { component: web } }
  - { name: tell, type: notification, properties: { slack: { url: { value: '<url>' } } } }",
    );
    assert_eq!(outcome.about("the step `suspend` has no effect").len(), 1);
    assert_eq!(outcome.about("the step `notification` has no effect").len(), 1);
    assert_eq!(outcome.about("`docs` is not deployed: no step of the workflow names it").len(), 1);
    assert_eq!(order(&outcome), ["api < db", "db < ", "web < db"]);
}

#[test]
fn a_graph_of_steps_follows_what_they_say() {
    let outcome = workflow(
        "  mode: { steps: DAG }
  steps:
  - { name: last, type: apply-remaining, dependsOn: [one] }
  - { name: one, type: apply-component, properties: { component: web } }",
    );
    assert_eq!(order(&outcome), ["api < db web", "db < web", "docs < web", "web < "]);
}

#[test]
fn a_workflow_that_deploys_nothing_leaves_all() {
    let outcome = workflow("  steps:\n  - { name: x, type: inline-deploy }\n  - { name: y, type: webhook }");
    assert_eq!(outcome.about("no step of the workflow deploys a component").len(), 1, "{:#?}", outcome.told);
    assert_eq!(outcome.about("the step `inline-deploy` has no effect").len(), 1);
    assert_eq!(order(&outcome).len(), 4);
}

#[test]
fn names_that_there_are_not_are_errors() {
    let outcome = workflow(
        "  steps:
  - { name: a, type: apply-component, properties: { component: wbe }, dependsOn: [zzz] }
  - { name: b, type: apply-componet, properties: { component: web } }
  - { name: c, type: deploy, inputs: [{ from: a, parameterKey: b }] }",
    );
    assert_eq!(outcome.errors().len(), 4, "{:#?}", outcome.told);
}

#[test]
fn a_component_does_not_wait_for_itself() {
    let outcome = application(
        "components:
- { name: a, type: worker, dependsOn: [b], properties: { image: x } }
- { name: b, type: worker, dependsOn: [c], properties: { image: x } }
- { name: c, type: worker, dependsOn: [a, other], properties: { image: x } }",
    );
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[2].dependsOn[0]: components wait for each other: `a` → `b` → `c` → `a`. Fix: let one of them start without the next",
            "error spec.components[2].dependsOn[1]: the application has no component `other`. Fix: correct its name, or remove it here",
        ]
    );
}

#[test]
fn objects_that_a_step_applies_are_documents() {
    let outcome = application(
        "components:
- name: web
  type: webservice
  properties:
    image: nginx
    env: [{ name: MODE, valueFrom: { configMapKeyRef: { name: settings, key: mode } } }]
    volumes: [{ name: data, type: pvc, claimName: data, mountPath: /data }]
workflow:
  steps:
  - name: config
    type: apply-object
    properties:
      value: { apiVersion: v1, kind: ConfigMap, metadata: { name: settings }, data: { mode: live } }
  - name: claim
    type: apply-object
    properties:
      value: { apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }
  - { name: all, type: deploy }",
    );
    assert!(outcome.about("is meant to be there already").is_empty(), "{:#?}", outcome.told);
    assert_eq!(order(&outcome), ["web < "]);
    let refused = application(
        "components: [{ name: web, type: webservice, properties: { image: nginx } }]
workflow:
  steps: [{ name: x, type: apply-object, properties: { value: { apiVersion: batch/v1, kind: Job, metadata: { name: j } } } }]",
    );
    assert_eq!(refused.errors().len(), 1, "{:#?}", refused.told);
}
