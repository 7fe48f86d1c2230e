//! [Service Connect](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html): a proxy beside each task,
//! through which services call each other at other ports than those that containers listen on.
//!
//! In: the addresses of an application's workloads. Out: [`ServiceConnect`]: what each task and each service has of it. An
//! application has it where DNS cannot lead to one of its addresses, or where somebody asks for it; else it is switched off.
//!
//! A task finds an address in its `/etc/hosts`, which comes before DNS. So a workload that has one by its short name has one for
//! each port that its containers declare, and a workload to which DNS leads is left to DNS: its program sees who calls, not
//! a proxy, and nothing but its ports is between it and its callers.

use std::collections::{BTreeMap, BTreeSet};

use super::discovery::Namespace;
use super::ecs_name::ecs_name;
use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::ecs::{
    AppProtocol, LogConfiguration, ServiceConnectClientAlias, ServiceConnectConfiguration, ServiceConnectService,
    TimeoutConfiguration,
};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::list_some;
use crate::program::exposure::{Protocol, Transport};
use crate::program::workload::Address;
use crate::program::{Application, Workload};

/// The MiB that a proxy needs
/// [at least](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html).
const PROXY_MEMORY: u64 = 64;

/// The most characters of a name in Cloud Map that DNS could have.
const NAME_LIMIT: usize = 63;

/// The most characters of a name that is called.
const ALIAS_LIMIT: usize = 127;

/// Service Connect of an application.
#[derive(Clone, Debug, Default)]
pub(super) struct ServiceConnect {
    namespace: Option<Text>,
    /// The workloads that are called, with their addresses.
    called: BTreeMap<String, Vec<Endpoint>>,
    /// Those that only call, with the called ones that they start after.
    calling: BTreeMap<String, Vec<String>>,
}

/// An address, and the port of a container behind it.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    origin: Origin,
    name: String,
    port: u16,
    pub(super) container: String,
    pub(super) target: u16,
    /// What the proxy may assume; `None`: it passes bytes on.
    pub(super) protocol: Option<AppProtocol>,
}

impl Endpoint {
    fn of(address: &Address) -> Self {
        let Address { origin, name, port, container, target, protocol } = address;
        Self {
            origin: *origin,
            name: name.clone(),
            port: *port,
            container: container.clone(),
            target: *target,
            protocol: protocol.and_then(app_protocol),
        }
    }

    /// What its port mapping is called. What a port speaks can never change, so that one which speaks something else has
    /// another name.
    pub(super) fn port_name(&self) -> String {
        let spoken = match self.protocol {
            None => "tcp",
            Some(AppProtocol::Http) => "http",
            Some(AppProtocol::Http2) => "http2",
            Some(AppProtocol::Grpc) => "grpc",
        };
        format!("{spoken}-{}", self.target)
    }

    /// The Cloud Map service that ECS makes for it, beside those that DNS looks into.
    fn discovery_name(&self, workload: &str) -> String {
        let name = ecs_name(&format!("{workload}-{}", self.port_name()));
        if name.len() <= NAME_LIMIT {
            return name;
        }
        let hash = hash(&name).to_ascii_lowercase();
        let start: String = name.chars().take(NAME_LIMIT - 1 - hash.len()).collect();
        format!("{start}-{hash}")
    }
}

/// Lowers what the workloads of an application are called by; names that DNS has are in `namespace`.
pub(super) fn lower(application: &Application, namespace: &Namespace, diagnostics: &mut Diagnostics) -> ServiceConnect {
    let mut called = BTreeMap::new();
    for (name, workload) in application.workloads.iter().filter(|(_, workload)| workload.serves()) {
        let endpoints = endpoints(name, workload);
        if !endpoints.is_empty() {
            check(name, workload, &endpoints, diagnostics);
            called.insert(name.clone(), endpoints);
        }
    }
    if called.is_empty() {
        advise_unused(application, diagnostics);
        return ServiceConnect::default();
    }
    check_names(&called, diagnostics);
    let calling = calling(application, &called, diagnostics);
    advise(application, namespace, &called, diagnostics);
    ServiceConnect { namespace: Some(namespace.arn().clone()), called, calling }
}

impl ServiceConnect {
    /// The addresses of a workload.
    pub(super) fn endpoints(&self, workload: &str) -> &[Endpoint] {
        self.called.get(workload).map_or(&[], Vec::as_slice)
    }

    /// The MiB that the proxy of a workload's tasks needs.
    pub(super) fn memory(&self, workload: &str) -> u64 {
        let is_on = self.called.contains_key(workload) || self.calling.contains_key(workload);
        if is_on { PROXY_MEMORY } else { 0 }
    }

    /// The workloads that a workload starts after, as it would not know where they are otherwise.
    pub(super) fn first(&self, workload: &str) -> &[String] {
        self.calling.get(workload).map_or(&[], Vec::as_slice)
    }

    /// What the service of a workload says of it: that it has none, too, as ECS goes on with what it had otherwise.
    pub(super) fn of_service(&self, workload: &str, log: LogConfiguration) -> ServiceConnectConfiguration {
        if self.memory(workload) == 0 {
            return ServiceConnectConfiguration::default();
        }
        let service = |endpoint: &Endpoint| ServiceConnectService {
            port_name: endpoint.port_name(),
            discovery_name: Some(endpoint.discovery_name(workload)),
            client_aliases: vec![ServiceConnectClientAlias {
                port: endpoint.port,
                dns_name: Some(endpoint.name.clone()),
            }],
            ingress_port_override: None,
            // A program's answers may take longer than the 15 seconds of a proxy that nobody asked to hurry.
            timeout: endpoint
                .protocol
                .map(|_| TimeoutConfiguration { idle_timeout_seconds: None, per_request_timeout_seconds: Some(0) }),
        };
        ServiceConnectConfiguration {
            enabled: true,
            namespace: self.namespace.clone(),
            services: self.endpoints(workload).iter().map(service).collect(),
            log_configuration: Some(log),
        }
    }
}

fn app_protocol(protocol: Protocol) -> Option<AppProtocol> {
    match protocol {
        Protocol::Http => Some(AppProtocol::Http),
        Protocol::Http2 => Some(AppProtocol::Http2),
        Protocol::Grpc => Some(AppProtocol::Grpc),
        Protocol::Https | Protocol::Tls | Protocol::Opaque => None,
    }
}

/// Whether somebody asks for it.
fn is_asked(workload: &Workload) -> bool {
    workload.platform.service_connect.as_ref().is_some_and(|asked| asked.value)
}

/// Whether DNS leads to an address.
fn is_found(workload: &str, address: &Address, aliases: &BTreeMap<String, Origin>) -> bool {
    address.port == address.target && (address.name == workload || aliases.contains_key(&address.name))
}

/// The addresses of a workload, if it has any that DNS does not lead to or is asked to have: those that it says, and of each
/// name each other port that its containers declare.
fn endpoints(name: &str, workload: &Workload) -> Vec<Endpoint> {
    let is_asked = is_asked(workload);
    if !is_asked && workload.addresses.iter().all(|address| is_found(name, address, &workload.aliases)) {
        return Vec::new();
    }
    let mut endpoints: Vec<Endpoint> = workload.addresses.iter().map(Endpoint::of).collect();
    let others: BTreeSet<&str> = workload.addresses.iter().map(|address| address.name.as_str()).collect();
    let names: Vec<&str> = is_asked.then_some(name).into_iter().chain(others).collect();
    let targets: BTreeSet<u16> = endpoints.iter().map(|endpoint| endpoint.target).collect();
    for container in workload.containers() {
        for port in container.ports.iter().filter(|port| port.value.transport == Transport::Tcp) {
            let number = port.value.number;
            let is_free = |name: &str| !workload.addresses.iter().any(|at| at.name == name && at.port == number);
            // There is one address for a port of a container.
            let Some(name) = names.iter().find(|name| is_free(name)).filter(|_| !targets.contains(&number)) else {
                continue;
            };
            let spoken = workload.exposures.iter().filter(|at| at.container == container.name && at.target == number);
            endpoints.push(Endpoint {
                origin: port.origin,
                name: (*name).to_owned(),
                port: number,
                container: container.name.clone(),
                target: number,
                protocol: spoken.filter_map(|at| at.protocol).find_map(app_protocol),
            });
        }
    }
    endpoints.sort_by(|one, other| (&one.name, one.port, one.target).cmp(&(&other.name, other.port, other.target)));
    endpoints
}

/// Reports what a proxy does not carry, and two addresses of one port.
fn check(name: &str, workload: &Workload, endpoints: &[Endpoint], diagnostics: &mut Diagnostics) {
    for container in workload.containers() {
        for port in container.ports.iter().filter(|port| port.value.transport == Transport::Udp) {
            let number = port.value.number;
            let message = format!(
                "`{name}` has the UDP port {number}, and Service Connect, which leads to `{name}` where its name is called, carries TCP only"
            );
            diagnostics.error(port.origin, message).fix(if is_asked(workload) {
                format!("leave Service Connect out for `{name}`: DNS leads to all its ports")
            } else {
                format!("give the UDP port to a workload of its own, or have `{name}` called at the ports that its containers listen on, to which DNS leads")
            });
        }
    }
    let mut targets: BTreeMap<u16, &Endpoint> = BTreeMap::new();
    for endpoint in endpoints {
        let first = targets.entry(endpoint.target).or_insert(endpoint);
        if (&first.name, first.port) != (&endpoint.name, endpoint.port) {
            let message = format!(
                "port {} of `{name}` is called at `{}:{}` and at `{}:{}`, and a port has one address in Service Connect",
                endpoint.target, first.name, first.port, endpoint.name, endpoint.port
            );
            let fix = "have all callers call one of the two, or have the container listen on another port besides";
            diagnostics.error(endpoint.origin, message).fix(fix);
        }
    }
}

/// Reports addresses that lead to two places, and names that nobody can call.
fn check_names(called: &BTreeMap<String, Vec<Endpoint>>, diagnostics: &mut Diagnostics) {
    let mut taken: BTreeMap<(&str, u16), (&str, u16)> = BTreeMap::new();
    for (workload, endpoint) in called.iter().flat_map(|(name, endpoints)| endpoints.iter().map(move |at| (name, at))) {
        let Endpoint { origin, name, port, target, .. } = endpoint;
        let first = *taken.entry((name, *port)).or_insert((workload, *target));
        if first != (workload.as_str(), *target) {
            let (other, target) = first;
            diagnostics
                .error(*origin, format!("`{name}:{port}` is the address of port {target} of `{other}` too"))
                .fix("give one of the two another name, or another port");
        }
        let is_allowed =
            |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || ".-_".contains(character);
        if name.is_empty() || name.starts_with('-') || name.len() > ALIAS_LIMIT || !name.chars().all(is_allowed) {
            let message = format!("`{name}` is no name in Service Connect, which needs one for `{workload}`");
            let fix = "write lower-case letters, digits, hyphens, underscores and dots, 127 at most";
            diagnostics.error(*origin, message).fix(fix);
        }
    }
}

/// The workloads that only call, with those that they start after: a task knows the addresses that were there before its
/// service, and ECS completes no deployment of a service that only calls while nobody is called.
fn calling(
    application: &Application,
    called: &BTreeMap<String, Vec<Endpoint>>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Vec<String>> {
    let mut awaited: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, workload) in &application.workloads {
        workload.after.keys().for_each(|first| awaited.entry(first).or_default().push(name));
    }
    let (mut calling, mut before) = (BTreeMap::new(), Vec::new());
    let serving = application.workloads.iter().filter(|(_, workload)| workload.serves());
    for (name, _) in serving.filter(|(name, _)| !called.contains_key(*name)) {
        // Whoever waits for it would wait for itself.
        let later = after(&awaited, name);
        let first: Vec<String> = called.keys().filter(|server| !later.contains(server.as_str())).cloned().collect();
        for server in called.keys().filter(|server| !later.contains(server.as_str())) {
            awaited.entry(server).or_default().push(name);
        }
        if first.is_empty() {
            before.push(name.as_str());
        } else {
            calling.insert(name.clone(), first);
        }
    }
    if !before.is_empty() {
        let message = format!(
            "these start before those that are called through Service Connect, and find them by DNS alone: {}",
            list_some(&before)
        );
        diagnostics.advice(application.origin, message);
    }
    calling
}

/// Who waits for a workload, be it by way of others.
fn after<'a>(awaited: &BTreeMap<&'a str, Vec<&'a str>>, first: &str) -> BTreeSet<&'a str> {
    let mut later = BTreeSet::new();
    let mut next: Vec<&str> = awaited.get(first).cloned().unwrap_or_default();
    while let Some(at) = next.pop() {
        if later.insert(at) {
            next.extend(awaited.get(at).into_iter().flatten());
        }
    }
    later
}

/// Says what is other than with DNS.
fn advise(
    application: &Application,
    namespace: &Namespace,
    called: &BTreeMap<String, Vec<Endpoint>>,
    diagnostics: &mut Diagnostics,
) {
    let all = || called.values().flatten();
    let addresses: Vec<String> = all().map(|at| format!("{}:{}", at.name, at.port)).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let message = format!(
        "by these names, services reach each other at these ports alone: {}; others lead to all ports, such as those that end in `.{}`",
        list_some(&addresses),
        namespace.domain()
    );
    diagnostics.advice(application.origin, message);
    let names: Vec<&str> = called.keys().map(String::as_str).collect();
    let message = format!(
        "whoever calls {}, the programs there see the proxy of their own task, 127.0.0.1: one that trusts its own machine, as PostgreSQL's image does, trusts all who reach it",
        list_some(&names)
    );
    diagnostics.advice(application.origin, message);
    let other_ports: Vec<&Endpoint> = all().filter(|at| at.port != at.target).collect();
    for (job, workload) in application.workloads.iter().filter(|(_, workload)| !workload.serves()) {
        let is_near = |server: &str| {
            let server = application.workloads.get(server);
            server.is_some_and(|server| !server.networks.is_disjoint(&workload.networks))
        };
        for (server, endpoints) in called.iter().filter(|(server, _)| is_near(server)) {
            for Endpoint { port, target, .. } in endpoints.iter().filter(|at| at.port != at.target) {
                let message = format!(
                    "`{job}` runs to its end, and so is not in Service Connect: it reaches `{server}` at port {target}, not at {port}"
                );
                diagnostics.advice(workload.origin, message);
            }
        }
    }
    if let (Some(first), Some(domain)) = (other_ports.first(), application.domains.keys().next()) {
        let message = format!(
            "by names in `{domain}` and other domains of DNS, services reach each other at the ports that containers listen on: {}, not {}",
            first.target, first.port
        );
        diagnostics.advice(application.origin, message);
    }
}

/// Somebody asks for it, and nobody has a port.
fn advise_unused(application: &Application, diagnostics: &mut Diagnostics) {
    for (name, workload) in application.workloads.iter().filter(|(_, workload)| workload.serves()) {
        if let Some(asked) = workload.platform.service_connect.as_ref().filter(|asked| asked.value) {
            diagnostics
                .note(asked.origin, format!("it has no effect: `{name}` declares no TCP port that others could call"))
                .fix("declare the ports that it listens on");
            // Said of all of them, it is told once.
            return;
        }
    }
}
