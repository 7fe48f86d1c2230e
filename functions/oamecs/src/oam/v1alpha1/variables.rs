//! [Variables](https://github.com/oam-dev/spec/blob/4af9e65/6.application_configuration.md#variable): what
//! `[fromVariable(NAME)]` stands for.
//!
//! In: `spec.variables`, and `Variables` beside the document, which wins. Out: any part of the configuration with the values in
//! it. A value that is all of a text keeps its type; within a text it is text. Values are not looked through again.

use std::collections::BTreeMap;

use super::names::{self, twice};
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node, list_some, suggestion};
use crate::expression::{Expr, Piece, concatenate};
use crate::oam::Loader;

/// How a reference begins, and how it ends.
const BEGIN: &str = "[fromVariable(";
const END: &str = ")]";

/// The variables of a configuration.
pub(super) struct Variables {
    values: BTreeMap<String, Variable>,
}

struct Variable {
    node: Node,
    is_used: bool,
    /// Whether it is of the declaration, not of the document.
    is_given: bool,
}

impl Variables {
    /// The variables of a configuration, and those of its declaration.
    pub(super) fn read(node: Option<Node>, loader: &mut Loader<'_, '_, '_>) -> Self {
        let mut values: BTreeMap<String, Variable> = BTreeMap::new();
        for (name, Located { origin, value }) in &loader.settings.variables {
            let kind = match value {
                Expr::Known(text) => Kind::Text(text.clone()),
                Expr::Deferred(deferred) => Kind::Deferred(deferred.clone()),
            };
            let variable = Variable { node: Node::new(*origin, kind), is_used: false, is_given: true };
            values.insert(name.clone(), variable);
        }
        let mut declared: BTreeMap<String, Origin> = BTreeMap::new();
        for node in loader.list(node, "a list of maps with `name` and `value`") {
            let Some(mut fields) = loader.reader.fields(node, "a map with `name` and `value`") else { continue };
            let Some(name) = names::required(&mut fields, "name", "a variable", loader) else { continue };
            if declared.insert(name.value.clone(), name.origin).is_some() {
                twice(&name, "variable", loader);
                continue;
            }
            let value = fields.take("value");
            if let Some(text) = value.as_ref().filter(|value| refers(value)) {
                loader
                    .reader
                    .diagnostics
                    .error(text.origin, "a variable cannot stand for another: values are not looked through again")
                    .fix("write the value itself");
            }
            if let Some(given) = values.get_mut(&name.value) {
                // Whether or not anything refers to it, it is the document's own.
                given.is_given = false;
            } else if let Some(node) = value {
                values.insert(name.value, Variable { node, is_used: false, is_given: false });
            } else {
                loader
                    .reader
                    .diagnostics
                    .error(name.origin, format!("the variable `{}` has no value", name.value))
                    .fix(format!("write its `value`, or `Variables: {{ {}: … }}` beside `Document`", name.value));
                values
                    .insert(name.value, Variable { node: Node::faulty(name.origin), is_used: false, is_given: false });
            }
        }
        Self { values }
    }

    /// The same with values in the place of references.
    pub(super) fn replace(&mut self, node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
        let Node { origin, kind } = node;
        let kind = match kind {
            Kind::Text(text) if text.contains(BEGIN) => return self.text(origin, &text, loader),
            Kind::Deferred(deferred) => {
                let refers = |piece: &Piece| matches!(piece, Piece::Literal(text) if text.contains(BEGIN));
                if !deferred.pieces().iter().any(refers) {
                    return Node::new(origin, Kind::Deferred(deferred));
                }
                let mut pieces = Vec::new();
                for piece in deferred.pieces() {
                    match piece {
                        Piece::Literal(text) => match self.pieces(origin, text, loader) {
                            Some(more) => pieces.extend(more),
                            None => return Node::faulty(origin),
                        },
                        Piece::Function(_) => pieces.push(piece.clone()),
                    }
                }
                together(pieces)
            }
            Kind::Sequence(items) => Kind::Sequence(items.into_iter().map(|item| self.replace(item, loader)).collect()),
            Kind::Mapping(entries) => {
                Kind::Mapping(entries.into_iter().map(|(key, value)| (key, self.replace(value, loader))).collect())
            }
            kind => kind,
        };
        Node::new(origin, kind)
    }

    fn text(&mut self, origin: Origin, text: &str, loader: &mut Loader<'_, '_, '_>) -> Node {
        let whole = text.trim().strip_prefix(BEGIN).and_then(|text| text.strip_suffix(END));
        if let Some(name) = whole.filter(|name| !name.contains(BEGIN)) {
            let found = self.find(origin, name.trim(), loader);
            return found.map_or(Node::faulty(origin), |node| at(origin, node));
        }
        match self.pieces(origin, text, loader) {
            Some(pieces) => Node::new(origin, together(pieces)),
            None => Node::faulty(origin),
        }
    }

    /// The pieces of a text, of which some are values; `None` where one is missing, which was reported.
    fn pieces(&mut self, origin: Origin, text: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut is_whole = true;
        while let Some((before, after)) = rest.split_once(BEGIN) {
            pieces.push(Piece::Literal(before.to_owned()));
            let Some((name, end)) = after.split_once(END) else {
                loader
                    .reader
                    .diagnostics
                    .error(origin, format!("`{BEGIN}` has no end"))
                    .fix(format!("write `{BEGIN}NAME{END}`"));
                return None;
            };
            rest = end;
            match self.find(origin, name.trim(), loader).map(|node| node.kind) {
                Some(Kind::Text(value)) => pieces.push(Piece::Literal(value)),
                Some(Kind::Number(value)) => pieces.push(Piece::Literal(value.to_string())),
                Some(Kind::Bool(value)) => pieces.push(Piece::Literal(value.to_string())),
                Some(Kind::Deferred(deferred)) => pieces.extend(deferred.pieces().iter().cloned()),
                Some(Kind::Sequence(_) | Kind::Mapping(_)) => {
                    loader
                        .reader
                        .diagnostics
                        .error(
                            origin,
                            format!("the variable `{}` is no single value, and stands within a text", name.trim()),
                        )
                        .fix(format!("let `{BEGIN}{name}{END}` be all of the text"));
                    is_whole = false;
                }
                Some(Kind::Null | Kind::Tagged(..) | Kind::Faulty) | None => is_whole = false,
            }
        }
        pieces.push(Piece::Literal(rest.to_owned()));
        is_whole.then_some(pieces)
    }

    fn find(&mut self, origin: Origin, name: &str, loader: &mut Loader<'_, '_, '_>) -> Option<Node> {
        if let Some(variable) = self.values.get_mut(name) {
            variable.is_used = true;
            return Some(variable.node.clone());
        }
        // It may be one of those that could not be read.
        if loader.settings.is_complete {
            let known: Vec<&str> = self.values.keys().map(String::as_str).collect();
            let error = loader.reader.diagnostics.error(origin, format!("there is no variable `{name}`"));
            match suggestion(name, known.iter().copied()) {
                Some(near) => error.fix(format!("did you mean `{near}`?")),
                None if known.is_empty() => error.fix(format!(
                    "add it to `spec.variables`, or write `Variables: {{ {name}: … }}` beside `Document`"
                )),
                None => error.fix(format!("the variables are {}", list_some(&known))),
            }
        }
        None
    }

    /// Notes what the declaration gives and nothing refers to.
    pub(super) fn report_unused(&self, loader: &mut Loader<'_, '_, '_>) {
        for (name, variable) in &self.values {
            if variable.is_given && !variable.is_used {
                let message = format!("the document does not use the variable `{name}`");
                loader.reader.diagnostics.note(variable.node.origin, message);
            }
        }
    }
}

/// Notes a reference where none is looked for: outside of the configuration.
pub(super) fn note_literal(node: &Node, loader: &mut Loader<'_, '_, '_>) {
    if refers(node) {
        loader
            .reader
            .diagnostics
            .note(
                node.origin,
                format!("`{BEGIN}…{END}` stays as it is: a schematic does not know the variables of a configuration"),
            )
            .fix("write `fromParam`, and give the variable to the parameter under `parameterValues`");
    }
}

fn refers(node: &Node) -> bool {
    matches!(&node.kind, Kind::Text(text) if text.contains(BEGIN))
}

fn together(pieces: Vec<Piece>) -> Kind {
    match concatenate(pieces) {
        Expr::Known(text) => Kind::Text(text),
        Expr::Deferred(deferred) => Kind::Deferred(deferred),
    }
}

/// The same at another place: what is wrong with a value is told where it is used.
fn at(origin: Origin, node: Node) -> Node {
    let kind = match node.kind {
        Kind::Sequence(items) => Kind::Sequence(items.into_iter().map(|item| at(origin, item)).collect()),
        Kind::Mapping(entries) => {
            Kind::Mapping(entries.into_iter().map(|(key, value)| (key, at(origin, value))).collect())
        }
        kind => kind,
    };
    Node::new(origin, kind)
}
