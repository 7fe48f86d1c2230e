//! Maps of a configuration: their keys in letters of either case, those that nobody knows noted.

use indexmap::IndexMap;

use crate::document::{Fields, Node, Reader, list, suggestion};
use crate::support::{Table, find};

/// The entries of a map by their keys in lower case. The tool let keys pass that it did not know, so that they are notes here.
pub(super) fn fields(node: Node, table: &'static Table, reader: &mut Reader<'_>) -> Option<Fields> {
    let names = || table.iter().map(|attribute| attribute.name);
    let what = format!("a map with {}", list(&names().collect::<Vec<_>>()));
    let fields = reader.fields(node, &what)?;
    let origin = fields.origin;
    let mut entries = IndexMap::new();
    for (key, value) in fields.rest() {
        let lower = key.to_ascii_lowercase();
        if find(table, &lower).is_none() {
            let entry = reader.diagnostics.note(value.origin, format!("the key `{key}` is unknown and has no effect"));
            match suggestion(&lower, names()) {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix(format!("the keys here are {}", list(&names().collect::<Vec<_>>()))),
            }
            continue;
        }
        let place = value.origin;
        if entries.insert(lower, value).is_some() {
            reader
                .diagnostics
                .error(place, format!("`{key}` is there already, in letters of another case"))
                .fix("leave one of the two out");
        }
    }
    Some(Fields::new(origin, entries))
}

/// Takes a value that must be there; `example` shows what to write.
pub(super) fn required(fields: &mut Fields, key: &str, example: &str, reader: &mut Reader<'_>) -> Option<Node> {
    let node = fields.take(key);
    if node.is_none() {
        reader.diagnostics.error(fields.origin, format!("`{key}` is missing")).fix(format!("write `{key}: {example}`"));
    }
    node
}
