//! Target groups and their health checks.
//!
//! Sources: Elastic Load Balancing API Reference, `CreateTargetGroup`; Network Load Balancers user guide, "Health
//! checks".

use super::{Report, Rule};
use crate::verifier::reading::forwarding::TARGET_GROUP;
use crate::verifier::reading::service::services;
use crate::verifier::reading::task::Task;
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, is_function, number, objects, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("target-group-timeout", target_group_timeout),
    Rule::new("target-group-range", target_group_range),
    Rule::new("target-group-check-protocol", target_group_check_protocol),
    Rule::new("target-group-matcher", target_group_matcher),
    Rule::new("target-group-grpc", target_group_grpc),
    Rule::new("target-group-attributes", target_group_attributes),
    Rule::new("udp-target-is-checked", udp_target_is_checked),
];

/// The protocol of the health check, also where it is not given.
fn check_protocol(target_group: Resource<'_>) -> Option<&str> {
    let given = part(target_group.properties, "HealthCheckProtocol");
    if !given.is_null() {
        return given.as_str();
    }
    match text(target_group.properties, "Protocol")? {
        "HTTP" | "HTTPS" => Some("HTTP"),
        _ => Some("TCP"),
    }
}

/// A check ends before the next one begins.
fn target_group_timeout(template: &Template<'_>, report: &mut Report) {
    for target_group in template.of(TARGET_GROUP) {
        let properties = target_group.properties;
        let timeout = part(properties, "HealthCheckTimeoutSeconds");
        let interval = part(properties, "HealthCheckIntervalSeconds");
        if is_function(timeout) || is_function(interval) {
            continue;
        }
        let usual = match (text(properties, "Protocol"), check_protocol(target_group)) {
            (Some("HTTP" | "HTTPS"), _) => 5,
            (_, Some("HTTP")) => 6,
            _ => 10,
        };
        let timeout = number(properties, "HealthCheckTimeoutSeconds").unwrap_or(usual);
        let interval = number(properties, "HealthCheckIntervalSeconds").unwrap_or(30);
        if timeout >= interval {
            report.add(target_group.id, format!("a check may take {timeout} s, the next begins after {interval} s"));
        }
    }
}

/// Intervals, timeouts and thresholds are in the range that the service takes.
fn target_group_range(template: &Template<'_>, report: &mut Report) {
    let ranges = [
        ("HealthCheckIntervalSeconds", 5, 300),
        ("HealthCheckTimeoutSeconds", 2, 120),
        ("HealthyThresholdCount", 2, 10),
        ("UnhealthyThresholdCount", 2, 10),
        ("Port", 1, 65_535),
    ];
    for target_group in template.of(TARGET_GROUP) {
        for (property, least, most) in ranges {
            let given = number(target_group.properties, property);
            if let Some(given) = given.filter(|given| !(least..=most).contains(given)) {
                report.add(target_group.id, format!("{property} is {given}, not {least} to {most}"));
            }
        }
    }
}

/// Targets are checked over HTTP or TCP, those that take HTTP not over TCP.
fn target_group_check_protocol(template: &Template<'_>, report: &mut Report) {
    for target_group in template.of(TARGET_GROUP) {
        let (Some(protocol), Some(check)) = (text(target_group.properties, "Protocol"), check_protocol(target_group))
        else {
            continue;
        };
        let http = matches!(protocol, "HTTP" | "HTTPS");
        if !matches!(check, "HTTP" | "HTTPS") && (http || check != "TCP") {
            report.add(target_group.id, format!("targets that take {protocol} are not checked over {check}"));
        }
    }
}

/// A path and expected codes belong to checks over HTTP.
fn target_group_matcher(template: &Template<'_>, report: &mut Report) {
    for target_group in template.of(TARGET_GROUP) {
        if check_protocol(target_group) != Some("TCP") {
            continue;
        }
        for property in ["Matcher", "HealthCheckPath"] {
            if !absent(target_group.properties, property) {
                report.add(target_group.id, format!("a check over TCP has no {property}"));
            }
        }
    }
}

/// gRPC answers with codes of its own.
fn target_group_grpc(template: &Template<'_>, report: &mut Report) {
    for target_group in template.of(TARGET_GROUP) {
        let grpc = text(target_group.properties, "ProtocolVersion") == Some("GRPC");
        let wrong = if grpc { "HttpCode" } else { "GrpcCode" };
        if !absent(target_group.properties, &format!("Matcher.{wrong}")) {
            report.add(target_group.id, format!("{wrong} does not fit the protocol version"));
        }
    }
}

/// Attributes are those of the kind of load balancer, with values that it takes.
fn target_group_attributes(template: &Template<'_>, report: &mut Report) {
    for target_group in template.of(TARGET_GROUP) {
        let attributes = objects(target_group.properties, "TargetGroupAttributes").known;
        let value = |key: &str| {
            let found = attributes.iter().find(|attribute| text(attribute, "Key") == Some(key))?;
            text(found, "Value").map(str::to_owned).or_else(|| number(found, "Value").map(|number| number.to_string()))
        };
        let http = matches!(text(target_group.properties, "Protocol"), Some("HTTP" | "HTTPS"));
        if let Some(kind) = value("stickiness.type") {
            let fits = matches!(kind.as_str(), "lb_cookie" | "app_cookie") == http;
            if !fits {
                report.add(target_group.id, format!("its load balancer does not know clients by {kind}"));
            }
            if kind == "app_cookie" && value("stickiness.app_cookie.cookie_name").is_none() {
                report.add(target_group.id, "nobody says which cookie of the application is meant");
            }
        }
        let ranges = [
            ("deregistration_delay.timeout_seconds", 0, 3600),
            ("slow_start.duration_seconds", 0, 900),
            ("stickiness.app_cookie.duration_seconds", 1, 604_800),
            ("stickiness.lb_cookie.duration_seconds", 1, 604_800),
        ];
        for (key, least, most) in ranges {
            let seconds = value(key).and_then(|value| value.parse::<i64>().ok());
            if let Some(seconds) = seconds.filter(|seconds| !(least..=most).contains(seconds)) {
                report.add(target_group.id, format!("{key} is {seconds}, not {least} to {most}"));
            }
        }
    }
}

/// A target that takes UDP has a TCP port that can be checked; UDP itself cannot.
fn udp_target_is_checked(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let Some(containers) = service.task(template).map(Task::containers) else {
            continue;
        };
        for load_balancer in service.load_balancers().known {
            let Some(target_group) = template.named(part(load_balancer, "TargetGroupArn"), TARGET_GROUP) else {
                continue;
            };
            let properties = target_group.properties;
            let checked = part(properties, "HealthCheckPort");
            if !matches!(text(properties, "Protocol"), Some("UDP" | "QUIC")) || is_function(checked) {
                continue;
            }
            let Some(port) = number(properties, "HealthCheckPort").or(number(load_balancer, "ContainerPort")) else {
                continue;
            };
            let answered = containers.known.iter().any(|container| {
                let (ports, complete) = container.ports();
                !complete || ports.contains(&(port, "tcp"))
            });
            if !answered && containers.complete {
                report.add(
                    target_group.id,
                    format!("no container of {} answers TCP on port {port}", service.resource.id),
                );
            }
        }
    }
}
