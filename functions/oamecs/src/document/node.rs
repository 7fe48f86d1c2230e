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
        }
    }

    /// The node as JSON, functions in their long form.
    pub fn into_json(self) -> Json {
        match self.kind {
            Kind::Null => Json::Null,
            Kind::Bool(value) => Json::Bool(value),
            Kind::Number(value) => Json::Number(value),
            Kind::Text(value) => Json::String(value),
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
