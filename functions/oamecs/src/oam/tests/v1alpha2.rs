//! Documents of v1alpha2.

mod components;
mod objects;
mod refused;
mod workloads;

use serde_json::{Value as Json, json};

use super::{Outcome, component, main, variables, with};

/// Two components as documents: `web`, whose workload is called `web-ui`, and `api`.
const COMPONENTS: &str = r#"
apiVersion: core.oam.dev/v1alpha2
kind: Component
metadata: { name: web, labels: { team: front } }
spec:
  workload:
    apiVersion: core.oam.dev/v1alpha2
    kind: ContainerizedWorkload
    metadata: { name: web-ui, labels: { tier: edge } }
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          env:
            - { name: API, value: "http://localhost" }
            - { name: PORT, value: 8080 }
          ports: [{ name: http, containerPort: 8080 }]
  parameters:
    - { name: image, fieldPaths: [".spec.containers[0].image"] }
    - { name: api, required: true, fieldPaths: ["spec.containers[0].env[0].value"] }
    - { name: port, fieldPaths: ["spec.containers[0].ports[0].containerPort", "spec.containers[0].env[1].value"] }
    - { name: name, fieldPaths: [metadata.name] }
---
apiVersion: core.oam.dev/v1alpha2
kind: Component
metadata: { name: api }
spec:
  workload:
    apiVersion: apps/v1
    kind: Deployment
    spec:
      replicas: 2
      selector: { matchLabels: { app: api } }
      template:
        metadata: { labels: { app: api } }
        spec:
          containers:
            - name: api
              image: api:1
              ports: [{ name: rest, containerPort: 9000 }]
"#;

/// What comes of a configuration of these components, and of other documents.
fn configuration(components: &str, others: &str) -> Outcome {
    settled(json!({}), components, others)
}

/// The same, with other properties of the declaration.
fn settled(properties: Json, components: &str, others: &str) -> Outcome {
    let components = components.trim_end().replace('\n', "\n    ");
    let others = if others.is_empty() { String::new() } else { format!("\n---\n{}", others.trim()) };
    let text = format!(
        "{}\n---\napiVersion: core.oam.dev/v1alpha2\nkind: ApplicationConfiguration\nmetadata: {{ name: shop }}\nspec:\n  components:\n    {components}{others}\n",
        COMPONENTS.trim()
    );
    with(properties, &text)
}

/// What comes of the one component `app` with this workload.
fn workload(text: &str) -> Outcome {
    let text = text.trim().replace('\n', "\n    ");
    with(
        json!({}),
        &format!(
            "apiVersion: core.oam.dev/v1alpha2\nkind: Component\nmetadata: {{ name: app }}\nspec:\n  workload:\n    {text}\n---\napiVersion: core.oam.dev/v1alpha2\nkind: ApplicationConfiguration\nmetadata: {{ name: shop }}\nspec: {{ components: [{{ componentName: app }}] }}\n"
        ),
    )
}

/// What comes of a component with this pod.
fn pod(text: &str) -> Outcome {
    let text = text.trim().replace('\n', "\n    ");
    workload(&format!(
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n    {}",
        text.replace("\n    ", "\n      ").replacen("", "  ", 1)
    ))
}
