//! `$NAME` and `${NAME}` in values of variables, as Python's
//! [`os.path.expandvars`](https://docs.python.org/2/library/os.path.html#os.path.expandvars) reads them.
//!
//! In: text. Out: the same with the values of variables: of `Variables`, else of parameters of the template. What neither has
//! stays as it is, and a note says so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Settings;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::Reader;
use crate::expression::{Expr, Piece, concatenate};

/// The variables that a declaration gives, and which of them were asked for.
pub(super) struct Variables<'s> {
    /// The declaration's logical id.
    id: &'s str,
    given: &'s BTreeMap<String, Located<Expr<String>>>,
    is_complete: bool,
    used: BTreeSet<String>,
}

impl<'s> Variables<'s> {
    pub(super) fn new(settings: &'s Settings<'s>) -> Self {
        let Settings { id, variables, is_complete, .. } = settings;
        Self { id, given: variables, is_complete: *is_complete, used: BTreeSet::new() }
    }

    /// The text with the values of its variables.
    pub(super) fn expand(&mut self, text: &str, origin: Origin, reader: &mut Reader<'_>) -> Expr<String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            pieces.push(Piece::Literal(before.to_owned()));
            let (name, length) = name(after);
            let (written, after) = after.split_at_checked(length).unwrap_or(("", after));
            match self.value(name, origin, reader) {
                Some(Expr::Known(value)) => pieces.push(Piece::Literal(value)),
                Some(Expr::Deferred(deferred)) => pieces.extend(deferred.pieces().iter().cloned()),
                None => {
                    self.note(name, written, origin, reader.diagnostics);
                    pieces.push(Piece::Literal(format!("${written}")));
                }
            }
            rest = after;
        }
        pieces.push(Piece::Literal(rest.to_owned()));
        concatenate(pieces)
    }

    /// The value of a variable, where there is one.
    fn value(&mut self, name: &str, origin: Origin, reader: &mut Reader<'_>) -> Option<Expr<String>> {
        if name.is_empty() {
            return None;
        }
        if let Some(given) = self.given.get(name) {
            self.used.insert(name.to_owned());
            return Some(given.value.clone());
        }
        let parameter = reader.early.parameter(name)?;
        if parameter != name {
            let message = format!("`${name}` becomes the value of the parameter `{parameter}`");
            reader.diagnostics.advice(origin, message);
        }
        Some(Expr::Deferred(crate::expression::Deferred::function(json!({ "Ref": parameter }))))
    }

    fn note(&self, name: &str, written: &str, origin: Origin, diagnostics: &mut Diagnostics) {
        if name.is_empty() || !self.is_complete {
            return;
        }
        let id = self.id;
        let entry = diagnostics.note(
            origin,
            format!(
                "`${written}` stays as it is: neither `Variables` of `{id}` nor the parameters of the template have it"
            ),
        );
        if name.contains(':') || name.contains('.') {
            entry.fix("make the whole value a function, `!Sub`, if CloudFormation is to replace it");
        } else {
            entry.fix(format!("give it under `Variables`, `{name}: …`, if something is to stand there"));
        }
    }

    /// Notes variables that nothing asked for.
    pub(super) fn report_unused(&self, diagnostics: &mut Diagnostics) {
        for (name, given) in self.given.iter().filter(|(name, _)| !self.used.contains(*name)) {
            diagnostics.note(given.origin, format!("no value of a variable in the document has `${name}`"));
        }
    }
}

/// The name that follows a `$`, and how many bytes it takes there, braces included; none where no name follows.
fn name(after: &str) -> (&str, usize) {
    if let Some(inside) = after.strip_prefix('{') {
        return inside.split_once('}').map_or(("", 0), |(name, _)| (name, name.len() + 2));
    }
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let end = after.find(|character| !is_word(character)).unwrap_or(after.len());
    (after.get(..end).unwrap_or_default(), end)
}
