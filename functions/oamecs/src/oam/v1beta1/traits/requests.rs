//! Requests over HTTP from outside: `gateway`, and `ingress`, `ingress-1-20` and `pure-ingress`, which were there before it.

use super::super::super::Loader;
use super::super::super::kubernetes::annotations::{Annotated, Said};
use super::super::super::model::service::Callers;
use super::super::super::model::{Component, Rule, ServicePort, Workload};
use super::super::super::traits::ingress::{self, PATH_TYPES, PathType};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::program::exposure::Transport;

impl Loader<'_, '_, '_> {
    /// Leads requests to a component: one rule for each path.
    pub(super) fn gateway(&mut self, mut fields: Fields, component: &mut Component) {
        let origin = fields.origin;
        let path_type = fields.take("pathType").and_then(|node| self.reader.choice(&node, &PATH_TYPES));
        let path_type = path_type.map_or(PathType::Prefix, |path_type| path_type.value);
        let host = fields.take("domain").and_then(|node| self.reader.text(&node));
        let host = host.and_then(|host| ingress::host(host, self.reader.diagnostics));
        let tls_secret = fields.take("secretName").and_then(|node| self.reader.known_text(&node));
        let annotations = self.texts(fields.take("annotations"));
        let Said { reach, protocol } = self.of_balancer(annotations, Annotated::Requests);
        let Some(http) = self.needed(&mut fields, "http", "http: { /: 8080 }") else { return };
        for (path, node) in self.paths(http) {
            let place = node.origin;
            let Some(port) = self.port(&node) else { continue };
            let path = match path {
                Some(path) => {
                    let before = self.reader.diagnostics.errors();
                    let path = ingress::path(path, path_type, self.reader.diagnostics);
                    if self.reader.diagnostics.errors() > before {
                        continue;
                    }
                    path
                }
                None => None,
            };
            if matches!(component.workload.value, Workload::Server | Workload::Stateful | Workload::Daemon) {
                call_at(component, place, port.value);
            }
            let rule = Rule {
                origin,
                host: host.clone(),
                path,
                port: Some(port),
                tls_secret: tls_secret.clone(),
                protocol: protocol.clone(),
                reach: reach.clone(),
            };
            ingress::route(component, rule, self.reader.diagnostics);
        }
    }

    /// Paths with the nodes of their ports: a map from one to the other, or the list that some write.
    fn paths(&mut self, http: Node) -> Vec<(Option<Located<String>>, Node)> {
        let origin = http.origin;
        match http.kind {
            Kind::Mapping(entries) => {
                let paths = entries.into_iter().map(|(path, node)| (Some(Located::new(node.origin, path)), node));
                paths.collect()
            }
            Kind::Sequence(items) => {
                self.reader
                    .diagnostics
                    .note(origin, "`http` is a map from paths to ports, and is read as one")
                    .fix("write `http: { /: 8080 }`");
                let mut paths = Vec::new();
                for item in items {
                    let Some(mut fields) = self.reader.fields(item, "a map with `path` and `port`") else { continue };
                    let path = fields.take("path").and_then(|node| self.reader.known_text(&node));
                    let port = self.needed(&mut fields, "port", "port: 8080");
                    fields.finish(&["path", "port"], self.reader.diagnostics);
                    paths.extend(port.map(|port| (path, port)));
                }
                paths
            }
            kind => {
                self.reader.shape(&Node::new(origin, kind), "a map from paths to ports");
                Vec::new()
            }
        }
    }
}

/// On Kubernetes the trait has the component be called at the port of the container too, unless it already is. Whether a
/// container listens there is found out when all traits are known.
fn call_at(component: &mut Component, origin: Origin, target: u16) {
    let is_called = |known: &ServicePort| known.target == target || known.port == target;
    if !component.ports.iter().any(is_called) {
        let (transport, reach, allowed) = (Transport::Tcp, Callers::Inside, None);
        component.ports.push(ServicePort { origin, name: None, port: target, target, transport, reach, allowed });
    }
}
