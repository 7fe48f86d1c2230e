//! [Parameters](https://github.com/oam-dev/spec/blob/v0.2.0/4.component.md): what a component leaves to the configuration.
//!
//! In: `spec.parameters` of a component and `parameterValues` of an instance. Out: the embedded workload with the values in it. What
//! type a value is of is what stands where it goes, so that whoever reads that says whether it fits.

use std::collections::BTreeMap;

use super::field_path::FieldPath;
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node, suggestion};
use crate::oam::Loader;
use crate::oam::names::{self, twice};

/// A value that the configuration gives.
struct Given {
    name: Origin,
    node: Node,
}

/// A workload with the values of an instance in it.
pub(super) struct Filled {
    /// The workload.
    pub(super) workload: Node,
    /// The name that a parameter gives to it.
    pub(super) name: Option<Located<String>>,
}

/// Puts the values of an instance at `origin` into the workload of the component `component`.
pub(super) fn fill(
    component: &str,
    declared: Option<Node>,
    values: Option<Node>,
    origin: Origin,
    mut workload: Node,
    loader: &mut Loader<'_, '_, '_>,
) -> Filled {
    let place = values.as_ref().map_or(origin, |node| node.origin);
    let given = given(values, loader);
    let mut name = None;
    let mut known: BTreeMap<String, Origin> = BTreeMap::new();
    for node in loader.list(declared, "a list of maps with `name` and `fieldPaths`") {
        let Some(mut fields) = loader.reader.fields(node, "a map with `name` and `fieldPaths`") else { continue };
        let Some(parameter) = names::required(&mut fields, "name", "a parameter", loader) else { continue };
        if known.insert(parameter.value.clone(), parameter.origin).is_some() {
            twice(&parameter, "parameter", loader);
            continue;
        }
        let paths = paths(fields.take("fieldPaths"), &parameter, loader);
        let is_required =
            fields.take("required").and_then(|node| loader.reader.any_bool(&node)).is_some_and(|it| it.value);
        let Some(value) = given.get(&parameter.value) else {
            if is_required {
                let message = format!("required parameter `{}` of `{component}` has no value", parameter.value);
                let fix = format!("add it under `parameterValues`: `{{ name: {}, value: … }}`", parameter.value);
                loader.reader.diagnostics.error(place, message).fix(fix);
            }
            continue;
        };
        for path in paths {
            if path.value.is_name() {
                name = loader.reader.known_text(&value.node);
            }
            if let Err(fault) = path.value.set(&mut workload, value.node.clone()) {
                loader.reader.diagnostics.error(path.origin, fault.message).fix(fault.fix);
            }
        }
    }
    for (parameter, Given { name, node: _ }) in &given {
        if !known.contains_key(parameter) {
            let message = format!("the value has no effect: `{component}` has no parameter `{parameter}`");
            let near = suggestion(parameter, known.keys().map(String::as_str));
            let entry = loader.reader.diagnostics.note(*name, message);
            entry.fix(near.map_or("remove it".to_owned(), |near| format!("did you mean `{near}`?")));
        }
    }
    Filled { workload, name }
}

fn paths(node: Option<Node>, parameter: &Located<String>, loader: &mut Loader<'_, '_, '_>) -> Vec<Located<FieldPath>> {
    let mut paths = Vec::new();
    let place = node.as_ref().map_or(parameter.origin, |node| node.origin);
    let items = loader.list(node, "a list of paths into the workload");
    if items.is_empty() {
        loader
            .reader
            .diagnostics
            .error(place, format!("nothing says where the value of `{}` goes", parameter.value))
            .fix("write `fieldPaths: [spec.containers[0].image]`, or wherever it goes");
    }
    for node in items {
        let Some(text) = loader.reader.known_text(&node) else { continue };
        match FieldPath::parse(&text) {
            Ok(path) => paths.push(Located::new(text.origin, path)),
            Err(fault) => loader.reader.diagnostics.error(text.origin, fault.message).fix(fault.fix),
        }
    }
    paths
}

fn given(node: Option<Node>, loader: &mut Loader<'_, '_, '_>) -> BTreeMap<String, Given> {
    let mut given: BTreeMap<String, Given> = BTreeMap::new();
    for node in loader.list(node, "a list of maps with `name` and `value`") {
        let Some(mut fields) = loader.reader.fields(node, "a map with `name` and `value`") else { continue };
        let Some(name) = names::required(&mut fields, "name", "a parameter", loader) else { continue };
        if given.contains_key(&name.value) {
            twice(&name, "value for the parameter", loader);
            continue;
        }
        match fields.take("value") {
            Some(node) if matches!(node.kind, Kind::Mapping(_) | Kind::Sequence(_)) => {
                loader.reader.shape(&node, "a text, a number or a boolean");
            }
            Some(node) => {
                given.insert(name.value, Given { name: name.origin, node });
            }
            None => loader
                .reader
                .diagnostics
                .note(name.origin, format!("`{}` is given no `value`: what the component has counts", name.value))
                .fix("write its `value`; an empty one is `value: \"\"`"),
        }
    }
    given
}
