//! Which published port becomes a listener of which load balancer.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::domain;
use super::rule::is_everything;
use super::unreached;
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::ecs::site::Site;
use crate::gather::Gather;
use crate::program::environment::Scheme;
use crate::program::exposure::{Protocol, Transport};
use crate::program::probe::HttpRequest;
use crate::program::reach::{Certificates, Reach, Route};
use crate::program::{Application, Exposure, Workload};

/// The most security groups of a load balancer.
const GROUPS_LIMIT: usize = 5;

/// The listeners of an application, by load balancer and port.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// Of Application Load Balancers.
    pub(super) http: BTreeMap<(Share<'a>, u16), HttpListener<'a>>,
    /// Of Network Load Balancers.
    pub(super) network: BTreeMap<(Share<'a>, u16), Target<'a>>,
    /// What is reached by listeners that exist.
    pub(super) foreign: Vec<Target<'a>>,
    /// The published ports at which the main Application Load Balancer, which may be shared, speaks TLS.
    pub(super) secure_ports: BTreeSet<u16>,
}

/// Which of its load balancers of a kind an application means, by who reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Audience {
    /// The one for all that does not say otherwise, which may be one that is shared.
    Main,
    /// One that only the network reaches, where the main one faces the internet.
    Internal,
    /// One that faces the internet, where the main one does not.
    Public,
}

/// Which of its load balancers of a kind an application means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share<'a> {
    pub(super) audience: Audience,
    /// The workload that it is there for; `None`: all of them.
    pub(super) workload: Option<&'a str>,
}

impl Share<'_> {
    /// The main load balancer for all workloads, which may be one that applications share.
    pub(super) const MAIN: Share<'static> = Share { audience: Audience::Main, workload: None };

    /// Whether it faces the internet; what applications share is for HTTP.
    pub(super) fn faces_internet(&self, site: &Site, http: bool) -> bool {
        self.audience.faces_internet(site, http && self.workload.is_none())
    }

    /// What is part of the logical ids of what is there for one workload: its name, and what tells load balancers apart that
    /// are reached from elsewhere. `None` where it is there for all.
    pub(super) fn owner(&self) -> Option<String> {
        let workload = self.workload?;
        Some(match self.audience {
            Audience::Main => workload.to_owned(),
            Audience::Internal => format!("internal {workload}"),
            Audience::Public => format!("public {workload}"),
        })
    }
}

/// Listeners by the load balancer that they are of, with their ports.
pub(super) fn by_balancer<K: Copy + Ord, L>(listeners: &BTreeMap<(K, u16), L>) -> BTreeMap<K, Vec<(u16, &L)>> {
    let mut balancers: BTreeMap<K, Vec<(u16, &L)>> = BTreeMap::new();
    for ((balancer, port), listener) in listeners {
        balancers.entry(*balancer).or_default().push((*port, listener));
    }
    balancers
}

/// A listener of an Application Load Balancer, and what it leads to.
#[derive(Default)]
pub(super) struct HttpListener<'a> {
    pub(super) targets: Vec<Target<'a>>,
    /// What asks for port 80 to lead to it.
    pub(super) redirect: Option<Origin>,
    /// Whether TLS is spoken on it.
    pub(super) is_secure: bool,
}

/// A published port of a workload.
#[derive(Clone)]
pub(super) struct Target<'a> {
    pub(super) workload: &'a str,
    pub(super) exposure: &'a Exposure,
    /// Whether its port is one of a machine.
    pub(super) on_machine: bool,
    /// What is said of how it is reached, of the port and of its workload.
    pub(super) reach: Reach,
    /// The requests that are for it; empty: all that are for no other.
    pub(super) routes: Vec<Route>,
    /// The protocol that the container speaks.
    pub(super) protocol: Protocol,
    /// The certificates with which TLS is ended before it.
    pub(super) certificates: Secured,
    /// The request by which the workload's own probe finds out its health.
    pub(super) probe: Option<&'a HttpRequest>,
    /// A TCP port that tells the health of a UDP port.
    pub(super) health_port: Option<u16>,
    /// Whether the path of its check is meant for the workload's HTTP ports, and it is none.
    pub(super) is_beside_http: bool,
}

/// The certificates of a target.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Secured {
    /// None: nothing is ended.
    No,
    /// These.
    Given(Vec<Text>),
    /// One that is made for the workload's domain names.
    Made,
}

impl Target<'_> {
    /// What is part of the logical ids of what is made for it: the workload's name, and what tells it from another target
    /// of the workload on one listener.
    pub(super) fn name(&self) -> String {
        match &self.exposure.name {
            Some(name) => format!("{} {name}", self.workload),
            None => self.workload.to_owned(),
        }
    }

    /// Whether a load balancer is there for its workload alone.
    pub(super) fn is_apart(&self) -> bool {
        is_apart(&self.reach)
    }

    /// Whether it takes the requests that are for no other.
    pub(super) fn is_default(&self) -> bool {
        self.routes.iter().all(is_everything)
    }
}

impl Audience {
    /// Whether the load balancer for HTTP faces the internet.
    pub(super) fn faces_internet(self, site: &Site, http: bool) -> bool {
        match (self, &site.load_balancer) {
            (Self::Internal, _) => false,
            (Self::Public, _) => true,
            // Of one that exists it is not known; most do.
            (Self::Main, Some(shared)) if http => shared.faces_internet.unwrap_or(true),
            (Self::Main, _) => site.faces_internet,
        }
    }
}

/// Sorts out the published ports of an application. With a certificate, HTTP is spoken over TLS: port 80 moves to 443,
/// and is left as a redirect.
pub(super) fn plan<'a>(application: &'a Application, site: &Site, diagnostics: &mut Diagnostics) -> Plan<'a> {
    let mut plan = Plan::default();
    let mut http: Vec<(Share<'a>, Target<'a>)> = Vec::new();
    for (name, workload) in &application.workloads {
        for exposure in &workload.exposures {
            let Some(mut target) = target(name, workload, exposure, site, diagnostics) else { continue };
            check_groups(&target, diagnostics);
            if target.reach.listener.is_some() {
                if is_spoken_by_rules(&target, diagnostics) {
                    plan.foreign.push(target);
                }
                continue;
            }
            let is_http = is_http(&mut target, diagnostics);
            let Some(audience) = audience(&target, site, is_http, diagnostics) else { continue };
            let share = Share { audience, workload: target.is_apart().then_some(name.as_str()) };
            if is_http {
                http.push((share, target));
            } else {
                claim(&mut plan.network, share, target, diagnostics);
            }
        }
    }
    // A port speaks TLS for all of its services, or for none.
    let mut secure: BTreeSet<(Share<'_>, u16)> = http
        .iter()
        .filter(|(_, target)| target.certificates != Secured::No)
        .map(|(share, target)| (*share, target.exposure.published))
        .gather();
    let agreed = site.load_balancer.iter().flat_map(|shared| &shared.secure_ports);
    secure.extend(agreed.map(|port| (Share::MAIN, *port)));
    plan.secure_ports = secure.iter().filter(|(share, _)| *share == Share::MAIN).map(|(_, port)| *port).gather();
    for (share, target) in http {
        let published = target.exposure.published;
        let is_secure = secure.contains(&(share, published));
        let port = if published == 80 && is_secure { 443 } else { published };
        if is_secure && target.certificates == Secured::No && target.routes.iter().any(|route| !route.hosts.is_empty())
        {
            let message = format!(
                "requests for `{}` come by TLS too, as others at port {published} have a certificate: it must be for the names of `{}` as well",
                target.workload, target.workload
            );
            diagnostics
                .advice(target.exposure.origin, message)
                .fix("give a certificate for its names too, or publish it at another port");
        }
        let listener = plan.http.entry((share, port)).or_default();
        listener.is_secure |= is_secure;
        if port != published {
            listener.redirect.get_or_insert(target.exposure.origin);
        }
        join(listener, port, target, diagnostics);
    }
    unreached::report(application, &plan, diagnostics);
    domain::check_once(&plan, diagnostics);
    plan
}

fn target<'a>(
    name: &'a str,
    workload: &'a Workload,
    exposure: &'a Exposure,
    site: &Site,
    diagnostics: &mut Diagnostics,
) -> Option<Target<'a>> {
    let reach = exposure.reach.clone().or(workload.platform.reach.clone());
    if !reach.balanced.as_ref().map_or(exposure.public, |balanced| balanced.value) {
        return None;
    }
    if is_beside_http(workload, exposure) {
        diagnostics
            .note(exposure.origin, format!("port {} is not put on a load balancer for UDP, as it is for TCP, and an ECS service registers a container port only once; services on its networks reach it", exposure.target))
            .fix("to publish it for UDP instead, keep the port for TCP off load balancers");
        return None;
    }
    let protocol = exposure.speaks();
    let routes = if exposure.routes.is_empty() { own_routes(&reach, exposure.origin) } else { exposure.routes.clone() };
    let is_shared = !is_apart(&reach) && !matches!(protocol, Protocol::Opaque | Protocol::Tls);
    let faces_internet = match &reach.scheme {
        Some(scheme) => scheme.value == Scheme::InternetFacing,
        None => Audience::Main.faces_internet(site, is_shared),
    };
    let certificates = secured(&reach, faces_internet, site, diagnostics);
    let publishes_http = || {
        let mut others = workload.exposures.iter().filter(|other| other.public);
        others.any(|other| !matches!(other.speaks(), Protocol::Opaque | Protocol::Tls))
    };
    let health_port = health_port(workload);
    if exposure.transport == Transport::Udp && health_port.is_none() && reach.health.port.is_none() {
        diagnostics
            .error(exposure.origin, format!("a load balancer finds out over TCP whether a target is healthy, and `{name}` has no TCP port beside port {} of UDP", exposure.target))
            .fix("declare a TCP port on which the container answers, without publishing it if need be");
        return None;
    }
    Some(Target {
        workload: name,
        exposure,
        on_machine: workload.on_machine_network(),
        is_beside_http: exposure.reach.health.path.is_none() && publishes_http(),
        routes,
        protocol,
        certificates,
        probe: probe(workload, exposure),
        health_port,
        reach,
    })
}

/// The certificates of a target: those that are said, or those that there are.
fn secured(reach: &Reach, faces_internet: bool, site: &Site, diagnostics: &mut Diagnostics) -> Secured {
    let said = reach.certificates.as_ref();
    match said.map(|certificates| &certificates.value) {
        Some(Certificates::None) => return Secured::No,
        Some(Certificates::Given(given)) => {
            return Secured::Given(given.iter().map(|arn| Text::from(&arn.value)).collect());
        }
        Some(Certificates::Required(_)) | None => {}
    }
    if let Some(certificate) = &site.certificate {
        return Secured::Given(vec![certificate.clone()]);
    }
    // A zone that only the network sees validates nothing.
    let is_named = reach.domains.is_some() || (said.is_some() && reach.names.is_some());
    if is_named && (reach.zone.is_some() || site.hosted_zone.is_some()) && faces_internet {
        return Secured::Made;
    }
    if let Some(Located { origin, value: Certificates::Required(remedy) }) = said {
        let made = if is_named { ", or `HostedZoneId` there to have one made" } else { "" };
        diagnostics
            .error(*origin, "this is to be reached over TLS, and there is no certificate")
            .fix(format!("{remedy}, or `CertificateArn` in `Environment`{made}"));
    }
    Secured::No
}

fn is_apart(reach: &Reach) -> bool {
    reach.apart.as_ref().is_some_and(|apart| apart.value)
}

/// Reports groups of a load balancer that is not the workload's own to have them, and one of its own that it does not get.
fn check_groups(target: &Target<'_>, diagnostics: &mut Diagnostics) {
    if let (Some(_), Some(apart)) = (&target.reach.listener, target.reach.apart.as_ref().filter(|apart| apart.value)) {
        let message = format!(
            "`{}` gets no load balancer of its own, as it is reached by a listener that exists",
            target.workload
        );
        diagnostics.note(apart.origin, message);
    }
    let Some(groups) = &target.reach.groups else { return };
    if target.reach.listener.is_some() || !target.is_apart() {
        diagnostics
            .error(
                groups.origin,
                format!(
                    "`{}` has no load balancer to itself that could have security groups of its own",
                    target.workload
                ),
            )
            .fix("write `LoadBalancer: own`, or say with `AllowFrom` who reaches it");
    } else if groups.value.len() > GROUPS_LIMIT {
        diagnostics
            .error(groups.origin, format!("a load balancer has {GROUPS_LIMIT} security groups at most"))
            .fix("leave some out");
    }
}

/// Whether a port of UDP has the number of one that speaks HTTP, and is on a load balancer.
fn is_beside_http(workload: &Workload, exposure: &Exposure) -> bool {
    let is_http = |other: &&Exposure| {
        other.public
            && other.transport == Transport::Tcp
            && other.target == exposure.target
            && !matches!(other.speaks(), Protocol::Opaque | Protocol::Tls)
    };
    exposure.transport == Transport::Udp && workload.exposures.iter().any(|other| is_http(&other))
}

/// What hosts and paths select, as a route.
fn own_routes(reach: &Reach, origin: Origin) -> Vec<Route> {
    let hosts = reach.domains.as_ref().map(|hosts| hosts.value.clone()).unwrap_or_default();
    let paths = reach.paths.as_ref().map(|paths| paths.value.clone()).unwrap_or_default();
    if hosts.is_empty() && paths.is_empty() {
        return Vec::new();
    }
    let place = reach.paths.as_ref().map(|paths| paths.origin).or(reach.domains.as_ref().map(|hosts| hosts.origin));
    vec![Route { origin: place.unwrap_or(origin), hosts, paths, priority: reach.priority.clone() }]
}

fn is_spoken_by_rules(target: &Target<'_>, diagnostics: &mut Diagnostics) -> bool {
    let is_http = !matches!(target.protocol, Protocol::Opaque | Protocol::Tls);
    if !is_http {
        diagnostics
            .error(target.exposure.origin, "the port is to be reached by a listener that exists, to which rules are added, and rules are for HTTP only")
            .fix("say that the port speaks HTTP, or leave it to a listener of its own");
    }
    is_http
}

/// Which load balancer it is that a target asks for.
fn audience(target: &Target<'_>, site: &Site, http: bool, diagnostics: &mut Diagnostics) -> Option<Audience> {
    let Some(scheme) = &target.reach.scheme else { return Some(Audience::Main) };
    let is_public = scheme.value == Scheme::InternetFacing;
    if Audience::Main.faces_internet(site, http && !target.is_apart()) == is_public {
        return Some(Audience::Main);
    }
    if is_public && site.public_subnets.is_none() {
        diagnostics
            .error(scheme.origin, "a load balancer that faces the internet needs public subnets, and there are none")
            .fix("give `PublicSubnetIds`, or write `internal`");
        return None;
    }
    Some(if is_public { Audience::Public } else { Audience::Internal })
}

const WITH_CERTIFICATE: &str = "give `CertificateArn` in `Environment`, or `Certificate` for the service";

/// Whether a target is for an Application Load Balancer.
fn is_http(target: &mut Target<'_>, diagnostics: &mut Diagnostics) -> bool {
    let exposure = target.exposure;
    let is_secure = target.certificates != Secured::No;
    match target.protocol {
        Protocol::Opaque => {
            target.certificates = Secured::No;
            false
        }
        Protocol::Tls => {
            if !is_secure {
                diagnostics
                    .note(exposure.origin, format!("port {} speaks TLS, and there is no certificate: connections are passed through to the container, which must have one", exposure.target))
                    .fix(format!("to end TLS at the load balancer, {WITH_CERTIFICATE}"));
            }
            false
        }
        Protocol::Http => true,
        // Only with a certificate can a listener speak TLS; without, the container's own is passed through.
        Protocol::Https => {
            if !is_secure {
                diagnostics
                    .note(exposure.origin, format!("port {} speaks TLS, and the environment has no certificate: connections are passed through to the container, which must have one", exposure.target))
                    .fix("to end TLS at the load balancer, give `CertificateArn` in `Environment`");
            }
            is_secure
        }
        Protocol::Http2 | Protocol::Grpc => {
            if !is_secure {
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

/// What to do where several are to take the same requests.
pub(in crate::ecs) const SHARE: &str =
    "tell their requests apart by `Domain` or `Path`, or publish one of them at another port";

/// Adds a target to a listener of an Application Load Balancer.
fn join<'a>(listener: &mut HttpListener<'a>, port: u16, target: Target<'a>, diagnostics: &mut Diagnostics) {
    let exposure = target.exposure;
    if let Some(twin) = listener.targets.iter_mut().find(|other| other.name() == target.name()) {
        // With TLS, 80 moves to 443: what is published at 443 itself has the say.
        let (kept, lost) = if exposure.published == port { (&target, &*twin) } else { (&*twin, &target) };
        if kept.exposure.target != lost.exposure.target {
            let message = format!(
                "port 80 leads to {port}, where the container's port {} is published: {} is not reached",
                kept.exposure.target, lost.exposure.target
            );
            diagnostics.note(lost.exposure.origin, message);
        }
        if exposure.published == port {
            *twin = target;
        }
        return;
    }
    if target.is_default()
        && let Some(first) = listener.targets.iter().find(|other| other.is_default())
    {
        let message = format!(
            "port {port} is published by `{}` and by `{}`, and neither says which requests are for it",
            first.workload, target.workload
        );
        diagnostics.error(exposure.origin, message).fix(SHARE);
        return;
    }
    listener.targets.push(target);
}

/// Gives a target a port of a Network Load Balancer.
fn claim<'a>(
    listeners: &mut BTreeMap<(Share<'a>, u16), Target<'a>>,
    share: Share<'a>,
    target: Target<'a>,
    diagnostics: &mut Diagnostics,
) {
    let port = target.exposure.published;
    let first = match listeners.entry((share, port)) {
        Entry::Vacant(vacant) => {
            vacant.insert(target);
            return;
        }
        Entry::Occupied(occupied) => occupied.into_mut(),
    };
    let origin = target.exposure.origin;
    if first.workload == target.workload && first.exposure.transport != target.exposure.transport {
        diagnostics
            .error(origin, format!("port {port} is published for TCP and for UDP, and an ECS service registers a container port with a load balancer only once"))
            .fix("publish one of the two");
    } else {
        diagnostics
            .error(
                origin,
                format!(
                    "port {port} is published by `{}` and by `{}`, and a Network Load Balancer has each port once",
                    first.workload, target.workload
                ),
            )
            .fix("publish one of them at another port; services that speak HTTP can share one");
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
