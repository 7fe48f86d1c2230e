//! Instances: the [components of a configuration](https://github.com/oam-dev/spec/blob/v0.2.0/7.application_configuration.md).
//!
//! In: an item of `spec.components`. Out: a component in its context, with its traits, in its scopes. It is called by the name of its
//! component, or by the one that a parameter gives its workload; what the workload is called otherwise is another name of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, parameters, traits, workload};
use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::oam::Loader;
use crate::oam::model::Component;
use crate::oam::names::{self, twice};

/// Adds an instance to those of `context`.
pub(super) fn read(node: Node, context: &mut Context<'_>, loader: &mut Loader<'_, '_, '_>) {
    let origin = node.origin;
    let Some(mut fields) = loader.reader.fields(node, "a map with `componentName`") else { return };
    let values = fields.take("parameterValues");
    let applied = fields.take("traits");
    let scopes = fields.take("scopes");
    let Some(name) = component_name(&mut fields, context, loader) else { return };
    let Some(mut component) = context.components.find(&name, loader) else { return };
    let declared = component.spec.take("parameters");
    let Some(embedded) = component.spec.take("workload") else {
        loader
            .reader
            .diagnostics
            .error(component.spec.origin, format!("the component `{}` has no `workload`", component.name))
            .fix("embed one, for example a `ContainerizedWorkload` of `apiVersion: core.oam.dev/v1alpha2`");
        return;
    };
    let filled = parameters::fill(&component.name, declared, values, origin, embedded, loader);
    let given = match filled.name {
        Some(given) if !names::is_name(&given, loader) => return,
        given => given,
    };
    let name = given.unwrap_or(name);
    if context.instances.contains_key(&name.value) {
        loader
            .reader
            .diagnostics
            .error(name.origin, format!("there is a component `{}` already", name.value))
            .fix("have a parameter of the component lead to `metadata.name`, and give each a name of its own");
        return;
    }
    let embedded = workload::Embedded { origin, instance: &name.value, component };
    let built = workload::read(filled.workload, embedded, context, loader);
    let mut kinds = BTreeSet::new();
    let mut built = built;
    for node in loader.list(applied, "a list of maps with `trait`") {
        traits::apply(node, &name.value, built.as_mut(), &mut kinds, context, loader);
    }
    for node in loader.list(scopes, "a list of maps with `scopeRef`") {
        context.scopes.join(node, &name.value, loader);
    }
    if let Some(built) = built {
        context.instances.insert(name.value, built);
    }
}

/// The component that an item is of.
fn component_name(
    fields: &mut Fields,
    context: &Context<'_>,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Located<String>> {
    let Some(revision) = fields.take("revisionName") else {
        return names::required(fields, "componentName", "a component", loader);
    };
    let name = fields.take("componentName").and_then(|node| loader.reader.known_text(&node));
    let revision = loader.reader.known_text(&revision)?;
    let name = name.unwrap_or_else(|| context.components.of_revision(&revision));
    let message =
        format!("`revisionName` has no effect: there is one revision of `{}`, that of the documents", name.value);
    loader.reader.diagnostics.note(revision.origin, message).fix(format!("write `componentName: {}`", name.value));
    Some(name)
}

/// Reports names under which several components would be called.
pub(super) fn check_aliases(instances: &BTreeMap<String, Component>, loader: &mut Loader<'_, '_, '_>) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for name in instances.keys() {
        owners.insert(name, name);
    }
    for (name, component) in instances {
        for (alias, origin) in &component.aliases {
            match owners.get(alias.as_str()) {
                Some(owner) if owner != name => {
                    let alias = Located::new(*origin, alias.clone());
                    twice(&alias, "component that is called", loader);
                }
                _ => {
                    owners.insert(alias, name);
                }
            }
        }
    }
}
