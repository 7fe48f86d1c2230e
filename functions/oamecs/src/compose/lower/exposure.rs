//! [`ports`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports) and
//! [`expose`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#expose): where a service listens, and where
//! the world reaches it.

use std::collections::BTreeMap;

use super::super::model::Port as Published;
use super::super::model::port::Exposed;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::program::container::Port;
use crate::program::exposure::{Protocol, Transport};
use crate::program::port_table;
use crate::program::{Exposure, Reach};

/// The ports of the container, and those of them that are published.
pub(super) fn lower(
    service: &str,
    ports: Vec<Published>,
    expose: Vec<Exposed>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Located<Port>>, Vec<Exposure>) {
    let mut container: BTreeMap<Port, Origin> = BTreeMap::new();
    let mut exposures: Vec<Exposure> = Vec::new();
    for port in ports {
        let Published { origin, target, published, host_ip, protocol, app_protocol, public, reach } = port;
        container.entry(Port { number: target, transport: protocol }).or_insert(origin);
        let published = published.unwrap_or_else(|| {
            diagnostics
                .note(origin, format!("the port is published as `{target}`; Docker would take any that is free"))
                .fix(format!("write `\"{target}:{target}\"`"));
            target
        });
        if protocol == Transport::Udp && app_protocol.is_some_and(|spoken| spoken != Protocol::Opaque) {
            diagnostics
                .error(origin, "HTTP and gRPC are not spoken over UDP by load balancers")
                .fix("remove the application protocol, or write `protocol: tcp`");
            continue;
        }
        let is_private = match host_ip {
            Some(address) if address.value.is_loopback() => true,
            Some(address) if !address.value.is_unspecified() => {
                diagnostics
                    .error(address.origin, format!("the port would be published at `{}`, but a task's addresses are given by its VPC", address.value))
                    .fix("remove the address to publish the port on a load balancer, or write `127.0.0.1` to keep it private");
                continue;
            }
            _ => false,
        };
        let twin = exposures.iter().find(|other| other.published == published && other.transport == protocol);
        if let Some(twin) = twin {
            let what = if twin.target == target { "twice" } else { "for two ports of the container" };
            diagnostics
                .error(origin, format!("the port `{published}` is published {what}"))
                .fix("remove one of the two");
            continue;
        }
        // What is said of the port itself holds whatever is said of the service.
        let reach = Reach { balanced: public.clone(), ..reach };
        let public = public.map_or_else(|| is_public(origin, target, is_private, diagnostics), |public| public.value);
        exposures.push(Exposure {
            origin,
            container: service.to_owned(),
            published,
            target,
            name: None,
            transport: protocol,
            protocol: app_protocol,
            public,
            routes: Vec::new(),
            reach,
        });
    }
    for port in expose {
        let Exposed { origin, target, protocol } = port;
        container.entry(Port { number: target, transport: protocol }).or_insert(origin);
    }
    let container = container.into_iter().map(|(port, origin)| Located::new(origin, port)).collect();
    (container, exposures)
}

/// Whether a port that does not say so itself goes on a load balancer. Docker publishes to the machine of the one who types;
/// a load balancer publishes to the world, where a database or a debugger has no business.
fn is_public(origin: Origin, target: u16, is_private: bool, diagnostics: &mut Diagnostics) -> bool {
    let reason = match port_table::withheld(target) {
        _ if is_private => "it is published at a loopback address".to_owned(),
        Some(listener) => format!("`{target}` is the port of {listener}"),
        None => return true,
    };
    diagnostics
        .note(origin, format!("the port is not put on a load balancer, as {reason}; services on its networks reach it"))
        .fix("to publish it to the world, write the port as a map, with `x-aws-public: true`");
    false
}

/// Keeps the ports of a service off load balancers, all of whose networks are internal: with Docker nothing outside reaches
/// them either.
pub(super) fn withhold(service: &str, exposures: &mut [Exposure], diagnostics: &mut Diagnostics) {
    for exposure in exposures.iter_mut().filter(|exposure| exposure.public) {
        exposure.public = false;
        diagnostics
            .note(
                exposure.origin,
                format!("the port is not put on a load balancer, as `{service}` is on internal networks only"),
            )
            .fix("put the service on a network besides that is not `internal`");
    }
}
