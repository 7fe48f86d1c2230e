//! Sections and services that stand at the wrong level of a document.
//!
//! In: the tree as written. Out: the tree with each where it was meant to be. The mistake is reported, once, and the rest of
//! the document is looked at as its author meant it.

use indexmap::IndexMap;

use super::support::{MATRIX, Table, attributes_of_services};
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{Kind, Node, list, suggestion};

/// The sections whose names a service could have.
const SECTIONS: [&str; 4] = ["configs", "networks", "secrets", "volumes"];

/// Puts what stands at the wrong level where it belongs. Out: the services that were left out instead.
pub(super) fn repair(document: &mut Node, diagnostics: &mut Diagnostics) -> Vec<String> {
    let origin = document.origin;
    let Kind::Mapping(top) = &mut document.kind else { return Vec::new() };
    rename_services(top, diagnostics);
    let strays = gather_services(top, origin, diagnostics);
    lift_sections(top, diagnostics);
    strays
}

/// `service:` instead of `services:`.
fn rename_services(top: &mut IndexMap<String, Node>, diagnostics: &mut Diagnostics) {
    if top.contains_key("services") {
        return;
    }
    let is_misspelt = |key: &String| !has(MATRIX, key) && suggestion(key, names(MATRIX)) == Some("services");
    let Some(key) = top.keys().find(|key| is_misspelt(key)).cloned() else { return };
    if let Some(services) = top.shift_remove(&key) {
        diagnostics.error(services.origin, format!("unknown key `{key}`")).fix("did you mean `services`?");
        top.insert("services".to_owned(), services);
    }
}

/// Services at the top of the document. Beside others below `services` they are unknown keys, which the author may want
/// passed over; alone they are what the author meant.
fn gather_services(top: &mut IndexMap<String, Node>, document: Origin, diagnostics: &mut Diagnostics) -> Vec<String> {
    let is_stray = |key: &str, node: &Node| {
        !has(MATRIX, key) && !key.starts_with("x-") && (node.get("image").is_some() || node.get("build").is_some())
    };
    let keys: Vec<String> = top.iter().filter(|(key, node)| is_stray(key, node)).map(|(key, _)| key.clone()).collect();
    let mut strays: IndexMap<String, Node> = IndexMap::new();
    for key in keys {
        if let Some(node) = top.shift_remove(&key) {
            strays.insert(key, node);
        }
    }
    let Some(first) = strays.values().next().map(|node| node.origin) else { return Vec::new() };
    let names: Vec<&str> = strays.keys().map(String::as_str).collect();
    let is = if names.len() == 1 { "is a service" } else { "are services" };
    let names = list(&names);
    let message = format!("{names} {is}, and services stand below `services`");
    if top.contains_key("services") {
        diagnostics
            .unknown(first, message)
            .fix(format!("write {names} below `services`, indented as deep as the services there"));
        return strays.into_keys().collect();
    }
    diagnostics.error(first, message).fix(format!("write `services:` at the top, and {names} below it, indented"));
    top.insert("services".to_owned(), Node::new(document, Kind::Mapping(strays)));
    Vec::new()
}

/// Sections below `services`, where they would be services.
fn lift_sections(top: &mut IndexMap<String, Node>, diagnostics: &mut Diagnostics) {
    for key in SECTIONS {
        let Some(Node { kind: Kind::Mapping(services), .. }) = top.get_mut("services") else { return };
        if !services.get(key).is_some_and(is_section) {
            continue;
        }
        let Some(Node { origin, kind: Kind::Mapping(entries) }) = services.shift_remove(key) else { continue };
        diagnostics
            .error(origin, format!("`{key}` stands below `services`, where it would be a service"))
            .fix(format!("write `{key}` at the top of the document, as far left as `services`"));
        let empty = || Node::new(origin, Kind::Mapping(IndexMap::new()));
        if let Kind::Mapping(section) = &mut top.entry(key.to_owned()).or_insert_with(empty).kind {
            for (name, node) in entries {
                section.entry(name).or_insert(node);
            }
        }
    }
}

/// Whether a map below `services` holds volumes, say, and not the attributes of a service.
fn is_section(node: &Node) -> bool {
    let Kind::Mapping(entries) = &node.kind else { return false };
    !entries.is_empty()
        && entries.iter().all(|(name, value)| {
            matches!(value.kind, Kind::Null | Kind::Mapping(_)) && !has(attributes_of_services(), name)
        })
}

fn has(table: &Table, name: &str) -> bool {
    table.iter().any(|attribute| attribute.name == name)
}

fn names(table: &'static Table) -> impl Iterator<Item = &'static str> {
    table.iter().map(|attribute| attribute.name)
}
