//! Workloads, which components embed: OAM's own `ContainerizedWorkload`, and those of Kubernetes.
//!
//! In: an object that says its kind by `apiVersion` and `kind`, or by a `type` that a `WorkloadDefinition` or `Aliases` knows. Out: the
//! component that it is.

use std::collections::BTreeMap;

use super::components::Component as Declared;
use super::{Context, tables};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::containers::{self, Owner, Value, Values};
use crate::oam::kubernetes::pod;
use crate::oam::model::{Component, Pod, Workload};
use crate::oam::object::{self, Object};
use crate::oam::support::Typed;

/// The kinds of objects that are read, with the beginnings of their versions and the plural that definitions name them by.
const KINDS: [(&str, &str, &str); 17] = [
    ("ContainerizedWorkload", "core.oam.dev/", "containerizedworkloads.core.oam.dev"),
    ("CronJob", "batch/", "cronjobs.batch"),
    ("DaemonSet", "apps/", "daemonsets.apps"),
    ("DaemonSet", "extensions/", "daemonsets.extensions"),
    ("Deployment", "apps/", "deployments.apps"),
    ("Deployment", "extensions/", "deployments.extensions"),
    ("HorizontalPodAutoscaler", "autoscaling/", "horizontalpodautoscalers.autoscaling"),
    ("Ingress", "extensions/", "ingresses.extensions"),
    ("Ingress", "networking.k8s.io/", "ingresses.networking.k8s.io"),
    ("Job", "batch/", "jobs.batch"),
    ("ManualScalerTrait", "core.oam.dev/", "manualscalertraits.core.oam.dev"),
    ("Pod", "v1", "pods"),
    ("PodSpecWorkload", "standard.oam.dev/", "podspecworkloads.standard.oam.dev"),
    ("ReplicaSet", "apps/", "replicasets.apps"),
    ("Service", "v1", "services"),
    ("StatefulSet", "apps/", "statefulsets.apps"),
    ("ContainerizedWorkload", "core.oam.dev/", "web-service"),
];

/// What names of types stand for.
pub(super) struct Definitions {
    definitions: BTreeMap<String, Definition>,
}

struct Definition {
    origin: Origin,
    /// The kind, where it is known.
    kind: Option<String>,
    is_used: bool,
}

impl Definitions {
    /// The definitions among objects.
    pub(super) fn read(objects: Vec<Object>, loader: &mut Loader<'_, '_, '_>) -> Self {
        let mut definitions = BTreeMap::new();
        for object in objects {
            let Object { origin: _, api_version: _, kind, metadata, fields } = object;
            let node = Node::new(kind.origin, Kind::Mapping(fields.rest()));
            let reference =
                node.get("spec").and_then(|spec| spec.get("definitionRef")).and_then(|node| node.get("name"));
            let reference = reference.and_then(|node| loader.reader.known_text(node));
            let known = |name: &str| KINDS.iter().find(|(_, _, plural)| *plural == name).map(|(kind, _, _)| *kind);
            let meant = reference.and_then(|name| known(&name.value)).map(str::to_owned);
            if let Some(name) = metadata.name {
                let definition = Definition { origin: kind.origin, kind: meant, is_used: false };
                definitions.insert(name.value, definition);
            }
        }
        Self { definitions }
    }

    /// The kind that a type stands for.
    pub(super) fn kind_of(&mut self, name: &Located<String>) -> Located<String> {
        if let Some(definition) = self.definitions.get_mut(&name.value) {
            definition.is_used = true;
            if let Some(kind) = &definition.kind {
                return Located::new(name.origin, kind.clone());
            }
        }
        match KINDS.iter().find(|(_, _, plural)| *plural == name.value) {
            Some((kind, _, _)) => Located::new(name.origin, (*kind).to_owned()),
            None => name.clone(),
        }
    }

    /// Notes definitions that nothing names.
    pub(super) fn report_unused(&self, loader: &mut Loader<'_, '_, '_>) {
        for (name, definition) in &self.definitions {
            if definition.is_used {
                continue;
            }
            let message = match &definition.kind {
                Some(kind) => format!("the definition has no effect: `{kind}` is known without it"),
                None => format!("the definition has no effect: nothing is of the type `{name}`"),
            };
            loader.reader.diagnostics.note(definition.origin, message);
        }
    }
}

/// What an embedded object is.
pub(super) struct Kinded {
    /// Its kind, or the type that it names.
    pub(super) kind: Located<String>,
    /// What it says beside that and its metadata.
    pub(super) fields: Fields,
}

/// The kind of an embedded object; `type_key` is the key by which it may name a type instead.
pub(super) fn kinded(
    mut fields: Fields,
    type_key: &str,
    what: &str,
    context: &mut Context<'_>,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Kinded> {
    let origin = fields.origin;
    let version = fields.take("apiVersion").and_then(|node| loader.reader.known_text(&node));
    if let Some(name) = fields.take(type_key) {
        let name = loader.reader.known_text(&name)?;
        // With a type, what it says may be called its properties.
        if let (Some(properties), false) = (fields.take("properties"), fields.has("spec")) {
            fields.put("spec", properties);
        }
        return Some(Kinded { kind: context.definitions.kind_of(&name), fields });
    }
    let Some(kind) = fields.take("kind").and_then(|node| loader.reader.known_text(&node)) else {
        loader
            .reader
            .diagnostics
            .error(origin, format!("the {what} does not say what it is"))
            .fix(format!("write its `apiVersion` and `kind`, or a `{type_key}`"));
        return None;
    };
    let is_aliased =
        loader.settings.own.aliases.has(&kind.value) || loader.settings.own.ignored_traits.has(&kind.value);
    let mut versions = KINDS.iter().filter(|(known, _, _)| *known == kind.value).map(|(_, version, _)| *version);
    let is_of = |known: &str, version: &str| {
        if known.ends_with('/') { version.starts_with(known) } else { version == known }
    };
    if let (Some(version), false) = (version, is_aliased) {
        let mut known = versions.clone();
        if versions.next().is_some() && !known.any(|known| is_of(known, &version.value)) {
            let kind = &kind.value;
            let message =
                format!("the {what} `{kind}` of `{}` is another platform's own, and is not available", version.value);
            loader.reader.diagnostics.error(version.origin, message).fix(format!(
                "describe it with one that is, or write `Aliases: {{ {kind}: … }}` beside `Document`, if it has the same keys as another kind"
            ));
            return None;
        }
    }
    Some(Kinded { kind, fields })
}

/// Whose workload it is.
pub(super) struct Embedded<'a> {
    /// Where the configuration names it.
    pub(super) origin: Origin,
    /// The name of the instance.
    pub(super) instance: &'a str,
    /// Its component.
    pub(super) component: Declared,
}

/// The component that a workload is. `None` where it is not available, which was reported.
pub(super) fn read(
    node: Node,
    embedded: Embedded<'_>,
    context: &mut Context<'_>,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Component> {
    let Embedded { origin, instance, component } = embedded;
    let mut fields = loader.reader.fields(node, "a map with `apiVersion`, `kind` and `spec`")?;
    let metadata = fields.take("metadata");
    let metadata = loader.metadata(metadata);
    object::note_metadata(&metadata, loader);
    let Kinded { kind, fields } = kinded(fields, "type", "workload", context, loader)?;
    let machine = loader.machine(instance);
    let node = Node::new(fields.origin, Kind::Mapping(fields.rest()));
    if !is_known_top(&node, loader) {
        return None;
    }
    let place = kind.origin;
    let typed = loader.typed(tables::WORKLOADS, &kind, Some(node), machine)?;
    let mut built = if typed.name == "ContainerizedWorkload" {
        containerized(typed, place, origin, instance, &component.name, context, loader)?
    } else {
        let owner = pod::Owner { instance, component: &component.name };
        loader.running(typed, place, origin, owner, context.resources)?
    };
    let own = std::mem::take(&mut built.labels);
    built.labels = component.labels;
    built.labels.extend(metadata.labels);
    built.labels.extend(own);
    if let Some(name) = metadata.name.filter(|name| name.value != instance) {
        built.aliases.insert(name.value, name.origin);
    }
    Some(built)
}

/// Whether an embedded workload has a `spec`, or at least nothing in the place of one.
fn is_known_top(node: &Node, loader: &mut Loader<'_, '_, '_>) -> bool {
    let is_there = node.get("spec").is_some_and(|spec| !spec.is_null());
    if !is_there {
        loader.reader.diagnostics.error(node.origin, "the workload does not say what runs").fix("write its `spec`");
    }
    is_there
}

/// Values of a `ContainerizedWorkload`: in the document, or of a secret.
struct OfSecrets;

impl Values for OfSecrets {
    fn value(&mut self, fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Value> {
        let value = fields.take("value");
        let Some(secret) = fields.take("fromSecret") else {
            let text = match value {
                Some(node) => loader.reader.text(&node)?.value,
                None => Expr::Known(String::new()),
            };
            return Some(Value::Text(text));
        };
        if let Some(value) = value {
            let message = "`value` has no effect: `fromSecret` says what it is";
            loader.reader.diagnostics.note(value.origin, message);
        }
        let mut fields = loader.reader.fields(secret, "a map with `name` and `key`")?;
        let name = loader.required(&mut fields, "name", "name: database");
        let key = loader.required(&mut fields, "key", "key: password");
        Some(Value::Secret { name: name?.value, key: key?.value })
    }
}

/// A [`ContainerizedWorkload`](https://github.com/oam-dev/spec/blob/v0.2.0/core/workloads/containerized_workload/containerized_workload.md).
fn containerized(
    typed: Typed,
    kind: Origin,
    origin: Origin,
    instance: &str,
    component: &str,
    context: &mut Context<'_>,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Component> {
    let Typed { name: _, mut fields } = typed;
    let mut spec = loader.map(fields.take("spec"), "a map with `containers`")?;
    let mut pod = Pod { processor: containers::platform::read(&mut spec, loader), ..Pod::default() };
    let mut owner = Owner { instance, component, claims: &mut context.claims, values: &mut OfSecrets };
    let place = spec.origin;
    containers::read(spec.take("containers"), place, &mut owner, &mut pod, loader)?;
    let has_ports = pod.containers.iter().any(|container| !container.ports.is_empty());
    let workload = Located::new(kind, if has_ports { Workload::Server } else { Workload::Worker });
    let ports = if has_ports { containers::ports::of_component(&workload, &pod, loader) } else { Vec::new() };
    Some(Component { ports, ..Component::new(origin, workload, pod) })
}
