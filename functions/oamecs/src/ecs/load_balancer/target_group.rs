//! Target groups: where a listener leads, and how a load balancer finds out whether a task is healthy.

use super::plan::Listener;
use crate::cloudformation::LogicalId;
use crate::cloudformation::resource::elbv2::{Attribute, Matcher, Protocol, ProtocolVersion, TargetGroup, TargetType};
use crate::cloudformation::value::Text;
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::site::Site;
use crate::program::exposure::{self, Transport};

/// Seconds between checks, seconds that one may take, and how many in a row decide. Faster than AWS's own defaults, which
/// take two and a half minutes to call a task healthy.
const INTERVAL: u32 = 10;
const TIMEOUT: u32 = 5;
const HEALTHY: u32 = 2;
const UNHEALTHY: u32 = 3;

/// Seconds that a task which goes may finish its requests; AWS's 300 make every deployment wait that long.
const DEREGISTRATION_DELAY: &str = "60";

/// A target group of an Application Load Balancer. A group belongs to one load balancer for
/// life, and one with another scheme is another load balancer: each has another id.
///
/// Its own port is only what targets have that do not say theirs; those of ECS do. So it is the published one, and a
/// container that moves to another port, or a certificate that moves the listener, keeps the group.
pub(super) fn http(scope: &mut Scope<'_>, listener: &Listener<'_>, site: &Site, shared: bool) -> LogicalId {
    let port = listener.exposure.published;
    let https = listener.protocol == exposure::Protocol::Https;
    let grpc = listener.protocol == exposure::Protocol::Grpc;
    let path = listener.probe.map_or(Text::from("/"), |probe| probe.path.clone().into());
    let properties = TargetGroup {
        port,
        protocol: if https { Protocol::Https } else { Protocol::Http },
        protocol_version: match listener.protocol {
            exposure::Protocol::Grpc => Some(ProtocolVersion::Grpc),
            exposure::Protocol::Http2 => Some(ProtocolVersion::Http2),
            _ => None,
        },
        target_type: TargetType::Ip,
        vpc_id: site.vpc.clone(),
        health_check_enabled: None,
        health_check_path: (!grpc).then_some(path),
        health_check_port: None,
        // AWS's default is HTTP whatever the targets speak.
        health_check_protocol: Some(if https { Protocol::Https } else { Protocol::Http }),
        health_check_interval_seconds: Some(INTERVAL),
        health_check_timeout_seconds: Some(TIMEOUT),
        healthy_threshold_count: Some(HEALTHY),
        unhealthy_threshold_count: Some(UNHEALTHY),
        matcher: Some(if grpc { Matcher::GrpcCode("0-99".into()) } else { Matcher::HttpCode("200-399".into()) }),
        target_group_attributes: attributes(),
    };
    let faces_internet = match &site.load_balancer {
        Some(shared) => shared.faces_internet.unwrap_or(true),
        None => site.faces_internet,
    };
    let role = match (shared, faces_internet) {
        (false, true) => Role::HttpTargetGroup(port),
        (false, false) => Role::InternalHttpTargets(port),
        (true, true) => Role::SharedTargetGroup(port),
        (true, false) => Role::InternalSharedTargets(port),
    };
    scope.add_for(listener.workload, role, listener.exposure.origin, &properties).id()
}

/// A target group of a Network Load Balancer. The health of a UDP port is that of a TCP port beside it.
pub(super) fn network(scope: &mut Scope<'_>, listener: &Listener<'_>, site: &Site) -> LogicalId {
    let port = listener.exposure.published;
    let udp = listener.exposure.transport == Transport::Udp;
    let properties = TargetGroup {
        port,
        protocol: if udp { Protocol::Udp } else { Protocol::Tcp },
        protocol_version: None,
        target_type: TargetType::Ip,
        vpc_id: site.vpc.clone(),
        health_check_enabled: None,
        health_check_path: None,
        health_check_port: listener.health_port.filter(|_| udp).map(|port| port.to_string().into()),
        health_check_protocol: Some(Protocol::Tcp),
        health_check_interval_seconds: Some(INTERVAL),
        health_check_timeout_seconds: Some(TIMEOUT),
        healthy_threshold_count: Some(HEALTHY),
        unhealthy_threshold_count: Some(UNHEALTHY),
        matcher: None,
        target_group_attributes: attributes(),
    };
    let role = match (udp, site.faces_internet) {
        (false, true) => Role::TcpTargetGroup(port),
        (false, false) => Role::InternalTcpTargets(port),
        (true, true) => Role::UdpTargetGroup(port),
        (true, false) => Role::InternalUdpTargets(port),
    };
    scope.add_for(listener.workload, role, listener.exposure.origin, &properties).id()
}

fn attributes() -> Vec<Attribute> {
    vec![Attribute { key: "deregistration_delay.timeout_seconds", value: DEREGISTRATION_DELAY.into() }]
}
