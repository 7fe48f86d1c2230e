//! [Health scopes](https://github.com/oam-dev/spec/blob/4af9e65/4.application_scopes.md#health-scope): components whose health is
//! one.

use std::collections::BTreeSet;

use super::Members;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::oam::Loader;
use crate::oam::model::HealthScope;

/// What is watched together.
pub(in crate::oam) fn read(
    origin: Origin,
    mut properties: Fields,
    members: Members,
    loader: &mut Loader<'_, '_, '_>,
) -> HealthScope {
    let threshold = properties.take("health-threshold-percentage").and_then(|node| percentage(&node, loader));
    let mut must_be = BTreeSet::new();
    for name in required(properties.take("required-healthy-components"), loader) {
        if members.contains_key(&name.value) {
            must_be.insert(name.value);
        } else {
            loader
                .reader
                .diagnostics
                .error(name.origin, format!("`{}` has to be healthy, and is not in the scope", name.value))
                .fix("name the scope under its `applicationScopes`, or remove it here");
        }
    }
    HealthScope { origin, members, threshold, required: must_be }
}

fn percentage(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<u32>> {
    let number = loader.reader.known::<f64>(node, "a percentage")?;
    let percent = number.value.ceil().to_string().parse::<u32>().ok().filter(|percent| (1..=100).contains(percent));
    if percent.is_none() {
        loader
            .reader
            .diagnostics
            .error(node.origin, format!("`{}` is not a percentage from 1 to 100", number.value))
            .fix("write a number such as 100");
    }
    percent.map(|percent| Located::new(node.origin, percent))
}

/// Names in a list, or between commas.
fn required(node: Option<Node>, loader: &mut Loader<'_, '_, '_>) -> Vec<Located<String>> {
    let items = match node {
        None => Vec::new(),
        Some(Node { kind: Kind::Sequence(items), .. }) => items,
        Some(node) => vec![node],
    };
    let mut names = Vec::new();
    for text in items.iter().filter_map(|item| loader.reader.known_text(item)) {
        let each = text.value.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.extend(each.map(|name| Located::new(text.origin, name.to_owned())));
    }
    names
}
