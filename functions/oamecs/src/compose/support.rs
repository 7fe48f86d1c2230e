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

/// The matrix: the attributes at the top of a document, and below them all others.
pub static MATRIX: &Table = resource::DOCUMENT;

/// The attributes of one kind of map, sorted by name.
pub type Table = [Attribute];

/// An attribute of the Compose Specification, or an extension field that has a meaning here.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Its key.
    pub name: &'static str,
    /// What becomes of it, on Fargate.
    pub outcome: Outcome,
    /// What becomes of it on instances; `None`: the same.
    pub on_instances: Option<Outcome>,
    /// What is inside.
    pub inside: Inside,
}

/// What becomes of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is mapped, or looked at value by value.
    Mapped,
    /// It has no effect on ECS, and nothing depends on it: a note that says why.
    Note(&'static str),
    /// It is not available on ECS, and its author relies on it: an error.
    Refused {
        /// Why not.
        why: &'static str,
        /// What to do instead.
        fix: &'static str,
    },
}

/// What is inside an attribute.
#[derive(Clone, Copy, Debug)]
pub enum Inside {
    /// A value without attributes of its own, or one whose attributes share its outcome.
    Value,
    /// A map with these attributes.
    Map(&'static Table),
    /// A map from the author's names to maps with these attributes; its short form is a list.
    Named(&'static Table),
    /// A list whose items may be maps with these attributes.
    List(&'static Table),
}

const fn mapped(name: &'static str) -> Attribute {
    Attribute { name, outcome: Outcome::Mapped, on_instances: None, inside: Inside::Value }
}

const fn nested(name: &'static str, inside: Inside) -> Attribute {
    Attribute { name, outcome: Outcome::Mapped, on_instances: None, inside }
}

const fn note(name: &'static str, why: &'static str) -> Attribute {
    Attribute { name, outcome: Outcome::Note(why), on_instances: None, inside: Inside::Value }
}

const fn refused(name: &'static str, why: &'static str, fix: &'static str) -> Attribute {
    Attribute { name, outcome: Outcome::Refused { why, fix }, on_instances: None, inside: Inside::Value }
}

impl Attribute {
    /// The same, with another outcome on instances.
    const fn on_instances(self, outcome: Outcome) -> Self {
        Self { on_instances: Some(outcome), ..self }
    }

    /// The same, with attributes inside.
    const fn holding(self, inside: Inside) -> Self {
        Self { inside, ..self }
    }

    /// What becomes of it on a kind of machine.
    pub fn outcome_on(&self, machine: Machine) -> Outcome {
        match machine {
            Machine::Fargate => self.outcome,
            Machine::Instance => self.on_instances.unwrap_or(self.outcome),
        }
    }
}

/// The attributes of a service.
pub(crate) fn attributes_of_services() -> &'static Table {
    service::SERVICE
}

/// Every attribute with its path, such as `services.*.ports[].target`: `*` stands for a name, `[]` for an item.
pub fn attributes() -> Vec<(String, &'static Attribute)> {
    let mut found = Vec::new();
    collect("", MATRIX, &mut found);
    found
}

fn collect(prefix: &str, table: &'static Table, found: &mut Vec<(String, &'static Attribute)>) {
    for attribute in table {
        let path = if prefix.is_empty() { attribute.name.to_owned() } else { format!("{prefix}.{}", attribute.name) };
        match attribute.inside {
            Inside::Value => {}
            Inside::Map(inside) => collect(&path, inside, found),
            Inside::Named(inside) => collect(&format!("{path}.*"), inside, found),
            Inside::List(inside) => collect(&format!("{path}[]"), inside, found),
        }
        found.push((path, attribute));
    }
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
            let found = table.binary_search_by(|attribute| attribute.name.cmp(&key));
            let Some(attribute) = found.ok().and_then(|index| table.get(index)) else {
                if !key.starts_with("x-") || key.starts_with("x-aws-") {
                    unknown::report(&key, value.origin, table, owner, self.diagnostics);
                }
                continue;
            };
            let machine = owner.map_or(Machine::Fargate, |owner| owner.machine);
            if let Some(value) = self.outcome(attribute, machine, value) {
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

    /// The value of an attribute that is mapped.
    fn outcome(&mut self, attribute: &Attribute, machine: Machine, value: Node) -> Option<Node> {
        let name = attribute.name;
        let outcome = attribute.outcome_on(machine);
        match outcome {
            Outcome::Mapped => return Some(value),
            Outcome::Note(why) => {
                if !value.is_null() {
                    self.diagnostics.note(value.origin, format!("`{name}` has no effect: {why}"));
                }
            }
            // `privileged: false` and `devices: []` ask for nothing.
            _ if is_nothing(&value) => {}
            Outcome::Refused { why, fix } => {
                let differs = attribute.on_instances.is_some() && machine == Machine::Fargate;
                let place = if differs { "Fargate" } else { "ECS" };
                self.diagnostics.error(value.origin, format!("`{name}` is not available on {place}: {why}")).fix(fix);
            }
        }
        None
    }
}

fn is_nothing(node: &Node) -> bool {
    match &node.kind {
        Kind::Null | Kind::Bool(false) | Kind::Faulty => true,
        Kind::Text(text) => text.is_empty() || text == "false",
        Kind::Sequence(items) => items.is_empty(),
        Kind::Mapping(entries) => entries.is_empty(),
        Kind::Tagged(_, value) => is_nothing(value),
        Kind::Bool(true) | Kind::Number(_) | Kind::Deferred(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_the_search() {
        fn check(path: &str, table: &'static Table) {
            assert!(
                table.is_sorted_by(|before, after| before.name < after.name),
                "{path} is not sorted, or holds a name twice"
            );
            for attribute in table {
                match attribute.inside {
                    Inside::Value => {}
                    Inside::Map(inside) | Inside::Named(inside) | Inside::List(inside) => {
                        check(&format!("{path}.{}", attribute.name), inside);
                    }
                }
            }
        }
        check("", MATRIX);
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
        for (path, attribute) in attributes() {
            let texts = |outcome| match outcome {
                Outcome::Mapped => vec![],
                Outcome::Note(why) => vec![why],
                Outcome::Refused { why, fix } => vec![why, fix],
            };
            for text in texts(attribute.outcome).into_iter().chain(attribute.on_instances.into_iter().flat_map(texts)) {
                assert!(!text.ends_with('.') && text.len() > 5, "{path}: {text}");
                assert!(
                    !text.starts_with(|first: char| first.is_uppercase())
                        || text.starts_with("ECS")
                        || text.starts_with("Fargate")
                        || text.starts_with("Docker")
                        || text.starts_with("Linux"),
                    "{path}: {text}"
                );
            }
        }
    }
}
