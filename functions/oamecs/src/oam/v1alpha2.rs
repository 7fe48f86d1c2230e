//! `core.oam.dev/v1alpha2`: components with a workload embedded, and a configuration that says which of them there are.
//!
//! In: a configuration and the objects beside it. Out: an [`Application`]. What has no effect or no place on ECS is reported by
//! the table of the version ([`support`](super::support)), and the rest is read here: each [`instance`] gives values to the
//! [`parameters`] of its component ([`components`]), which are put into the workload where the parameter's paths
//! ([`field_path`]) lead; the [`workload`] is read with them, its [`traits`] are applied, and it joins its [`scopes`]. Traits that
//! name what they are for, as objects of Kubernetes do, are applied when all components are there ([`objects`]).

mod components;
mod field_path;
mod instance;
pub(super) mod objects;
mod parameters;
mod scopes;
mod traits;
mod workload;

use std::collections::BTreeMap;

use super::containers::resources::Claims;
use super::kubernetes::resources::Resources;
use super::model::{Application, Component};
use super::object::{self, Object, Objects};
use super::support::v1alpha2 as tables;
use super::{Loader, exposure};
use components::Components;
use objects::Pending;
use scopes::Scopes;
use workload::Definitions;

/// What all instances of an application have to do with.
struct Context<'a> {
    components: Components,
    definitions: Definitions,
    resources: &'a Resources,
    scopes: Scopes,
    claims: Claims,
    pending: Vec<Pending>,
    instances: BTreeMap<String, Component>,
}

/// The application that a configuration describes.
pub(super) fn load(application: Object, objects: Objects, loader: &mut Loader<'_, '_, '_>) -> Option<Application> {
    let Objects { applications: _, components, scopes, resources, types } = objects;
    let Object { origin, api_version: _, kind: _, metadata, fields } = application;
    let name = loader.application_name(&metadata);
    object::note_metadata(&metadata, loader);
    let (pending, held): (Vec<Object>, Vec<Object>) =
        resources.into_iter().partition(|object| objects::KINDS.contains(&object.kind.value.as_str()));
    let resources = loader.resources_of(held);
    let pending = pending.into_iter().filter_map(|object| objects::beside(object, loader)).collect();
    let mut spec = object::spec(origin, fields, tables::CONFIGURATION, "a map with `components`", loader)?;
    let mut context = Context {
        components: Components::read(components, loader),
        definitions: Definitions::read(types, loader),
        resources: &resources,
        scopes: Scopes::read(scopes, loader),
        claims: Claims::new(),
        pending,
        instances: BTreeMap::new(),
    };
    for node in loader.list(spec.take("components"), "a list of maps, each with `componentName`") {
        instance::read(node, &mut context, loader);
    }
    let Context { components, definitions, resources: _, scopes, claims: _, pending, mut instances } = context;
    components.report_unused(loader);
    definitions.report_unused(loader);
    objects::apply(pending, &mut instances, loader);
    instance::check_aliases(&instances, loader);
    let scopes::Effects { network, health } = scopes.apply(&instances, loader);
    if loader.settings.own.default_exposure.is_some() {
        exposure::decide(&mut instances, loader);
    }
    if instances.is_empty() && loader.reader.diagnostics.errors() == 0 {
        loader
            .reader
            .diagnostics
            .error(origin, "the configuration has no components")
            .fix("name those that run under `spec.components`");
        return None;
    }
    Some(Application {
        origin,
        name,
        labels: object::labels_of(&metadata, loader),
        components: instances,
        secrets: resources.secrets,
        network,
        health,
    })
}
