//! Documents of `core.oam.dev/v1alpha1`.

mod configurations;
mod parameters;
mod schematics;
mod scopes;
mod traits;

use super::{Declaration, Outcome};

/// A schematic `web` with this `spec`.
fn schematic(spec: &str) -> String {
    let spec = spec.replace('\n', "\n  ");
    format!("apiVersion: core.oam.dev/v1alpha1\nkind: ComponentSchematic\nmetadata: {{ name: web }}\nspec:\n  {spec}\n")
}

/// A configuration with this `spec`.
fn configuration(spec: &str) -> String {
    let spec = spec.replace('\n', "\n  ");
    format!(
        "apiVersion: core.oam.dev/v1alpha1\nkind: ApplicationConfiguration\nmetadata: {{ name: shop }}\nspec:\n  {spec}\n"
    )
}

const SERVER: &str = "workloadType: core.oam.dev/v1alpha1.Server
containers:
- name: main
  image: nginx:1.27
  ports: [{ name: http, containerPort: 8080 }]";

const INSTANCE: &str = "components:
- componentName: web
  instanceName: front";

/// What comes of a schematic and a configuration, either way round.
fn both(schematic_spec: &str, configuration_spec: &str) -> Outcome {
    Declaration::default().texts(&[&schematic(schematic_spec), &configuration(configuration_spec)])
}

/// What comes of an instance `front` of a schematic with this `spec`.
fn instance_of(spec: &str) -> Outcome {
    both(spec, INSTANCE)
}

/// What comes of a workload of a type with one container, of which this is said besides its name and image.
fn container(kind: &str, attributes: &str) -> Outcome {
    let attributes = attributes.replace('\n', "\n  ");
    instance_of(&format!("workloadType: {kind}\ncontainers:\n- name: main\n  image: nginx:1.27\n  {attributes}"))
}

/// What comes of a server with a trait.
fn with_trait(text: &str) -> Outcome {
    let text = text.replace('\n', "\n  ");
    both(SERVER, &format!("{INSTANCE}\n  traits:\n  {text}"))
}
