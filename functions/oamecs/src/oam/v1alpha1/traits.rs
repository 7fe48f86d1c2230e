//! Traits of a component: what a configuration asks for besides what its schematic says.
//!
//! In: an item of `traits`. Out: the component with it. Which properties a type has is in the table of the version; what they
//! mean is in a module for each.

mod auto_scaler;
mod ingress;
mod manual_scaler;
mod volume_mounter;

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::names::{folded, kind_of};
use super::properties::{self, Aliases};
use super::tables::{TRAIT, TRAITS};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::oam::Loader;
use crate::oam::model::Component;
use crate::oam::support::{self, Typed};
use crate::program::platform::Machine;
use crate::support::Attribute;

/// Other names of properties, folded, and the trait that has them.
const ALIASES: [(&str, &Aliases); 2] = [
    ("auto-scaler", &[("cpupercent", "cpu"), ("max", "maximum"), ("memorypercent", "memory"), ("min", "minimum")]),
    ("ingress", &[("host", "hostname"), ("port", "servicePort")]),
];

/// Applies a trait to a component. `applied` are the types of those before it.
pub(super) fn apply(
    node: Node,
    component: &mut Component,
    applied: &mut BTreeSet<&'static str>,
    loader: &mut Loader<'_, '_, '_>,
) {
    let origin = node.origin;
    let Some(mut fields) = loader.reader.fields(node, "a map with `name` and `properties`") else { return };
    let Some(name) = fields.take("name") else {
        loader
            .reader
            .diagnostics
            .error(origin, "the trait has no `name`")
            .fix("write `name: manual-scaler`, or another type");
        return;
    };
    let Some(name) = loader.reader.known_text(&name) else { return };
    if loader.settings.own.ignored_traits.has(&name.value) {
        let message = format!("the trait `{}` is left out, as `IgnoreTraits` says", name.value);
        loader.reader.diagnostics.note(name.origin, message);
        return;
    }
    let alias = loader.settings.own.aliases.get(&name.value).map(|alias| alias.value.as_str());
    let written = folded(kind_of(alias.unwrap_or(&name.value)));
    // `ManualScalerTrait`, as later versions have it.
    let written = written.strip_suffix("trait").unwrap_or(&written);
    let known = TRAITS.table.iter().find(|attribute| folded(attribute.name) == written);
    let properties = match known {
        Some(attribute) => properties(origin, fields, attribute, loader),
        None => None,
    };
    let name = known.map_or(name.clone(), |known| Located::new(name.origin, known.name.to_owned()));
    let Some(Typed { name: kind, fields }) = loader.typed(TRAITS, &name, properties, Machine::Fargate) else { return };
    if !applied.insert(kind) {
        loader
            .reader
            .diagnostics
            .error(name.origin, format!("the component has a trait `{kind}` already: there is one of each type"))
            .fix("remove one of the two");
        return;
    }
    match kind {
        "auto-scaler" => auto_scaler::apply(name.origin, fields, component, loader),
        "ingress" => ingress::apply(name.origin, fields, component, loader),
        "manual-scaler" => manual_scaler::apply(name.origin, fields, component, loader),
        "volume-mounter" => volume_mounter::apply(name.origin, fields, component, loader),
        _ => {}
    }
}

/// The properties of a trait, wherever documents have them.
fn properties(
    origin: Origin,
    mut fields: Fields,
    attribute: &'static Attribute,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Node> {
    let table = properties::table_of(attribute);
    let aliases = ALIASES.iter().find(|(name, _)| *name == attribute.name).map_or(&[][..], |(_, aliases)| aliases);
    let values = fields.take("parameterValues");
    let mut node = fields.take("properties").or(values);
    let mut rest = fields.rest();
    if node.is_none() {
        // `properties:` with nothing in it, and what was to be in it beside it.
        let (strays, own): (IndexMap<_, _>, IndexMap<_, _>) =
            rest.into_iter().partition(|(key, _)| properties::name_of(key, table, aliases).is_some());
        rest = own;
        for (key, value) in &strays {
            let message = format!("`{key}` is read as a property of the trait, beside which it stands");
            loader.reader.diagnostics.note(value.origin, message).fix("indent it to be in `properties`");
        }
        node = Some(Node::new(origin, Kind::Mapping(strays)));
    }
    support::check(Node::new(origin, Kind::Mapping(rest)), TRAIT, Machine::Fargate, loader.reader.diagnostics);
    properties::canonical(node?, table, aliases, loader)
}
