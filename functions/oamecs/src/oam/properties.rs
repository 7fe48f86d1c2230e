//! Properties of traits and scopes, in all of the shapes that documents have.
//!
//! The specification has a map; its examples have a list of names and values too, under `properties` or `parameterValues`.
//! In: any of these. Out: a map with the keys of a table, in whatever spelling they were written.

use indexmap::IndexMap;

use super::names::{folded, twice};
use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node};
use crate::oam::Loader;
use crate::support::{Attribute, Inside, Table};

/// Other names of properties, by their folded form.
pub(in crate::oam) type Aliases = [(&'static str, &'static str)];

/// The properties of a trait or a scope as a map with the keys of `table`, where they have some. `None` where they are no map,
/// which was reported.
pub(in crate::oam) fn canonical(
    node: Node,
    table: &'static Table,
    aliases: &Aliases,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Node> {
    let origin = node.origin;
    let mut properties: IndexMap<String, Node> = IndexMap::new();
    for (key, node) in entries(node, loader)? {
        let name = name_of(&key, table, aliases).map_or(key, str::to_owned);
        if properties.contains_key(&name) {
            twice(&Located::new(node.origin, name), "property", loader);
        } else {
            properties.insert(name, node);
        }
    }
    Some(Node::new(origin, Kind::Mapping(properties)))
}

/// The property of a table that a key means, in whatever spelling it was written.
pub(super) fn name_of(key: &str, table: &'static Table, aliases: &Aliases) -> Option<&'static str> {
    let key = folded(key);
    let alias = aliases.iter().find(|(alias, _)| *alias == key).map(|(_, name)| *name);
    alias.or_else(|| table.iter().map(|attribute| attribute.name).find(|name| folded(name) == key))
}

/// The properties that a type has.
pub(in crate::oam) fn table_of(attribute: &Attribute) -> &'static Table {
    match attribute.inside {
        Inside::Map(table) => table,
        Inside::Value | Inside::Named(_) | Inside::List(_) => &[],
    }
}

/// The entries of a map, or of a list of names and values.
fn entries(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<IndexMap<String, Node>> {
    let origin = node.origin;
    let items = match node.kind {
        Kind::Null => return Some(IndexMap::new()),
        Kind::Sequence(items) => items,
        _ => return loader.reader.fields(node, "a map").map(Fields::rest),
    };
    let mut entries = IndexMap::with_capacity(items.len());
    for item in items {
        let mut fields = loader.reader.fields(item, "a map with `name` and `value`")?;
        let name = fields.take("name").and_then(|node| loader.reader.known_text(&node));
        let value = fields.take("value");
        fields.finish(&["name", "value"], loader.reader.diagnostics);
        let Some(name) = name else {
            loader.reader.diagnostics.error(origin, "a property has no `name`").fix("write `{ name: …, value: … }`");
            return None;
        };
        let value = value.unwrap_or_else(|| Node::new(name.origin, Kind::Null));
        if entries.insert(name.value.clone(), value).is_some() {
            twice(&name, "property", loader);
        }
    }
    Some(entries)
}
