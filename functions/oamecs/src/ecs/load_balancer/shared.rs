//! Listeners of a load balancer that applications share: they belong to the environment, as they outlive each application.
//!
//! In: the plans of all applications of an environment. Out: its listeners, which answer with 404 what is for nobody; the
//! applications add rules to them.

use std::collections::{BTreeMap, BTreeSet};

use super::balancer::{self, Balancer, Kind, Opening};
use super::domain::{self, Names};
use super::http::{add_listener, callers, nothing, redirect};
use super::plan::{self, Audience, HttpListener, Secured, Share, Target};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, Value};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::site::Site;
use crate::gather::Gather;
use crate::installation::Installation;
use crate::program::Application;
use crate::program::exposure::Transport;
use crate::program::reach::{Caller, Host};

/// What all applications ask of a port.
#[derive(Default)]
struct Port {
    origin: Option<Origin>,
    /// Who reaches it; `None`: anybody.
    callers: Option<Vec<Located<Caller>>>,
    is_open: bool,
    given: Vec<(String, Text)>,
    /// The names for which certificates are made.
    made: BTreeMap<String, (Host, Text)>,
}

/// Whether the listeners of a shared load balancer belong to the environment.
pub(super) fn is_owned(site: &Site) -> bool {
    site.load_balancer.as_ref().is_some_and(|shared| shared.owner.is_some())
}

/// Notes on which ports of a shared load balancer TLS is spoken: where one application has a certificate for a port, no other
/// is reached there without.
pub(in crate::ecs) fn agree(site: &mut Site, applications: &[&Application]) {
    if !is_owned(site) {
        return;
    }
    let plans = applications.iter().map(|application| plan::plan(application, site, &mut Diagnostics::default()));
    let ports: BTreeSet<u16> = plans.flat_map(|plan| plan.secure_ports).gather();
    if let Some(shared) = &mut site.load_balancer {
        shared.secure_ports = ports;
    }
}

/// Lowers what applications ask of the load balancer of their environment.
pub(in crate::ecs) fn lower(
    scope: &mut Scope<'_>,
    site: &Site,
    applications: &[&Application],
    installation: &Installation,
    attributes: Option<&mut Attributes>,
) {
    let Some(shared) = site.load_balancer.as_ref().filter(|shared| shared.owner.is_some()) else { return };
    let plans: Vec<_> =
        applications.iter().map(|application| plan::plan(application, site, &mut Diagnostics::default())).collect();
    let mut ports: BTreeMap<u16, Port> = BTreeMap::new();
    let mut leads_on: Option<Origin> = None;
    let mut names = Names::default();
    for plan in &plans {
        for ((_, port), listener) in plan.http.iter().filter(|((share, _), _)| *share == Share::MAIN) {
            add(ports.entry(*port).or_default(), listener, site);
            if leads_on.is_none() {
                leads_on = listener.redirect;
            }
            if leads_on.is_some() && listener.redirect.is_some() {
                let redirect = ports.entry(80).or_default();
                open(redirect, listener);
            }
            listener.targets.iter().for_each(|target| names.add(target, site));
        }
    }
    let mut listeners = Vec::new();
    for (port, asked) in ports {
        let Port { origin, callers, is_open, given, made } = asked;
        let Some(origin) = origin.or(leads_on.filter(|_| port == 80)) else { continue };
        let role = Role::Listener(port);
        if let Some(origin) = leads_on.filter(|_| port == 80) {
            let secure = Role::Listener(443).id(scope.owner, None);
            scope.add(role, origin, &redirect(&shared.arn)).after([&secure]);
        } else {
            let certificates = certificates(scope, given, made);
            add_listener(scope, (None, role), origin, &shared.arn, port, &certificates, nothing());
            let listener = Text::from(Function::Ref(role.id(scope.owner, None)));
            let more = certificates.iter().skip(1);
            // What applications give they add themselves.
            let more = more.filter(|(_, arn)| matches!(arn, Value::Function(Function::Ref(_)))).cloned();
            domain::more_certificates(scope, &listener, port, &more.collect::<Vec<_>>(), origin);
        }
        listeners.push(port);
        if shared.ours {
            let (audience, transport, group) = (Audience::Main, Transport::Tcp, &shared.security_group);
            let opening = Opening { audience, http: true, owner: None, port, transport, origin, group };
            balancer::admit(scope, &opening, callers.as_deref().filter(|_| !is_open));
        }
    }
    let balancer = Balancer {
        arn: shared.arn.clone(),
        group: shared.security_group.clone(),
        dns_name: shared.dns_name.clone(),
        zone: shared.zone.clone(),
        faces_internet: Audience::Main.faces_internet(site, true),
        kind: Kind::Shared,
        is_ours: shared.ours,
        owner: shared.owner.clone(),
    };
    names.lower(scope, &balancer, installation);
    if let Some(attributes) = attributes {
        for port in listeners {
            let arn = Function::Ref(Role::Listener(port).id(scope.owner, None));
            attributes.insert(format!("Listeners.{port}.Arn"), arn.into());
        }
    }
}

fn add(port: &mut Port, listener: &HttpListener<'_>, site: &Site) {
    port.origin = port.origin.or(listener.targets.first().map(|target| target.exposure.origin));
    open(port, listener);
    let targets: Vec<&Target<'_>> = listener.targets.iter().collect();
    for (name, arn) in domain::given_certificates(&targets, site) {
        // The environment's own comes first: it changes least.
        let place = if site.certificate.as_ref() == Some(&arn) { 0 } else { port.given.len() };
        if !port.given.iter().any(|(_, other)| *other == arn) {
            port.given.insert(place, (name, arn));
        }
    }
    for target in targets.iter().filter(|target| target.certificates == Secured::Made) {
        let Some(zone) = domain::zone(target, site) else { continue };
        let hosts = domain::hosts(target);
        port.made.extend(hosts.map(|host| (domain::key(&host.value), (host.clone(), zone.clone()))));
    }
}

/// The certificates of a listener; those that are made are the environment's, one for each name, and made once.
fn certificates(
    scope: &mut Scope<'_>,
    given: Vec<(String, Text)>,
    made: BTreeMap<String, (Host, Text)>,
) -> Vec<(String, Text)> {
    let mut certificates = given;
    for (name, (host, zone)) in made {
        let id = Role::Certificate.id(scope.owner, Some(&name));
        if !scope.resources.contains_key(&id) {
            domain::make_certificate(scope, &name, vec![(&host, zone)]);
        }
        certificates.push((name, Function::Ref(id).into()));
    }
    certificates
}

fn open(port: &mut Port, listener: &HttpListener<'_>) {
    match callers(listener) {
        Some(more) => port.callers.get_or_insert_default().extend(more),
        None => port.is_open = true,
    }
}
