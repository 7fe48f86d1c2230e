//! Load balancers: where they are and who reaches them.
//!
//! Sources: Elastic Load Balancing API Reference, `CreateLoadBalancer`; Security Hub ELB.4, ELB.12, ELB.13.

use std::collections::BTreeSet;

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{LOAD_BALANCER, is_application, listeners_of};
use crate::verifier::reading::group::{self, Member, ingress, members};
use crate::verifier::reading::routing::{routing, zone};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{Elements, absent, elements, number, objects, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("load-balancer-zones", load_balancer_zones),
    Rule::new("load-balancer-public-subnets", load_balancer_public_subnets),
    Rule::new("load-balancer-attributes", load_balancer_attributes),
    Rule::new("load-balancer-security-groups", load_balancer_security_groups),
    Rule::new("listener-port-open", listener_port_open),
    Rule::new("open-port-has-listener", open_port_has_listener),
];

/// The subnets of a load balancer, listed or mapped.
pub(super) fn subnets(load_balancer: Resource<'_>) -> Elements<'_> {
    if absent(load_balancer.properties, "SubnetMappings") {
        return elements(load_balancer.properties, "Subnets");
    }
    let mappings = objects(load_balancer.properties, "SubnetMappings");
    Elements {
        known: mappings.known.into_iter().map(|mapping| part(mapping, "SubnetId")).collect(),
        complete: mappings.complete,
    }
}

/// An application load balancer is in two zones, and no load balancer twice in one.
fn load_balancer_zones(template: &Template<'_>, report: &mut Report) {
    for load_balancer in template.of(LOAD_BALANCER) {
        let subnets = subnets(load_balancer);
        if is_application(load_balancer) && subnets.complete && subnets.known.len() < 2 {
            report.add(load_balancer.id, "an application load balancer needs two subnets");
        }
        let mut zones = BTreeSet::new();
        for subnet in subnets.known.into_iter().filter_map(|subnet| template.named(subnet, "AWS::EC2::Subnet")) {
            if zone(subnet).is_some_and(|zone| !zones.insert(zone)) {
                report.add(load_balancer.id, format!("{} is in a zone where it is already", subnet.id));
            }
        }
    }
}

/// The internet reaches a load balancer that faces it.
fn load_balancer_public_subnets(template: &Template<'_>, report: &mut Report) {
    for load_balancer in template.of(LOAD_BALANCER) {
        let scheme = part(load_balancer.properties, "Scheme");
        if !scheme.is_null() && scheme.as_str() != Some("internet-facing") {
            continue;
        }
        for subnet in subnets(load_balancer).known {
            if let Some(subnet) = template.named(subnet, "AWS::EC2::Subnet") {
                let routing = routing(template, subnet);
                if routing.known && !routing.public {
                    report.add(load_balancer.id, format!("{} has no route to an internet gateway", subnet.id));
                }
            }
        }
    }
}

/// Our application load balancers drop invalid headers and do not pass on requests that are made to be misread.
fn load_balancer_attributes(template: &Template<'_>, report: &mut Report) {
    let wanted: [(&str, &[&str]); 2] = [
        ("routing.http.drop_invalid_header_fields.enabled", &["true"]),
        ("routing.http.desync_mitigation_mode", &["defensive", "strictest"]),
    ];
    for load_balancer in template.of(LOAD_BALANCER).filter(|found| found.ours() && is_application(*found)) {
        let attributes = objects(load_balancer.properties, "LoadBalancerAttributes").known;
        for (key, values) in wanted {
            let set = attributes.iter().any(|attribute| {
                let value = part(attribute, "Value");
                text(attribute, "Key") == Some(key) && value.as_str().is_none_or(|value| values.contains(&value))
            });
            if !set {
                report.add(load_balancer.id, format!("{key} is not {}", values.join(" or ")));
            }
        }
    }
}

/// Our load balancers have security groups: a network load balancer without any never gets one later, and tasks
/// could not tell it from strangers.
fn load_balancer_security_groups(template: &Template<'_>, report: &mut Report) {
    for load_balancer in template.of(LOAD_BALANCER).filter(|found| found.ours()) {
        let groups = elements(load_balancer.properties, "SecurityGroups");
        if groups.complete && groups.known.is_empty() {
            report.add(load_balancer.id, "has no security group");
        }
    }
}

fn groups<'a>(template: &Template<'a>, load_balancer: Resource<'a>) -> (Vec<Resource<'a>>, bool) {
    let groups = elements(load_balancer.properties, "SecurityGroups");
    let known: Vec<_> = groups.known.iter().filter_map(|value| template.named(value, group::KIND)).collect();
    let complete = groups.complete && known.len() == groups.known.len();
    (known, complete)
}

fn transports(listener: Resource<'_>) -> &'static [&'static str] {
    match text(listener.properties, "Protocol") {
        Some("UDP" | "QUIC") => &["udp"],
        Some("TCP_UDP" | "TCP_QUIC") => &["tcp", "udp"],
        _ => &["tcp"],
    }
}

/// Somebody may reach each listener.
fn listener_port_open(template: &Template<'_>, report: &mut Report) {
    let rules = ingress(template);
    for load_balancer in template.of(LOAD_BALANCER) {
        let (groups, complete) = groups(template, load_balancer);
        if !complete || groups.is_empty() {
            continue;
        }
        for listener in listeners_of(template, load_balancer) {
            let Some(port) = number(listener.properties, "Port") else {
                continue;
            };
            for transport in transports(listener) {
                let open = rules
                    .iter()
                    .any(|rule| groups.iter().any(|group| group.id == rule.group) && rule.admits(port, transport));
                if !open {
                    report.add(
                        listener.id,
                        format!("no security group of {} opens {port}/{transport}", load_balancer.id),
                    );
                }
            }
        }
    }
}

/// No group of load balancers opens a port where none of them listens.
fn open_port_has_listener(template: &Template<'_>, report: &mut Report) {
    for rule in ingress(template) {
        let holders = members(template, rule.group);
        let Some(group) = template.get(rule.group) else {
            continue;
        };
        if !group.ours() || holders.len() != 1 || !holders.contains(&Member::LoadBalancer) {
            continue;
        }
        let load_balancers = template
            .of(LOAD_BALANCER)
            .filter(|load_balancer| groups(template, *load_balancer).0.iter().any(|found| found.id == group.id));
        let listeners: Vec<_> = load_balancers.flat_map(|found| listeners_of(template, found)).collect();
        let heard = listeners.iter().any(|listener| {
            number(listener.properties, "Port")
                .is_none_or(|port| transports(*listener).iter().any(|transport| rule.admits(port, transport)))
        });
        if !heard {
            report.add(rule.holder.id, "opens a port where no load balancer listens");
        }
    }
}
