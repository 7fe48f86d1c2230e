//! Ports in the words of Kubernetes: who calls them, and what is spoken there.

use super::annotations::Said;
use crate::diagnostic::Located;
use crate::document::{Kind, Node};
use crate::oam::Loader;
use crate::oam::model::container::Port;
use crate::oam::model::service::Callers;
use crate::oam::model::{Component, Container, ServicePort};
use crate::program::environment::Scheme;
use crate::program::exposure::Transport;
use crate::program::reach::Caller;

/// How a cluster gives ports to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ServiceType {
    ClusterIp,
    NodePort,
    LoadBalancer,
    ExternalName,
}

const SERVICE_TYPES: [(&str, ServiceType); 4] = [
    ("ClusterIP", ServiceType::ClusterIp),
    ("ExternalName", ServiceType::ExternalName),
    ("LoadBalancer", ServiceType::LoadBalancer),
    ("NodePort", ServiceType::NodePort),
];

/// Transport protocols; there is no load balancer and no task for SCTP.
const TRANSPORTS: [(&str, Option<Transport>); 3] =
    [("SCTP", None), ("TCP", Some(Transport::Tcp)), ("UDP", Some(Transport::Udp))];

/// A port, as those who lead to it name it.
#[derive(Clone, Debug)]
pub(in crate::oam) enum PortOf {
    /// By its number.
    Number(u16),
    /// By its name.
    Name(String),
}

impl Loader<'_, '_, '_> {
    /// A port by its number or its name.
    pub(super) fn port_or_name(&mut self, node: &Node) -> Option<Located<PortOf>> {
        match &node.kind {
            Kind::Text(text) if !text.chars().all(|character| character.is_ascii_digit()) => {
                Some(Located::new(node.origin, PortOf::Name(text.clone())))
            }
            _ => self.port(node).map(|port| port.map(PortOf::Number)),
        }
    }

    /// The protocol of a port, TCP where nothing is said. `None` where there is none such, which was reported.
    pub(in crate::oam) fn transport(&mut self, node: Option<Node>) -> Option<Transport> {
        let Some(node) = node else { return Some(Transport::Tcp) };
        let transport = self.reader.choice(&node, &TRANSPORTS)?;
        if transport.value.is_none() {
            self.reader
                .diagnostics
                .error(node.origin, "`SCTP` is not available on ECS: tasks listen on TCP and UDP")
                .fix("write `TCP` or `UDP`");
        }
        transport.value
    }

    /// Who reaches an exposed port.
    pub(in crate::oam) fn callers(&mut self, node: Option<&Node>) -> Callers {
        let Some(kind) = node.and_then(|node| self.reader.choice(node, &SERVICE_TYPES)) else { return Callers::Inside };
        match kind.value {
            ServiceType::ClusterIp => Callers::Inside,
            ServiceType::LoadBalancer => Callers::World,
            ServiceType::NodePort => {
                let message = "`NodePort` is taken for `ClusterIP`: a task has a network interface of its own, and nobody reaches it by the address of a machine";
                self.reader
                    .diagnostics
                    .note(kind.origin, message)
                    .fix("write `LoadBalancer` for ports that the world reaches");
                Callers::Inside
            }
            ServiceType::ExternalName => {
                self.reader
                    .diagnostics
                    .error(
                        kind.origin,
                        "`ExternalName` is not available on ECS: a component has the name that it has here",
                    )
                    .fix("give components the other name in an environment variable");
                Callers::Inside
            }
        }
    }
}

impl Loader<'_, '_, '_> {
    /// Who calls exposed ports, and which of them may, as what is said of their load balancer has it.
    pub(in crate::oam) fn of_service(&mut self, callers: Callers, said: Said) -> (Callers, Option<Allowed>) {
        let Said { reach, protocol: _ } = said;
        let is_internal = reach.scheme.is_some_and(|scheme| scheme.value == Scheme::Internal);
        match callers {
            Callers::Inside => {
                if let Some(allowed) = reach.callers {
                    let message = "this has no effect: only the other components of the application call the port";
                    self.reader.diagnostics.note(allowed.origin, message);
                }
                (callers, None)
            }
            Callers::World if is_internal => (Callers::Network, reach.callers),
            Callers::World | Callers::Network => (callers, reach.callers),
        }
    }
}

/// Those who may call a port.
type Allowed = Located<Vec<Located<Caller>>>;

/// Adds a port that a container listens on, where it is not there.
pub(in crate::oam) fn declare(container: &mut Container, port: Port) {
    let is_same = |other: &Port| other.number == port.number && other.transport == port.transport;
    if !container.ports.iter().any(is_same) {
        container.ports.push(port);
    }
}

/// Adds a port at which a component is called; of one that is there, who can call it.
pub(in crate::oam) fn serve(services: &mut Vec<ServicePort>, service: ServicePort) {
    let is_same = |other: &&mut ServicePort| other.port == service.port && other.transport == service.transport;
    match services.iter_mut().find(is_same) {
        Some(other) if service.reach != Callers::Inside => {
            other.reach = service.reach;
            other.origin = service.origin;
            other.allowed = service.allowed.or(other.allowed.take());
        }
        Some(_) => {}
        None => services.push(service),
    }
}

/// Adds a port at which a component is called, and has its first container listen there where none does.
pub(in crate::oam) fn expose(component: &mut Component, service: ServicePort) {
    let ServicePort { origin, name: _, port: _, target: number, transport, reach: _, allowed: _ } = service;
    let listens = |port: &Port| port.number == number && port.transport == transport;
    let is_declared = component.pod.containers.iter().any(|container| container.ports.iter().any(listens));
    if let (false, Some(container)) = (is_declared, component.pod.containers.first_mut()) {
        declare(container, Port { origin, name: None, number, transport });
    }
    serve(&mut component.ports, service);
}
