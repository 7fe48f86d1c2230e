//! `Secrets`: where the values of a document's secrets come from, as no template holds them.
//!
//! In: `generate`, or a map from names to `generate`, or to secrets that exist. Out: [`Secrets`].

use std::collections::BTreeMap;

use super::entries;
use crate::diagnostic::Located;
use crate::document::{Kind, Node, Reader};
use crate::expression::Expr;

/// The word for a value that is made up.
const GENERATE: &str = "generate";

/// Where the values of secrets come from.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Whether those of which nothing else is said are made up.
    pub generates: bool,
    /// What is said of each, by name.
    pub by_name: BTreeMap<String, Located<SecretSource>>,
}

/// Where the value of a secret comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum SecretSource {
    /// It is made up once.
    Generated,
    /// A secret that exists, by name or ARN, or a parameter, by ARN.
    Given(Expr<String>),
}

/// Reads `Secrets`. `None` where an error was reported.
pub(super) fn read(node: Option<Node>, reader: &mut Reader<'_>) -> Option<Secrets> {
    let Some(node) = node else { return Some(Secrets::default()) };
    if let Kind::Text(word) = &node.kind {
        if word == GENERATE {
            return Some(Secrets { generates: true, by_name: BTreeMap::new() });
        }
        reader
            .diagnostics
            .error(node.origin, format!("`{word}` says not which secret comes from where"))
            .fix("write `Secrets: generate` for new values, or a map from names, `Secrets: { db-password: generate }`");
        return None;
    }
    let (mut secrets, mut is_complete) = (Secrets::default(), true);
    for (name, node) in entries(node, "Secrets: { db-password: generate }", reader)? {
        match reader.text(&node) {
            Some(Located { origin, value: Expr::Deferred(deferred) })
                if deferred.alone().is_some_and(|function| reader.early.is_hidden(function)) =>
            {
                reader
                    .diagnostics
                    .error(origin, "this is where a secret exists, by name or ARN, and a `NoEcho` parameter is a value")
                    .fix("give the value where the document has it: under `Files` by the path of its `file`, or under `Variables` by the name of its `environment`");
                is_complete = false;
            }
            Some(Located { origin, value }) => {
                let is_word = value.known().is_some_and(|word| word == GENERATE);
                let value = if is_word { SecretSource::Generated } else { SecretSource::Given(value) };
                secrets.by_name.insert(name, Located::new(origin, value));
            }
            None => is_complete = false,
        }
    }
    is_complete.then_some(secrets)
}
