//! [Services](https://kubernetes.io/docs/concepts/services-networking/service/): names and ports at which components are called.
//!
//! In: a `Service`, and the component that it is for. Out: the component with its name and ports, and the ports themselves for
//! those that lead requests to them.

use super::annotations::Annotated;
use super::ports::{PortOf, declare};
use crate::diagnostic::{Located, Origin};
use crate::document::Fields;
use crate::oam::Loader;
use crate::oam::model::container::Port;
use crate::oam::model::service::Callers;
use crate::oam::model::{Component, Labels, ServicePort, Workload};
use crate::oam::object::Annotations;
use crate::program::exposure::Transport;
use crate::program::reach::Caller;

/// A service.
pub(in crate::oam) struct Service {
    origin: Origin,
    callers: Callers,
    allowed: Option<Located<Vec<Located<Caller>>>>,
    ports: Vec<Served>,
    /// The labels of the pods that it is for.
    pub(in crate::oam) selector: Labels,
}

/// A port of a service.
struct Served {
    origin: Origin,
    name: Option<String>,
    port: u16,
    target: Located<PortOf>,
    transport: Transport,
}

/// A port at which a component is called, and that of a container behind it.
#[derive(Clone, Debug)]
pub(in crate::oam) struct Entry {
    /// Its name.
    pub(in crate::oam) name: Option<String>,
    /// Its number.
    pub(in crate::oam) port: u16,
    /// The port of the container.
    pub(in crate::oam) target: u16,
}

impl Loader<'_, '_, '_> {
    /// A service at `origin`, whose unknown keys were reported.
    pub(in crate::oam) fn service_of(
        &mut self,
        origin: Origin,
        mut fields: Fields,
        annotations: Annotations,
    ) -> Option<Service> {
        let Some(mut spec) = self.map(fields.take("spec"), "a map with `ports`") else {
            self.reader
                .diagnostics
                .error(origin, "the service has no ports")
                .fix("write `spec: { ports: [{ port: 80 }] }`");
            return None;
        };
        let callers = self.callers(spec.take("type").as_ref());
        let mut said = self.of_balancer(annotations, Annotated::Connections);
        if let Some(ranges) = spec.take("loadBalancerSourceRanges") {
            // They count before what an annotation says.
            said.reach.callers = None;
            let at = ranges.origin;
            let blocks = self.names(Some(ranges), "a list of blocks of addresses");
            self.admit_only(at, &blocks, &mut said.reach);
        }
        let (callers, allowed) = self.of_service(callers, said);
        let selector = spec.take("selector").map(|node| self.labels(node)).unwrap_or_default();
        let mut ports = Vec::new();
        for node in self.list(spec.take("ports"), "a list of maps with `port`") {
            let Some(mut fields) = self.reader.fields(node, "a map with `port`") else { continue };
            let origin = fields.origin;
            let name = fields.take("name").and_then(|node| self.reader.known_text(&node));
            let port = self.needed(&mut fields, "port", "port: 80").and_then(|node| self.port(&node));
            let Some(transport) = self.transport(fields.take("protocol")) else { continue };
            let Some(port) = port else { continue };
            let target = match fields.take("targetPort") {
                None => Located::new(origin, PortOf::Number(port.value)),
                Some(node) => match self.port_or_name(&node) {
                    Some(target) => target,
                    None => continue,
                },
            };
            ports.push(Served { origin, name: name.map(|name| name.value), port: port.value, target, transport });
        }
        if ports.is_empty() && self.reader.diagnostics.errors() == 0 {
            self.reader.diagnostics.error(origin, "the service has no ports").fix("write `ports: [{ port: 80 }]`");
            return None;
        }
        Some(Service { origin, callers, allowed, ports, selector })
    }

    /// Has a component be called as a service says, `name` being the name of the service. Out: its ports.
    pub(in crate::oam) fn serve_as(
        &mut self,
        name: &str,
        service: Service,
        instance: &str,
        component: &mut Component,
    ) -> Vec<Entry> {
        let Service { origin, callers, allowed, ports, selector: _ } = service;
        match &component.workload.value {
            Workload::Task | Workload::SingletonTask | Workload::CronTask(_) => {
                self.reader
                    .diagnostics
                    .error(origin, format!("nobody calls `{instance}`: it runs to its end"))
                    .fix("remove the service");
                return Vec::new();
            }
            Workload::Worker => component.workload.value = Workload::Server,
            Workload::SingletonWorker => component.workload.value = Workload::SingletonServer,
            Workload::Server | Workload::SingletonServer | Workload::Stateful | Workload::Daemon => {}
        }
        if name != instance {
            component.aliases.entry(name.to_owned()).or_insert(origin);
        }
        let mut entries = Vec::new();
        for Served { origin, name: port_name, port, target, transport } in ports {
            let Some(target) = self.target_of(target, instance, component) else { continue };
            let listens = |known: &Port| known.number == target;
            let is_declared = component.pod.containers.iter().any(|each| each.ports.iter().any(listens));
            if let (false, Some(first)) = (is_declared, component.pod.containers.first_mut()) {
                declare(first, Port { origin, name: None, number: target, transport });
            }
            entries.push(Entry { name: port_name, port, target });
            let own = (name != instance && port != target).then(|| name.to_owned());
            let (reach, allowed) = (callers, allowed.clone());
            let served = ServicePort { origin, name: own, port, target, transport, reach, allowed };
            lead(&mut component.ports, served);
        }
        entries
    }

    fn target_of(&mut self, target: Located<PortOf>, instance: &str, component: &Component) -> Option<u16> {
        let name = match target.value {
            PortOf::Number(number) => return Some(number),
            PortOf::Name(name) => name,
        };
        let mut ports = component.pod.containers.iter().flat_map(|container| &container.ports);
        let found = ports.find(|port| port.name.as_deref() == Some(name.as_str())).map(|port| port.number);
        if found.is_none() {
            self.reader
                .diagnostics
                .error(target.origin, format!("no container of `{instance}` has a port called `{name}`"))
                .fix("write its number, or name it under `ports` of the container");
        }
        found
    }
}

/// Adds a port at which a component is called. It takes the place of one that was only taken for granted, as a port of a container
/// is called at one number.
fn lead(ports: &mut Vec<ServicePort>, served: ServicePort) {
    let is_same = |known: &ServicePort| known.target == served.target && known.transport == served.transport;
    for known in ports.iter_mut().filter(|known| is_same(known)) {
        let is_plain = known.name.is_none() && known.port == known.target;
        if is_plain || known.port == served.port && known.name == served.name {
            let reach = if served.reach == Callers::Inside { known.reach } else { served.reach };
            let allowed = served.allowed.clone().or(known.allowed.take());
            *known = ServicePort { reach, allowed, ..served };
            return;
        }
    }
    ports.push(served);
}
