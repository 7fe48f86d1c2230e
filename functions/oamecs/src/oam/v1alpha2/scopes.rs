//! [Scopes](https://github.com/oam-dev/spec/blob/v0.2.0/5.application_scopes.md), which are objects beside the configuration.
//!
//! In: `HealthScope` and `NetworkScope` objects, and the scopes that components name. Out: what the scopes do ([`Effects`]).

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::tables::SCOPES;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list_some, suggestion};
use crate::oam::Loader;
use crate::oam::model::{Component, HealthScope, NetworkScope};
use crate::oam::names::twice;
use crate::oam::object::{self, Object};
use crate::oam::scopes::{Members, network};
use crate::oam::support::Typed;
use crate::program::platform::Machine;

/// What the scope of a network is called by the first version, which has the same.
const NETWORK_KEYS: [(&str, &str); 3] =
    [("internetGatewayType", "internet-gateway-type"), ("networkId", "network-id"), ("subnetIds", "subnet-ids")];

/// The scopes of an application, by name.
pub(super) struct Scopes {
    scopes: BTreeMap<String, Scope>,
}

struct Scope {
    origin: Origin,
    kind: &'static str,
    spec: Fields,
    members: Members,
}

/// What scopes do beyond their members.
#[derive(Default)]
pub(super) struct Effects {
    /// The network of the application.
    pub(super) network: NetworkScope,
    /// What is watched together, by the scope's name.
    pub(super) health: BTreeMap<String, HealthScope>,
}

impl Scopes {
    /// The scopes among objects.
    pub(super) fn read(objects: Vec<Object>, loader: &mut Loader<'_, '_, '_>) -> Self {
        let mut scopes: BTreeMap<String, Scope> = BTreeMap::new();
        for object in objects {
            let Object { origin, api_version: _, kind, metadata, fields } = object;
            object::note_metadata(&metadata, loader);
            let node = Node::new(fields.origin, Kind::Mapping(fields.rest()));
            let typed = loader.typed(SCOPES, &kind, Some(node), Machine::Fargate);
            let Some(Typed { name: kind, mut fields }) = typed else { continue };
            let Some(name) = metadata.name else {
                loader
                    .reader
                    .diagnostics
                    .error(origin, "the scope has no name")
                    .fix("write `metadata: { name: … }`, which `scopeRef` refers to");
                continue;
            };
            let spec = loader.map(fields.take("spec"), "a map");
            let spec = spec.unwrap_or_else(|| Fields::new(origin, IndexMap::new()));
            if scopes.contains_key(&name.value) {
                twice(&name, "scope", loader);
                continue;
            }
            scopes.insert(name.value, Scope { origin: name.origin, kind, spec, members: Members::new() });
        }
        Self { scopes }
    }

    /// Puts `instance` into the scope that it refers to.
    pub(super) fn join(&mut self, node: Node, instance: &str, loader: &mut Loader<'_, '_, '_>) {
        let reference = loader.map(Some(node), "a map with `scopeRef`").and_then(|mut fields| fields.take("scopeRef"));
        let Some(mut reference) = loader.map(reference, "a map with `kind` and `name`") else { return };
        let Some(name) = loader.required(&mut reference, "name", "name: network") else { return };
        if let Some(scope) = self.scopes.get_mut(&name.value) {
            scope.members.insert(instance.to_owned(), name.origin);
            return;
        }
        let kind = reference.take("kind").and_then(|node| loader.reader.known_text(&node));
        let is_health = kind.is_some_and(|kind| kind.value == "HealthScope");
        let known: Vec<&str> = self.scopes.keys().map(String::as_str).collect();
        let near = suggestion(&name.value, known.iter().copied());
        let message = format!("nothing is known of the scope `{}`: no document declares it", name.value);
        if let (None, true) = (&near, is_health) {
            // It would only group what ECS watches anyway.
            loader.reader.diagnostics.note(name.origin, message);
            return;
        }
        let error = loader.reader.diagnostics.error(name.origin, message);
        match near {
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None => error.fix("add it to `Document`, which takes a list"),
        }
    }

    /// Does to components what their scopes do.
    pub(super) fn apply(self, instances: &BTreeMap<String, Component>, loader: &mut Loader<'_, '_, '_>) -> Effects {
        let mut effects = Effects::default();
        let mut network = None;
        for (name, Scope { origin, kind, mut spec, mut members }) in self.scopes {
            if kind == "HealthScope" {
                watched(&mut spec, &mut members, instances, loader);
            }
            // Those that could not be read were reported.
            members.retain(|member, _| instances.contains_key(member));
            if members.is_empty() {
                if !instances.is_empty() {
                    let message = format!("the scope has no effect: no component refers to `{name}`");
                    loader.reader.diagnostics.note(origin, message);
                }
                continue;
            }
            if kind == "HealthScope" {
                effects
                    .health
                    .insert(name, HealthScope { origin, members, threshold: None, required: BTreeSet::new() });
                continue;
            }
            if let Some(before) = network.replace(name) {
                loader
                    .reader
                    .diagnostics
                    .error(
                        origin,
                        format!("components are in the network `{before}` already, and an application is in one"),
                    )
                    .fix("remove one of the two, or write a declaration for the components of each");
                continue;
            }
            let mut properties = Fields::new(origin, IndexMap::new());
            for (key, name) in NETWORK_KEYS {
                if let Some(node) = spec.take(key) {
                    properties.put(name, node);
                }
            }
            effects.network = network::read(origin, properties, &members, instances, loader);
        }
        effects
    }
}

/// Adds the components whose workloads a health scope names.
fn watched(
    spec: &mut Fields,
    members: &mut Members,
    instances: &BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) {
    for node in loader.list(spec.take("workloadRefs"), "a list of maps with `kind` and `name`") {
        let Some(mut reference) = loader.reader.fields(node, "a map with `kind` and `name`") else { continue };
        let Some(name) = loader.required(&mut reference, "name", "name: web") else { continue };
        let is_called = |(instance, component): &(&String, &Component)| {
            **instance == name.value || component.aliases.contains_key(&name.value)
        };
        if let Some((instance, _)) = instances.iter().find(is_called) {
            members.entry(instance.clone()).or_insert(name.origin);
        } else if !instances.is_empty() {
            unknown(&name, instances, loader);
        }
    }
}

fn unknown(name: &Located<String>, instances: &BTreeMap<String, Component>, loader: &mut Loader<'_, '_, '_>) {
    let known: Vec<&str> = instances.keys().map(String::as_str).collect();
    let near = suggestion(&name.value, known.iter().copied());
    let error =
        loader.reader.diagnostics.error(name.origin, format!("no component's workload is called `{}`", name.value));
    match near {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None => error.fix(format!("the components are {}", list_some(&known))),
    }
}
