//! Ports of a component: those that its container listens on, and those at which it is called.
//!
//! On Kubernetes a port has a name in the cluster only where it is exposed. Here the components of an application reach each other at
//! all ports that they declare, and what counts is who reaches them from outside.

use super::super::Loader;
use super::super::model::container::Port;
use super::super::model::service::Callers;
use super::super::model::{Container, ServicePort};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::program::exposure::Transport;

/// How a cluster gives ports to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServiceType {
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

impl Loader<'_, '_, '_> {
    /// `port`, `ports` and `exposeType`.
    pub(super) fn ports(&mut self, fields: &mut Fields, container: &mut Container, services: &mut Vec<ServicePort>) {
        let (port, ports) = (fields.take("port"), fields.take("ports"));
        let exposure = fields.take("exposeType");
        let exposed_at = exposure.as_ref().map(|node| node.origin);
        let callers = self.callers(exposure.as_ref());
        if let (Some(port), Some(_)) = (&port, &ports) {
            let message = "`port` has no effect: `ports` says which ports there are";
            self.reader.diagnostics.note(port.origin, message);
        }
        let mut is_exposed = false;
        if let Some(ports) = ports {
            for node in self.list(Some(ports), "a list of ports") {
                is_exposed |= self.one_port(node, callers, container, services).unwrap_or(true);
            }
        } else if let Some(port) = port.and_then(|port| self.port(&port)) {
            let Located { origin, value: number } = port;
            declare(container, Port { origin, name: None, number, transport: Transport::Tcp });
            serve(services, ServicePort {
                origin,
                port: number,
                target: number,
                transport: Transport::Tcp,
                reach: Callers::Inside,
            });
        }
        if let (Some(origin), Callers::World, false) = (exposed_at, callers, is_exposed) {
            let message = "`exposeType` has no effect: no port is exposed";
            self.reader.diagnostics.note(origin, message).fix("write `expose: true` at the ports that are to be reached");
        }
    }

    /// A port of `ports`; whether it is exposed, `None` where it is none.
    fn one_port(
        &mut self,
        node: Node,
        callers: Callers,
        container: &mut Container,
        services: &mut Vec<ServicePort>,
    ) -> Option<bool> {
        let mut fields = self.reader.fields(node, "a port, a map with `port`")?;
        let origin = fields.origin;
        let name = fields.take("name").and_then(|node| self.reader.known_text(&node));
        let port = self.needed(&mut fields, "port", "port: 8080").and_then(|node| self.port(&node))?.value;
        let target = fields.take("containerPort").and_then(|node| self.port(&node)).map_or(port, |target| target.value);
        let transport = self.transport(fields.take("protocol"))?;
        let expose = fields.take("expose").and_then(|node| self.bool(&node)).is_some_and(|expose| expose.value);
        declare(container, Port { origin, name: name.map(|name| name.value), number: target, transport });
        let reach = if expose { callers } else { Callers::Inside };
        serve(services, ServicePort { origin, port, target, transport, reach });
        Some(expose)
    }

    /// The protocol of a port, TCP where nothing is said. `None` where there is none such, which was reported.
    pub(super) fn transport(&mut self, node: Option<Node>) -> Option<Transport> {
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
    pub(super) fn callers(&mut self, node: Option<&Node>) -> Callers {
        let Some(kind) = node.and_then(|node| self.reader.choice(node, &SERVICE_TYPES)) else { return Callers::Inside };
        match kind.value {
            ServiceType::ClusterIp => Callers::Inside,
            ServiceType::LoadBalancer => Callers::World,
            ServiceType::NodePort => {
                let message = "`NodePort` is taken for `ClusterIP`: a task has a network interface of its own, and nobody reaches it by the address of a machine";
                self.reader.diagnostics.note(kind.origin, message).fix("write `LoadBalancer` for ports that the world reaches");
                Callers::Inside
            }
            ServiceType::ExternalName => {
                self.reader
                    .diagnostics
                    .error(kind.origin, "`ExternalName` is not available on ECS: a component has the name that it has here")
                    .fix("give components the other name in an environment variable");
                Callers::Inside
            }
        }
    }
}

/// Adds a port that a container listens on, where it is not there.
pub(super) fn declare(container: &mut Container, port: Port) {
    let is_same = |other: &Port| other.number == port.number && other.transport == port.transport;
    if !container.ports.iter().any(is_same) {
        container.ports.push(port);
    }
}

/// Adds a port at which a component is called; of one that is there, who can call it.
pub(super) fn serve(services: &mut Vec<ServicePort>, service: ServicePort) {
    let is_same = |other: &&mut ServicePort| other.port == service.port && other.transport == service.transport;
    match services.iter_mut().find(is_same) {
        Some(other) if service.reach != Callers::Inside => {
            other.reach = service.reach;
            other.origin = service.origin;
        }
        Some(_) => {}
        None => services.push(service),
    }
}

/// The place of a port and its number, for traits that name it.
pub(super) fn plain(origin: Origin, number: u16, transport: Transport, reach: Callers) -> ServicePort {
    ServicePort { origin, port: number, target: number, transport, reach }
}
