//! Which published port becomes a listener of which load balancer.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Reached;
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Origin};
use crate::ecs::site::Site;
use crate::program::exposure::{Protocol, Transport};
use crate::program::probe::HttpRequest;
use crate::program::{Application, Exposure, Workload};

/// The listeners of an application, by port.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// Of the Application Load Balancer.
    pub(super) http: BTreeMap<u16, Listener<'a>>,
    /// Of the Network Load Balancer.
    pub(super) network: BTreeMap<u16, Listener<'a>>,
    /// What asks for port 80 to lead to 443.
    pub(super) redirect: Option<Origin>,
}

/// A listener to be, and what it leads to.
pub(super) struct Listener<'a> {
    pub(super) workload: &'a str,
    pub(super) exposure: &'a Exposure,
    /// The protocol that the container speaks.
    pub(super) protocol: Protocol,
    /// The request by which the workload's own probe finds out its health.
    pub(super) probe: Option<&'a HttpRequest>,
    /// A TCP port that tells the health of a UDP port.
    pub(super) health_port: Option<u16>,
}

impl Plan<'_> {
    /// The ports that the Application Load Balancer is reached at, and what asks for them.
    pub(super) fn http_ports(&self) -> BTreeMap<u16, Origin> {
        let listeners = self.http.iter().map(|(port, listener)| (*port, listener.exposure.origin));
        listeners.chain(self.redirect.map(|origin| (80, origin))).collect()
    }
}

/// Sorts out the published ports of an application. With a certificate, HTTP is spoken over TLS: port 80 moves to 443,
/// and is left as a redirect.
pub(super) fn plan<'a>(application: &'a Application, site: &Site, diagnostics: &mut Diagnostics) -> Plan<'a> {
    let mut plan = Plan::default();
    for (name, workload) in &application.workloads {
        for exposure in workload.exposures.iter().filter(|exposure| exposure.public) {
            let protocol = exposure.speaks();
            let listener = Listener {
                workload: name,
                exposure,
                protocol,
                probe: probe(workload, exposure),
                health_port: health_port(workload),
            };
            if !is_http(&listener, site, diagnostics) {
                if exposure.transport == Transport::Udp && listener.health_port.is_none() {
                    diagnostics
                        .error(exposure.origin, format!("a load balancer finds out over TCP whether a target is healthy, and `{name}` has no TCP port beside port {} of UDP", exposure.target))
                        .fix("declare a TCP port on which the container answers, without publishing it if need be");
                    continue;
                }
                claim(&mut plan.network, exposure.published, listener, diagnostics);
                continue;
            }
            let port = if site.certificate.is_some() && exposure.published == 80 {
                plan.redirect = Some(exposure.origin);
                443
            } else {
                exposure.published
            };
            claim(&mut plan.http, port, listener, diagnostics);
        }
    }
    plan
}

/// The address of the application for people: HTTPS before HTTP, customary ports before others.
pub(super) fn application_url(reached: &BTreeMap<String, Reached>) -> Option<Text> {
    let rank = |url: &Text| {
        let text = serde_json::to_string(url).unwrap_or_default();
        let customary = !text.contains("DNSName}:");
        (!text.contains("https://"), !customary, text)
    };
    reached.values().filter_map(|reached| reached.url.clone()).min_by_key(rank)
}

fn is_http(listener: &Listener<'_>, site: &Site, diagnostics: &mut Diagnostics) -> bool {
    let exposure = listener.exposure;
    match listener.protocol {
        Protocol::Opaque => false,
        Protocol::Http => true,
        // Only with a certificate can a listener speak TLS; without, the container's own is passed through.
        Protocol::Https => {
            if site.certificate.is_none() {
                diagnostics
                    .note(exposure.origin, format!("port {} speaks TLS, and the environment has no certificate: connections are passed through to the container, which must have one", exposure.target))
                    .fix("to end TLS at the load balancer, give `CertificateArn` in `Environment`");
            }
            site.certificate.is_some()
        }
        Protocol::Http2 | Protocol::Grpc => {
            if site.certificate.is_none() {
                diagnostics
                    .error(
                        exposure.origin,
                        "a load balancer speaks HTTP/2 and gRPC only over TLS, and the environment has no certificate",
                    )
                    .fix("give `CertificateArn` in `Environment`, or let the port be TCP, which is passed through");
            }
            true
        }
    }
}

fn claim<'a>(
    listeners: &mut BTreeMap<u16, Listener<'a>>,
    port: u16,
    listener: Listener<'a>,
    diagnostics: &mut Diagnostics,
) {
    let first = match listeners.entry(port) {
        Entry::Vacant(vacant) => {
            vacant.insert(listener);
            return;
        }
        Entry::Occupied(occupied) => occupied.into_mut(),
    };
    let exposure = listener.exposure;
    if first.workload != listener.workload {
        diagnostics
            .error(
                exposure.origin,
                format!(
                    "port {port} is published by `{}` and by `{}`, and a load balancer has each port once",
                    first.workload, listener.workload
                ),
            )
            .fix("publish one of them at another port");
    } else if first.exposure.transport != exposure.transport {
        diagnostics
            .error(exposure.origin, format!("port {port} is published for TCP and for UDP, and an ECS service registers a container port with a load balancer only once"))
            .fix("publish one of the two");
    } else {
        // With TLS, 80 moves to 443: what is published at 443 itself has the say.
        let (kept, lost) = if exposure.published == port { (&listener, &*first) } else { (&*first, &listener) };
        if kept.exposure.target != lost.exposure.target {
            let message = format!(
                "port 80 leads to {port}, where the container's port {} is published: {} is not reached",
                kept.exposure.target, lost.exposure.target
            );
            diagnostics.note(lost.exposure.origin, message);
        }
        if exposure.published == port {
            *first = listener;
        }
    }
}

fn probe<'a>(workload: &'a Workload, exposure: &Exposure) -> Option<&'a HttpRequest> {
    let requests = workload.containers().filter_map(|container| container.probe.as_ref()?.http.as_ref());
    requests.into_iter().find(|request| request.port == exposure.target)
}

fn health_port(workload: &Workload) -> Option<u16> {
    let exposed = workload
        .exposures
        .iter()
        .filter(|exposure| exposure.transport == Transport::Tcp)
        .map(|exposure| exposure.target);
    let declared = workload.containers().flat_map(|container| &container.ports);
    let declared = declared.filter(|port| port.value.transport == Transport::Tcp).map(|port| port.value.number);
    exposed.chain(declared).min()
}
