//! Several documents, and those that they include and extend, as one tree.
//!
//! In: the documents of a declaration. Out: one tree with long forms only, variables replaced, without the services of
//! inactive profiles. As with Compose, each document is made canonical by itself, services get what they extend, what is
//! included is put beside them, and then the later document is laid over the earlier ones.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use indexmap::IndexMap;

use super::extends::{self, Extends};
use super::include::{Included, is_remote};
use super::interpolation::{Defaults, host_paths};
use super::profiles::{self, Inactive, Profiles};
use super::{Loader, canonical, env_file, merge, outline, paths};
use crate::diagnostic::{Located, Origin};
use crate::document::{Document, Form, Kind, Node, Source, Tag, from_yaml, suggestion};
use crate::expression::Expr;
use crate::settings::{Content, files};

/// Documents of one declaration, files included: more are no person's.
const LAYER_LIMIT: usize = 100;

/// The position of a [`Layer`] among all.
pub(super) type LayerId = usize;

/// What holds for the values of a document.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// How it came into the template.
    pub(super) form: Form,
    /// The directory that its paths are relative to, as a normal path.
    pub(super) directory: String,
    /// The files that led to it, itself the last; none for those of `Document`.
    pub(super) files: Vec<String>,
    /// Its variables beside those of `Variables`.
    pub(super) defaults: Rc<Defaults>,
}

impl Scope {
    /// That of a document in the declaration itself.
    pub(super) fn of(form: Form) -> Self {
        Self { form, directory: ".".to_owned(), files: Vec::new(), defaults: Rc::default() }
    }
}

/// A document before it is merged with others.
#[derive(Debug)]
pub(super) struct Layer {
    scope: Scope,
    /// What stands at its top, without what follows.
    rest: Node,
    /// The place of `services`, and its tag.
    section: Option<(Origin, Option<Tag>)>,
    /// Its services as they are written, without `extends` and `profiles`.
    pub(super) services: IndexMap<String, Node>,
    pub(super) extends: BTreeMap<String, Result<Extends, Origin>>,
    profiles: BTreeMap<String, Profiles>,
    included: Vec<Included>,
    strays: Vec<String>,
}

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
    inactive: Inactive,
    is_limit_reported: bool,
}

impl Assembly<'_, '_, '_, '_> {
    /// The layer with this id.
    pub(super) fn layer(&self, id: LayerId) -> Option<&Layer> {
        self.layers.get(id)
    }

    /// Takes a document apart. Only those that are part of the project include others.
    pub(super) fn add(&mut self, mut node: Node, scope: Scope, is_part: bool) -> Option<LayerId> {
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
        let (section, mut services) = take_services(top);
        let mut extends = BTreeMap::new();
        let mut profiles = BTreeMap::new();
        for (name, service) in &mut services {
            if let Some(found) = extends::take(service, self.loader) {
                extends.insert(name.clone(), found);
            }
            if let Some(found) = profiles::take(service, self.loader) {
                profiles.insert(name.clone(), found);
            }
        }
        let included = include.map(|include| self.included(include, &scope)).unwrap_or_default();
        self.layers.push(Layer { scope, rest: node, section, services, extends, profiles, included, strays });
        Some(self.layers.len() - 1)
    }

    /// The documents of a file under `Files`. `None` where it is not there, which is reported.
    pub(super) fn documents(&mut self, path: &Located<String>) -> Option<Vec<(Node, Form)>> {
        let Some(entry) = self.loader.settings.files.get(&path.value) else {
            self.loader.report_missing(path, "services: …");
            return None;
        };
        let text = match &entry.content {
            Content::Map(entries) => {
                return Some(vec![(Node::new(entry.origin, Kind::Mapping(entries.clone())), Form::Map)]);
            }
            Content::Text(Expr::Known(text)) => text.clone(),
            Content::Text(Expr::Deferred(deferred)) => self.loader.reader.resolve(entry.origin, deferred)?,
        };
        let source = Source { origin: entry.origin };
        let nodes = from_yaml(&text, source, self.loader.origins, self.loader.reader.diagnostics);
        Some(nodes.into_iter().map(|node| (node, Form::Text)).collect())
    }

    /// The layers of a file that a service of `layer` extends. `None` where it is not there, which is reported once.
    pub(super) fn file(&mut self, layer: LayerId, file: &Located<String>) -> Option<Vec<LayerId>> {
        let scope = self.layers.get(layer)?.scope.clone();
        let path = if is_remote(&file.value) { file.value.clone() } else { files::join(&scope.directory, &file.value) };
        let name = files::normal(&path);
        if scope.files.last() == Some(&name) {
            return Some(vec![layer]);
        }
        let key = (name.clone(), layer);
        if let Some(known) = self.files.get(&key) {
            return known.clone();
        }
        let documents = self.documents(&Located::new(file.origin, path));
        let layers = documents.map(|documents| {
            let mut inner = Scope { directory: files::directory(&name), ..scope };
            inner.files.push(name);
            let each = documents.into_iter();
            each.filter_map(|(node, form)| self.add(node, Scope { form, ..inner.clone() }, false)).collect()
        });
        self.files.insert(key, layers.clone());
        layers
    }

    /// Finds the services whose profiles are not active.
    fn select(&mut self, ids: &[LayerId]) {
        let mut names = BTreeSet::new();
        self.collect_names(ids, &mut names);
        let is_bare = |layer: &Layer| layer.profiles.is_empty() && layer.extends.is_empty();
        if self.layers.iter().all(is_bare) {
            return;
        }
        let mut active: Option<BTreeSet<String>> = None;
        for name in names {
            let Some(found) = self.profiles(ids, &name).filter(|found| !found.names.is_empty()) else { continue };
            let active = active.get_or_insert_with(|| profiles::active(found.origin, self.loader));
            if let Some(names) = profiles::inactive(&name, &found, active, self.loader.reader.diagnostics) {
                self.inactive.insert(name, names);
            }
        }
    }

    fn collect_names(&self, ids: &[LayerId], names: &mut BTreeSet<String>) {
        for layer in ids.iter().filter_map(|id| self.layers.get(*id)) {
            names.extend(layer.services.keys().cloned());
            for included in &layer.included {
                self.collect_names(&included.layers, names);
            }
        }
    }

    /// The profiles of a service over all documents.
    fn profiles(&mut self, ids: &[LayerId], name: &str) -> Option<Profiles> {
        let mut found: Option<Profiles> = None;
        for id in ids {
            let layer = self.layers.get(*id)?;
            let included: Vec<_> = layer.included.iter().map(|included| included.layers.clone()).collect();
            let tag = layer.services.get(name).map(|service| match service.kind {
                Kind::Tagged(tag, _) => Some(tag),
                _ => None,
            });
            for layers in included {
                found = Profiles::merged(found, self.profiles(&layers, name));
            }
            if let Some(tag) = tag {
                let own = self.profiles_of(*id, name, &mut Vec::new());
                found = if tag.is_some() { own } else { Profiles::merged(found, own) };
            }
        }
        found
    }

    /// The profiles of a service in one document, with those of what it extends.
    fn profiles_of(&mut self, id: LayerId, name: &str, trail: &mut Vec<(LayerId, String)>) -> Option<Profiles> {
        let step = (id, name.to_owned());
        if trail.contains(&step) {
            return None;
        }
        let layer = self.layers.get(id)?;
        let own = layer.profiles.get(name).cloned();
        let Some(Ok(extends)) = layer.extends.get(name).cloned() else { return own };
        trail.push(step);
        let mut found = None;
        for base in self.bases(id, &extends) {
            found = Profiles::merged(found, self.profiles_of(base, &extends.service.value, trail));
        }
        trail.pop();
        Profiles::merged(found, own)
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
        if let Some((origin, _)) = section {
            top.insert("services".to_owned(), Node::new(origin, Kind::Mapping(services)));
        }
        for Included { layers } in included {
            if let Some(tree) = self.build(&layers) {
                self.import(top, tree);
            }
        }
        if let Some((origin, Some(tag))) = section
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

/// Takes the services out of a document, with the place and the tag of their section. What is no map stays, to be reported.
fn take_services(top: &mut IndexMap<String, Node>) -> (Option<(Origin, Option<Tag>)>, IndexMap<String, Node>) {
    let is_map = |node: &Node| matches!(node.untagged().kind, Kind::Mapping(_));
    if !top.get("services").is_some_and(is_map) {
        return (None, IndexMap::new());
    }
    let Some(Node { origin, kind }) = top.shift_remove("services") else { return (None, IndexMap::new()) };
    match kind {
        Kind::Mapping(services) => (Some((origin, None)), services),
        Kind::Tagged(tag, inner) => match inner.kind {
            Kind::Mapping(services) => (Some((origin, Some(tag))), services),
            _ => (None, IndexMap::new()),
        },
        _ => (None, IndexMap::new()),
    }
}

impl Loader<'_, '_, '_> {
    /// Goes on in another document.
    pub(super) fn enter(&mut self, scope: &Scope) {
        self.variables.set_defaults(Rc::clone(&scope.defaults));
        self.scope = scope.clone();
    }

    /// Reports a file that is not under `Files`; `content` is how what is in it could start.
    pub(super) fn report_missing(&mut self, path: &Located<String>, content: &str) {
        if !self.settings.is_complete {
            return;
        }
        let id = self.settings.id;
        let text = &path.value;
        if is_remote(text) {
            self.reader
                .diagnostics
                .error(path.origin, format!("`{text}` is not fetched: a template is expanded without a network"))
                .fix(format!("give its content under `Files` of `{id}`, `Files: {{ ./other.yaml: \"{content}\" }}`, and write that path here"));
            return;
        }
        let error = self
            .reader
            .diagnostics
            .error(path.origin, format!("there is no file `{text}`: a template has no files beside it"));
        let give = format!("give its content under `Files` of `{id}`: `Files: {{ {text}: \"{content}\" }}`");
        match suggestion(text, self.settings.files.paths()) {
            Some(near) => error.fix(format!("did you mean `{near}`? Otherwise {give}")),
            None => error.fix(give),
        }
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
