//! Several documents, and those that they include and extend, as one tree.
//!
//! In: the documents of a declaration. Out: one tree with long forms only, variables replaced, without the services of
//! inactive profiles. As with Compose, each document is made canonical by itself, services get what they extend, what is
//! included is put beside them, and then the later document is laid over the earlier ones.

mod files;
mod layer;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use indexmap::IndexMap;

use super::include::Included;
use super::interpolation::host_paths;
use super::profiles::Inactive;
use super::{Loader, canonical, env_file, merge, paths};
use crate::diagnostic::Origin;
use crate::document::{Document, Form, Kind, Node};
use layer::Section;
pub(super) use layer::{Layer, LayerId, Scope};

/// One tree, and what is not in it.
pub(super) struct Assembled {
    pub(super) node: Node,
    pub(super) inactive: Inactive,
    pub(super) strays: Vec<String>,
}

/// The tree that documents become. `None` where there is nothing to go on with, which is reported.
pub(super) fn assemble(documents: Vec<Document>, loader: &mut Loader<'_, '_, '_>) -> Option<Assembled> {
    let mut assembly = Assembly {
        loader,
        layers: Vec::new(),
        files: BTreeMap::new(),
        canonical: BTreeMap::new(),
        extended: BTreeMap::new(),
        circles: BTreeSet::new(),
        inactive: Inactive::new(),
        is_limit_reported: false,
    };
    let origin = assembly.loader.settings.origin;
    let env_files = assembly.default_env_file(".", origin);
    let defaults = if env_files.is_empty() {
        Rc::default()
    } else {
        env_file::defaults(&env_files, &Rc::default(), assembly.loader)
    };
    let mut ids = Vec::new();
    for Document { node, form } in documents {
        let scope = Scope { defaults: Rc::clone(&defaults), ..Scope::of(form) };
        ids.extend(assembly.add(node, scope, true));
    }
    assembly.select(&ids);
    let node = assembly.build(&ids)?;
    let strays = assembly.layers.iter_mut().flat_map(|layer| std::mem::take(&mut layer.strays)).collect();
    let inactive = std::mem::take(&mut assembly.inactive);
    let scope = Scope { defaults, ..assembly.layers.first()?.scope.clone() };
    assembly.loader.enter(&scope);
    // What CloudFormation may have done to a value is told if any document went through it.
    if ids.iter().any(|id| assembly.layers.get(*id).is_some_and(|layer| layer.scope.form == Form::Map)) {
        assembly.loader.scope.form = Form::Map;
    }
    Some(Assembled { node, inactive, strays })
}

/// The documents on their way into one tree.
pub(super) struct Assembly<'l, 's, 'r, 'd> {
    pub(super) loader: &'l mut Loader<'s, 'r, 'd>,
    pub(super) layers: Vec<Layer>,
    /// The layers of files that are extended, by path and by the layer that names them; none where a file is not there.
    files: BTreeMap<(String, LayerId), Option<Vec<LayerId>>>,
    /// Services in their canonical form, before they get what they extend.
    canonical: BTreeMap<(LayerId, String), Node>,
    /// Services with what they extend.
    pub(super) extended: BTreeMap<(LayerId, String), Node>,
    /// Circles of `extends` that were reported.
    pub(super) circles: BTreeSet<BTreeSet<String>>,
    pub(super) inactive: Inactive,
    is_limit_reported: bool,
}

impl Assembly<'_, '_, '_, '_> {
    /// The layer with this id.
    pub(super) fn layer(&self, id: LayerId) -> Option<&Layer> {
        self.layers.get(id)
    }

    /// The tree of several documents, each laid over those before it.
    fn build(&mut self, ids: &[LayerId]) -> Option<Node> {
        let mut whole: Option<Node> = None;
        for id in ids {
            let Some(tree) = self.tree(*id) else { continue };
            whole = match whole {
                Some(base) => merge::documents(base, tree, self.loader.reader.diagnostics),
                None => merge::settle(tree),
            };
        }
        whole
    }

    /// A document with long forms, with what its services extend and what it includes.
    fn tree(&mut self, id: LayerId) -> Option<Node> {
        let layer = self.layers.get_mut(id)?;
        let faulty = Node::faulty(layer.rest.origin);
        let rest = std::mem::replace(&mut layer.rest, faulty);
        let included = std::mem::take(&mut layer.included);
        let section = layer.section;
        let names: Vec<String> =
            layer.services.keys().filter(|name| !self.inactive.contains_key(*name)).cloned().collect();
        let scope = layer.scope.clone();
        self.loader.enter(&scope);
        let mut rest = self.finished(rest);
        self.prepare(id, &names);
        let mut services = IndexMap::with_capacity(names.len());
        let (extending, plain): (Vec<_>, Vec<_>) =
            names.iter().partition(|name| self.layers.get(id).is_some_and(|layer| layer.extends.contains_key(*name)));
        let mut extended = BTreeMap::new();
        for name in extending {
            if let Some(service) = self.extended(id, name, &mut Vec::new()) {
                extended.insert(name, service);
            }
        }
        for name in plain {
            if let Some(service) = self.canonical.remove(&(id, name.clone())) {
                extended.insert(name, service);
            }
        }
        for name in &names {
            if let Some(service) = extended.remove(name) {
                services.insert(name.clone(), service);
            }
        }
        let Kind::Mapping(top) = &mut rest.kind else { return Some(rest) };
        if let Some(Section { origin, .. }) = section {
            top.insert("services".to_owned(), Node::new(origin, Kind::Mapping(services)));
        }
        for Included { layers } in included {
            if let Some(tree) = self.build(&layers) {
                self.import(top, tree);
            }
        }
        if let Some(Section { origin, tag: Some(tag) }) = section
            && let Some(services) = top.get_mut("services")
        {
            let inner = std::mem::replace(services, Node::faulty(origin));
            *services = Node::new(origin, Kind::Tagged(tag, Box::new(inner)));
        }
        Some(rest)
    }

    /// Makes services of a layer canonical, all at once.
    fn prepare(&mut self, id: LayerId, names: &[String]) {
        let Some(layer) = self.layers.get_mut(id) else { return };
        let mut services = IndexMap::with_capacity(names.len());
        for name in names {
            if let Some(service) = layer.services.get_mut(name) {
                let faulty = Node::faulty(service.origin);
                services.insert(name.clone(), std::mem::replace(service, faulty));
            }
        }
        let Kind::Mapping(top) = self.finished(in_document(services)).kind else { return };
        if let Some(Node { kind: Kind::Mapping(services), .. }) = top.into_values().next() {
            for (name, service) in services {
                self.canonical.insert((id, name), service);
            }
        }
    }

    /// A service of a layer in its canonical form.
    pub(super) fn own(&mut self, id: LayerId, name: &str) -> Option<Node> {
        let key = (id, name.to_owned());
        if !self.canonical.contains_key(&key) {
            let layer = self.layers.get(id)?;
            let scope = layer.scope.clone();
            let service = layer.services.get(name)?.clone();
            let before = self.loader.scope.clone();
            self.loader.enter(&scope);
            let document = self.finished(in_document(IndexMap::from([(name.to_owned(), service)])));
            self.loader.enter(&before);
            let service = document.get("services").and_then(|services| services.get(name))?.clone();
            self.canonical.insert(key.clone(), service);
        }
        self.canonical.get(&key).cloned()
    }

    /// A tree with its variables replaced, long forms only, and paths seen from the directory of the project.
    fn finished(&mut self, mut node: Node) -> Node {
        host_paths::keep(&mut node, &self.loader.variables);
        let node = self.loader.interpolate(node);
        let mut node = canonical::canonical(node, self.loader);
        paths::locate(&mut node, &self.loader.scope.directory);
        node
    }
}

fn in_document(services: IndexMap<String, Node>) -> Node {
    let services = Node::new(Origin::TEMPLATE, Kind::Mapping(services));
    Node::new(Origin::TEMPLATE, Kind::Mapping(IndexMap::from([("services".to_owned(), services)])))
}

impl Loader<'_, '_, '_> {
    /// Goes on in another document.
    pub(super) fn enter(&mut self, scope: &Scope) {
        self.variables.set_defaults(Rc::clone(&scope.defaults));
        self.scope = scope.clone();
    }

    /// Reports a name in an environment whose value would be that of a variable which is not set.
    pub(super) fn report_inherited(&mut self, name: &str, origin: Origin) -> Node {
        let message = format!(
            "`{name}` has no value: Compose would take it from the environment that it runs in, and a template has none"
        );
        let fix = format!("write a value, or give `{name}` under `Variables` of `{}`", self.settings.id);
        self.variables.report_unset(name, &message, &fix, origin, self.reader);
        Node::faulty(origin)
    }
}
