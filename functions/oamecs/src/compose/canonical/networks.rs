//! [`networks`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#networks) of a service: a list of
//! names becomes a map.

use super::super::Loader;
use super::map;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let mut entries = indexmap::IndexMap::new();
    for item in items {
        if let Some(name) = loader.reader.known_text(&item) {
            entries.insert(name.value, map(item.origin, []));
        }
    }
    Node::new(origin, Kind::Mapping(entries))
}
