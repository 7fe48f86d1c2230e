//! [`devices`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#devices): `HOST[:CONTAINER[:PERMISSIONS]]`
//! becomes a map. [`gpus`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#gpus): `all`, or a number,
//! becomes a list.

use super::super::Loader;
use super::map;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let mut devices = Vec::new();
    for item in items {
        if matches!(item.kind, Kind::Mapping(_)) {
            devices.push(item);
            continue;
        }
        let Some(text) = loader.reader.known_text(&item) else { continue };
        let mut parts = text.value.splitn(3, ':');
        let mut entries = vec![("source", Node::text(item.origin, parts.next().unwrap_or_default()))];
        entries.extend(parts.next().map(|target| ("target", Node::text(item.origin, target))));
        entries.extend(parts.next().map(|permissions| ("permissions", Node::text(item.origin, permissions))));
        devices.push(map(item.origin, entries));
    }
    Node::new(origin, Kind::Sequence(devices))
}

pub(super) fn gpus(node: Node, _: &mut Loader<'_, '_, '_>) -> Node {
    let origin = node.origin;
    match node.kind {
        Kind::Sequence(_) | Kind::Mapping(_) => node,
        _ => Node::new(origin, Kind::Sequence(vec![map(origin, [("count", node)])])),
    }
}
