//! [`environment`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#environment): a list of `KEY=value`
//! becomes a map, and a key alone gets its value from `Variables`, which stand for the environment that Compose runs in.

use super::super::Loader;
use super::labels::{expression, pair};
use crate::diagnostic::Origin;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let mut entries = indexmap::IndexMap::new();
    match kind {
        Kind::Sequence(items) => {
            for item in items {
                let Some((key, value)) = pair(&item, loader) else { continue };
                let value = match value {
                    Some(value) => expression(item.origin, value),
                    None => inherited(&key, item.origin, loader),
                };
                entries.insert(key, value);
            }
        }
        Kind::Mapping(map) => {
            for (key, value) in map {
                let value = if value.is_null() { inherited(&key, value.origin, loader) } else { value };
                entries.insert(key, value);
            }
        }
        kind => return Node::new(origin, kind),
    }
    Node::new(origin, Kind::Mapping(entries))
}

/// The value of a variable that is given without one.
fn inherited(name: &str, origin: Origin, loader: &mut Loader<'_, '_, '_>) -> Node {
    match loader.variables.get(name) {
        Some(value) => expression(origin, value),
        None => loader.report_inherited(name, origin),
    }
}
