//! A document before it is merged with others.
//!
//! In: the tree as written. Out: a [`Layer`], with what its services extend, their profiles and what it includes taken out.

use std::collections::BTreeMap;
use std::rc::Rc;

use indexmap::IndexMap;

use super::super::extends::{self, Extends};
use super::super::include::Included;
use super::super::interpolation::Defaults;
use super::super::outline;
use super::super::profiles::{self, Profiles};
use super::Assembly;
use crate::diagnostic::Origin;
use crate::document::{Form, Kind, Node, Tag};

/// Documents of one declaration, files included: more are no person's.
const LAYER_LIMIT: usize = 100;

/// The position of a [`Layer`] among all.
pub(in super::super) type LayerId = usize;

/// What holds for the values of a document.
#[derive(Clone, Debug)]
pub(in super::super) struct Scope {
    /// How it came into the template.
    pub(in super::super) form: Form,
    /// The directory that its paths are relative to, as a normal path.
    pub(in super::super) directory: String,
    /// The files that led to it, itself the last; none for those of `Document`.
    pub(in super::super) files: Vec<String>,
    /// Its variables beside those of `Variables`.
    pub(in super::super) defaults: Rc<Defaults>,
}

impl Scope {
    /// That of a document in the declaration itself.
    pub(in super::super) fn of(form: Form) -> Self {
        Self { form, directory: ".".to_owned(), files: Vec::new(), defaults: Rc::default() }
    }
}

/// A document before it is merged with others.
#[derive(Debug)]
pub(in super::super) struct Layer {
    pub(super) scope: Scope,
    /// What stands at its top, without what follows.
    pub(super) rest: Node,
    /// Where its services stand.
    pub(super) section: Option<Section>,
    /// Its services as they are written, without `extends` and `profiles`.
    pub(in super::super) services: IndexMap<String, Node>,
    pub(in super::super) extends: BTreeMap<String, Result<Extends, Origin>>,
    pub(in super::super) profiles: BTreeMap<String, Profiles>,
    pub(in super::super) included: Vec<Included>,
    pub(super) strays: Vec<String>,
}

/// The place of `services` in a document, and its tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    pub(super) origin: Origin,
    pub(super) tag: Option<Tag>,
}

impl Assembly<'_, '_, '_, '_> {
    /// Takes a document apart. Only those that are part of the project include others.
    pub(in super::super) fn add(&mut self, mut node: Node, scope: Scope, is_part: bool) -> Option<LayerId> {
        if self.layers.len() >= LAYER_LIMIT {
            if !std::mem::replace(&mut self.is_limit_reported, true) {
                self.loader
                    .reader
                    .diagnostics
                    .error(node.origin, format!("more than {LAYER_LIMIT} documents are merged, included or extended"))
                    .fix("use fewer, and name each of them once");
            }
            return None;
        }
        self.loader.enter(&scope);
        let Kind::Mapping(top) = &mut node.kind else {
            self.loader.reader.shape(&node, "a Compose document, a map with `services`");
            return None;
        };
        // They hold fragments for anchors, whose copies are read where they are used.
        top.retain(|key, _| !key.starts_with("x-") || key.starts_with("x-aws-"));
        let strays = if is_part { outline::repair(&mut node, self.loader.reader.diagnostics) } else { Vec::new() };
        let Kind::Mapping(top) = &mut node.kind else { return None };
        let include = top.shift_remove("include").filter(|_| is_part);
        let (section, mut services) = take_services(top).unzip();
        let services = services.get_or_insert_default();
        let mut extends = BTreeMap::new();
        let mut profiles = BTreeMap::new();
        for (name, service) in services.iter_mut() {
            if let Some(found) = extends::take(service, self.loader) {
                extends.insert(name.clone(), found);
            }
            if let Some(found) = profiles::take(service, self.loader) {
                profiles.insert(name.clone(), found);
            }
        }
        let included = include.map(|include| self.included(include, &scope)).unwrap_or_default();
        let services = std::mem::take(services);
        self.layers.push(Layer { scope, rest: node, section, services, extends, profiles, included, strays });
        Some(self.layers.len() - 1)
    }
}

/// Takes the services out of a document, with the place and the tag of their section. What is no map stays, to be reported.
fn take_services(top: &mut IndexMap<String, Node>) -> Option<(Section, IndexMap<String, Node>)> {
    top.get("services").filter(|services| matches!(services.untagged().kind, Kind::Mapping(_)))?;
    let Node { origin, kind } = top.shift_remove("services")?;
    let (tag, kind) = match kind {
        Kind::Tagged(tag, value) => (Some(tag), value.kind),
        kind => (None, kind),
    };
    match kind {
        Kind::Mapping(services) => Some((Section { origin, tag }, services)),
        _ => None,
    }
}
