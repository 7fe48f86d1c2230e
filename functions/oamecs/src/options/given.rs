//! Maps of options in either spelling.

use std::borrow::Cow;
use std::str::FromStr;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Fields, Kind, Node, Reader};
use crate::expression::Expr;

/// How the names of options are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As CloudFormation writes properties: `ExecuteCommand`.
    Pascal,
    /// As documents do: `execute_command`.
    Snake,
}

impl Spelling {
    /// The name of an option, given as CloudFormation writes it, in this spelling.
    pub fn of(self, name: &str) -> Cow<'_, str> {
        if self == Self::Pascal {
            return Cow::Borrowed(name);
        }
        let mut snake = String::with_capacity(name.len() + 4);
        for character in name.chars() {
            if character.is_ascii_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.push(character.to_ascii_lowercase());
        }
        Cow::Owned(snake)
    }
}

/// A map of options being taken apart. Options are asked for by their names in CloudFormation's spelling.
#[derive(Debug)]
pub struct Given {
    fields: Fields,
    spelling: Spelling,
    /// What stands before each name where the author writes it: `x-aws-`.
    prefix: &'static str,
}

impl Given {
    /// The entries of a map beside a document.
    pub fn beside(fields: Fields) -> Self {
        Self { fields, spelling: Spelling::Pascal, prefix: "" }
    }

    /// Keys within a document, whose `prefix` has been taken away.
    pub fn within(origin: Origin, entries: IndexMap<String, Node>, prefix: &'static str) -> Self {
        Self { fields: Fields::new(origin, entries), spelling: Spelling::Snake, prefix }
    }

    /// Takes the keys of these options out of a map of a document, in which `prefix` stands before each.
    pub fn among(fields: &mut Fields, known: &[&str], prefix: &'static str) -> Self {
        let mut entries = IndexMap::new();
        for name in known {
            let name = Spelling::Snake.of(name);
            if let Some(node) = fields.take(&format!("{prefix}{name}")) {
                entries.insert(name.into_owned(), node);
            }
        }
        Self::within(fields.origin, entries, prefix)
    }

    /// The map's place.
    pub fn origin(&self) -> Origin {
        self.fields.origin
    }

    /// Takes the value of an option.
    pub fn take(&mut self, name: &str) -> Option<Node> {
        self.fields.take(&self.spelling.of(name))
    }

    /// Takes the value under a key that is no option.
    pub fn take_as_written(&mut self, key: &str) -> Option<Node> {
        self.fields.take(key)
    }

    /// The value of an option, left where it is.
    pub fn peek(&self, name: &str) -> Option<&Node> {
        self.fields.get(&self.spelling.of(name))
    }

    /// Whether there is a value for an option.
    pub fn has(&self, name: &str) -> bool {
        self.fields.has(&self.spelling.of(name))
    }

    /// An option as the author writes it: `x-aws-execute_command`.
    pub fn spelled(&self, name: &str) -> String {
        format!("{}{}", self.prefix, self.spelling.of(name))
    }

    /// The name of an option below this map, as the author writes it.
    pub fn spelling_of<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.spelling.of(name)
    }

    /// The options within the value of an option. `what` says what it must be, for a message: `a map with …`.
    pub fn map(&self, node: Node, what: &str, reader: &mut Reader<'_>) -> Option<Self> {
        let fields = reader.fields(node, what)?;
        Some(Self { fields, spelling: self.spelling, prefix: "" })
    }

    /// Takes a value that must be known now; `what` names it for a message, and `example` is one.
    pub fn known<T: FromStr>(
        &mut self,
        name: &str,
        what: &str,
        example: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Located<T>> {
        let node = self.take(name)?;
        let example = format!("{}: {example}", self.spelled(name));
        reader.known_like(&node, what, Some(&example))
    }

    /// Takes a value that may be known late; the rest as with [`Given::known`].
    pub fn value<T: FromStr>(
        &mut self,
        name: &str,
        what: &str,
        example: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Located<Expr<T>>> {
        let node = self.take(name)?;
        if let Kind::Deferred(deferred) = &node.kind {
            return Some(Located::new(node.origin, Expr::Deferred(deferred.clone())));
        }
        let example = format!("{}: {example}", self.spelled(name));
        reader.known_like(&node, what, Some(&example)).map(|value| value.map(Expr::Known))
    }

    /// Takes one text or a list of them, each of which may be known late.
    pub fn texts(&mut self, name: &str, reader: &mut Reader<'_>) -> Option<Located<Vec<Located<Expr<String>>>>> {
        let node = self.take(name)?;
        let origin = node.origin;
        let items = match node.kind {
            Kind::Sequence(items) => items,
            _ => vec![node],
        };
        Some(Located::new(origin, items.iter().filter_map(|item| reader.text(item)).collect()))
    }

    /// Takes text that may be known late.
    pub fn text(&mut self, name: &str, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
        let node = self.take(name)?;
        reader.text(&node)
    }

    /// Reports every key that nobody took as unknown, with the nearest of `known` as a suggestion.
    pub fn finish(self, known: &[&str], diagnostics: &mut Diagnostics) {
        let spelled: Vec<Cow<'_, str>> = known.iter().map(|name| self.spelling.of(name)).collect();
        let known: Vec<&str> = spelled.iter().map(AsRef::as_ref).collect();
        self.fields.finish(&known, diagnostics);
    }
}

#[cfg(test)]
mod tests {
    use super::Spelling;

    #[test]
    fn names_are_spelled_both_ways() {
        assert_eq!(Spelling::Snake.of("ExecuteCommand"), "execute_command");
        assert_eq!(Spelling::Pascal.of("ExecuteCommand"), "ExecuteCommand");
    }
}
