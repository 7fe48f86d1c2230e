//! Documents of v1beta1, and of KubeVela.

mod callers;
mod components;
mod policies;
mod replicas;
mod resources;
mod traits;
mod workflow;

use serde_json::{Value as Json, json};

use super::{Outcome, component, documents, main, variables, with};

/// What comes of an application with these components.
fn application(spec: &str) -> Outcome {
    settled(json!({}), spec)
}

/// The same, with other properties of the declaration.
fn settled(properties: Json, spec: &str) -> Outcome {
    let spec = spec.trim_end().replace('\n', "\n  ");
    let text =
        format!("apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {{ name: shop }}\nspec:\n  {spec}\n");
    with(properties, &text)
}

/// What comes of an application with one component `web`, a webservice with these properties and traits.
fn web(rest: &str) -> Outcome {
    let rest = rest.trim_end().replace('\n', "\n  ");
    application(&format!("components:\n- name: web\n  type: webservice\n  {rest}"))
}

/// The words of a command.
fn words(words: Option<&crate::diagnostic::Located<Vec<crate::expression::Expr<String>>>>) -> Vec<String> {
    let words = words.map(|words| words.value.clone()).unwrap_or_default();
    words.into_iter().map(|word| word.known().cloned().unwrap_or_else(|| "…".to_owned())).collect()
}

#[test]
fn an_application_of_v1alpha2_has_settings_and_names_of_traits() {
    let outcome = documents(
        "
apiVersion: core.oam.dev/v1alpha2
kind: Application
metadata: { name: shop }
spec:
  components:
  - name: web
    type: webservice
    settings: { image: nginx, port: 80 }
    traits:
    - name: scaler
      properties: { replicas: 3 }
",
    );
    let web = component(outcome, "web");
    assert_eq!(web.replicas.and_then(|replicas| replicas.value.known().copied()), Some(3));
    assert_eq!(web.ports.len(), 1);
}

#[test]
fn a_vela_yaml_is_an_application() {
    let outcome = documents(
        "
name: shop
services:
  api:
    type: webservice
    image: shop/api:1
    port: 8080
    env:
    - { name: MODE, value: live }
    ingress:
      domain: shop.example.net
      http: { /: 8080 }
    scaler: { replicas: 2 }
  worker:
    type: worker
    image: shop/worker:1
    build: { docker: { file: Dockerfile } }
    cmd: [./work]
",
    );
    assert_eq!(outcome.about("build").len(), 1, "{:#?}", outcome.told);
    let model = outcome.application();
    assert_eq!(model.name.value, "shop");
    let api = model.components.get("api").expect("api");
    assert_eq!(api.rules.len(), 1);
    assert_eq!(variables(main(api)), ["MODE=live"]);
    assert_eq!(api.replicas.as_ref().and_then(|replicas| replicas.value.known().copied()), Some(2));
    assert_eq!(words(main(model.components.get("worker").expect("worker")).command.as_ref()), ["./work"]);
}

#[test]
fn keys_that_there_are_not_are_errors() {
    let outcome = application(
        "components:
- name: web
  type: webservice
  propertis: { image: nginx }
  properties: { image: nginx, prots: [] }
policy: []",
    );
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[0].propertis: unknown key `propertis`. Fix: did you mean `properties`?",
            "error spec.components[0].properties.prots: unknown key `prots`. Fix: did you mean `ports`?",
            "error spec.policy: unknown key `policy`. Fix: did you mean `policies`?",
        ]
    );
}
