//! [`restart`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#restart): `no` in a map arrives as a
//! boolean, as CloudFormation reads YAML 1.1.

use super::super::Loader;
use crate::document::{Kind, Node};

pub(super) fn canonical(node: Node, _: &mut Loader<'_, '_, '_>) -> Node {
    match node.kind {
        Kind::Bool(false) => Node::text(node.origin, "no"),
        _ => node,
    }
}
