//! Lists of a configuration, which the tool took loosely: one item for a list of one, and `a,b` for a list of two.

use serde_json::{Value as Json, json};

use crate::cloudformation::function::call;
use crate::diagnostic::Located;
use crate::document::{Kind, Node, Reader};
use crate::expression::{Deferred, Expr};

/// The items of a list, or the only one.
pub(super) fn items(node: Node) -> Vec<Node> {
    match node.kind {
        Kind::Sequence(items) => items,
        Kind::Null => Vec::new(),
        _ => vec![node],
    }
}

/// The items of a list of texts, or the parts of a text.
fn parts(node: Node) -> Vec<Node> {
    let Kind::Text(text) = &node.kind else { return items(node) };
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Node::text(node.origin, part)).collect()
}

/// The names of containers, each once. The tool took an empty name, which no container has.
pub(super) fn containers(node: Node, reader: &mut Reader<'_>) -> Option<Vec<Located<String>>> {
    let origin = node.origin;
    let node = worked_out(node, reader);
    let mut names: Vec<Located<String>> = Vec::new();
    for part in parts(node) {
        let name = reader.known_text(&part)?.map(|name| name.trim().to_owned());
        if name.value.is_empty() {
            reader.diagnostics.note(name.origin, "an empty name is that of no container, and is left out");
        } else if names.iter().any(|other| other.value == name.value) {
            reader.diagnostics.note(name.origin, format!("`{}` is named twice, which is naming it once", name.value));
        } else {
            names.push(name);
        }
    }
    if names.is_empty() {
        reader
            .diagnostics
            .error(origin, "no container is named, so that none would get the new image")
            .fix("write the names of containers of the task definition: `containers: [app]`");
        return None;
    }
    Some(names)
}

/// The value of a function that stands for a list of names, which must be known now.
fn worked_out(node: Node, reader: &mut Reader<'_>) -> Node {
    let Kind::Deferred(deferred) = &node.kind else { return node };
    match deferred.alone().map(|function| reader.early.resolve(function)) {
        Some(Ok(Json::Array(items))) => {
            let items = items.into_iter().filter_map(|item| Some(Node::text(node.origin, item.as_str()?)));
            Node::new(node.origin, Kind::Sequence(items.collect()))
        }
        Some(Ok(Json::String(text))) => Node::text(node.origin, text),
        _ => node,
    }
}

/// Ids, one at least and `most` at most. Late, as a whole, it is a function that gives a list.
pub(super) fn ids(node: Node, (what, most): (&str, usize), reader: &mut Reader<'_>) -> Option<Expr<Vec<Expr<String>>>> {
    let origin = node.origin;
    if let Kind::Deferred(deferred) = &node.kind
        && let Some(function) = deferred.alone()
    {
        return Some(Expr::Deferred(listed(function, reader)));
    }
    let mut ids = Vec::new();
    for part in parts(node) {
        ids.push(reader.text(&part)?.value);
    }
    if ids.is_empty() || ids.len() > most {
        reader
            .diagnostics
            .error(origin, format!("a task is in 1 to {most} {what}, not in {}", ids.len()))
            .fix(format!("write the ids of 1 to {most} of them"));
        return None;
    }
    Some(Expr::Known(ids))
}

/// The same, each of them apart: how many they are must be known now.
pub(super) fn each_id(node: Node, limit: (&str, usize), reader: &mut Reader<'_>) -> Option<Vec<Expr<String>>> {
    let origin = node.origin;
    let count = match &node.kind {
        Kind::Deferred(deferred) => deferred.alone().map(|function| match reader.early.resolve(function) {
            Ok(Json::Array(items)) => Some(items.len()),
            Ok(Json::String(text)) => Some(text.split(',').count()),
            _ => None,
        }),
        _ => None,
    };
    if count == Some(None) {
        reader
            .diagnostics
            .error(
                origin,
                "how many there are must be known when the template is expanded, and this function tells it only later",
            )
            .fix("write a list, of which each item may be a function: `[!Ref Group]`");
        return None;
    }
    let function = match ids(node, limit, reader)? {
        Expr::Known(ids) => return Some(ids),
        Expr::Deferred(function) => function,
    };
    let list = function.alone()?.clone();
    let (what, most) = limit;
    let count = count.flatten().unwrap_or_default();
    if count > most {
        let message = format!("a task is in 1 to {most} {what}, not in {count}");
        reader.diagnostics.error(origin, message).fix("give the parameter fewer");
        return None;
    }
    let item = |index: usize| Expr::Deferred(Deferred::function(json!({ "Fn::Select": [index, list] })));
    Some((0..count).map(item).collect())
}

/// A function as one that gives a list: what gives text gives its parts.
fn listed(function: &Json, reader: &mut Reader<'_>) -> Deferred {
    let list = if gives_text(function, reader) { json!({ "Fn::Split": [",", function] }) } else { function.clone() };
    Deferred::function(list)
}

/// Whether a function gives text, and no list.
fn gives_text(function: &Json, reader: &mut Reader<'_>) -> bool {
    match call(function) {
        Some(("Ref", Json::String(id))) => reader.early.type_of(id).is_some_and(|kind| !kind.contains("List")),
        Some(("Fn::If", argument)) => argument.get(1).is_some_and(|branch| gives_text(branch, reader)),
        Some(("Fn::FindInMap", _)) => reader.early.resolve(function).is_ok_and(|value| value.is_string()),
        Some((name, _)) => ["Fn::ImportValue", "Fn::Join", "Fn::Select", "Fn::Sub"].contains(&name),
        None => function.is_string(),
    }
}
