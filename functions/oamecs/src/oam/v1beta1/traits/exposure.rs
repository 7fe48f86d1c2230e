//! Ports that others call: `expose`.

use super::super::super::Loader;
use super::super::super::kubernetes::ports::expose;
use super::super::super::model::service::Callers;
use super::super::super::model::{Component, ServicePort, Workload};
use super::super::super::object::Annotations;
use crate::document::{Fields, Node};
use crate::program::exposure::Transport;

/// The annotations by which a cluster on AWS puts a load balancer where only its network reaches it, and the values that say so.
const INTERNAL: [(&str, &str); 3] = [
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"),
];

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
        let mut callers = self.callers(kind.as_ref());
        let annotations = self.texts(fields.take("annotations"));
        let is_internal = self.is_internal(annotations);
        if callers == Callers::World && is_internal {
            callers = Callers::Network;
        }
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
                expose(
                    component,
                    ServicePort { origin, name: None, port: number, target: number, transport, reach: callers },
                );
            }
        }
    }

    fn exposed_port(&mut self, node: Node) -> Option<(u16, Transport)> {
        let mut port = self.reader.fields(node, "a port, a map with `port`")?;
        let number = self.needed(&mut port, "port", "port: 8080").and_then(|node| self.port(&node));
        let transport = self.transport(port.take("protocol"));
        number.map(|number| number.value).zip(transport)
    }

    /// Whether annotations put a load balancer where only its network reaches it; the others are noted.
    pub(in crate::oam) fn is_internal(&mut self, annotations: Annotations) -> bool {
        let mut is_internal = false;
        for (key, node) in annotations {
            let Some(value) = self.reader.known_text(&node) else { continue };
            if INTERNAL.contains(&(key.as_str(), value.value.as_str())) {
                is_internal = true;
            } else if !INTERNAL.iter().any(|(known, _)| *known == key) {
                let message = format!("`{key}` has no effect: it is for a controller of a cluster");
                self.reader.diagnostics.note(node.origin, message);
            }
        }
        is_internal
    }
}
