//! Ports that others call: `expose`.

use super::super::super::Loader;
use super::super::super::kubernetes::annotations::Annotated;
use super::super::super::kubernetes::ports::expose;
use super::super::super::model::{Component, ServicePort, Workload};
use crate::document::{Fields, Node};
use crate::program::exposure::Transport;

impl Loader<'_, '_, '_> {
    /// Gives a component ports that others call.
    pub(super) fn expose(&mut self, mut fields: Fields, component: &mut Component) {
        if !component.workload.value.is_daemonized() {
            self.reader
                .diagnostics
                .error(fields.origin, "the component takes no trait that has others call it: it runs to its end")
                .fix("remove the trait, or use a type of component that is there for good");
            return;
        }
        let kind = fields.take("type");
        let callers = self.callers(kind.as_ref());
        let annotations = self.texts(fields.take("annotations"));
        let said = self.of_balancer(annotations, Annotated::Connections);
        let (callers, allowed) = self.of_service(callers, said);
        let (older, ports) = (fields.take("port"), fields.take("ports"));
        if let (Some(older), Some(_)) = (&older, &ports) {
            let message = "`port` has no effect: `ports` says which ports there are";
            self.reader.diagnostics.note(older.origin, message);
        }
        // What is exposed is called.
        if matches!(component.workload.value, Workload::Worker) {
            component.workload.value = Workload::Server;
        }
        let is_older = ports.is_none();
        let nodes = self.list(ports.or(older), "a list of ports");
        if nodes.is_empty() {
            self.reader
                .diagnostics
                .error(fields.origin, "the trait exposes no port")
                .fix("write `ports: [{ port: 8080 }]`");
        }
        for node in nodes {
            let origin = node.origin;
            let found = if is_older {
                self.port(&node).map(|number| (number.value, Transport::Tcp))
            } else {
                self.exposed_port(node)
            };
            if let Some((number, transport)) = found {
                let (name, target, reach, allowed) = (None, number, callers, allowed.clone());
                expose(component, ServicePort { origin, name, port: number, target, transport, reach, allowed });
            }
        }
    }

    fn exposed_port(&mut self, node: Node) -> Option<(u16, Transport)> {
        let mut port = self.reader.fields(node, "a port, a map with `port`")?;
        let number = self.needed(&mut port, "port", "port: 8080").and_then(|node| self.port(&node));
        let transport = self.transport(port.take("protocol"));
        number.map(|number| number.value).zip(transport)
    }
}
