//! Traits by their types: each reads its properties and changes the component.
//!
//! In: a component and a trait of it. Out: the component with it. Traits that are for a container name it, and are for the
//! component's own where they do not.

mod command;
mod containers;
mod environment;
mod exposure;
mod init_container;
mod lifecycle;
mod requests;
mod resource;
mod scaling;
mod security;
mod strategy;

use super::super::Loader;
use super::super::kubernetes::resources::Resources;
use super::super::model::{Component, Container};
use super::super::support::v1beta1::TRAITS;
use super::draft::DraftTrait;
use super::names;
use crate::document::{Fields, suggestion};
use crate::program::platform::Machine;

impl Loader<'_, '_, '_> {
    /// Has a trait do what it does to a component.
    pub(super) fn apply_trait(
        &mut self,
        each: DraftTrait,
        component: &mut Component,
        machine: Machine,
        resources: &Resources,
    ) -> Option<()> {
        let DraftTrait { origin, kind, properties } = each;
        let ignored = &self.settings.own.ignored_traits;
        if ignored.has(&kind.value) || ignored.has(&self.type_name(&kind).value) {
            let message = format!("the trait `{}` is left out, as `IgnoreTraits` says", kind.value);
            self.reader.diagnostics.note(kind.origin, message);
            return None;
        }
        // These two are maps of the author's own names.
        let plain = self.type_name(&kind).value;
        if plain == names::LABELS || plain == names::ANNOTATIONS {
            let node = properties?;
            match plain.as_str() {
                names::LABELS => self.change_labels(component, node),
                _ => self.annotations(component, node),
            }
            return Some(());
        }
        let typed = self.typed(TRAITS, &kind, properties, machine)?;
        let mut fields = typed.fields;
        fields.origin = origin;
        match typed.name {
            names::AFFINITY => {
                if let Some(processor) = self.affinity(origin, &fields) {
                    component.pod.processor = Some(processor);
                }
            }
            names::COMMAND => self.command(fields, component),
            names::CONTAINER_IMAGE => self.container_image(fields, component),
            names::CONTAINER_PORTS => self.container_ports(fields, component),
            names::CPU_SCALER => self.cpu_scaler(fields, component),
            names::ENV => self.change_environment(fields, component),
            names::EXPOSE => self.expose(fields, component),
            names::GATEWAY | names::INGRESS | names::INGRESS_1_20 | names::PURE_INGRESS => {
                self.gateway(fields, component);
            }
            names::HPA => self.hpa(fields, component),
            names::INIT_CONTAINER => self.init_container(fields, component, resources)?,
            names::LIFECYCLE => {
                if let Some(seconds) = self.lifecycle(fields) {
                    self.sleep(&seconds, &mut component.pod);
                }
            }
            names::POD_SECURITY_CONTEXT => self.pod_security_context(fields, component),
            names::RESOURCE => self.resource_trait(fields, component),
            names::ROLLOUT => self.scale(fields.take("targetSize"), component),
            names::SCALER => {
                let replicas = fields.take("replicas");
                self.scale(replicas, component);
            }
            names::SECURITY_CONTEXT => self.security_context(fields, component),
            names::SERVICE_ACCOUNT => self.service_account(fields, component, resources),
            names::SERVICE_BINDING => self.service_binding(fields, component),
            names::SIDECAR => self.sidecar(fields, component, resources)?,
            names::STARTUP_PROBE => self.startup_probe(fields, component),
            names::STORAGE => {
                let pod = &mut component.pod;
                let mut container = pod.containers.remove(0);
                self.storage_lists(&mut fields, &mut container, pod, resources);
                pod.containers.insert(0, container);
            }
            names::UPDATE_STRATEGY => self.update_strategy(fields, component),
            // All that the matrix maps is above.
            _ => {}
        }
        Some(())
    }

    /// The containers that a trait is for, each with what is said of it.
    fn of_containers(&mut self, mut fields: Fields, list: &str, component: &Component) -> Vec<(usize, Fields)> {
        let Some(node) = fields.take(list) else {
            let index = self.container_of(&mut fields, component);
            return index.map(|index| (index, fields)).into_iter().collect();
        };
        let mut found = Vec::new();
        for node in self.list(Some(node), "a list of containers") {
            let Some(mut fields) = self.reader.fields(node, "a map with `containerName`") else { continue };
            if self.needed_name(&fields) {
                let index = self.container_of(&mut fields, component);
                found.extend(index.map(|index| (index, fields)));
            }
        }
        found
    }

    fn needed_name(&mut self, fields: &Fields) -> bool {
        let has_name = fields.has("containerName");
        if !has_name {
            self.reader
                .diagnostics
                .error(fields.origin, "`containerName` is missing: of several containers each must be named")
                .fix("write the container's name; that of the component's own is the component's name");
        }
        has_name
    }

    /// The container that is named, or the component's own.
    fn container_of(&mut self, fields: &mut Fields, component: &Component) -> Option<usize> {
        let Some(node) = fields.take("containerName") else { return Some(0) };
        let name = self.reader.known_text(&node)?;
        if name.value.is_empty() {
            return Some(0);
        }
        let names = || component.pod.containers.iter().map(|container| container.name.value.as_str());
        let found = names().position(|other| other == name.value);
        if found.is_none() {
            let near = suggestion(&name.value, names());
            let message = format!("container `{}` not found: a trait changes what is there before it", name.value);
            let entry = self.reader.diagnostics.error(name.origin, message);
            match near {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry
                    .fix(format!("the containers here are {}", crate::document::list(&names().collect::<Vec<_>>()))),
            }
        }
        found
    }

    /// Has each container that a trait is for be changed by what is said of it.
    fn change(&mut self, fields: Fields, component: &mut Component, change: fn(&mut Self, Fields, &mut Container)) {
        for (index, fields) in self.of_containers(fields, "containers", component) {
            if let Some(container) = component.pod.containers.get_mut(index) {
                change(self, fields, container);
            }
        }
    }
}
