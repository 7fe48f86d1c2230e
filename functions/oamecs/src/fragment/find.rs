//! Finds the pseudo resources of a template.
//!
//! In: the fragment. Out: a [`Declaration`] for each resource whose `Type` starts with `OamEcs::`, in the author's order,
//! and the fragment itself, in which an empty value holds the place of each. Nothing is copied: documents move.

mod options;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::attributes::{self, Names};
use super::{Declaration, Kind, documents};
use crate::cloudformation::{Overlay, function};
use crate::diagnostic::{Diagnostics, Origin, Origins, Root};
use crate::document::{Document, Fields, from_json, list, suggestion};

/// What the types of pseudo resources start with, up to the colons.
const PREFIX: &str = "OamEcs";

/// The property that holds the document.
const DOCUMENT: &str = "Document";

/// The author's template, in which the places of the declarations are remembered.
#[derive(Debug)]
pub struct Template {
    /// The fragment; the value of a declaration is null.
    pub(super) fragment: Map<String, Json>,
}

/// Takes the declarations out of a fragment.
///
/// What is not ours is left as it is: resources of other types, `Fn::ForEach` blocks, resources that are no maps,
/// `Resources` that are a list or not there at all. Errors: a type that does not exist, a logical id that is not letters
/// and digits, a document that cannot be read, anything beside `Properties` that is no resource attribute, `DependsOn`
/// and `Condition` of what is not there, and a declaration within `Fn::ForEach`, which is not expanded yet.
pub fn find(
    mut fragment: Map<String, Json>,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> (Template, Vec<Declaration>) {
    let mut declarations = Vec::new();
    let names = Names::of(&fragment);
    if let Some(Json::Object(resources)) = fragment.get_mut("Resources") {
        for (id, resource) in resources.iter_mut() {
            if id.starts_with("Fn::ForEach::") {
                if holds_declaration(resource) {
                    loop_error(id, origins, diagnostics);
                }
                continue;
            }
            let Some(name) = type_of(resource).filter(|name| is_ours(name)) else { continue };
            let origin = origins.root(Origin::TEMPLATE, Root::Declaration(id.clone()));
            let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) else {
                type_error(name, origin, diagnostics);
                continue;
            };
            if !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                diagnostics
                    .error(origin, format!("`{id}` is no logical id: the ids of its resources are made from it"))
                    .fix("name the resource with letters and digits only");
                continue;
            }
            if let Json::Object(body) = std::mem::take(resource) {
                declarations.push(declaration(id, origin, kind, body, &names, origins, diagnostics));
            }
        }
    }
    (Template { fragment }, declarations)
}

/// The type's name of a resource, where it has one.
pub(super) fn type_of(resource: &Json) -> Option<&str> {
    resource.get("Type")?.as_str()
}

/// Whether a type is meant to be one of ours, however it is spelt.
pub(crate) fn is_ours(name: &str) -> bool {
    name.split_once(':').is_some_and(|(before, _)| before.eq_ignore_ascii_case(PREFIX))
}

fn declaration(
    id: &str,
    origin: Origin,
    kind: Kind,
    mut body: Map<String, Json>,
    names: &Names,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Declaration {
    body.shift_remove("Type");
    let place = origins.key(origin, "Properties");
    let mut properties = match body.shift_remove("Properties") {
        None | Some(Json::Null) => Map::new(),
        Some(value) if function::call(&value).is_none() && value.is_object() => match value {
            Json::Object(properties) => properties,
            _ => Map::new(),
        },
        Some(_) => {
            diagnostics
                .error(place, "this must be a map")
                .fix("write the properties below `Properties:`, each by its name");
            Map::new()
        }
    };
    let policy = options::policy(&mut properties, place, origins, diagnostics);
    origins.set_policy(origin, policy);
    let patches = options::patches(&mut properties, place, origins, diagnostics);
    let documents = match kind {
        Kind::Environment => Vec::new(),
        Kind::Application | Kind::Compose | Kind::Rollout | Kind::Stackfile => {
            document(&mut properties, &body, place, origins, diagnostics)
        }
    };
    let entries: IndexMap<_, _> = properties
        .into_iter()
        .map(|(key, value)| {
            let place = origins.key(place, &key);
            let node = from_json(value, place, origins);
            (key, node)
        })
        .collect();
    Declaration {
        id: id.to_owned(),
        origin,
        kind,
        documents,
        properties: Fields::new(place, entries),
        patches,
        overlay: Overlay::default(),
        additions: Vec::new(),
        attributes: attributes::read(body, origin, names, origins, diagnostics),
    }
}

/// The documents under `Document`. Where there are none, the one error is at what was meant to be it.
fn document(
    properties: &mut Map<String, Json>,
    body: &Map<String, Json>,
    place: Origin,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Vec<Document> {
    if let Some(document) = properties.shift_remove(DOCUMENT).filter(|document| !document.is_null()) {
        let place = origins.key(place, DOCUMENT);
        return documents::read(document, place, origins, diagnostics);
    }
    if let Some(near) = properties.keys().find(|key| suggestion(key, [DOCUMENT]).is_some()).cloned() {
        properties.shift_remove(&near);
        let place = origins.key(place, &near);
        diagnostics.error(place, format!("unknown key `{near}`")).fix(format!("did you mean `{DOCUMENT}`?"));
        return Vec::new();
    }
    // What stands beside `Properties` and should be in or be them is an error of its own.
    let is_misplaced = |key: &String| key == DOCUMENT || suggestion(key, ["Properties"]).is_some();
    if !body.keys().any(is_misplaced) {
        diagnostics
            .error(place, "`Document` is missing")
            .fix("write the document below `Document:`, or its text below `Document: |`");
    }
    Vec::new()
}

fn type_error(name: &str, origin: Origin, diagnostics: &mut Diagnostics) {
    let names = Kind::ALL.map(Kind::name);
    let near = suggestion(name, names);
    diagnostics.error(origin, format!("there is no type `{name}`")).fix(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the types are {}", list(&names)),
    });
}

fn loop_error(id: &str, origins: &mut Origins, diagnostics: &mut Diagnostics) {
    let section = origins.key(Origin::TEMPLATE, "Resources");
    let place = origins.key(section, id);
    diagnostics
        .error(
            place,
            "this loop makes resources of `OamEcs` types, but it is not expanded yet, as `AWS::LanguageExtensions` has not run",
        )
        .fix("list it first: `Transform: [AWS::LanguageExtensions, OamEcs]`");
}

/// Whether the body of an `Fn::ForEach`, which may hold others, makes one of our types.
fn holds_declaration(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(holds_declaration),
        Json::Object(map) => type_of(value).is_some_and(is_ours) || map.values().any(holds_declaration),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
