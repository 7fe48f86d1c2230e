//! The support matrix: every attribute of OAM documents, by version, and what becomes of it.
//!
//! In: a map of a document, and the table of its attributes. Out: the map with nothing but mapped attributes; what has no effect
//! was noted, what would make the result differ from what the author relies on was reported as an error, and so were unknown keys.
//! Types of components, traits, policies and steps are attributes themselves, whose properties are inside.
//!
//! To add an attribute: write its line in the table of its version, and its reading in the version's own module.

mod kubernetes;
pub(super) mod v1alpha1;
pub(super) mod v1alpha2;
pub(super) mod v1beta1;

use indexmap::IndexMap;

use super::Loader;
use crate::diagnostic::{Diagnostics, Located};
use crate::document::{Fields, Kind, Node, list, list_some, suggestion};
use crate::program::platform::Machine;
use crate::support::{Attribute, Inside, Outcome, Table, find};

/// Why `status` has no effect.
const STATUS: &str = "it is what a cluster says of an object";
/// Why `imagePullPolicy` has none.
const PULL_POLICY: &str = "ECS pulls an image for every task, and keeps its digest for all tasks of a deployment";
/// Why a port of a machine has none.
const NODE_PORT: &str = "a task has a network interface of its own, and nobody reaches it by the address of a machine";
/// What to do without directories of a machine.
const USE_INSTANCES: &str =
    "use a volume of another kind, or run the component on instances: `Workloads: { <component>: { Capacity: EC2 } }`";

/// A part of a version's documents.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// What it is about: `Traits`.
    pub title: &'static str,
    /// Its attributes.
    pub table: &'static Table,
}

/// All that documents of each version may say, by version.
pub fn matrix() -> Vec<(&'static str, &'static [Section])> {
    vec![("v1alpha1", v1alpha1::SECTIONS), ("v1alpha2", v1alpha2::SECTIONS), ("v1beta1", v1beta1::SECTIONS)]
}

/// Types that a platform has of something, with their properties inside.
#[derive(Clone, Copy)]
pub(super) struct Types {
    /// What they are types of: `trait`.
    pub(super) what: &'static str,
    /// The types.
    pub(super) table: &'static Table,
}

/// Something whose type is known and mapped.
pub(super) struct Typed {
    /// The type, as the matrix has it.
    pub(super) name: &'static str,
    /// Its properties; nothing in them is unknown or without effect.
    pub(super) fields: Fields,
}

/// Takes everything out of `node` that is not mapped, and reports it.
pub(super) fn check(node: Node, table: &'static Table, machine: Machine, diagnostics: &mut Diagnostics) -> Node {
    let Node { origin, kind } = node;
    let Kind::Mapping(entries) = kind else { return Node::new(origin, kind) };
    let mut kept = IndexMap::with_capacity(entries.len());
    for (key, value) in entries {
        let Some(attribute) = find(table, &key) else {
            unknown(&key, &value, table, diagnostics);
            continue;
        };
        if let Some(value) = attribute.settle(machine, value, diagnostics) {
            kept.insert(key, inside(value, attribute, machine, diagnostics));
        }
    }
    Node::new(origin, Kind::Mapping(kept))
}

fn inside(node: Node, attribute: &Attribute, machine: Machine, diagnostics: &mut Diagnostics) -> Node {
    let Node { origin, kind } = node;
    let kind = match (attribute.inside, kind) {
        (Inside::Map(table), kind) => return check(Node::new(origin, kind), table, machine, diagnostics),
        (Inside::Named(table), Kind::Mapping(entries)) => {
            let named = entries.into_iter().map(|(name, value)| (name, check(value, table, machine, diagnostics)));
            Kind::Mapping(named.collect())
        }
        (Inside::List(table), Kind::Sequence(items)) => {
            Kind::Sequence(items.into_iter().map(|item| check(item, table, machine, diagnostics)).collect())
        }
        (_, kind) => kind,
    };
    Node::new(origin, kind)
}

fn unknown(key: &str, value: &Node, table: &'static Table, diagnostics: &mut Diagnostics) {
    let names = || table.iter().map(|attribute| attribute.name);
    let near = suggestion(key, names());
    let entry = diagnostics.unknown(value.origin, format!("unknown key `{key}`"));
    match near {
        Some(near) => entry.fix(format!("did you mean `{near}`?")),
        None if table.is_empty() => entry.fix("remove it: there are no keys here"),
        None => {
            let mapped = |attribute: &&Attribute| matches!(attribute.outcome, Outcome::Mapped);
            let names: Vec<&str> = table.iter().filter(mapped).map(|attribute| attribute.name).collect();
            entry.fix(format!("the keys here are {}", list(&names)));
        }
    }
}

impl Loader<'_, '_, '_> {
    /// Something of a type with its properties. `None` where the type is not mapped, which was told.
    pub(super) fn typed(
        &mut self,
        types: Types,
        kind: &Located<String>,
        properties: Option<Node>,
        machine: Machine,
    ) -> Option<Typed> {
        let kind = self.type_name(kind);
        let Some(attribute) = find(types.table, &kind.value) else {
            self.unknown_type(types, &kind);
            return None;
        };
        let name = attribute.name;
        match attribute.outcome_on(machine) {
            Outcome::Mapped => {}
            Outcome::Note(why) => {
                let message = format!("the {} `{name}` has no effect: {why}", types.what);
                self.reader.diagnostics.note(kind.origin, message);
                return None;
            }
            Outcome::Refused { why, fix } => {
                let place = attribute.place(machine);
                let message = format!("the {} `{name}` is not available on {place}: {why}", types.what);
                self.reader.diagnostics.error(kind.origin, message).fix(fix);
                return None;
            }
        }
        let fields = match properties {
            None => Fields::new(kind.origin, IndexMap::new()),
            Some(node) => {
                let node = inside(node, attribute, machine, self.reader.diagnostics);
                self.reader.fields(node, "a map of properties")?
            }
        };
        Some(Typed { name, fields })
    }

    /// The type that a name stands for: `Aliases` says it, and what tells name space and version of a definition does not count.
    pub(super) fn type_name(&self, kind: &Located<String>) -> Located<String> {
        let aliases = &self.settings.own.aliases;
        let plain = plain(&kind.value);
        match aliases.get(&kind.value).or_else(|| aliases.get(plain)) {
            Some(alias) => alias.clone(),
            None => Located::new(kind.origin, plain.to_owned()),
        }
    }

    fn unknown_type(&mut self, types: Types, kind: &Located<String>) {
        let Types { what, table } = types;
        let near = suggestion(&kind.value, table.iter().map(|attribute| attribute.name));
        let message = format!("there is no {what} of the type `{}`", kind.value);
        let entry = self.reader.diagnostics.error(kind.origin, message);
        if let Some(near) = near {
            entry.fix(format!("did you mean `{near}`?"));
            return;
        }
        let mapped = |attribute: &&Attribute| matches!(attribute.outcome, Outcome::Mapped);
        let names: Vec<&str> = table.iter().filter(mapped).map(|attribute| attribute.name).collect();
        let ignore = match what {
            "trait" => format!(", or leave it out with `IgnoreTraits: [{}]`", kind.value),
            _ => String::new(),
        };
        entry.fix(format!(
            "write one of {}; say for which of them a type of your platform stands by `Aliases: {{ {}: … }}`{ignore}",
            list_some(&names),
            kind.value
        ));
    }
}

/// The name of a type without the name space of its definition before it and the version behind it.
pub(super) fn plain(kind: &str) -> &str {
    let name = kind.rsplit_once('/').map_or(kind, |(_, name)| name);
    name.split_once('@').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::matrix;
    use crate::support::checks;

    #[test]
    fn tables_are_sorted_for_the_search() {
        for (version, sections) in matrix() {
            for section in sections {
                checks::sorted(&format!("{version} {}", section.title), section.table);
            }
        }
    }

    #[test]
    fn texts_are_clauses() {
        for (_, sections) in matrix() {
            for section in sections {
                checks::clauses(section.table);
            }
        }
    }
}
