//! [Schematics](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#component-schematics): components of which
//! there are instances.
//!
//! In: `ComponentSchematic` objects. Out: for each instance a [`Component`], with the values that the instance gives.

use std::collections::BTreeMap;

use super::names::{self, twice};
use super::parameters::Parameters;
use super::{tables, workload};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list, list_some, suggestion};
use crate::oam::Loader;
use crate::oam::containers::resources::Claims;
use crate::oam::containers::{self, Owner};
use crate::oam::model::{Component, Labels, Pod};
use crate::oam::object::{self, Metadata, Object};

/// The schematics of the documents, by name.
pub(super) struct Schematics {
    schematics: BTreeMap<String, Schematic>,
}

struct Schematic {
    metadata: Metadata,
    /// The document without its head.
    document: Node,
    /// Whether there is an instance.
    is_used: bool,
}

/// An instance, as the configuration names it.
pub(super) struct Instance<'a> {
    /// Where.
    pub(super) origin: Origin,
    /// `instanceName`.
    pub(super) name: &'a str,
    /// `parameterValues`.
    pub(super) values: Option<Node>,
}

impl Schematics {
    /// The schematics among components.
    pub(super) fn read(objects: Vec<Object>, loader: &mut Loader<'_, '_, '_>) -> Self {
        let mut schematics: BTreeMap<String, Schematic> = BTreeMap::new();
        for object in objects {
            let Object { origin, api_version, kind, metadata, fields } = object;
            if kind.value != "ComponentSchematic" {
                let message = format!(
                    "a `{}` of `{}` is no component of a configuration of `core.oam.dev/v1alpha1`",
                    kind.value, api_version.value
                );
                loader
                    .reader
                    .diagnostics
                    .error(kind.origin, message)
                    .fix("write a `ComponentSchematic`, or a configuration of the same version");
                continue;
            }
            let Some(name) = metadata.name.clone() else {
                loader
                    .reader
                    .diagnostics
                    .error(origin, "the schematic has no name")
                    .fix("write `metadata: { name: … }`, which `componentName` refers to");
                continue;
            };
            if !names::is_name(&name, loader) {
                continue;
            }
            if schematics.contains_key(&name.value) {
                twice(&name, "schematic", loader);
                continue;
            }
            let document = Node::new(origin, Kind::Mapping(fields.rest()));
            schematics.insert(name.value, Schematic { metadata, document, is_used: false });
        }
        Self { schematics }
    }

    /// An instance of the schematic `component`, with the volumes that it keeps in `claims`.
    pub(super) fn instantiate(
        &mut self,
        component: &Located<String>,
        instance: Instance<'_>,
        claims: &mut Claims,
        loader: &mut Loader<'_, '_, '_>,
    ) -> Option<Component> {
        let Some(schematic) = self.schematics.get_mut(&component.value) else {
            self.unknown(component, loader);
            return None;
        };
        let Schematic { metadata, document, is_used } = schematic;
        if !std::mem::replace(is_used, true) {
            object::note_metadata(metadata, loader);
        }
        let labels = metadata.labels.clone();
        let Node { origin, kind } = document.clone();
        let Kind::Mapping(entries) = kind else { return None };
        let what = "a map with `workloadType` and `containers`";
        let fields = object::spec(origin, Fields::new(origin, entries), tables::SCHEMATIC, what, loader)?;
        self::read(fields, component, instance, labels, claims, loader)
    }

    fn unknown(&self, component: &Located<String>, loader: &mut Loader<'_, '_, '_>) {
        let known: Vec<&str> = self.schematics.keys().map(String::as_str).collect();
        let message = format!("there is no component `{}`: no document has its schematic", component.value);
        let near = suggestion(&component.value, known.iter().copied());
        let error = loader.reader.diagnostics.error(component.origin, message);
        match near {
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None if known.is_empty() => error.fix(format!(
                "add the `ComponentSchematic` with `metadata.name: {}` to `Document`, which takes a list",
                component.value
            )),
            None => error.fix(format!("the schematics are {}", list_some(&known))),
        }
    }

    /// Notes schematics that a configuration at `origin` has no instances of. They may be of any type.
    pub(super) fn report_unused(&self, origin: Origin, loader: &mut Loader<'_, '_, '_>) {
        let unused: Vec<&str> =
            self.schematics.iter().filter(|(_, schematic)| !schematic.is_used).map(|(name, _)| name.as_str()).collect();
        if !unused.is_empty() {
            let message =
                format!("these schematics have no effect, as there are no instances of them: {}", list(&unused));
            loader.reader.diagnostics.note(origin, message);
        }
    }
}

/// The instance of a schematic.
fn read(
    mut fields: Fields,
    schematic: &Located<String>,
    instance: Instance<'_>,
    labels: Labels,
    claims: &mut Claims,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Component> {
    let Instance { origin, name, values } = instance;
    let spec = fields.origin;
    let parameters = fields.take("parameters");
    let mut parameters = Parameters::read(&schematic.value, parameters, values, origin, loader);
    let workload = fields.take("workloadType");
    if workload.is_none() {
        loader.reader.diagnostics.error(spec, "`workloadType` is missing").fix(
            "write `workloadType: core.oam.dev/v1alpha1.Server`, `Worker` or `Task`, or one of these as a `Singleton`",
        );
    }
    let workload = workload.and_then(|node| workload::read(&node, loader));
    let processor = containers::platform::read(&mut fields, loader);
    let containers = fields.take("containers");
    // Without a type it is not known what else could be wrong.
    let workload = workload?;
    let mut pod = Pod { processor, ..Pod::default() };
    let mut owner = Owner { instance: name, component: &schematic.value, claims, values: &mut parameters };
    let read = containers::read(containers, spec, &mut owner, &mut pod, loader);
    parameters.report_unused(loader);
    read?;
    let ports = containers::ports::of_component(&workload, &pod, loader);
    Some(Component { ports, labels, ..Component::new(origin, workload, pod) })
}
