//! Ports of a component: those that its container listens on, and those at which it is called.
//!
//! On Kubernetes a port has a name in the cluster only where it is exposed. Here the components of an application reach each other at
//! all ports that they declare, and what counts is who reaches them from outside.

use super::super::Loader;
use super::super::kubernetes::ports::{declare, serve};
use super::super::model::container::Port;
use super::super::model::service::Callers;
use super::super::model::{Container, ServicePort};
use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::program::exposure::Transport;

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
            serve(
                services,
                ServicePort {
                    origin,
                    name: None,
                    port: number,
                    target: number,
                    transport: Transport::Tcp,
                    reach: Callers::Inside,
                    allowed: None,
                },
            );
        }
        if let (Some(origin), Callers::World, false) = (exposed_at, callers, is_exposed) {
            let message = "`exposeType` has no effect: no port is exposed";
            self.reader
                .diagnostics
                .note(origin, message)
                .fix("write `expose: true` at the ports that are to be reached");
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
        let expose =
            fields.take("expose").and_then(|node| self.reader.any_bool(&node)).is_some_and(|expose| expose.value);
        declare(container, Port { origin, name: name.map(|name| name.value), number: target, transport });
        let reach = if expose { callers } else { Callers::Inside };
        serve(services, ServicePort { origin, name: None, port, target, transport, reach, allowed: None });
        Some(expose)
    }
}
