//! `environment`: a list of maps from names to values, or one such map.

use std::collections::BTreeMap;

use super::Loader;
use super::model::Value;
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node};
use crate::expression::{Deferred, Expr, Piece};

/// Variables by name.
pub(super) type Environment = BTreeMap<String, Located<Value>>;

/// What YAML 1.1 reads as a boolean, and YAML 1.2 as text.
const BOOLEANS: [&str; 4] = ["no", "off", "on", "yes"];

impl Loader<'_, '_, '_> {
    /// The variables of a service, or of all.
    pub(super) fn environment(&mut self, node: Option<Node>) -> Environment {
        let mut environment = Environment::new();
        let Some(node) = node else { return environment };
        let items = match node.kind {
            Kind::Sequence(items) => items,
            Kind::Mapping(_) => vec![node],
            _ => {
                self.reader.shape(&node, "a list of variables, `[{ NAME: value }]`");
                return environment;
            }
        };
        for item in items {
            if let Kind::Text(text) = &item.kind {
                let (name, value) = text.split_once('=').unwrap_or((text, "…"));
                let message = format!("`{text}` is text, and a variable is a map from its name to its value");
                self.reader.diagnostics.error(item.origin, message).fix(format!("write `{name}: {value}`"));
                continue;
            }
            let Some(fields) = self.reader.fields(item, "a variable, `NAME: value`") else { continue };
            for (name, node) in fields.rest() {
                let origin = node.origin;
                let Some(value) = self.value(&name, &node) else { continue };
                if environment.insert(name.clone(), Located::new(origin, value)).is_some() {
                    self.reader.diagnostics.note(origin, format!("`{name}` is there twice: this value counts"));
                }
            }
        }
        environment
    }

    fn value(&mut self, name: &str, node: &Node) -> Option<Value> {
        let python = self.settings.own.python_values.as_ref().map(|python| python.value);
        let origin = node.origin;
        let value = match &node.kind {
            Kind::Null if python == Some(true) => Expr::from("None"),
            Kind::Null => {
                let message = format!("`{name}` has no value; ecs-compose made the text `None` of it");
                let fix = "write `\"\"` for an empty one, or `PythonValues: true` beside `Document` for what it was";
                self.reader.diagnostics.error(origin, message).fix(fix);
                return None;
            }
            Kind::Bool(value) => self.boolean(*value, python, origin),
            Kind::Text(text) => {
                if python == Some(true) && BOOLEANS.iter().any(|word| word.eq_ignore_ascii_case(text)) {
                    let message = format!("`{text}` stays as it is; without quotes ecs-compose took it for a boolean");
                    self.reader.diagnostics.note(origin, message).fix("write `\"True\"` or `\"False\"` if it was that");
                }
                self.variables.expand(text, origin, self.reader)
            }
            Kind::Number(_) | Kind::Deferred(_) => self.reader.text(node)?.value,
            Kind::Sequence(_) | Kind::Mapping(_) | Kind::Tagged(..) | Kind::Faulty => {
                self.reader.shape(node, "a single value");
                return None;
            }
        };
        let is_hidden = matches!(&value, Expr::Deferred(deferred) if self.is_hidden(deferred));
        Some(if is_hidden { Value::Hidden(value) } else { Value::Text(value) })
    }

    fn boolean(&mut self, value: bool, python: Option<bool>, origin: Origin) -> Expr<String> {
        let python_text = if value { "True" } else { "False" };
        match python {
            Some(true) => return Expr::from(python_text),
            Some(false) => {}
            None => {
                self.reader
                    .diagnostics
                    .note(origin, format!("the value is `{value}`, where ecs-compose made `{python_text}` of it"))
                    .fix("write what the program expects in quotes, or `PythonValues: true` beside `Document` for what it was");
            }
        }
        Expr::from(value.to_string())
    }

    /// Whether text holds the value of a parameter that is not echoed.
    fn is_hidden(&self, deferred: &Deferred) -> bool {
        deferred.pieces().iter().any(|piece| match piece {
            Piece::Function(function) => self.reader.early.is_hidden(function),
            Piece::Literal(_) => false,
        })
    }
}
