//! Objects of Kubernetes that lead to components or scale them: traits, or documents beside the configuration.
//!
//! In: objects, and all components. Out: the components with what the objects say of those that they name. Services come first, as
//! an ingress leads to them; among themselves they are taken by name, so that no order of documents counts.

use std::collections::BTreeMap;

use super::tables;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list_some, suggestion};
use crate::oam::Loader;
use crate::oam::kubernetes::ingress::Lead;
use crate::oam::kubernetes::ports::PortOf;
use crate::oam::kubernetes::service::{Entry, Service};
use crate::oam::model::{Component, Labels, Rule};
use crate::oam::object::{self, Annotations, Object};
use crate::oam::support::Typed;
use crate::oam::traits::ingress;
use crate::program::platform::Machine;

/// The kinds of documents beside a configuration that say something of its components.
pub(in crate::oam) const KINDS: [&str; 3] = ["HorizontalPodAutoscaler", "Ingress", "Service"];

/// An object, whose unknown keys were reported.
pub(in crate::oam) struct Pending {
    /// Where its kind is named.
    pub(super) origin: Origin,
    /// The instance that has it as a trait.
    pub(super) owner: Option<String>,
    /// Its kind.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: Option<Located<String>>,
    /// What it says beside its kind and its metadata.
    pub(super) fields: Fields,
    /// Its annotations.
    pub(super) annotations: Annotations,
}

/// What services there are: the instance of each, and its ports.
type Services = BTreeMap<String, (String, Vec<Entry>)>;

/// A document beside the configuration.
pub(in crate::oam) fn beside(object: Object, loader: &mut Loader<'_, '_, '_>) -> Option<Pending> {
    let Object { origin: _, api_version: _, kind, mut metadata, fields } = object;
    let annotations = std::mem::take(&mut metadata.annotations);
    object::note_metadata(&metadata, loader);
    let origin = kind.origin;
    let node = Node::new(fields.origin, Kind::Mapping(fields.rest()));
    let Typed { name: kind, fields } = loader.typed(tables::TRAITS, &kind, Some(node), Machine::Fargate)?;
    Some(Pending { origin, owner: None, kind, name: metadata.name, fields, annotations })
}

/// Has components be as objects say.
pub(in crate::oam) fn apply(
    pending: Vec<Pending>,
    instances: &mut BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) {
    let (mut services, others): (Vec<Pending>, Vec<Pending>) =
        pending.into_iter().partition(|object| object.kind == "Service");
    services.sort_by(|one, other| name_of(one).cmp(&name_of(other)));
    let mut known = Services::new();
    for each in services {
        service(each, &mut known, instances, loader);
    }
    for each in others {
        if each.kind == "Ingress" {
            let Pending { origin, fields, annotations, .. } = each;
            for lead in loader.ingress(origin, fields, annotations) {
                route(lead, &known, instances, loader);
            }
        } else {
            scale(each, instances, loader);
        }
    }
}

fn name_of(object: &Pending) -> Option<(&String, &Option<String>)> {
    object.name.as_ref().map(|name| (&name.value, &object.owner))
}

fn service(
    object: Pending,
    known: &mut Services,
    instances: &mut BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) {
    let Pending { origin, owner, kind: _, name, fields, annotations } = object;
    let Some(service) = loader.service_of(origin, fields, annotations) else { return };
    let found = match (&owner, &name) {
        (Some(owner), _) => Some(owner.clone()),
        (None, Some(name)) => by_labels(&service, instances).or_else(|| find(&name.value, instances)),
        (None, None) => by_labels(&service, instances),
    };
    let Some(instance) = found else {
        loader
            .reader
            .diagnostics
            .error(origin, "the `Service` is for no component: none has the labels of its `selector`, or its name")
            .fix("write it as a trait of the component that it is for, or remove it");
        return;
    };
    // One that could not be read was reported.
    let Some(component) = instances.get_mut(&instance) else { return };
    // A trait needs no name: then it is called as its component is.
    let name = name.map_or(instance.clone(), |name| name.value);
    if known.contains_key(&name) {
        loader
            .reader
            .diagnostics
            .error(origin, format!("there is a `Service` called `{name}` already"))
            .fix("give one of the two another name");
        return;
    }
    let entries = loader.serve_as(&name, service, &instance, component);
    known.insert(name, (instance, entries));
}

/// The component that has all labels of a service's selector.
fn by_labels(service: &Service, instances: &BTreeMap<String, Component>) -> Option<String> {
    if service.selector.is_empty() {
        return None;
    }
    let text = |labels: &Labels, key: &str| labels.get(key).and_then(|value| value.value.known()).cloned();
    let has_all = |component: &Component| {
        service.selector.keys().all(|key| {
            let asked = text(&service.selector, key);
            asked.is_some() && asked == text(&component.labels, key)
        })
    };
    let found = instances.iter().find(|(_, component)| has_all(component)).map(|(name, _)| name.clone());
    // What the reference implementation labels the pods of a component with.
    found.or_else(|| find(&text(&service.selector, "app.oam.dev/component")?, instances))
}

/// The component that is called by a name.
fn find(name: &str, instances: &BTreeMap<String, Component>) -> Option<String> {
    if instances.contains_key(name) {
        return Some(name.to_owned());
    }
    instances.iter().find(|(_, component)| component.aliases.contains_key(name)).map(|(instance, _)| instance.clone())
}

/// Leads requests to the component behind a service.
fn route(
    lead: Lead,
    services: &Services,
    instances: &mut BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) {
    let Lead { origin, service, port, host, path, tls_secret, protocol, reach } = lead;
    let (instance, entries) = match services.get(&service.value) {
        Some((instance, entries)) => (Some(instance.clone()), entries.as_slice()),
        None => (find(&service.value, instances), &[][..]),
    };
    let Some((instance, component)) = instance.and_then(|name| instances.get_mut(&name).map(|found| (name, found)))
    else {
        unknown(&service, services, instances, loader);
        return;
    };
    let ports = component.pod.containers.iter().flat_map(|container| &container.ports);
    let port = match port {
        None => match entries {
            [only] => Some(Located::new(origin, only.target)),
            _ => None,
        },
        Some(Located { origin: place, value }) => {
            let served = entries.iter().find(|entry| match &value {
                PortOf::Number(number) => entry.port == *number,
                PortOf::Name(name) => entry.name.as_ref() == Some(name),
            });
            let target = match (&value, served) {
                (_, Some(entry)) => Some(entry.target),
                (PortOf::Number(number), None) if entries.is_empty() => Some(*number),
                (PortOf::Name(name), None) if entries.is_empty() => {
                    ports.clone().find(|port| port.name.as_ref() == Some(name)).map(|port| port.number)
                }
                _ => None,
            };
            let Some(target) = target else {
                let asked = match value {
                    PortOf::Number(number) => number.to_string(),
                    PortOf::Name(name) => name,
                };
                let numbers: Vec<String> = entries.iter().map(|entry| entry.port.to_string()).collect();
                let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
                let message = format!("`{}` has no port `{asked}`", service.value);
                let error = loader.reader.diagnostics.error(place, message);
                if numbers.is_empty() {
                    error.fix(format!("write the number of a port that a container of `{instance}` listens on"));
                } else {
                    error.fix(format!("its ports are {}", list_some(&numbers)));
                }
                return;
            };
            Some(Located::new(place, target))
        }
    };
    let rule = Rule { origin, host, path, port, tls_secret, protocol, reach };
    ingress::route(component, rule, loader.reader.diagnostics);
}

fn unknown(
    service: &Located<String>,
    services: &Services,
    instances: &BTreeMap<String, Component>,
    loader: &mut Loader<'_, '_, '_>,
) {
    // It may be one of those that could not be read.
    if instances.is_empty() {
        return;
    }
    let aliases = instances.values().flat_map(|component| component.aliases.keys());
    let mut known: Vec<&str> = instances.keys().chain(aliases).chain(services.keys()).map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    let near = suggestion(&service.value, known.iter().copied());
    let message = format!("no component is called `{}`", service.value);
    let error = loader.reader.diagnostics.error(service.origin, message);
    match near {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None => error.fix(format!("the names are {}", list_some(&known))),
    }
}

/// Has a component scale as an autoscaler says.
fn scale(object: Pending, instances: &mut BTreeMap<String, Component>, loader: &mut Loader<'_, '_, '_>) {
    let Pending { origin, owner, kind: _, name: _, mut fields, annotations } = object;
    for (key, value) in annotations {
        let message = format!("the annotation `{key}` has no effect: it is for a controller of a cluster");
        loader.reader.diagnostics.note(value.origin, message);
    }
    let Some(mut spec) = loader.map(fields.take("spec"), "a map with `maxReplicas`") else {
        loader
            .reader
            .diagnostics
            .error(origin, "the autoscaler has no bounds")
            .fix("write `spec: { maxReplicas: 10 }`");
        return;
    };
    let target = loader.scaled(&mut spec);
    let found = target.as_ref().and_then(|target| find(&target.value, instances));
    let Some(instance) = found.or(owner) else {
        let place = target.as_ref().map_or(origin, |target| target.origin);
        let message = match &target {
            Some(target) => format!("no component is called `{}`", target.value),
            None => "the autoscaler does not say what it scales".to_owned(),
        };
        loader
            .reader
            .diagnostics
            .error(place, message)
            .fix("write the name of a component or its workload, `scaleTargetRef: { kind: Deployment, name: … }`");
        return;
    };
    if let Some(component) = instances.get_mut(&instance) {
        loader.autoscale_as(origin, spec, component);
    }
}
