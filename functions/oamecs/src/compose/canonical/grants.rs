//! [`secrets`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#secrets) and
//! [`configs`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#configs) of a service: a name becomes a map
//! with `source`.

use super::super::Loader;
use super::map;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, _: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let Kind::Sequence(items) = kind else { return Node::new(origin, kind) };
    let long = |item: Node| match item.kind {
        Kind::Mapping(_) | Kind::Faulty => item,
        _ => map(item.origin, [("source", item)]),
    };
    Node::new(origin, Kind::Sequence(items.into_iter().map(long).collect()))
}
