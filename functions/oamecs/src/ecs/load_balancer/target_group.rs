//! Target groups: where a listener leads, and how a load balancer finds out whether a task is healthy.

use super::balancer::{Balancer, Kind};
use super::plan::{Audience, Target};
use crate::cloudformation::LogicalId;
use crate::cloudformation::resource::elbv2::{Attribute, Matcher, Protocol, ProtocolVersion, TargetGroup, TargetType};
use crate::cloudformation::value::Text;
use crate::diagnostic::Diagnostics;
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::site::Site;
use crate::program::exposure::{self, Transport};
use crate::program::reach::{Health, HealthProtocol, Stickiness};

/// Seconds between checks, seconds that one may take, and how many in a row decide. Faster than AWS's own defaults, which
/// take two and a half minutes to call a task healthy.
const INTERVAL: u32 = 10;
const TIMEOUT: u32 = 5;
const HEALTHY: u32 = 2;
const UNHEALTHY: u32 = 3;

/// Seconds that a task which goes may finish its requests; AWS's 300 make every deployment wait that long.
const DEREGISTRATION_DELAY: u32 = 60;
/// Seconds that a client stays with its task where it is not said how long: AWS's own default, a day.
const STICKINESS: u32 = 86_400;

/// A target group of an Application Load Balancer. A group belongs to one load balancer for
/// life, and one with another scheme is another load balancer: each has another id.
///
/// Its own port is only what targets have that do not say theirs; those of ECS do. So it is the published one, and a
/// container that moves to another port, or a certificate that moves the listener, keeps the group.
pub(super) fn http(scope: &mut Scope<'_>, target: &Target<'_>, site: &Site, balancer: &Balancer) -> LogicalId {
    let published = target.exposure.published;
    let https = target.protocol == exposure::Protocol::Https;
    let grpc = target.protocol == exposure::Protocol::Grpc;
    let health = &target.reach.health;
    let check = Check::of(health);
    let path = match (&health.path, target.probe) {
        (Some(path), _) => Some(Text::from(&path.value)),
        (None, _) if grpc => None,
        (None, Some(probe)) if health.port.is_none() => Some(probe.path.clone().into()),
        (None, _) => Some("/".into()),
    };
    let codes = codes(health, grpc, scope.diagnostics);
    let protocol = match health.protocol.as_ref().map(|protocol| protocol.value) {
        Some(HealthProtocol::Https) => Protocol::Https,
        Some(HealthProtocol::Tcp) => {
            if let Some(protocol) = &health.protocol {
                scope
                    .diagnostics
                    .error(protocol.origin, "a load balancer for HTTP checks over HTTP only")
                    .fix("remove it, and name a `Path` that the container answers");
            }
            Protocol::Http
        }
        // AWS's default is HTTP whatever the targets speak.
        None if https => Protocol::Https,
        Some(HealthProtocol::Http) | None => Protocol::Http,
    };
    let slow_start = target.reach.slow_start.as_ref().map_or(0, |slow| slow.value);
    let mut attributes = attributes(target, "lb_cookie", scope.diagnostics);
    attributes.push(Attribute { key: "slow_start.duration_seconds", value: slow_start.to_string().into() });
    attributes.sort_by_key(|attribute| attribute.key);
    let properties = TargetGroup {
        port: published,
        protocol: if https { Protocol::Https } else { Protocol::Http },
        protocol_version: match target.protocol {
            exposure::Protocol::Grpc => Some(ProtocolVersion::Grpc),
            exposure::Protocol::Http2 => Some(ProtocolVersion::Http2),
            _ => None,
        },
        target_type: target_type(target),
        vpc_id: site.vpc.clone(),
        health_check_enabled: None,
        health_check_path: path,
        health_check_port: port(health),
        health_check_protocol: Some(protocol),
        health_check_interval_seconds: Some(check.interval),
        health_check_timeout_seconds: Some(check.timeout),
        healthy_threshold_count: Some(check.healthy),
        unhealthy_threshold_count: Some(check.unhealthy),
        matcher: Some(if grpc { Matcher::GrpcCode(codes) } else { Matcher::HttpCode(codes) }),
        target_group_attributes: attributes,
    };
    let role = match (&balancer.kind, balancer.faces_internet) {
        (Kind::Own(Audience::Main), true) => Role::HttpTargetGroup(published),
        (Kind::Own(Audience::Main), false) => Role::InternalHttpTargets(published),
        (Kind::Own(Audience::Internal), _) => Role::InsideHttpTargets(published),
        (Kind::Own(Audience::Public), _) => Role::OutsideHttpTargets(published),
        (Kind::Apart(owner), faces_internet) => {
            let name = target.exposure.name.as_ref().map_or(owner.clone(), |name| format!("{owner} {name}"));
            let name = if faces_internet { name } else { format!("inside {name}") };
            return scope
                .add_for(&named(target, &name), Role::OwnHttpTargets(published), target.exposure.origin, &properties)
                .id();
        }
        (Kind::Shared, true) => Role::SharedTargetGroup(published),
        (Kind::Shared, false) => Role::InternalSharedTargets(published),
        (Kind::Foreign(listener), _) => {
            let name = format!("{} {listener}", target.name());
            let role = Role::ListenerTargets(published);
            return scope.add_for(&named(target, &name), role, target.exposure.origin, &properties).id();
        }
    };
    scope.add_for(&named(target, &target.name()), role, target.exposure.origin, &properties).id()
}

/// A target group of a Network Load Balancer. The health of a UDP port is that of a TCP port beside it.
pub(super) fn network(scope: &mut Scope<'_>, target: &Target<'_>, site: &Site, balancer: &Balancer) -> LogicalId {
    let published = target.exposure.published;
    let udp = target.exposure.transport == Transport::Udp;
    let health = &target.reach.health;
    let check = Check::of(health);
    // What is said of the workload as a whole is meant for its HTTP ports, unless it names the port that is asked.
    let is_meant = !target.is_beside_http || health.port.is_some();
    let path = health.path.as_ref().filter(|_| is_meant).map(|path| Text::from(&path.value));
    let protocol = match health.protocol.as_ref().filter(|_| is_meant).map(|protocol| protocol.value) {
        Some(HealthProtocol::Https) => Protocol::Https,
        Some(HealthProtocol::Http) => Protocol::Http,
        None if path.is_some() => Protocol::Http,
        Some(HealthProtocol::Tcp) | None => Protocol::Tcp,
    };
    let requests = protocol != Protocol::Tcp;
    if let Some(codes) = health.codes.as_ref().filter(|_| is_meant && !requests) {
        scope
            .diagnostics
            .error(codes.origin, "the check makes a connection and no request, so that no answer has a code")
            .fix("add the `Path` that is to be requested");
    }
    let path = path.or_else(|| requests.then(|| "/".into()));
    let health_port = port(health).or_else(|| target.health_port.filter(|_| udp).map(|port| port.to_string().into()));
    let properties = TargetGroup {
        port: published,
        protocol: if udp { Protocol::Udp } else { Protocol::Tcp },
        protocol_version: None,
        target_type: target_type(target),
        vpc_id: site.vpc.clone(),
        health_check_enabled: None,
        health_check_path: path.filter(|_| requests),
        health_check_port: health_port,
        health_check_protocol: Some(protocol),
        health_check_interval_seconds: Some(check.interval),
        health_check_timeout_seconds: Some(check.timeout),
        healthy_threshold_count: Some(check.healthy),
        unhealthy_threshold_count: Some(check.unhealthy),
        matcher: requests.then(|| Matcher::HttpCode(codes(health, false, scope.diagnostics))),
        target_group_attributes: attributes(target, "source_ip", scope.diagnostics),
    };
    if let Kind::Apart(owner) = &balancer.kind {
        let role = if udp { Role::OwnUdpTargets(published) } else { Role::OwnTcpTargets(published) };
        let name = if balancer.faces_internet { owner.clone() } else { format!("inside {owner}") };
        return scope.add_for(&named(target, &name), role, target.exposure.origin, &properties).id();
    }
    let role = match (udp, &balancer.kind) {
        (false, Kind::Own(Audience::Internal)) => Role::InsideTcpTargets(published),
        (false, Kind::Own(Audience::Public)) => Role::OutsideTcpTargets(published),
        (false, _) if balancer.faces_internet => Role::TcpTargetGroup(published),
        (false, _) => Role::InternalTcpTargets(published),
        (true, Kind::Own(Audience::Internal)) => Role::InsideUdpTargets(published),
        (true, Kind::Own(Audience::Public)) => Role::OutsideUdpTargets(published),
        (true, _) if balancer.faces_internet => Role::UdpTargetGroup(published),
        (true, _) => Role::InternalUdpTargets(published),
    };
    scope.add_for(&named(target, target.workload), role, target.exposure.origin, &properties).id()
}

/// How a load balancer knows tasks: by their addresses, or as ports of machines.
fn target_type(target: &Target<'_>) -> TargetType {
    if target.on_machine { TargetType::Instance } else { TargetType::Ip }
}

/// What stands before the role of a target group: `name`, or another where targets are machines, which a group can never change.
fn named(target: &Target<'_>, name: &str) -> String {
    if target.on_machine { format!("machines of {name}") } else { name.to_owned() }
}

fn port(health: &Health) -> Option<Text> {
    health.port.as_ref().map(|port| port.value.to_string().into())
}

/// The codes of good answers.
fn codes(health: &Health, grpc: bool, diagnostics: &mut Diagnostics) -> Text {
    let Some(codes) = &health.codes else { return if grpc { "0-99".into() } else { "200-399".into() } };
    let (least, most) = if grpc { (0, 99) } else { (200, 499) };
    let mut numbers = codes.value.split([',', '-']).filter_map(|code| code.parse::<u16>().ok());
    if !numbers.all(|code| (least..=most).contains(&code)) {
        let what = if grpc { "of gRPC" } else { "of HTTP that a check takes" };
        diagnostics.error(codes.origin, format!("codes {what} are {least} to {most}")).fix(if grpc {
            "write `0`, or a range such as `0-99`"
        } else {
            "write a range such as `200-399`"
        });
    }
    codes.value.clone().into()
}

/// When and how often a load balancer checks.
struct Check {
    interval: u32,
    timeout: u32,
    healthy: u32,
    unhealthy: u32,
}

impl Check {
    fn of(health: &Health) -> Self {
        let value = |given: &Option<crate::diagnostic::Located<u32>>| given.as_ref().map(|given| given.value);
        // A check is over before the next one begins.
        let interval = value(&health.interval)
            .unwrap_or_else(|| value(&health.timeout).map_or(INTERVAL, |timeout| INTERVAL.max(timeout + 1)));
        Self {
            interval,
            timeout: value(&health.timeout).unwrap_or(TIMEOUT.min(interval - 1)),
            healthy: value(&health.healthy).unwrap_or(HEALTHY),
            unhealthy: value(&health.unhealthy).unwrap_or(UNHEALTHY),
        }
    }
}

/// The attributes of a group. What is off is written too: what is left out keeps the value that it once had.
fn attributes(target: &Target<'_>, kind: &'static str, diagnostics: &mut Diagnostics) -> Vec<Attribute> {
    let drain = target.reach.drain.as_ref().map_or(DEREGISTRATION_DELAY, |drain| drain.value);
    let mut attributes =
        vec![Attribute { key: "deregistration_delay.timeout_seconds", value: drain.to_string().into() }];
    let on = match &target.reach.stickiness {
        Some(stickiness) => match stickiness.value {
            Stickiness::On { seconds } => Some((stickiness.origin, seconds)),
            Stickiness::Off => None,
        },
        None => None,
    };
    attributes.push(Attribute { key: "stickiness.enabled", value: on.is_some().to_string().into() });
    if let Some((origin, seconds)) = on {
        attributes.push(Attribute { key: "stickiness.type", value: kind.into() });
        if kind == "lb_cookie" {
            let seconds = seconds.unwrap_or(STICKINESS).to_string();
            attributes.push(Attribute { key: "stickiness.lb_cookie.duration_seconds", value: seconds.into() });
        } else if seconds.is_some() && !target.is_beside_http {
            diagnostics.note(origin, "where connections are passed on, a client stays with its task by its address, for as long as the task is healthy: the seconds have no effect");
        }
    }
    attributes.sort_by_key(|attribute| attribute.key);
    attributes
}
