//! Instances: the [components of a configuration](https://github.com/oam-dev/spec/blob/4af9e65/6.application_configuration.md#component).
//!
//! In: an item of `spec.components`, with variables replaced. Out: a component in its context: of its schematic, with its
//! traits, in its scopes.

use std::collections::BTreeSet;

use super::names::{self, twice};
use super::{Context, schematic, traits};
use crate::document::Node;
use crate::oam::Loader;

/// Adds an instance to the components of `context`.
pub(super) fn read(node: Node, context: &mut Context<'_>, loader: &mut Loader<'_, '_, '_>) {
    let origin = node.origin;
    let what = "a map with `componentName` and `instanceName`";
    let Some(mut fields) = loader.reader.fields(node, what) else { return };
    let component = names::required(&mut fields, "componentName", "a schematic", loader);
    let name = names::required(&mut fields, "instanceName", "the instance", loader);
    let (Some(component), Some(name)) = (component, name) else { return };
    if context.components.contains_key(&name.value) {
        twice(&name, "instance", loader);
        return;
    }
    let instance = schematic::Instance { origin, name: &name.value, values: fields.take("parameterValues") };
    let built = context.schematics.instantiate(&component, instance, &mut context.claims, loader);
    let applied = fields.take("traits");
    let scopes = fields.take("applicationScopes");
    let Some(mut built) = built else { return };
    let mut types = BTreeSet::new();
    for node in loader.list(applied, "a list of maps with `name` and `properties`") {
        traits::apply(node, &mut built, &mut types, loader);
    }
    for node in loader.list(scopes, "a list of names of scopes") {
        if let Some(scope) = loader.reader.known_text(&node) {
            context.scopes.join(&scope, &name.value, loader);
        }
    }
    context.components.insert(name.value, built);
}
