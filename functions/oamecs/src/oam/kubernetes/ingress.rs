//! [Ingresses](https://kubernetes.io/docs/concepts/services-networking/ingress/): requests over HTTP from outside, and the services
//! that they are for.

use indexmap::IndexMap;

use super::annotations::{Annotated, Said};
use super::ports::PortOf;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::oam::Loader;
use crate::oam::object::Annotations;
use crate::oam::settings::TLS_REMEDY;
use crate::oam::traits::ingress::{self, PATH_TYPES, PathType};
use crate::program::exposure::Protocol;
use crate::program::reach::{Certificates, Host, Path, Reach};

/// Requests for one service.
pub(in crate::oam) struct Lead {
    /// Where it is declared.
    pub(in crate::oam) origin: Origin,
    /// The service.
    pub(in crate::oam) service: Located<String>,
    /// The port of the service; `None`: the only one.
    pub(in crate::oam) port: Option<Located<PortOf>>,
    /// The host; `None`: any.
    pub(in crate::oam) host: Option<Host>,
    /// The path; `None`: any.
    pub(in crate::oam) path: Option<Located<Path>>,
    /// The secret with the certificate of the host.
    pub(in crate::oam) tls_secret: Option<Located<String>>,
    /// What the container speaks.
    pub(in crate::oam) protocol: Option<Located<Protocol>>,
    /// What else is said of how it is reached.
    pub(in crate::oam) reach: Reach,
}

/// Hosts that are reached over TLS.
struct Tls {
    origin: Origin,
    hosts: Vec<String>,
    secret: Option<Located<String>>,
}

impl Loader<'_, '_, '_> {
    /// What an ingress at `origin` leads to, whose unknown keys were reported.
    pub(in crate::oam) fn ingress(
        &mut self,
        origin: Origin,
        mut fields: Fields,
        annotations: Annotations,
    ) -> Vec<Lead> {
        let spec = self.map(fields.take("spec"), "a map with `rules`");
        let mut spec = spec.unwrap_or_else(|| Fields::new(origin, IndexMap::new()));
        let said = self.of_balancer(annotations, Annotated::Requests);
        let tls = self.tls(spec.take("tls"));
        let mut leads = Vec::new();
        let (backend, default) = (spec.take("backend"), spec.take("defaultBackend"));
        if let Some(backend) = default.or(backend) {
            leads.extend(self.lead(backend, None, None, &tls, &said));
        }
        let mut rules = 0;
        for node in self.list(spec.take("rules"), "a list of maps with `host` and `http`") {
            rules += 1;
            let Some(mut rule) = self.reader.fields(node, "a map with `host` and `http`") else { continue };
            let host = rule.take("host").and_then(|node| self.reader.text(&node));
            let host = host.and_then(|host| ingress::host(host, self.reader.diagnostics));
            let Some(mut http) = self.map(rule.take("http"), "a map with `paths`") else { continue };
            for node in self.list(http.take("paths"), "a list of maps with `path` and `backend`") {
                let Some(mut path) = self.reader.fields(node, "a map with `path` and `backend`") else { continue };
                let kind = path.take("pathType").and_then(|node| self.reader.choice(&node, &PATH_TYPES));
                let kind = kind.map_or(PathType::Prefix, |kind| kind.value);
                let before = self.reader.diagnostics.errors();
                let text = path.take("path").and_then(|node| self.reader.known_text(&node));
                let text = text.and_then(|text| ingress::path(text, kind, self.reader.diagnostics));
                let backend =
                    self.needed(&mut path, "backend", "backend: { service: { name: web, port: { number: 80 } } }");
                if let (Some(backend), true) = (backend, self.reader.diagnostics.errors() == before) {
                    leads.extend(self.lead(backend, host.clone(), text, &tls, &said));
                }
            }
        }
        if leads.is_empty() && rules == 0 && self.reader.diagnostics.errors() == 0 {
            self.reader
                .diagnostics
                .error(origin, "the `Ingress` leads nowhere")
                .fix("write `rules`, or a `defaultBackend`");
        }
        leads
    }

    /// A backend, in the words of either version.
    fn lead(
        &mut self,
        backend: Node,
        host: Option<Host>,
        path: Option<Located<Path>>,
        tls: &[Tls],
        said: &Said,
    ) -> Option<Lead> {
        let mut fields = self.reader.fields(backend, "a map with `service`")?;
        let origin = fields.origin;
        let (service, port) = match self.map(fields.take("service"), "a map with `name` and `port`") {
            Some(mut service) => {
                let name = self.required(&mut service, "name", "name: web")?;
                let port = self.map(service.take("port"), "a map with `number` or `name`");
                let port = port.and_then(|mut port| port.take("number").or_else(|| port.take("name")));
                (name, port)
            }
            None => (self.required(&mut fields, "serviceName", "serviceName: web")?, fields.take("servicePort")),
        };
        let port = match port {
            Some(node) => Some(self.port_or_name(&node)?),
            None => None,
        };
        let Said { mut reach, protocol } = said.clone();
        let known = host.as_ref().and_then(|host| host.value.known());
        let over = tls.iter().find(|tls| tls.hosts.is_empty() || known.is_some_and(|host| covers(&tls.hosts, host)));
        let tls_secret = over.and_then(|tls| tls.secret.clone());
        if let (Some(tls), None) = (over, &tls_secret) {
            reach.certificates.get_or_insert(Located::new(tls.origin, Certificates::Required(TLS_REMEDY)));
        }
        Some(Lead { origin, service, port, host, path, tls_secret, protocol, reach })
    }

    fn tls(&mut self, node: Option<Node>) -> Vec<Tls> {
        let mut all = Vec::new();
        for node in self.list(node, "a list of maps with `hosts` and `secretName`") {
            let Some(mut fields) = self.reader.fields(node, "a map with `hosts` and `secretName`") else { continue };
            let hosts = self.names(fields.take("hosts"), "a list of hosts");
            let secret = fields.take("secretName").and_then(|node| self.reader.known_text(&node));
            all.push(Tls {
                origin: fields.origin,
                hosts: hosts.into_iter().map(|host| host.value.to_ascii_lowercase()).collect(),
                secret: secret.filter(|secret| !secret.value.is_empty()),
            });
        }
        all
    }
}

/// Whether a host is one of those for which there is a certificate.
fn covers(hosts: &[String], host: &str) -> bool {
    let parent = host.split_once('.').map(|(_, parent)| parent);
    hosts.iter().any(|known| known == host || known.strip_prefix("*.").is_some_and(|known| Some(known) == parent))
}
