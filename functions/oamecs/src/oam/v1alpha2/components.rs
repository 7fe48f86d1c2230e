//! [Components](https://github.com/oam-dev/spec/blob/v0.2.0/4.component.md): workloads of which the configuration makes instances.

use std::collections::BTreeMap;

use super::tables;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list_some, suggestion};
use crate::oam::Loader;
use crate::oam::model::Labels;
use crate::oam::names::{self, twice};
use crate::oam::object::{self, Metadata, Object};

/// The components of the documents, by name.
pub(super) struct Components {
    components: BTreeMap<String, Declared>,
}

struct Declared {
    origin: Origin,
    metadata: Metadata,
    /// The document without its head.
    document: Node,
    /// Whether there is an instance.
    is_used: bool,
}

/// A component as its document has it.
pub(super) struct Component {
    /// Its name.
    pub(super) name: String,
    /// Its labels.
    pub(super) labels: Labels,
    /// `spec`.
    pub(super) spec: Fields,
}

impl Components {
    /// The components among objects.
    pub(super) fn read(objects: Vec<Object>, loader: &mut Loader<'_, '_, '_>) -> Self {
        let mut components: BTreeMap<String, Declared> = BTreeMap::new();
        for object in objects {
            let Object { origin, api_version, kind, metadata, fields } = object;
            if kind.value != "Component" {
                let message = format!(
                    "a `{}` of `{}` is no component of a configuration of `core.oam.dev/v1alpha2`",
                    kind.value, api_version.value
                );
                loader
                    .reader
                    .diagnostics
                    .error(kind.origin, message)
                    .fix("write a `Component`, or a configuration of the same version");
                continue;
            }
            let Some(name) = metadata.name.clone() else {
                loader
                    .reader
                    .diagnostics
                    .error(origin, "the component has no name")
                    .fix("write `metadata: { name: … }`, which `componentName` refers to");
                continue;
            };
            if !names::is_name(&name, loader) {
                continue;
            }
            if components.contains_key(&name.value) {
                twice(&name, "component", loader);
                continue;
            }
            let document = Node::new(origin, Kind::Mapping(fields.rest()));
            components.insert(name.value, Declared { origin: name.origin, metadata, document, is_used: false });
        }
        Self { components }
    }

    /// A component by its name.
    pub(super) fn find(&mut self, name: &Located<String>, loader: &mut Loader<'_, '_, '_>) -> Option<Component> {
        let Some(declared) = self.components.get_mut(&name.value) else {
            self.unknown(name, loader);
            return None;
        };
        let Declared { origin: _, metadata, document, is_used } = declared;
        if !std::mem::replace(is_used, true) {
            object::note_metadata(metadata, loader);
        }
        let labels = metadata.labels.clone();
        let Node { origin, kind } = document.clone();
        let Kind::Mapping(entries) = kind else { return None };
        let fields = Fields::new(origin, entries);
        let spec = object::spec(origin, fields, tables::COMPONENT, "a map with `workload`", loader)?;
        Some(Component { name: name.value.clone(), labels, spec })
    }

    /// The component that a revision is of, which is called `NAME-v1`.
    pub(super) fn of_revision(&self, revision: &Located<String>) -> Located<String> {
        let name = &revision.value;
        let before = name.rsplit_once("-v").filter(|(_, number)| number.chars().all(|digit| digit.is_ascii_digit()));
        match before {
            Some((before, _)) if !self.components.contains_key(name) => {
                Located::new(revision.origin, before.to_owned())
            }
            _ => revision.clone(),
        }
    }

    fn unknown(&self, name: &Located<String>, loader: &mut Loader<'_, '_, '_>) {
        let known: Vec<&str> = self.components.keys().map(String::as_str).collect();
        let message = format!("there is no component `{}` among the documents", name.value);
        let near = suggestion(&name.value, known.iter().copied());
        let error = loader.reader.diagnostics.error(name.origin, message);
        match near {
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None if known.is_empty() => error.fix(format!(
                "add the `Component` with `metadata.name: {}` to `Document`, which takes a list",
                name.value
            )),
            None => error.fix(format!("the components are {}", list_some(&known))),
        }
    }

    /// Notes components without instances.
    pub(super) fn report_unused(&self, loader: &mut Loader<'_, '_, '_>) {
        for (name, component) in &self.components {
            if !component.is_used {
                let message = format!("the component has no effect: the configuration does not name `{name}`");
                loader.reader.diagnostics.note(component.origin, message);
            }
        }
    }
}
