//! Listeners and their rules.
//!
//! Sources: Elastic Load Balancing API Reference, `CreateListener` (`DuplicateListener`: "A listener with the
//! specified port already exists", whatever its protocol) and `CreateRule`; Security Hub ELB.17.

use std::collections::{BTreeMap, BTreeSet};

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{
    LISTENER, LISTENER_RULE, LOAD_BALANCER, forwarders, is_application, listeners_of,
};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{elements, number, objects, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("listener-port-unique", listener_port_unique),
    Rule::new("listener-protocol-fits", listener_protocol_fits),
    Rule::new("listener-certificate", listener_certificate),
    Rule::new("listener-tls-policy", listener_tls_policy),
    Rule::new("rule-priority-unique", rule_priority_unique),
    Rule::new("rule-conditions-unique", rule_conditions_unique),
    Rule::new("redirect-arrives", redirect_arrives),
];

/// What Security Hub takes: TLS 1.2 with forward secrecy and authenticated encryption only, or TLS 1.3.
const TLS_POLICIES: [&str; 8] = [
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
];

/// A load balancer listens once on a port; TCP and UDP on the same port are one listener of protocol `TCP_UDP`.
fn listener_port_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen: BTreeMap<(String, i64), &str> = BTreeMap::new();
    for listener in template.of(LISTENER) {
        let load_balancer = shape(part(listener.properties, "LoadBalancerArn"));
        if let Some(port) = number(listener.properties, "Port")
            && let Some(other) = seen.insert((load_balancer, port), listener.id)
        {
            report.add(listener.id, format!("port {port} of the load balancer is taken by {other}"));
        }
    }
}

fn load_balancer<'a>(template: &Template<'a>, listener: Resource<'a>) -> Option<Resource<'a>> {
    template.named(part(listener.properties, "LoadBalancerArn"), LOAD_BALANCER)
}

/// An application load balancer speaks HTTP, a network load balancer does not.
fn listener_protocol_fits(template: &Template<'_>, report: &mut Report) {
    for listener in template.of(LISTENER) {
        let (Some(load_balancer), Some(protocol)) =
            (load_balancer(template, listener), text(listener.properties, "Protocol"))
        else {
            continue;
        };
        if is_application(load_balancer) != matches!(protocol, "HTTP" | "HTTPS") {
            report.add(listener.id, format!("{} has no listeners for {protocol}", load_balancer.id));
        }
    }
}

/// A listener for TLS has a certificate.
fn listener_certificate(template: &Template<'_>, report: &mut Report) {
    for listener in template.of(LISTENER) {
        let tls = matches!(text(listener.properties, "Protocol"), Some("HTTPS" | "TLS"));
        let certificates = elements(listener.properties, "Certificates");
        if tls && certificates.complete && certificates.known.is_empty() {
            report.add(listener.id, "has no certificate");
        }
    }
}

/// Our listeners for TLS have a policy that Security Hub takes.
fn listener_tls_policy(template: &Template<'_>, report: &mut Report) {
    for listener in template.of(LISTENER).filter(|listener| listener.ours()) {
        let policy = part(listener.properties, "SslPolicy");
        let tls = matches!(text(listener.properties, "Protocol"), Some("HTTPS" | "TLS"));
        let accepted =
            policy.as_str().is_none_or(|policy| TLS_POLICIES.contains(&policy) || template.author.wrote(policy));
        if tls && (policy.is_null() || !accepted) {
            report.add(listener.id, "its TLS policy is not one that is recommended");
        }
    }
}

/// Rules of a listener have different priorities.
fn rule_priority_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen: BTreeMap<(String, i64), &str> = BTreeMap::new();
    for rule in template.of(LISTENER_RULE) {
        let listener = shape(part(rule.properties, "ListenerArn"));
        if let Some(priority) = number(rule.properties, "Priority")
            && let Some(other) = seen.insert((listener, priority), rule.id)
        {
            report.add(rule.id, format!("{other} has priority {priority} too"));
        }
    }
}

/// Rules of a listener have different conditions: of two equal ones the second never sees a request.
fn rule_conditions_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen: BTreeMap<(String, BTreeSet<String>), &str> = BTreeMap::new();
    for rule in template.of(LISTENER_RULE) {
        let listener = shape(part(rule.properties, "ListenerArn"));
        let conditions = objects(rule.properties, "Conditions");
        let texts = conditions.known.into_iter().map(ToString::to_string).collect();
        if conditions.complete
            && let Some(other) = seen.insert((listener, texts), rule.id)
        {
            report.add(rule.id, format!("has the conditions of {other}"));
        }
    }
}

/// A redirect to another port of the same host ends at a listener.
fn redirect_arrives(template: &Template<'_>, report: &mut Report) {
    for forwarder in forwarders(template) {
        let Some((listener, load_balancer)) =
            forwarder.listener.and_then(|listener| Some((listener, load_balancer(template, listener)?)))
        else {
            continue;
        };
        for action in forwarder.actions() {
            let redirect = part(action, "RedirectConfig");
            let elsewhere = text(redirect, "Host").is_some_and(|host| !host.contains("#{host}"));
            let port = number(redirect, "Port");
            if elsewhere || redirect.is_null() {
                continue;
            }
            let listeners = listeners_of(template, load_balancer);
            let heard =
                |port| listeners.iter().any(|found| number(found.properties, "Port").is_none_or(|at| at == port));
            if let Some(port) = port.filter(|port| !heard(*port)) {
                report.add(forwarder.resource.id, format!("redirects to port {port}, where nobody listens"));
            }
            let same = |property: &str, placeholder: &str| {
                let given = part(redirect, property);
                given.is_null() || given == placeholder || shape(given) == shape(part(listener.properties, property))
            };
            let unchanged = matches!(text(redirect, "Path"), None | Some("/#{path}"))
                && matches!(text(redirect, "Query"), None | Some("#{query}"));
            if same("Port", "#{port}") && same("Protocol", "#{protocol}") && unchanged {
                report.add(forwarder.resource.id, "redirects to itself");
            }
        }
    }
}
