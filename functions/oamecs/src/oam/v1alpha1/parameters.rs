//! [Parameters](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#parameter): what a schematic leaves to its
//! instances, and what an instance says.
//!
//! In: `spec.parameters` of a schematic, and `parameterValues` of an instance. Out: the value of each parameter, of its type.

use std::collections::BTreeMap;

use super::names::{self, twice};
use super::variables::note_literal;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list_some, suggestion};
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::containers::{Value, Values};

/// The parameters of an instance.
pub(super) struct Parameters<'a> {
    /// The schematic's name, for messages.
    schematic: &'a str,
    declared: BTreeMap<String, Parameter>,
    given: BTreeMap<String, Given>,
}

/// A parameter as its schematic declares it.
struct Parameter {
    default: Option<Node>,
}

/// What an instance says.
struct Given {
    name: Origin,
    node: Node,
    is_used: bool,
}

/// The types of parameters: those of the specification, and those that its examples and reference implementation have besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Boolean,
    Number,
    Integer,
    String,
    Null,
    Object,
    Array,
}

const TYPES: [(&str, Type); 13] = [
    ("boolean", Type::Boolean),
    ("number", Type::Number),
    ("string", Type::String),
    ("null", Type::Null),
    ("object", Type::Object),
    ("array", Type::Array),
    ("bool", Type::Boolean),
    ("double", Type::Number),
    ("float", Type::Number),
    ("int", Type::Integer),
    ("integer", Type::Integer),
    ("[]string", Type::Array),
    ("list", Type::Array),
];

/// What `fromParam` stands for.
enum Found {
    /// This value.
    Value(Node),
    /// Nothing: the parameter need not have a value, and has none.
    Nothing,
}

impl<'a> Parameters<'a> {
    /// The parameters of an instance at `origin`.
    pub(super) fn read(
        schematic: &'a str,
        declared: Option<Node>,
        given: Option<Node>,
        origin: Origin,
        loader: &mut Loader<'_, '_, '_>,
    ) -> Self {
        let place = given.as_ref().map_or(origin, |node| node.origin);
        let given = self::given(given, loader);
        let mut parameters = Self { schematic, declared: BTreeMap::new(), given };
        for node in loader.list(declared, "a list of maps with `name` and `type`") {
            parameters.declare(node, place, loader);
        }
        parameters
    }

    fn declare(&mut self, node: Node, place: Origin, loader: &mut Loader<'_, '_, '_>) {
        let Some(mut fields) = loader.reader.fields(node, "a map with `name` and `type`") else { return };
        let Some(name) = names::required(&mut fields, "name", "a parameter", loader) else { return };
        let kind = fields.take("type").and_then(|node| loader.reader.choice(&node, &TYPES));
        let kind = kind.map(|kind| kind.value);
        let is_required =
            fields.take("required").and_then(|node| loader.reader.any_bool(&node)).is_some_and(|it| it.value);
        // The specification's own examples have `value`.
        let (default, value) = (fields.take("default"), fields.take("value"));
        let default = default.or(value);
        if self.declared.contains_key(&name.value) {
            twice(&name, "parameter", loader);
            return;
        }
        if let Some(default) = &default {
            note_literal(default, loader);
            check(&name.value, kind, default, loader);
        }
        match self.given.get(&name.value) {
            Some(given) => check(&name.value, kind, &given.node, loader),
            None if is_required && default.is_none() => {
                let message = format!("`{}` needs a value for its parameter `{}`", self.schematic, name.value);
                let fix = format!("add it under `parameterValues`: `{{ name: {}, value: … }}`", name.value);
                loader.reader.diagnostics.error(place, message).fix(fix);
            }
            None => {}
        }
        self.declared.insert(name.value, Parameter { default });
    }

    fn find(&mut self, name: &Located<String>, loader: &mut Loader<'_, '_, '_>) -> Option<Found> {
        if let Some(given) = self.given.get_mut(&name.value) {
            given.is_used = true;
            return Some(Found::Value(given.node.clone()));
        }
        if let Some(parameter) = self.declared.get(&name.value) {
            return Some(parameter.default.clone().map_or(Found::Nothing, Found::Value));
        }
        let known: Vec<&str> = self.declared.keys().map(String::as_str).collect();
        let message =
            format!("`{}` has no parameter `{}`, and its instance gives it no value", self.schematic, name.value);
        let near = suggestion(&name.value, known.iter().copied());
        let error = loader.reader.diagnostics.error(name.origin, message);
        match near {
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None if known.is_empty() => error.fix("add it to the schematic's `parameters`"),
            None => error.fix(format!("add it to the schematic's `parameters`, which are {}", list_some(&known))),
        }
        None
    }

    /// Notes values for parameters that there are not.
    pub(super) fn report_unused(&self, loader: &mut Loader<'_, '_, '_>) {
        let known: Vec<&str> = self.declared.keys().map(String::as_str).collect();
        for (name, given) in &self.given {
            if given.is_used || self.declared.contains_key(name) {
                continue;
            }
            let message = format!("the value has no effect: `{}` has no parameter `{name}`", self.schematic);
            let near = suggestion(name, known.iter().copied());
            let entry = loader.reader.diagnostics.note(given.name, message);
            entry.fix(near.map_or("remove it".to_owned(), |near| format!("did you mean `{near}`?")));
        }
    }
}

impl Values for Parameters<'_> {
    /// The value of something that has it itself (`value`) or by a parameter (`fromParam`), which wins. `None` where there is
    /// none: that was reported, unless the parameter need not have one.
    fn value(&mut self, fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Value> {
        let value = fields.take("value");
        let Some(from) = fields.take("fromParam") else {
            let Some(value) = value else {
                loader
                    .reader
                    .diagnostics
                    .error(fields.origin, "there is neither a `value` nor a `fromParam`")
                    .fix("write one of the two; an empty value is `value: \"\"`");
                return None;
            };
            note_literal(&value, loader);
            return Some(Value::Text(text(&value, loader)?.value));
        };
        let name = loader.reader.known_text(&from)?;
        match (self.find(&name, loader)?, value) {
            (Found::Value(node), _) => Some(Value::Text(text(&node, loader)?.value)),
            (Found::Nothing, Some(node)) => {
                let message = format!("the parameter `{}` has no value, so that `value` counts", name.value);
                loader.reader.diagnostics.note(from.origin, message);
                Some(Value::Text(text(&node, loader)?.value))
            }
            (Found::Nothing, None) => {
                let name = &name.value;
                loader
                    .reader
                    .diagnostics
                    .note(from.origin, format!("the parameter `{name}` has no value, and this is left out"))
                    .fix(format!("add `{name}` under `parameterValues`, or give it a `default`"));
                None
            }
        }
    }

    fn look_at(&self, node: &Node, loader: &mut Loader<'_, '_, '_>) {
        note_literal(node, loader);
    }
}

fn given(node: Option<Node>, loader: &mut Loader<'_, '_, '_>) -> BTreeMap<String, Given> {
    let mut given: BTreeMap<String, Given> = BTreeMap::new();
    for node in loader.list(node, "a list of maps with `name` and `value`") {
        let Some(mut fields) = loader.reader.fields(node, "a map with `name` and `value`") else { continue };
        let Some(name) = names::required(&mut fields, "name", "a parameter", loader) else { continue };
        if given.contains_key(&name.value) {
            twice(&name, "value for the parameter", loader);
            continue;
        }
        if let Some(node) = fields.take("value") {
            given.insert(name.value, Given { name: name.origin, node, is_used: false });
        } else {
            loader
                .reader
                .diagnostics
                .note(name.origin, format!("`{}` is given no `value`: its default counts", name.value))
                .fix("write its `value`; an empty one is `value: \"\"`");
        }
    }
    given
}

/// Reports a value that is not of its parameter's type. What a function gives is known too late to look at.
fn check(name: &str, kind: Option<Type>, node: &Node, loader: &mut Loader<'_, '_, '_>) {
    let Some(kind) = kind else { return };
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok_and(f64::is_finite);
    let is_whole = |text: &str| text.trim().parse::<i64>().is_ok();
    let is_fitting = match (&node.kind, kind) {
        (Kind::Faulty, _)
        | (Kind::Deferred(_) | Kind::Text(_), Type::String)
        | (Kind::Deferred(_), Type::Boolean | Type::Number | Type::Integer)
        | (Kind::Bool(_), Type::Boolean)
        | (Kind::Number(_), Type::Number)
        | (Kind::Mapping(_), Type::Object)
        | (Kind::Sequence(_), Type::Array)
        | (Kind::Null, Type::Null) => true,
        (Kind::Number(number), Type::Integer) => number.is_i64() || number.is_u64(),
        // `Variables` beside the document are texts.
        (Kind::Text(text), Type::Number) => is_number(text),
        (Kind::Text(text), Type::Integer) => is_whole(text),
        (Kind::Text(text), Type::Boolean) => matches!(text.as_str(), "true" | "false"),
        _ => false,
    };
    if is_fitting {
        return;
    }
    let (what, fix) = match kind {
        Type::String => ("text", "write it in quotes"),
        Type::Boolean => ("a boolean", "write `true` or `false`"),
        Type::Number => ("a number", "write a number"),
        Type::Integer => ("a whole number", "write a whole number"),
        Type::Null => ("nothing", "remove it"),
        Type::Object => ("a map", "write a map"),
        Type::Array => ("a list", "write a list"),
    };
    let message = format!("the parameter `{name}` is {what}, and this is {}", node.description());
    loader.reader.diagnostics.error(node.origin, message).fix(fix);
}

/// A value as text: maps and lists as JSON, as the reference implementation has it.
fn text(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<Expr<String>>> {
    if !matches!(node.kind, Kind::Sequence(_) | Kind::Mapping(_)) {
        return loader.reader.text(node);
    }
    if holds_function(node) {
        loader
            .reader
            .diagnostics
            .error(
                node.origin,
                "this becomes JSON, and holds a CloudFormation function, which has its value only later",
            )
            .fix("write the JSON as text, with `Fn::Sub`");
        return None;
    }
    Some(Located::new(node.origin, Expr::Known(node.clone().into_json().to_string())))
}

fn holds_function(node: &Node) -> bool {
    match &node.kind {
        Kind::Deferred(_) => true,
        Kind::Sequence(items) => items.iter().any(holds_function),
        Kind::Mapping(entries) => entries.values().any(holds_function),
        _ => false,
    }
}
