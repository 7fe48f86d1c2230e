//! Components as the document has them: their properties are not looked into yet, so that policies can be laid over them.
//!
//! In: `spec.components`. Out: [`Draft`]s, in the author's order. An [`Application`](super) of v1alpha2 differs in two keys only,
//! and is given those of v1beta1 first.

use indexmap::IndexMap;

use super::super::Loader;
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node, suggestion};

/// The most components of an application: no template holds more.
const MOST: usize = 500;

/// A component.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Where it is declared.
    pub(super) origin: Origin,
    /// `name`.
    pub(super) name: Located<String>,
    /// `type`.
    pub(super) kind: Located<String>,
    /// `properties`.
    pub(super) properties: Option<Node>,
    /// `traits`, in the author's order.
    pub(super) traits: Vec<DraftTrait>,
    /// `dependsOn`.
    pub(super) depends_on: Vec<Located<String>>,
}

/// A trait of a component.
#[derive(Clone, Debug)]
pub(super) struct DraftTrait {
    /// Where it is declared.
    pub(super) origin: Origin,
    /// `type`.
    pub(super) kind: Located<String>,
    /// `properties`.
    pub(super) properties: Option<Node>,
}

/// Gives a document of v1alpha2 the keys of v1beta1: there, properties are `settings`, and traits have a `name` instead of a type.
pub(super) fn modernize(mut spec: Node) -> Node {
    let Kind::Mapping(entries) = &mut spec.kind else { return spec };
    let Some(Node { kind: Kind::Sequence(components), .. }) = entries.get_mut("components") else { return spec };
    for component in components {
        rename(component, "settings", "properties");
        let Some(Node { kind: Kind::Sequence(traits), .. }) = component_entry(component, "traits") else { continue };
        for each in traits {
            rename(each, "name", "type");
        }
    }
    spec
}

fn component_entry<'n>(component: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    match &mut component.kind {
        Kind::Mapping(entries) => entries.get_mut(key),
        _ => None,
    }
}

fn rename(node: &mut Node, old: &str, new: &str) {
    let Kind::Mapping(entries) = &mut node.kind else { return };
    if entries.contains_key(new) {
        return;
    }
    if let Some(value) = entries.shift_remove(old) {
        entries.insert(new.to_owned(), value);
    }
}

impl Loader<'_, '_, '_> {
    /// The components of a document.
    pub(super) fn drafts(&mut self, components: Option<Node>) -> Vec<Draft> {
        let mut drafts: Vec<Draft> = Vec::new();
        let origin = components.as_ref().map(|node| node.origin);
        let components = self.list(components, "a list of components");
        if let (Some(origin), true) = (origin, components.len() > MOST) {
            let message =
                format!("a template has at most {MOST} resources, and these are {} components", components.len());
            self.reader
                .diagnostics
                .error(origin, message)
                .fix("write several applications, each in a stack of its own");
            return drafts;
        }
        for node in components {
            let Some(draft) = self.draft(node) else { continue };
            if let Some(first) = drafts.iter().find(|other| other.name.value == draft.name.value) {
                let message = format!("there is a component `{}` already", first.name.value);
                self.reader.diagnostics.error(draft.name.origin, message).fix("give it a name of its own");
                continue;
            }
            drafts.push(draft);
        }
        drafts
    }

    /// Notes images of components that are not deployed.
    pub(super) fn report_images(&mut self, deployed: &[String]) {
        for (name, image) in &self.settings.images {
            if deployed.contains(name) {
                continue;
            }
            let message = format!("the image has no effect: no component `{name}` is deployed");
            let entry = self.reader.diagnostics.note(image.origin, message);
            if let Some(near) = suggestion(name, deployed.iter().map(String::as_str)) {
                entry.fix(format!("did you mean `{near}`?"));
            }
        }
    }

    fn draft(&mut self, node: Node) -> Option<Draft> {
        let mut fields = self.reader.fields(node, "a component, a map with `name`, `type` and `properties`")?;
        let origin = fields.origin;
        let name = self.required(&mut fields, "name", "name: frontend");
        let kind = self.required(&mut fields, "type", "type: webservice");
        let depends_on = self.names(fields.take("dependsOn"), "a list of names of components");
        Some(Draft {
            origin,
            name: name?,
            kind: kind?,
            properties: fields.take("properties"),
            traits: self.draft_traits(fields.take("traits")),
            depends_on,
        })
    }

    fn draft_traits(&mut self, traits: Option<Node>) -> Vec<DraftTrait> {
        let mut drafts = Vec::new();
        for node in self.list(traits, "a list of traits") {
            let Some(mut fields) = self.reader.fields(node, "a trait, a map with `type` and `properties`") else {
                continue;
            };
            let origin = fields.origin;
            let Some(kind) = self.required(&mut fields, "type", "type: scaler") else { continue };
            drafts.push(DraftTrait { origin, kind, properties: fields.take("properties") });
        }
        drafts
    }
}

/// Lays a value over another: maps are merged key by key, and anything else takes the place of what was there.
pub(super) fn lay_over(under: &mut Node, over: Node) {
    match (&mut under.kind, over) {
        (Kind::Mapping(under), Node { kind: Kind::Mapping(over), .. }) => lay_entries_over(under, over),
        (_, over) => *under = over,
    }
}

fn lay_entries_over(under: &mut IndexMap<String, Node>, over: IndexMap<String, Node>) {
    for (key, value) in over {
        match under.get_mut(&key) {
            Some(before) => lay_over(before, value),
            None => {
                under.insert(key, value);
            }
        }
    }
}

/// Lays properties over those that there are.
pub(super) fn lay_properties_over(under: &mut Option<Node>, over: Option<Node>) {
    match (under, over) {
        (_, None) => {}
        (Some(under), Some(over)) => lay_over(under, over),
        (under, over) => *under = over,
    }
}
