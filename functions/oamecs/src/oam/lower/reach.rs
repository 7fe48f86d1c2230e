//! The ports at which a component is called.

use crate::diagnostic::{Diagnostics, Located};
use crate::oam::model::service::Callers;
use crate::oam::model::{Container, ServicePort};
use crate::program::environment::Scheme;
use crate::program::exposure::Protocol;
use crate::program::port_table::withheld;
use crate::program::workload::Address;
use crate::program::{Exposure, Reach};

/// The ports that are reached from outside by a Network Load Balancer. The others of the application reach all of them.
pub(super) fn lower(ports: &[ServicePort], containers: &[Container], diagnostics: &mut Diagnostics) -> Vec<Exposure> {
    for port in ports.iter().filter(|port| port.reach == Callers::World && port.allowed.is_none()) {
        if let Some(listener) = withheld(port.target) {
            diagnostics
                .advice(port.origin, format!("the world reaches port {}, which is that of {listener}", port.port))
                .fix("keep it inside, or say who may call, by the annotation `service.beta.kubernetes.io/load-balancer-source-ranges` or by `AllowFrom` under `Workloads`");
        }
    }
    let published = ports.iter().filter(|port| port.reach != Callers::Inside);
    published.filter_map(|port| exposure(port, containers)).collect()
}

fn exposure(service: &ServicePort, containers: &[Container]) -> Option<Exposure> {
    let ServicePort { origin, name: _, port, target, transport, reach, allowed } = service;
    let scheme = match reach {
        Callers::Inside => return None,
        Callers::Network => Some(Located::new(*origin, Scheme::Internal)),
        // As the environment has it.
        Callers::World => None,
    };
    Some(Exposure {
        origin: *origin,
        container: listener(*target, containers)?,
        published: *port,
        target: *target,
        name: None,
        transport: *transport,
        protocol: Some(Protocol::Opaque),
        public: true,
        routes: Vec::new(),
        // As oam-ecs and Kubernetes have it, and so that a component more changes nothing of the others.
        reach: Reach { apart: Some(Located::new(*origin, true)), scheme, callers: allowed.clone(), ..Reach::default() },
    })
}

/// Where the others call a component, if one of its ports is called by another number than its container listens on; else its
/// name is enough.
pub(super) fn addresses(component: &str, ports: &[ServicePort], containers: &[Container]) -> Vec<Address> {
    if ports.iter().all(|service| service.port == service.target) {
        return Vec::new();
    }
    let address = |service: &ServicePort| {
        let ServicePort { origin, ref name, port, target, transport: _, reach: _, allowed: _ } = *service;
        let container = listener(target, containers)?;
        let name = name.clone().unwrap_or_else(|| component.to_owned());
        Some(Address { origin, name, port, container, target, protocol: None })
    };
    ports.iter().filter_map(address).collect()
}

/// The container that listens on a port: the one that declares it, else the one that the component is named for.
pub(super) fn listener(target: u16, containers: &[Container]) -> Option<String> {
    let declares = |container: &&Container| container.ports.iter().any(|port| port.number == target);
    let container = containers.iter().find(declares).or(containers.first())?;
    Some(container.name.value.clone())
}
