//! [`ulimits`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ulimits): a number is both limits.

use super::super::Loader;
use super::map;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, _: &mut Loader<'_, '_, '_>) -> Node {
    match node.kind {
        Kind::Mapping(_) => node,
        _ => map(node.origin, [("soft", node.clone()), ("hard", node)]),
    }
}
