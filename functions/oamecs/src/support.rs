//! Support matrices: what becomes of each attribute of a format, as data.
//!
//! In: the tables of a front end. Out: the checks of its documents, what has no effect being noted and what is refused reported,
//! and the rows of its documentation. Nothing is in a table that the checks do not go by.

use indexmap::IndexMap;

use crate::diagnostic::Diagnostics;
use crate::document::{Kind, Node, list, suggestion};
use crate::program::platform::Machine;

/// The attributes of one kind of map, sorted by name.
pub type Table = [Attribute];

/// An attribute of a format.
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

/// An attribute that is mapped.
pub(crate) const fn mapped(name: &'static str) -> Attribute {
    Attribute { name, outcome: Outcome::Mapped, on_instances: None, inside: Inside::Value }
}

/// An attribute whose own attributes are looked at.
pub(crate) const fn nested(name: &'static str, inside: Inside) -> Attribute {
    Attribute { name, outcome: Outcome::Mapped, on_instances: None, inside }
}

/// An attribute without effect.
pub(crate) const fn note(name: &'static str, why: &'static str) -> Attribute {
    Attribute { name, outcome: Outcome::Note(why), on_instances: None, inside: Inside::Value }
}

/// An attribute that is not available.
pub(crate) const fn refused(name: &'static str, why: &'static str, fix: &'static str) -> Attribute {
    Attribute { name, outcome: Outcome::Refused { why, fix }, on_instances: None, inside: Inside::Value }
}

impl Attribute {
    /// The same, with another outcome on instances.
    pub(crate) const fn on_instances(self, outcome: Outcome) -> Self {
        Self { on_instances: Some(outcome), ..self }
    }

    /// The same, with attributes inside.
    pub(crate) const fn holding(self, inside: Inside) -> Self {
        Self { inside, ..self }
    }

    /// What becomes of it on a kind of machine.
    pub fn outcome_on(&self, machine: Machine) -> Outcome {
        match machine {
            Machine::Fargate => self.outcome,
            Machine::Instance => self.on_instances.unwrap_or(self.outcome),
        }
    }

    /// Its value, where it is mapped; else what becomes of it is told. `privileged: false` and `devices: []` ask for nothing.
    pub(crate) fn settle(&self, machine: Machine, value: Node, diagnostics: &mut Diagnostics) -> Option<Node> {
        let name = self.name;
        match self.outcome_on(machine) {
            Outcome::Mapped => return Some(value),
            Outcome::Note(why) => {
                if !value.is_null() {
                    diagnostics.note(value.origin, format!("`{name}` has no effect: {why}"));
                }
            }
            Outcome::Refused { .. } if is_nothing(&value) => {}
            Outcome::Refused { why, fix } => {
                let place = self.place(machine);
                diagnostics.error(value.origin, format!("`{name}` is not available on {place}: {why}")).fix(fix);
            }
        }
        None
    }

    /// Where it is not available.
    pub(crate) fn place(&self, machine: Machine) -> &'static str {
        if self.on_instances.is_some() && machine == Machine::Fargate { "Fargate" } else { "ECS" }
    }
}

/// The attribute of a name.
pub(crate) fn find(table: &'static Table, name: &str) -> Option<&'static Attribute> {
    let index = table.binary_search_by(|attribute| attribute.name.cmp(name)).ok()?;
    table.get(index)
}

/// Every attribute with its path, such as `services.*.ports[].target`: `*` stands for a name, `[]` for an item.
pub fn attributes(table: &'static Table) -> Vec<(String, &'static Attribute)> {
    let mut found = Vec::new();
    collect("", table, &mut found);
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

/// Takes everything out of `node` that is not mapped, and reports it.
pub(crate) fn check(node: Node, table: &'static Table, machine: Machine, diagnostics: &mut Diagnostics) -> Node {
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

/// The same within an attribute.
pub(crate) fn inside(node: Node, attribute: &Attribute, machine: Machine, diagnostics: &mut Diagnostics) -> Node {
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

/// What holds for every table.
#[cfg(test)]
pub(crate) mod checks {
    use super::{Inside, Outcome, Table, attributes};

    /// Tables are sorted for the search.
    pub(crate) fn sorted(path: &str, table: &'static Table) {
        assert!(
            table.is_sorted_by(|before, after| before.name < after.name),
            "{path} is not sorted, or holds a name twice"
        );
        for attribute in table {
            match attribute.inside {
                Inside::Value => {}
                Inside::Map(inside) | Inside::Named(inside) | Inside::List(inside) => {
                    sorted(&format!("{path}.{}", attribute.name), inside);
                }
            }
        }
    }

    /// Texts are clauses, which a sentence is made of.
    pub(crate) fn clauses(table: &'static Table) {
        for (path, attribute) in attributes(table) {
            let texts = |outcome| match outcome {
                Outcome::Mapped => vec![],
                Outcome::Note(why) => vec![why],
                Outcome::Refused { why, fix } => vec![why, fix],
            };
            for text in texts(attribute.outcome).into_iter().chain(attribute.on_instances.into_iter().flat_map(texts)) {
                assert!(!text.ends_with('.') && text.len() > 5, "{path}: {text}");
                let names = [
                    "AWS",
                    "Application Auto Scaling",
                    "CloudFormation",
                    "Docker",
                    "ECS",
                    "Fargate",
                    "Kubernetes",
                    "Linux",
                ];
                assert!(
                    !text.starts_with(|first: char| first.is_uppercase())
                        || names.iter().any(|name| text.starts_with(name)),
                    "{path}: {text}"
                );
            }
        }
    }
}
