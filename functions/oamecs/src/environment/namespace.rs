//! The name space that applications share: one that is made, one that exists, or whichever of both is so.

use super::text;
use crate::diagnostic::Located;
use crate::document::{Fields, Node, Reader};
use crate::program::environment::Namespace;

/// A domain name: labels of letters, digits, hyphens and underscores with dots between them
/// ([RFC 1035](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.1), and the underscores of Cloud Map).
pub(crate) fn domain_name(node: &Node, reader: &mut Reader<'_>) -> Option<Located<String>> {
    let name = reader.known_text(node)?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
    };
    if name.value.len() <= 253 && name.value.split('.').all(is_label) {
        return Some(name);
    }
    reader
        .diagnostics
        .error(name.origin, format!("`{}` is not a domain name", name.value))
        .fix("write letters, digits and hyphens with dots between them, such as `company.internal`");
    None
}

/// Reads what is said of the name space.
pub(super) fn read(fields: &mut Fields, reader: &mut Reader<'_>) -> Option<Namespace> {
    let made = fields.take("Namespace").and_then(|node| domain_name(&node, reader));
    let shared = fields.take("SharedNamespace").and_then(|node| domain_name(&node, reader));
    let id = text(fields, "NamespaceId", reader);
    let name = fields.take("NamespaceName").and_then(|node| domain_name(&node, reader));
    let mut refuse = |origin, message: &str, fix: &str| {
        reader.diagnostics.error(origin, message).fix(fix);
        None
    };
    match (made, shared, id, name) {
        (None, None, None, None) => None,
        (Some(name), None, None, None) => Some(Namespace::Made(name)),
        (None, Some(name), None, None) => Some(Namespace::Shared(name)),
        (None, None, Some(id), Some(name)) => Some(Namespace::Given { id, name }),
        (None, None, Some(id), None) => refuse(
            id.origin,
            "names end in the name of the namespace, which is not known from its id",
            "add `NamespaceName`",
        ),
        (_, _, _, Some(name)) => refuse(
            name.origin,
            "`NamespaceName` is the name of the namespace with `NamespaceId`",
            "add `NamespaceId`, or write `Namespace` for a namespace that is made",
        ),
        (Some(name), _, Some(_), None) => refuse(
            name.origin,
            "a namespace is given, and another is to be made",
            "remove `Namespace`, or `NamespaceId` and `NamespaceName`",
        ),
        (_, Some(name), _, None) => refuse(
            name.origin,
            "a namespace is shared with whoever has it, and another one is given or made",
            "remove `SharedNamespace`, or the other",
        ),
    }
}
