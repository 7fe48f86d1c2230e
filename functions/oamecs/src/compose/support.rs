//! The support matrix: every attribute of the
//! [Compose Specification](https://github.com/compose-spec/compose-spec/blob/main/spec.md) and what becomes of it.
//!
//! In: the tree with long forms. Out: the tree with nothing but mapped attributes; what has no effect was noted, what
//! would make the result differ from what the author relies on was reported as an error, and so were unknown keys.
//! Nothing is dropped in silence but extension fields (`x-…`) that no one gave a meaning. An attribute may have one outcome
//! on Fargate and another on instances: on what a service runs is known here, wherever it was said.
//!
//! To add an attribute: write its line here, its field in `compose/model`, and its lowering in `compose/lower`.

mod deploy;
mod resource;
mod service;
mod synonyms;
mod unknown;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::document::{Kind, Node};
use crate::program::platform::Machine;
use crate::support::{self, mapped, nested, note, refused};
pub use crate::support::{Attribute, Inside, Outcome, Table};

/// The matrix: the attributes at the top of a document, and below them all others.
pub static MATRIX: &Table = resource::DOCUMENT;

/// The attributes of a service.
pub(crate) fn attributes_of_services() -> &'static Table {
    service::SERVICE
}

/// Every attribute with its path, such as `services.*.ports[].target`: `*` stands for a name, `[]` for an item.
pub fn attributes() -> Vec<(String, &'static Attribute)> {
    support::attributes(MATRIX)
}

/// Takes everything out of `document` that is not mapped, and reports it. `machines` says on what a service runs.
pub(crate) fn check(document: Node, machines: &BTreeMap<String, Machine>, diagnostics: &mut Diagnostics) -> Node {
    Check { machines, diagnostics }.map(document, MATRIX, None)
}

/// What the check of a document needs on its way through it.
struct Check<'a> {
    machines: &'a BTreeMap<String, Machine>,
    diagnostics: &'a mut Diagnostics,
}

/// Which service, network or volume a map is of, by its section of the document and its name.
#[derive(Clone, Copy)]
struct Owner<'a> {
    section: &'a str,
    name: &'a str,
    /// Whether the map is its own, not one further in.
    is_direct: bool,
    /// What a service runs on.
    machine: Machine,
}

impl Check<'_> {
    fn map(&mut self, node: Node, table: &'static Table, owner: Option<Owner<'_>>) -> Node {
        let Node { origin, kind } = node;
        let Kind::Mapping(entries) = kind else { return Node::new(origin, kind) };
        let mut kept = indexmap::IndexMap::with_capacity(entries.len());
        for (key, value) in entries {
            let Some(attribute) = support::find(table, &key) else {
                if !key.starts_with("x-") || key.starts_with("x-aws-") {
                    unknown::report(&key, value.origin, table, owner, self.diagnostics);
                }
                continue;
            };
            let machine = owner.map_or(Machine::Fargate, |owner| owner.machine);
            if let Some(value) = attribute.settle(machine, value, self.diagnostics) {
                let owner = owner.map(|owner| Owner { is_direct: false, ..owner });
                let value = self.inside(value, attribute, owner);
                kept.insert(key, value);
            }
        }
        Node::new(origin, Kind::Mapping(kept))
    }

    fn inside(&mut self, node: Node, attribute: &Attribute, owner: Option<Owner<'_>>) -> Node {
        let Node { origin, kind } = node;
        let kind = match (attribute.inside, kind) {
            (Inside::Map(table), kind) => return self.map(Node::new(origin, kind), table, owner),
            (Inside::Named(table), Kind::Mapping(entries)) => {
                let named = entries.into_iter().map(|(name, value)| {
                    // The first names on the way are those of services, networks and volumes.
                    let owner = owner.unwrap_or_else(|| Owner {
                        section: attribute.name,
                        name: &name,
                        is_direct: true,
                        machine: match attribute.name {
                            "services" => self.machines.get(&name).copied().unwrap_or_default(),
                            _ => Machine::Fargate,
                        },
                    });
                    let value = self.map(value, table, Some(owner));
                    (name, value)
                });
                Kind::Mapping(named.collect())
            }
            (Inside::List(table), Kind::Sequence(items)) => {
                Kind::Sequence(items.into_iter().map(|item| self.map(item, table, owner)).collect())
            }
            (_, kind) => kind,
        };
        Node::new(origin, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_search() {
        support::checks::sorted("", MATRIX);
    }

    #[test]
    fn keys_of_the_environment_are_attributes_of_documents() {
        for (key, _) in super::super::model::surroundings::KEYS {
            assert!(MATRIX.iter().any(|attribute| attribute.name == key), "{key}");
        }
    }

    #[test]
    fn options_of_the_platform_are_attributes_of_services() {
        for name in crate::options::KEYS {
            let key = format!("x-aws-{}", crate::options::Spelling::Snake.of(name));
            assert!(service::SERVICE.iter().any(|attribute| attribute.name == key), "{key}");
        }
    }

    #[test]
    fn texts_are_clauses() {
        support::checks::clauses(MATRIX);
    }
}
