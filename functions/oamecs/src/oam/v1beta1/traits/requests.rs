//! Requests over HTTP from outside: `gateway`, and `ingress`, `ingress-1-20` and `pure-ingress`, which were there before it.

use super::super::super::Loader;
use super::super::super::kubernetes::ports::expose;
use super::super::super::model::service::Callers;
use super::super::super::model::{Component, Rule, ServicePort, Workload};
use super::super::super::object::Annotations;
use super::super::super::traits::ingress::{self, PATH_TYPES, PathType};
use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node};
use crate::program::environment::Scheme;
use crate::program::exposure::Transport;
use crate::program::reach::{Certificates, Reach};

const SCHEMES: [(&str, Scheme); 2] = [("internal", Scheme::Internal), ("internet-facing", Scheme::InternetFacing)];

/// What the controller for load balancers of AWS has before its annotations.
const AWS: &str = "alb.ingress.kubernetes.io/";

/// Annotations of which the result depends: another path would be requested, or another answer given.
const REWRITES: [&str; 6] = [
    "nginx.ingress.kubernetes.io/app-root",
    "nginx.ingress.kubernetes.io/configuration-snippet",
    "nginx.ingress.kubernetes.io/rewrite-target",
    "nginx.ingress.kubernetes.io/server-snippet",
    "nginx.ingress.kubernetes.io/use-regex",
    "traefik.ingress.kubernetes.io/router.middlewares",
];

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
        let reach = self.of_balancer(annotations);
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
                // On Kubernetes the trait has the component be called at the port too.
                let (target, transport) = (port.value, Transport::Tcp);
                let reach = Callers::Inside;
                expose(component, ServicePort { origin: place, name: None, port: target, target, transport, reach });
            }
            let rule = Rule {
                origin,
                host: host.clone(),
                path,
                port: Some(port),
                tls_secret: tls_secret.clone(),
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

    /// What annotations say of a load balancer.
    pub(in crate::oam) fn of_balancer(&mut self, annotations: Annotations) -> Reach {
        let mut reach = Reach::default();
        for (key, node) in annotations {
            let known = key.strip_prefix(AWS).unwrap_or_default();
            match known {
                "scheme" => reach.scheme = self.reader.choice(&node, &SCHEMES),
                "certificate-arn" => reach.certificates = self.certificates(&node),
                "healthcheck-path" => reach.health.path = self.reader.text(&node),
                "healthcheck-port" if !matches!(&node.kind, Kind::Text(text) if text == "traffic-port") => {
                    reach.health.port = self.port(&node);
                }
                "healthcheck-interval-seconds" => reach.health.interval = self.number(&node),
                "healthcheck-timeout-seconds" => reach.health.timeout = self.number(&node),
                "healthy-threshold-count" => reach.health.healthy = self.number(&node),
                "unhealthy-threshold-count" => reach.health.unhealthy = self.number(&node),
                "success-codes" => reach.health.codes = self.reader.known_text(&node),
                "healthcheck-port" | "target-type" => {}
                _ if REWRITES.contains(&key.as_str()) => {
                    let message =
                        format!("`{key}` is not available on ECS: a load balancer hands requests on as they are");
                    self.reader
                        .diagnostics
                        .error(node.origin, message)
                        .fix("have the program answer at the path that is requested, and remove it");
                }
                _ => {
                    let message = format!("`{key}` has no effect: it is for a controller of a cluster");
                    self.reader.diagnostics.note(node.origin, message);
                }
            }
        }
        reach
    }

    /// ARNs of certificates, separated by commas.
    fn certificates(&mut self, node: &Node) -> Option<Located<Certificates>> {
        let text = self.reader.text(node)?;
        let origin = text.origin;
        let given = match text.value.known() {
            Some(known) => {
                let arns = known.split(',').map(str::trim).filter(|arn| !arn.is_empty());
                arns.map(|arn| Located::new(origin, arn.into())).collect()
            }
            None => vec![text],
        };
        Some(Located::new(origin, Certificates::Given(given)))
    }
}
