//! `Subnets`: which of the network's subnets the tasks of a workload are in.

use crate::diagnostic::Located;
use crate::document::{Kind, Node, Reader};
use crate::program::platform::Subnets;

/// Reads `public`, `private`, or a list of ids.
pub(super) fn read(node: Node, reader: &mut Reader<'_>) -> Option<Located<Subnets>> {
    let origin = node.origin;
    if let Kind::Sequence(items) = node.kind {
        let ids: Vec<_> = items.iter().filter_map(|item| reader.text(item)).map(|id| id.value).collect();
        return (!ids.is_empty()).then(|| Located::new(origin, Subnets::Each(ids)));
    }
    let text = match &node.kind {
        Kind::Deferred(_) => None,
        _ => Some(reader.known_text(&node)?.value),
    };
    let subnets = match text.as_deref() {
        Some("public") => Subnets::Public,
        Some("private") => Subnets::Private,
        _ => {
            let what = text.map_or_else(|| node.description().to_owned(), |text| format!("`{text}`"));
            reader
                .diagnostics
                .error(origin, format!("this must be `public`, `private` or a list of subnets, not {what}"))
                .fix("write one of the two, or the ids as `[subnet-1, subnet-2]`");
            return None;
        }
    };
    Some(Located::new(origin, subnets))
}
