//! How front ends take a tree apart: every value is read as what it must be, or an error is at its place.

use std::str::FromStr;

use indexmap::IndexMap;
use serde_json::Value as Json;
use thiserror::Error;

use super::{Kind, Node, list, suggestion};
use crate::cloudformation::function::call;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::{Deferred, Expr, Piece};

/// What to write for a value that is known too late.
const PLAIN: &str = "write the value itself, or `Ref` a template parameter of a plain type";

/// Works out functions whose value must be known while the template is expanded.
pub trait Early {
    /// The value of a function, in its long form.
    ///
    /// # Errors
    /// Where it is known only later; the error says why.
    fn resolve(&mut self, function: &Json) -> Result<Json, NotEarly>;

    /// Whether a function is a `Ref` of a parameter that is not echoed.
    fn is_hidden(&self, _function: &Json) -> bool {
        false
    }

    /// The parameter of a single value that a variable of this name stands for: the one of the same name, or the only one whose
    /// name has the same letters and digits (`DbPassword` for `DB_PASSWORD`), as names of parameters have nothing else.
    fn parameter(&self, _name: &str) -> Option<String> {
        None
    }

    /// The type of a parameter or resource of the template.
    fn type_of(&self, _id: &str) -> Option<&str> {
        None
    }
}

/// Why a value is not known while the template is expanded.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct NotEarly {
    /// What is asked for and when it is known.
    pub reason: String,
    /// What to write instead, where it is not just the value itself.
    pub fix: Option<String>,
}

impl NotEarly {
    /// A value that is not known, and why.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), fix: None }
    }

    /// The same, with what to write instead.
    #[must_use]
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }
}

/// Functions whose result is a condition's, and no value.
const OF_CONDITIONS: [&str; 4] = ["Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"];

/// Reads nodes, reports what they should have been, and works out what must be known early.
pub struct Reader<'a> {
    /// Where errors go.
    pub diagnostics: &'a mut Diagnostics,
    /// What is known early.
    pub early: &'a mut dyn Early,
}

impl Reader<'_> {
    /// Text that may be known late. Numbers and booleans are taken as they are written.
    pub fn text(&mut self, node: &Node) -> Option<Located<Expr<String>>> {
        let value = match &node.kind {
            Kind::Deferred(deferred) => self.late(node.origin, deferred)?,
            _ => Expr::Known(self.scalar(node, "text")?),
        };
        Some(Located::new(node.origin, value))
    }

    /// Text that must be known now.
    pub fn known_text(&mut self, node: &Node) -> Option<Located<String>> {
        let text = match &node.kind {
            Kind::Deferred(deferred) => match self.late::<String>(node.origin, deferred)? {
                Expr::Deferred(deferred) => self.resolve(node.origin, &deferred)?,
                Expr::Known(text) => text,
            },
            _ => self.scalar(node, "text")?,
        };
        if text.contains("{{resolve:") {
            self.diagnostics
                .error(node.origin, "a dynamic reference (`{{resolve:…}}`) is known only when the stack is made, but this value must be known when the template is expanded")
                .fix(PLAIN);
            return None;
        }
        Some(Located::new(node.origin, text))
    }

    /// One of these values, by its name in letters of either case. It must be known now.
    pub fn choice<T: Copy>(&mut self, node: &Node, choices: &[(&str, T)]) -> Option<Located<T>> {
        let text = self.known_text(node)?;
        let found = choices.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text.value));
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let near = suggestion(&text.value, names.iter().copied());
            let entry = self.diagnostics.error(text.origin, format!("`{}` is none of the choices", text.value));
            match near {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix(format!("write one of {}", list(&names))),
            }
        }
        found.map(|(_, value)| Located::new(text.origin, *value))
    }

    /// A value of type `T` that must be known now; `what` names it for the message: `a port from 1 to 65535`.
    pub fn known<T: FromStr>(&mut self, node: &Node, what: &str) -> Option<Located<T>> {
        self.known_like(node, what, None)
    }

    /// The same, with a value that it could have, as it is written: `Zones: 2`.
    pub fn known_like<T: FromStr>(&mut self, node: &Node, what: &str, example: Option<&str>) -> Option<Located<T>> {
        let fix = example.map(|example| format!("write `{example}`"));
        if matches!(node.kind, Kind::Sequence(_) | Kind::Mapping(_) | Kind::Null) {
            self.diagnostics.error(node.origin, format!("this must be {what}, not {}", node.description())).fix = fix;
            return None;
        }
        let text = self.known_text(node)?;
        if let Ok(value) = text.value.trim().parse() {
            return Some(Located::new(node.origin, value));
        }
        self.diagnostics.error(node.origin, format!("`{}` is not {what}", text.value)).fix = fix;
        None
    }

    /// A value of type `T` that may be known late.
    pub fn value<T: FromStr>(&mut self, node: &Node, what: &str) -> Option<Located<Expr<T>>> {
        match &node.kind {
            Kind::Deferred(deferred) => Some(Located::new(node.origin, self.late(node.origin, deferred)?)),
            _ => self.known(node, what).map(|located| located.map(Expr::Known)),
        }
    }

    /// What is left to the deployment. A function that only conditions may hold has no value there.
    fn late<T>(&mut self, origin: Origin, deferred: &Deferred) -> Option<Expr<T>> {
        let name = deferred.alone().and_then(call).map(|(name, _)| name);
        let Some(name) = name.filter(|name| OF_CONDITIONS.contains(name)) else {
            return Some(Expr::Deferred(deferred.clone()));
        };
        self.diagnostics
            .error(origin, format!("`{name}` stands in `Conditions` only, as CloudFormation has it"))
            .fix("name the condition there, and write `!If [Name, true, false]`");
        None
    }

    /// A boolean that must be known now; `true` and `false` as text are taken too, as interpolation leaves them so.
    pub fn known_bool(&mut self, node: &Node) -> Option<Located<bool>> {
        self.known(node, "`true` or `false`")
    }

    /// A boolean that must be known now, in any of the spellings that YAML 1.1 has for one.
    pub fn any_bool(&mut self, node: &Node) -> Option<Located<bool>> {
        let text = self.known_text(node)?;
        let value = match text.value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "on" => true,
            "false" | "no" | "n" | "off" => false,
            _ => {
                self.diagnostics
                    .error(node.origin, format!("`{}` is not a boolean", text.value))
                    .fix("write `true` or `false`");
                return None;
            }
        };
        Some(Located::new(node.origin, value))
    }

    /// The items of a list.
    pub fn items(&mut self, node: Node, what: &str) -> Option<Vec<Node>> {
        if let Kind::Sequence(items) = node.kind {
            Some(items)
        } else {
            self.shape(&node, what);
            None
        }
    }

    /// The entries of a map.
    pub fn fields(&mut self, node: Node, what: &str) -> Option<Fields> {
        if let Kind::Mapping(entries) = node.kind {
            Some(Fields { origin: node.origin, entries })
        } else {
            self.shape(&node, what);
            None
        }
    }

    /// Reports that `node` should have been `what`.
    pub fn shape(&mut self, node: &Node, what: &str) {
        if matches!(node.kind, Kind::Faulty) {
            return;
        }
        self.diagnostics.error(node.origin, format!("this must be {what}, not {}", node.description()));
    }

    /// Text of functions and literals, worked out now.
    pub fn resolve(&mut self, origin: Origin, deferred: &Deferred) -> Option<String> {
        let mut text = String::new();
        for piece in deferred.pieces() {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Function(function) => match self.early.resolve(function) {
                    Ok(Json::String(value)) => text.push_str(&value),
                    Ok(Json::Null) => {}
                    Ok(Json::Array(_) | Json::Object(_)) => {
                        self.diagnostics
                            .error(origin, "this must be a single value, not a list")
                            .fix("`Ref` a template parameter of the type `String` or `Number`");
                        return None;
                    }
                    Ok(scalar) => text.push_str(&scalar.to_string()),
                    Err(NotEarly { reason, fix }) => {
                        let message = format!("this value must be known when the template is expanded, but {reason}");
                        self.diagnostics.error(origin, message).fix(fix.unwrap_or_else(|| PLAIN.to_owned()));
                        return None;
                    }
                },
            }
        }
        Some(text)
    }

    fn scalar(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Number(number) => Some(number.to_string()),
            Kind::Bool(value) => Some(value.to_string()),
            _ => {
                self.shape(node, what);
                None
            }
        }
    }
}

/// A map being taken apart key by key, until [`Fields::finish`] reports what is left.
#[derive(Debug)]
pub struct Fields {
    /// The map's place.
    pub origin: Origin,
    entries: IndexMap<String, Node>,
}

impl Fields {
    /// The entries of a map at its place.
    pub fn new(origin: Origin, entries: IndexMap<String, Node>) -> Self {
        Self { origin, entries }
    }

    /// Takes the value under `key`; `key:` with nothing after it counts as absent.
    pub fn take(&mut self, key: &str) -> Option<Node> {
        self.entries.shift_remove(key).filter(|node| !node.is_null())
    }

    /// Puts a value under `key`, for canonical forms.
    pub fn put(&mut self, key: &str, node: Node) {
        self.entries.insert(key.to_owned(), node);
    }

    /// Its entries, in the author's order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Node)> {
        self.entries.iter()
    }

    /// The value under `key`, left where it is; `key:` with nothing after it counts as absent.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(key).filter(|node| !node.is_null())
    }

    /// Whether there is a value under `key`.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Takes all that is left, in the author's order.
    pub fn rest(self) -> IndexMap<String, Node> {
        self.entries
    }

    /// Reports every key that nobody took as unknown, with the nearest of `known` as a suggestion.
    pub fn finish(self, known: &[&str], diagnostics: &mut Diagnostics) {
        for (key, node) in self.entries {
            if known.contains(&key.as_str()) {
                continue;
            }
            let entry = diagnostics.unknown(node.origin, format!("unknown key `{key}`"));
            match suggestion(&key, known.iter().copied()) {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix(format!("the keys here are {}", list(known))),
            }
        }
    }
}
