//! A value of a document.

use indexmap::IndexMap;
use serde_json::{Number, Value as Json};

use crate::diagnostic::Origin;
use crate::expression::{Deferred, Piece};

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the author wrote it.
    pub origin: Origin,
    /// What it is.
    pub kind: Kind,
}

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Nothing: `key:`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(String),
    /// A function of CloudFormation, or text that holds one.
    Deferred(Deferred),
    /// A list.
    Sequence(Vec<Node>),
    /// A map, in the author's order.
    Mapping(IndexMap<String, Node>),
    /// A value that says how it meets the one that it is laid over; only formats that merge documents know what it means.
    Tagged(Tag, Box<Node>),
    /// Something that an error was reported for: whoever reads it leaves it out and reports nothing more.
    Faulty,
}

/// How a value meets the one that it is laid over, where it says so by a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `!reset`: neither of them stays.
    Reset,
    /// `!override`: it takes the other's place as a whole.
    Override,
}

impl Node {
    /// A node at its place.
    pub fn new(origin: Origin, kind: Kind) -> Self {
        Self { origin, kind }
    }

    /// Text at the place of another node, for canonical forms.
    pub fn text(origin: Origin, text: impl Into<String>) -> Self {
        Self::new(origin, Kind::Text(text.into()))
    }

    /// A node in whose place an error was reported.
    pub fn faulty(origin: Origin) -> Self {
        Self::new(origin, Kind::Faulty)
    }

    /// Whether there is nothing here.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The value under `key`, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Mapping(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The value itself, whatever its tag.
    pub fn untagged(&self) -> &Self {
        match &self.kind {
            Kind::Tagged(_, value) => value.untagged(),
            _ => self,
        }
    }

    /// The same, to be changed.
    pub fn untagged_mut(&mut self) -> &mut Self {
        let mut node = self;
        loop {
            match node {
                Self { kind: Kind::Tagged(_, value), .. } => node = value,
                node => return node,
            }
        }
    }

    /// Whether two values are the same, wherever they were written and in whatever order their keys are.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (Kind::Sequence(one), Kind::Sequence(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.is_same(two))
            }
            (Kind::Mapping(one), Kind::Mapping(two)) => {
                let has_same = |(key, value): (&String, &Self)| two.get(key).is_some_and(|other| value.is_same(other));
                one.len() == two.len() && one.iter().all(has_same)
            }
            (Kind::Tagged(one, value), Kind::Tagged(two, other)) => one == two && value.is_same(other),
            (one, two) => one == two,
        }
    }

    /// What it is, for a message: `a list`.
    pub fn description(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "text",
            Kind::Deferred(_) => "a CloudFormation function",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) => "a map",
            Kind::Tagged(Tag::Reset, _) => "a value with the tag `!reset`",
            Kind::Tagged(Tag::Override, _) => "a value with the tag `!override`",
            Kind::Faulty => "something faulty",
        }
    }

    /// The node as JSON, functions in their long form.
    pub fn into_json(self) -> Json {
        match self.kind {
            Kind::Null | Kind::Faulty => Json::Null,
            Kind::Bool(value) => Json::Bool(value),
            Kind::Number(value) => Json::Number(value),
            Kind::Text(value) => Json::String(value),
            Kind::Tagged(_, value) => value.into_json(),
            Kind::Deferred(deferred) => match deferred.alone() {
                Some(function) => function.clone(),
                None => serde_json::to_value(crate::cloudformation::Function::from(&deferred)).unwrap_or_default(),
            },
            Kind::Sequence(items) => Json::Array(items.into_iter().map(Self::into_json).collect()),
            Kind::Mapping(entries) => {
                Json::Object(entries.into_iter().map(|(key, node)| (key, node.into_json())).collect())
            }
        }
    }
}

/// Whether a map with this single key is a function of CloudFormation.
pub(super) fn is_function(key: &str) -> bool {
    key == "Ref" || key.starts_with("Fn::")
}

/// A function of CloudFormation as a node's kind.
pub(super) fn function(name: &str, argument: Json) -> Kind {
    let mut map = serde_json::Map::new();
    map.insert(name.to_owned(), argument);
    Kind::Deferred(Deferred::function(Json::Object(map)))
}

impl From<Piece> for Kind {
    fn from(piece: Piece) -> Self {
        match piece {
            Piece::Literal(text) => Self::Text(text),
            Piece::Function(function) => Self::Deferred(Deferred::function(function)),
        }
    }
}
