//! [`healthcheck.test`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck): a line becomes
//! `["CMD-SHELL", line]`.

use super::super::Loader;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, _: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    match kind {
        Kind::Text(_) | Kind::Deferred(_) => {
            let line = Node::new(origin, kind);
            Node::new(origin, Kind::Sequence(vec![Node::text(origin, "CMD-SHELL"), line]))
        }
        kind => Node::new(origin, kind),
    }
}
