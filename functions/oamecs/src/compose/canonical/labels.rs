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
                if let Some((key, value)) = pair(&item, loader) {
                    let value = value.unwrap_or_else(|| Expr::from(""));
                    entries.insert(key, expression(item.origin, value));
                }
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

/// The key and the value of an item `KEY=value`; no value where there is a key alone.
pub(super) fn pair(item: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<(String, Option<Expr<String>>)> {
    if let Kind::Mapping(entries) = &item.kind {
        // `- KEY: value` is a map within the list.
        let key = entries.keys().next().map_or("KEY", String::as_str);
        loader
            .reader
            .diagnostics
            .error(item.origin, "this must be `KEY=value`, as it is an item of a list, not a map")
            .fix(format!("write `{key}=…`, or all of them as a map, without `-`"));
        return None;
    }
    let text = loader.reader.text(item)?;
    let (key, value) = match split_once(&text.value, '=') {
        Some((key, value)) => (key, Some(value)),
        None => (loader.reader.known_text(item)?.value, None),
    };
    let trimmed = key.trim();
    let fault = if let (None, Some((before, _))) = (&value, key.split_once(": ")) {
        let fix = format!("write `{before}=…`, or all of them as a map, without `-`");
        Some(("a colon stands where `=` divides a name from its value".to_owned(), fix))
    } else if trimmed != key {
        Some((
            format!("the name would be `{key}`, as spaces count here"),
            format!("write `{trimmed}=…`, without spaces around `=`"),
        ))
    } else {
        None
    };
    if let Some((message, fix)) = fault {
        loader.reader.diagnostics.error(item.origin, message).fix(fix);
        return None;
    }
    Some((key, value))
}

/// A value that may be known late as a node.
pub(in super::super) fn expression(origin: crate::diagnostic::Origin, value: Expr<String>) -> Node {
    match value {
        Expr::Known(text) => Node::text(origin, text),
        Expr::Deferred(deferred) => Node::new(origin, Kind::Deferred(deferred)),
    }
}
