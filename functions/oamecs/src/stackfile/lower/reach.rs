//! The load balancer of a service.

use super::super::model::{Dns, Elb, ElbProtocol, ElbType, TargetHealth};
use super::Lowering;
use crate::diagnostic::Located;
use crate::document::list_some;
use crate::program::Exposure;
use crate::program::container::Port;
use crate::program::environment::Scheme;
use crate::program::exposure::{Protocol, Transport};
use crate::program::reach::{Certificates, Health, HealthProtocol, Reach, Records};

/// The codes of good answers, as Elastic Load Balancing has them where nothing is said.
const CODES: &str = "200";

/// The port that a load balancer leads to; `None` where the container has none such, which is reported.
pub(super) fn lower(
    service: &str,
    elb: Elb,
    listening: &[Located<Port>],
    lowering: &mut Lowering<'_>,
) -> Option<Exposure> {
    let Elb { origin, kind, protocol, public, container, certificates, dns, health } = elb;
    let is_mapped = check_target(service, &container, listening, lowering);
    let shares = lowering.settings.shares();
    let certificates = match protocol.value {
        ElbProtocol::Http => {
            if let Some(first) = certificates.first() {
                lowering
                    .diagnostics
                    .note(first.origin, "the certificates have no effect: the load balancer speaks HTTP")
                    .fix("write `protocol: HTTPS`");
            }
            Certificates::None
        }
        ElbProtocol::Https if certificates.is_empty() => Certificates::Required("add `certificates: [arn:…]` to `elb`"),
        ElbProtocol::Https => Certificates::Given(certificates),
    };
    let (scheme, given) = match kind.value {
        ElbType::Public => (Scheme::InternetFacing, &mut lowering.public_groups),
        ElbType::Private => (Scheme::Internal, &mut lowering.private_groups),
    };
    let groups = if shares { None } else { given.clone() };
    // Said once of all that share it.
    if let Some(given) = given.take_if(|_| shares) {
        lowering
            .diagnostics
            .error(given.origin, "a load balancer that services share has a group of its own, and cannot have these")
            .fix("leave `LoadBalancers: shared` out; or remove the groups, and say who gets in by `Defaults: { AllowFrom: [sg-…] }` beside `Document`");
    }
    let mut reach = Reach {
        apart: (!shares).then_some(Located::new(origin, true)),
        groups,
        scheme: Some(kind.map(|_| scheme)),
        certificates: Some(protocol.map(|_| certificates)),
        health: check(health),
        ..Reach::default()
    };
    if let Some(Dns { hosted_zone_id, record_name }) = dns {
        reach.records = Some(Located::new(record_name.origin, Records::Overwrite));
        reach.zone = Some(hosted_zone_id);
        let names = Some(Located::new(record_name.origin, vec![record_name.clone()]));
        if shares {
            reach.domains = names;
        } else {
            claim(service, record_name.map(|name| name.known().cloned()), lowering);
            reach.names = names;
        }
    }
    is_mapped.then_some(Exposure {
        origin,
        container: service.to_owned(),
        published: public.value,
        target: container.value,
        name: None,
        transport: Transport::Tcp,
        protocol: Some(Protocol::Http),
        public: true,
        routes: Vec::new(),
        reach,
    })
}

/// Whether the container listens where it is called.
fn check_target(
    service: &str,
    target: &Located<u16>,
    listening: &[Located<Port>],
    lowering: &mut Lowering<'_>,
) -> bool {
    let ports = listening.iter().map(|port| port.value).filter(|port| port.transport == Transport::Tcp);
    let ports: Vec<String> = ports.map(|port| port.number.to_string()).collect();
    let port = target.value.to_string();
    if ports.contains(&port) {
        return true;
    }
    let names: Vec<&str> = ports.iter().map(String::as_str).collect();
    let add = format!("add `\"{port}:{port}\"` to `ports` of `{service}`");
    lowering
        .diagnostics
        .error(
            target.origin,
            format!("the load balancer would call port {port}, which is not among the `ports` of `{service}`"),
        )
        .fix(if names.is_empty() { add } else { format!("write {}, or {add}", list_some(&names)) });
    false
}

/// A name leads to one load balancer: with ecs-compose it led to the last.
fn claim(service: &str, name: Located<Option<String>>, lowering: &mut Lowering<'_>) {
    let Located { origin, value: Some(name) } = name else { return };
    let Some(other) = lowering.records.insert(name.to_ascii_lowercase(), service.to_owned()) else { return };
    lowering
        .diagnostics
        .error(origin, format!("`{name}` leads to the load balancer of `{other}` already, and this is another"))
        .fix(format!("give `{service}` a name of its own, or write `LoadBalancers: shared` beside `Document`, and tell their requests apart by paths: `Workloads: {{ {service}: {{ Path: … }} }}`"));
}

fn check(health: TargetHealth) -> Health {
    let TargetHealth { origin, protocol, port, path, interval, timeout, healthy, unhealthy } = health;
    Health {
        path: Some(path),
        codes: Some(Located::new(origin, CODES.to_owned())),
        interval: Some(interval),
        timeout: Some(timeout),
        healthy: Some(healthy),
        unhealthy: Some(unhealthy),
        port,
        protocol: Some(protocol.map(|protocol| match protocol {
            ElbProtocol::Http => HealthProtocol::Http,
            ElbProtocol::Https => HealthProtocol::Https,
        })),
        grace: None,
    }
}
