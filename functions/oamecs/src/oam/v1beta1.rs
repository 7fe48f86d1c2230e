//! `core.oam.dev/v1beta1`: an [`Application`](https://github.com/oam-dev/spec/blob/master/7.application.md) whose components and traits
//! are of the types that [KubeVela](https://kubevela.io) has; that of v1alpha2, which differs in two keys; and KubeVela's `vela.yaml`.
//!
//! In: the document, and `ConfigMap`, `Secret` and claims beside it. Out: the canonical [`Application`]. On the way:
//!
//! 1. the tree is checked against the [support matrix](super::support), and its components are [`draft`]s;
//! 2. [`policies`] are laid over these, and the [`workflow`] says which of them are deployed, and in which order;
//! 3. [`resources`] are gathered that components name;
//! 4. each [`component`] is read by its type, then its [`traits`] change it, in the author's order;
//! 5. [`dependencies`] are looked at for names that there are not, and for circles;
//! 6. a `Service`, an `Ingress` or a `HorizontalPodAutoscaler` among the documents says what it says of the component that it names.

mod appfile;
mod component;
mod container;
mod dependencies;
mod draft;
pub(super) mod names;
mod policies;
mod ports;
mod storage;
mod traits;
mod volumes;
mod workflow;

use std::collections::BTreeMap;

use super::model::{Application, NetworkScope};
use super::object::{self, Object, Objects};
use super::support::check;
use super::support::v1beta1::APPLICATION;
use super::v1alpha2::objects;
use super::{Loader, exposure};
use crate::document::{Kind, Node};
use crate::program::platform::Machine;
pub(super) use appfile::is_appfile;

/// The application that a document describes.
pub(super) fn load(application: Object, objects: Objects, loader: &mut Loader<'_, '_, '_>) -> Option<Application> {
    let Object { origin, api_version, kind, metadata, fields } = application;
    let Objects { applications: _, components, scopes, resources, types: _ } = objects;
    for other in components.into_iter().chain(scopes) {
        let message =
            format!("an `Application` has its components in itself, and makes no use of a `{}`", other.kind.value);
        loader.reader.diagnostics.note(other.kind.origin, message);
    }
    if let Some((_, first)) = metadata.annotations.iter().find(|(key, _)| *key != object::DESCRIPTION) {
        let message = "annotations have no effect: write `labels`, which become tags";
        loader.reader.diagnostics.note(first.origin, message);
    }
    let name = loader.application_name(&metadata);
    let mut fields = fields;
    let is_older = api_version.value.ends_with("v1alpha2");
    if let Some(spec) = fields.take("spec") {
        fields.put("spec", if is_older { draft::modernize(spec) } else { spec });
    }
    let node = Node::new(fields.origin, Kind::Mapping(fields.rest()));
    let node = check(node, APPLICATION, Machine::default(), loader.reader.diagnostics);
    let mut fields = loader.reader.fields(node, "a map with `spec`")?;
    let spec = loader.needed(&mut fields, "spec", "spec: { components: [ … ] }")?;
    let mut spec = loader.reader.fields(spec, "a map with `components`")?;
    let mut drafts = loader.drafts(spec.take("components"));
    if drafts.is_empty() {
        if loader.reader.diagnostics.errors() == 0 {
            loader
                .reader
                .diagnostics
                .error(kind.origin, "the application has no components")
                .fix("describe what runs under `spec.components`");
        }
        return None;
    }
    let mut plan = loader.plan(spec.take("workflow"));
    let overlays = loader.overlays(spec.take("policies"));
    loader.apply_policies(overlays, &plan, &mut drafts);
    let all: Vec<String> = drafts.iter().map(|draft| draft.name.value.clone()).collect();
    loader.apply_plan(&plan, &mut drafts);
    let deployed: Vec<String> = drafts.iter().map(|draft| draft.name.value.clone()).collect();
    loader.report_images(&deployed);
    let mut objects = resources;
    objects.append(&mut plan.objects);
    // What leads requests to components, or scales them, is for when these are known.
    let (pending, held): (Vec<Object>, Vec<Object>) =
        objects.into_iter().partition(|object| objects::KINDS.contains(&object.kind.value.as_str()));
    let resources = loader.resources(held, &drafts);
    let mut components = BTreeMap::new();
    for draft in drafts {
        let depends_on = loader.dependencies(&draft, &deployed, &all);
        let name = draft.name.value.clone();
        if let Some(mut component) = loader.component(draft, &resources) {
            component.depends_on = depends_on;
            components.insert(name, component);
        }
    }
    loader.report_cycles(&mut components);
    let pending = pending.into_iter().filter_map(|object| objects::beside(object, loader)).collect();
    objects::apply(pending, &mut components, loader);
    if loader.settings.own.default_exposure.is_some() {
        exposure::decide(&mut components, loader);
    }
    Some(Application {
        origin,
        name,
        labels: object::labels_of(&metadata, loader),
        components,
        secrets: resources.secrets,
        network: NetworkScope::default(),
        health: BTreeMap::new(),
    })
}
