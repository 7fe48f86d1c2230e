//! [`labels`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#labels): a list of `KEY=value` becomes a
//! map. A key alone is an empty label.

use super::super::Loader;
use crate::document::{Kind, Node};
use crate::expression::{Expr, split_once};

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let mut entries = indexmap::IndexMap::new();
    match kind {
        Kind::Sequence(items) => {
            for item in items {
                let Some(text) = loader.reader.text(&item) else { continue };
                let (key, value) = match split_once(&text.value, '=') {
                    Some(entry) => entry,
                    None => match loader.reader.known_text(&item) {
                        Some(key) => (key.value, Expr::from("")),
                        None => continue,
                    },
                };
                entries.insert(key, expression(item.origin, value));
            }
        }
        Kind::Mapping(map) => {
            for (key, value) in map {
                let value = if value.is_null() { Node::text(value.origin, "") } else { value };
                entries.insert(key, value);
            }
        }
        kind => return Node::new(origin, kind),
    }
    Node::new(origin, Kind::Mapping(entries))
}

/// A value that may be known late as a node.
pub(super) fn expression(origin: crate::diagnostic::Origin, value: Expr<String>) -> Node {
    match value {
        Expr::Known(text) => Node::text(origin, text),
        Expr::Deferred(deferred) => Node::new(origin, Kind::Deferred(deferred)),
    }
}
