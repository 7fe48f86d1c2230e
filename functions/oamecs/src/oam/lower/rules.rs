//! Requests over HTTP from outside: all components of an application share a load balancer for them.

use std::collections::BTreeMap;

use super::Lowering;
use super::reach::listener;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::Expr;
use crate::oam::kubernetes::annotations::limit;
use crate::oam::model::container::Port;
use crate::oam::model::{Container, Rule, ServicePort};
use crate::oam::settings::TLS_REMEDY;
use crate::program::Exposure;
use crate::program::exposure::{Protocol, Transport};
use crate::program::reach::{Certificates, Host, Reach, Route};

/// The port of the world where a rule asks for no other.
const PUBLISHED: u16 = 80;

/// What the documents of the world put where a host has to be: it belongs to nobody, and gets no record.
const EXAMPLES: [&str; 4] = ["example.com", "example.net", "example.org", "example"];

/// The port that is called where nothing says which.
const DEFAULT_TARGET: u16 = 80;

/// The ports that rules lead to. A port that no container declares is declared, as on Kubernetes the rule would do.
pub(super) fn lower(
    rules: Vec<Rule>,
    ports: &[ServicePort],
    containers: &mut [Container],
    lowering: &mut Lowering<'_>,
) -> Vec<Exposure> {
    let mut exposures: BTreeMap<u16, Exposure> = BTreeMap::new();
    for rule in rules {
        let Rule { origin, host, path, port, tls_secret, protocol, mut reach } = rule;
        let target = match &port {
            Some(port) => port.value,
            None => only_port(origin, containers, lowering.diagnostics),
        };
        declare(port.map_or(origin, |port| port.origin), target, ports, containers, lowering.diagnostics);
        let Some(container) = listener(target, containers) else { continue };
        let hosts: Vec<Host> = host.into_iter().collect();
        let certificates = certificates(&hosts, tls_secret, lowering);
        let exposure = exposures.entry(target).or_insert_with(|| Exposure {
            origin,
            container,
            published: PUBLISHED,
            target,
            name: None,
            transport: Transport::Tcp,
            protocol: Some(Protocol::Http),
            public: true,
            routes: Vec::new(),
            reach: Reach::default(),
        });
        if let Some(protocol) = protocol {
            exposure.protocol = Some(protocol.value);
        }
        // Rules that lead to one port share what is before it.
        limit(&mut exposure.reach.callers, reach.callers.take(), lowering.diagnostics);
        exposure.reach = std::mem::take(&mut exposure.reach).or(reach);
        let owned = hosts.iter().filter(|host| !is_example(host)).cloned();
        let domains = exposure.reach.domains.get_or_insert_with(|| Located::new(origin, Vec::new()));
        for host in owned {
            if !domains.value.contains(&host) {
                domains.value.push(host);
            }
        }
        if let Some(certificates) = certificates {
            add_certificates(&mut exposure.reach, certificates);
        }
        let paths = path.map(|path| path.value).into_iter().collect();
        exposure.routes.push(Route { origin, hosts, paths, priority: None });
    }
    let mut exposures: Vec<Exposure> = exposures.into_values().collect();
    for exposure in &mut exposures {
        exposure.reach.domains = exposure.reach.domains.take().filter(|domains| !domains.value.is_empty());
    }
    // The first port that the component declares is the one that it is known by, whatever other rules come and go.
    let first = containers.iter().flat_map(|container| &container.ports).map(|port| port.number).next();
    for exposure in exposures.iter_mut().filter(|exposure| Some(exposure.target) != first) {
        exposure.name = Some(exposure.target.to_string());
    }
    exposures
}

/// The one port that there is, or else the one of HTTP.
fn only_port(origin: Origin, containers: &[Container], diagnostics: &mut Diagnostics) -> u16 {
    let ports = containers.iter().flat_map(|container| &container.ports);
    let mut tcp = ports.filter(|port| port.transport == Transport::Tcp).map(|port| port.number);
    if let (Some(port), None) = (tcp.next(), tcp.next()) {
        return port;
    }
    diagnostics.note(origin, format!("nothing says to which port this leads: it is {DEFAULT_TARGET}"));
    DEFAULT_TARGET
}

fn declare(
    origin: Origin,
    target: u16,
    ports: &[ServicePort],
    containers: &mut [Container],
    diagnostics: &mut Diagnostics,
) {
    let is_declared = containers.iter().any(|container| container.ports.iter().any(|port| port.number == target));
    if let (false, Some(first)) = (is_declared, containers.first_mut()) {
        let note = diagnostics.note(
            origin,
            format!("no container declares port {target}: `{}` is taken to listen on it", first.name.value),
        );
        // A rule names the port of the container, which is easily taken for the one that others call.
        if let Some(meant) = ports.iter().find(|port| port.port == target && port.target != target) {
            note.fix(format!("if `{}` listens on {} only, write that", first.name.value, meant.target));
        }
        first.ports.push(Port { origin, name: None, number: target, transport: Transport::Tcp });
    }
}

fn is_example(host: &Host) -> bool {
    let is_of = |host: &str, domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    host.value.known().is_some_and(|host| EXAMPLES.iter().any(|domain| is_of(host, domain)))
}

/// The certificates of a rule: those that the declaration gives for its secret or its host, or at least some where it asks for TLS.
fn certificates(
    hosts: &[Host],
    secret: Option<Located<String>>,
    lowering: &Lowering<'_>,
) -> Option<Located<Certificates>> {
    let given = &lowering.settings.own.certificates;
    let by_host = hosts.iter().find_map(|host| given.get(host.value.known()?));
    let by_secret = secret.as_ref().and_then(|secret| given.get(&secret.value));
    if let Some(arn) = by_secret.or(by_host) {
        return Some(Located::new(arn.origin, Certificates::Given(vec![arn.clone()])));
    }
    Some(Located::new(secret?.origin, Certificates::Required(TLS_REMEDY)))
}

fn add_certificates(reach: &mut Reach, more: Located<Certificates>) {
    match (&mut reach.certificates, more.value) {
        (Some(Located { value: Certificates::Given(given), .. }), Certificates::Given(more)) => {
            let new: Vec<Located<Expr<String>>> = more.into_iter().filter(|arn| !given.contains(arn)).collect();
            given.extend(new);
        }
        (Some(Located { value: Certificates::Given(_), .. }), _) => {}
        (known, value) => *known = Some(Located::new(more.origin, value)),
    }
}
