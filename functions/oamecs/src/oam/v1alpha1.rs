//! `core.oam.dev/v1alpha1`: schematics of components, and a configuration that makes instances of them.
//!
//! In: a configuration and the objects beside it. Out: an [`Application`]. What has no effect or no place on ECS is reported by
//! the table of the version ([`support`](super::support)), and the rest is read here: variables are replaced ([`variables`]), each
//! instance ([`instance`]) gives values to the parameters ([`parameters`]) of its schematic ([`schematic`]), which is read with
//! these, its traits are applied in their order ([`traits`]), and it joins its scopes ([`scopes`]). Who is reached from outside
//! where nothing says so depends on all components, and comes last ([`exposure`]).

mod instance;
mod parameters;
mod schematic;
mod scopes;
mod traits;
mod variables;
mod workload;

use std::collections::BTreeMap;

use super::containers::resources::Claims;
use super::model::{Application, Component};
use super::object::{self, Object, Objects};
use super::support::v1alpha1 as tables;
use super::{Loader, exposure, names, properties};
use schematic::Schematics;
use scopes::Scopes;
use variables::Variables;

/// What all instances of an application have to do with.
struct Context<'a> {
    schematics: Schematics,
    scopes: Scopes,
    claims: Claims,
    components: &'a mut BTreeMap<String, Component>,
}

/// The application that a configuration describes.
pub(super) fn load(application: Object, objects: Objects, loader: &mut Loader<'_, '_, '_>) -> Option<Application> {
    let Objects { applications: _, components, scopes: _, resources, types: _ } = objects;
    let schematics = Schematics::read(components, loader);
    strays(&resources, loader);
    let Object { origin, api_version: _, kind: _, metadata, fields } = application;
    let name = loader.application_name(&metadata);
    names::is_name(&name, loader);
    object::note_metadata(&metadata, loader);
    let mut spec = object::spec(origin, fields, tables::CONFIGURATION, "a map with `components`", loader)?;
    let mut variables = Variables::read(spec.take("variables"), loader);
    let scopes = spec.take("scopes").map(|node| variables.replace(node, loader));
    let instances = spec.take("components").map(|node| variables.replace(node, loader));
    variables.report_unused(loader);
    let mut components = BTreeMap::new();
    let mut context = Context {
        schematics,
        scopes: Scopes::read(scopes, loader),
        claims: Claims::new(),
        components: &mut components,
    };
    for node in loader.list(instances, "a list of maps, each with `componentName` and `instanceName`") {
        instance::read(node, &mut context, loader);
    }
    let Context { schematics, scopes, claims: _, components: _ } = context;
    schematics.report_unused(origin, loader);
    let scopes::Effects { network, health } = scopes.apply(&mut components, loader);
    exposure::decide(&mut components, loader);
    if components.is_empty() && loader.reader.diagnostics.errors() == 0 {
        loader
            .reader
            .diagnostics
            .note(origin, "the configuration has no components: nothing runs")
            .fix("add the components that its scopes are for");
    }
    Some(Application {
        origin,
        name,
        labels: object::labels_of(&metadata, loader),
        components,
        secrets: BTreeMap::new(),
        network,
        health,
    })
}

/// Reports what schematics without a configuration say of their types.
pub(super) fn check_types(components: Vec<Object>, loader: &mut Loader<'_, '_, '_>) {
    for object in components.into_iter().filter(|object| object.kind.value == "ComponentSchematic") {
        let document = object.fields.rest();
        if let Some(kind) = document.get("spec").and_then(|spec| spec.get("workloadType")) {
            workload::read(kind, loader);
        }
    }
}

/// Reports objects that nothing in the documents of this version refers to.
fn strays(resources: &[Object], loader: &mut Loader<'_, '_, '_>) {
    for object in resources {
        let kind = object.kind.value.as_str();
        let message = format!("nothing in a configuration of `core.oam.dev/v1alpha1` can refer to a `{kind}`");
        let (message, fix) = match kind {
            "Ingress" => (message, "write an `ingress` trait for the component that it leads to"),
            "Service" => (message, "remove it: a component is called by its own name"),
            "HorizontalPodAutoscaler" => (message, "write an `auto-scaler` trait for the component that it scales"),
            "Secret" => (message, "remove it; an `imagePullSecret` is the name or ARN of a secret in Secrets Manager"),
            "ServiceAccount" => (
                message,
                "give the role to a component by `Workloads: { <instance>: { TaskRole: … } }` beside `Document`",
            ),
            _ => (message, "remove it, and write its content under `config` of the container that reads it"),
        };
        if matches!(kind, "HorizontalPodAutoscaler" | "Ingress" | "Service") {
            loader.reader.diagnostics.error(object.kind.origin, message).fix(fix);
        } else {
            loader.reader.diagnostics.note(object.kind.origin, message).fix(fix);
        }
    }
}
