//! Maps of options in either spelling.

use std::borrow::Cow;
use std::str::FromStr;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Fields, Node, Reader};
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
