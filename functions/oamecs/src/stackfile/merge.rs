//! Several documents as one: `-f base.yml -f production.yml`.
//!
//! In: documents, the later laid over the earlier. Out: one map, in which `services` is a map from names to what they are. As in
//! ecs-compose, maps are laid over each other key by key, a list takes the place of the other, `logging` does so as a whole, and
//! services are added; those of one name become one, where ecs-compose deployed one after the other.

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostics, Origin};
use crate::document::{Document, Fields, Kind, Node, Reader};

type Entries = IndexMap<String, Node>;

/// The documents as one. `None` where there is none, which was reported.
pub(super) fn merge(documents: Vec<Document>, reader: &mut Reader<'_>) -> Option<Fields> {
    let mut origin = None;
    let mut merged = Entries::new();
    let mut services = Entries::new();
    let mut place = None;
    for document in documents {
        let Some(mut fields) = reader.fields(document.node, "a stackfile, a map with `services`") else { continue };
        origin = origin.or(Some(fields.origin));
        if let Some(node) = fields.take("services") {
            place = place.or(Some(node.origin));
            add(node, &mut services, reader);
        }
        for (key, node) in fields.rest() {
            match merged.get_mut(&key) {
                Some(under) if key != "logging" => lay(under, node),
                _ => {
                    merged.insert(key, node);
                }
            }
        }
    }
    let origin = origin?;
    let Some(place) = place else {
        let entry = reader.diagnostics.error(origin, "`services` is missing");
        if merged.keys().any(|key| key == "version" || key == "networks") {
            entry.fix("add `services`; a Compose document goes into an `OamEcs::Compose`");
        } else {
            entry.fix("write `services: [{ web: { image: … } }]`");
        }
        return None;
    };
    merged.insert("services".to_owned(), Node::new(place, Kind::Mapping(services)));
    Some(Fields::new(origin, merged))
}

/// Adds the services of a document: a list of maps from names, or one such map.
fn add(node: Node, services: &mut Entries, reader: &mut Reader<'_>) {
    let items = match node.kind {
        Kind::Mapping(entries) => {
            for (name, node) in entries {
                one(name, node, services, reader.diagnostics);
            }
            return;
        }
        Kind::Sequence(items) => items,
        _ => {
            reader.shape(&node, "a list of services, each a map with its name as the only key");
            return;
        }
    };
    for item in items {
        let origin = item.origin;
        let Some(fields) = reader.fields(item, "a service, a map with its name as the only key") else { continue };
        let entries = fields.rest();
        if let Some(name) = outdented(&entries) {
            reader
                .diagnostics
                .error(origin, format!("what is said of `{name}` stands beside its name, not below it"))
                .fix(format!("indent it further than `{name}:`"));
            continue;
        }
        for (name, node) in entries {
            one(name, node, services, reader.diagnostics);
        }
    }
}

/// The name of a service whose attributes are no further in than itself.
fn outdented(entries: &Entries) -> Option<&str> {
    let (name, first) = entries.first()?;
    let has_attributes = entries.keys().skip(1).any(|key| crate::support::find(super::support::SERVICE, key).is_some());
    (first.is_null() && has_attributes).then_some(name.as_str())
}

fn one(name: String, node: Node, services: &mut Entries, diagnostics: &mut Diagnostics) {
    check_name(&name, node.origin, diagnostics);
    let node = if node.is_null() { Node::new(node.origin, Kind::Mapping(Entries::new())) } else { node };
    match services.get_mut(&name) {
        Some(under) => {
            diagnostics.note(node.origin, format!("`{name}` is there twice: what is said here is laid over what is said before, and there is one service"));
            lay(under, node);
        }
        None => {
            services.insert(name, node);
        }
    }
}

/// Lays a value over another.
fn lay(under: &mut Node, over: Node) {
    match (&mut under.kind, over.kind) {
        (Kind::Mapping(under), Kind::Mapping(over)) => {
            for (key, node) in over {
                match under.get_mut(&key) {
                    Some(under) => lay(under, node),
                    None => {
                        under.insert(key, node);
                    }
                }
            }
        }
        (_, kind) => *under = Node::new(over.origin, kind),
    }
}

/// What ECS takes for a name of a container.
fn check_name(name: &str, origin: Origin, diagnostics: &mut Diagnostics) {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if name.is_empty() || name.len() > 255 || !name.chars().all(is_allowed) {
        diagnostics
            .error(origin, format!("`{name}` is no name of a service"))
            .fix("write letters, digits, hyphens and underscores");
    }
}
