//! Policies.

use super::{Outcome, settled};
use serde_json::json;

const SPEC: &str = "components:
- name: web
  type: webservice
  properties: { image: nginx, env: [{ name: MODE, value: test }], cpu: '0.5' }
  traits: [{ type: scaler, properties: { replicas: 1 } }]
- name: work
  type: worker
  properties: { image: busybox }
policies:
- { name: here, type: topology, properties: { clusters: [local] } }
- name: high
  type: override
  properties:
    components:
    - { type: webservice, traits: [{ type: scaler, properties: { replicas: 3 } }] }
- name: large
  type: override
  properties:
    components:
    - { name: 'w*', properties: { memory: 2Gi } }
    - { name: web, traits: [{ type: scaler, disable: true }] }";

fn sizes(outcome: &Outcome) -> Vec<(String, Option<u32>, bool)> {
    let components = outcome.application().components.iter();
    components
        .map(|(name, component)| {
            let replicas = component.replicas.as_ref().and_then(|replicas| replicas.value.known().copied());
            (name.clone(), replicas, component.pod.containers[0].resources.memory.is_some())
        })
        .collect()
}

fn size(name: &str, replicas: Option<u32>, is_large: bool) -> (String, Option<u32>, bool) {
    (name.to_owned(), replicas, is_large)
}

#[test]
fn overrides_are_laid_over_components_before_traits() {
    let all = settled(json!({}), SPEC);
    assert_eq!(sizes(&all), [size("web", None, true), size("work", None, true)]);
    let one = settled(json!({ "Policies": ["high"] }), SPEC);
    assert_eq!(sizes(&one), [size("web", Some(3), false), size("work", None, false)]);
    let none = settled(json!({ "Policies": [] }), SPEC);
    assert_eq!(sizes(&none), [size("web", Some(1), false), size("work", None, false)]);
    let unknown = settled(json!({ "Policies": ["hihg"] }), SPEC);
    assert_eq!(unknown.about("did you mean `high`?").len(), 1, "{:#?}", unknown.told);
}

#[test]
fn the_workflow_says_which_overrides_count() {
    let deploy = |policies: &[&str]| {
        let steps: Vec<String> = policies
            .iter()
            .enumerate()
            .map(|(index, policies)| {
                format!("  - {{ name: s{index}, type: deploy, properties: {{ policies: [{policies}] }} }}")
            })
            .collect();
        settled(json!({}), &format!("{SPEC}\nworkflow:\n  steps:\n{}", steps.join("\n")))
    };
    assert_eq!(sizes(&deploy(&["here"])), [size("web", Some(1), false), size("work", None, false)]);
    assert_eq!(sizes(&deploy(&["here, high"])), [size("web", Some(3), false), size("work", None, false)]);
    let twice = deploy(&["here", "here, high"]);
    assert_eq!(twice.about("`high` counts").len(), 1, "{:#?}", twice.told);
    assert_eq!(sizes(&twice), [size("web", Some(3), false), size("work", None, false)]);
    let different = deploy(&["high", "large"]);
    assert_eq!(different.errors().len(), 1, "{:#?}", different.told);
    assert!(different.errors()[0].contains("choose with `Policies: [large]`"));
}

#[test]
fn an_override_may_add_and_leave_out_components() {
    let spec = "components:
- { name: web, type: webservice, properties: { image: nginx } }
- { name: work, type: worker, properties: { image: busybox } }
policies:
- name: more
  type: override
  properties:
    selector: [web, cache]
    components:
    - { name: cache, type: webservice, properties: { image: redis } }
    - { name: wbe, properties: { image: nginx } }";
    let outcome = settled(json!({}), spec);
    assert_eq!(
        outcome.errors(),
        [
            "error spec.policies[0].properties.components[1].name: the application has no component `wbe`. Fix: did you mean `web`?",
        ]
    );
    assert_eq!(outcome.about("`work` is not deployed").len(), 1);
    let model = outcome.model.expect("an application");
    assert_eq!(model.components.keys().collect::<Vec<_>>(), ["cache", "web"]);
}

#[test]
fn an_environment_is_chosen() {
    let spec = "components:
- { name: web, type: webservice, properties: { image: nginx } }
- { name: work, type: worker, properties: { image: busybox } }
policies:
- name: envs
  type: env-binding
  properties:
    envs:
    - { name: test, selector: { components: [web] } }
    - { name: live, patch: { components: [{ name: web, type: webservice, traits: [{ type: scaler, properties: { replicas: 3 } }] }] } }
workflow:
  steps:
  - { name: t, type: deploy2env, properties: { policy: envs, env: test } }
  - { name: l, type: deploy2env, properties: { policy: envs, env: live } }";
    let open = settled(json!({}), spec);
    assert_eq!(open.about("nothing of `test` and `live` has an effect").len(), 1, "{:#?}", open.told);
    assert_eq!(sizes(&open), [size("web", None, false), size("work", None, false)]);
    assert_eq!(sizes(&settled(json!({ "Policies": "live" }), spec))[0], size("web", Some(3), false));
    assert_eq!(sizes(&settled(json!({ "Policies": "envs/test" }), spec)), [size("web", None, false)]);
}
