//! The way from a load balancer to the tasks.
//!
//! Sources: Elastic Load Balancing API Reference, `CreateListener`, `CreateTargetGroup`; Application Load Balancers
//! user guide, "Target groups", on protocol versions; Network Load Balancers user guide, "Listeners".

use std::collections::BTreeSet;

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{Forwarder, LOAD_BALANCER, TARGET_GROUP, forwarders, forwarding_to};
use crate::verifier::reading::group::{self, ingress};
use crate::verifier::reading::machine::{PROVIDER, machines};
use crate::verifier::reading::service::services;
use crate::verifier::reading::task::Task;
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{elements, is_function, number, objects, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("target-group-attached-once", target_group_attached_once),
    Rule::new("target-protocol-fits", target_protocol_fits),
    Rule::new("target-reachable", target_reachable),
];

/// The target group of a service is attached to one load balancer: without any `CreateService` fails, with two
/// `CreateRule` does (`TargetGroupAssociationLimit`).
fn target_group_attached_once(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        for load_balancer in service.load_balancers().known {
            let arn = part(load_balancer, "TargetGroupArn");
            let Some(target_group) = template.named(arn, TARGET_GROUP) else {
                continue;
            };
            let attached: BTreeSet<_> =
                forwarding_to(template, arn).into_iter().map(Forwarder::load_balancer).collect();
            if attached.len() != 1 {
                report.add(
                    target_group.id,
                    format!("{} uses it, {} load balancers send to it", service.resource.id, attached.len()),
                );
            }
        }
    }
}

/// A listener sends in a protocol that its target group takes; HTTP/2 and gRPC come in over TLS only.
fn target_protocol_fits(template: &Template<'_>, report: &mut Report) {
    for forwarder in forwarders(template) {
        let Some(listener) = forwarder.listener else {
            continue;
        };
        let Some(protocol) = text(listener.properties, "Protocol") else {
            continue;
        };
        for arn in forwarder.target_groups() {
            let Some(target_group) = template.named(arn, TARGET_GROUP) else {
                continue;
            };
            let Some(target) = text(target_group.properties, "Protocol") else {
                continue;
            };
            let fits = match protocol {
                "HTTP" | "HTTPS" => matches!(target, "HTTP" | "HTTPS"),
                "TLS" => matches!(target, "TLS" | "TCP"),
                "TCP" => matches!(target, "TCP" | "TCP_UDP"),
                "UDP" => matches!(target, "UDP" | "TCP_UDP"),
                other => target == other,
            };
            if !fits {
                report.add(
                    forwarder.resource.id,
                    format!("sends {protocol} to {}, which takes {target}", target_group.id),
                );
            }
            let version = text(target_group.properties, "ProtocolVersion");
            if protocol == "HTTP" && version.is_some_and(|version| version != "HTTP1") {
                report.add(
                    forwarder.resource.id,
                    format!("{} takes requests from HTTPS listeners only", target_group.id),
                );
            }
        }
    }
}

/// The groups of the machines that a service runs on, where they are in the template.
fn machine_groups<'a>(template: &Template<'a>, service: Resource<'a>) -> Vec<Resource<'a>> {
    let named = objects(service.properties, "CapacityProviderStrategy").known.into_iter();
    let named: Vec<_> = named.filter_map(|item| template.named(part(item, "CapacityProvider"), PROVIDER)).collect();
    let machines = machines(template).filter(|machines| named.iter().any(|named| named.id == machines.provider.id));
    let groups = machines.flat_map(|machines| elements(machines.data(), "SecurityGroupIds").known);
    groups.filter_map(|group| template.named(group, group::KIND)).collect()
}

/// The tasks, or the machines whose network they are in, let the load balancer in: on the port that gets the traffic and on the one that is checked.
fn target_reachable(template: &Template<'_>, report: &mut Report) {
    let rules = ingress(template);
    for service in services(template) {
        let (mut own, complete) = service.groups(template);
        if service.task(template).is_some_and(Task::on_machine) {
            own = machine_groups(template, service.resource);
        }
        if !complete || own.is_empty() {
            continue;
        }
        for load_balancer in service.load_balancers().known {
            let arn = part(load_balancer, "TargetGroupArn");
            let (Some(target_group), Some(port)) =
                (template.named(arn, TARGET_GROUP), number(load_balancer, "ContainerPort"))
            else {
                continue;
            };
            for sender in senders(template, arn) {
                let Some(sources) = sources(template, sender) else {
                    continue;
                };
                for (port, transport) in wanted(target_group, port) {
                    let let_in = rules.iter().any(|rule| {
                        let from =
                            rule.source(template).map_or(rule.addresses().is_some() || rule.elsewhere(), |source| {
                                sources.contains(source.id)
                            });
                        own.iter().any(|group| group.id == rule.group) && from && rule.admits(port, transport)
                    });
                    if !let_in {
                        report.add(
                            service.resource.id,
                            format!("its security groups do not let {} in on {port}/{transport}", sender.id),
                        );
                    }
                }
            }
        }
    }
}

/// The load balancers that send to a target group.
fn senders<'a>(template: &Template<'a>, target_group: &serde_json::Value) -> Vec<Resource<'a>> {
    let listeners = forwarding_to(template, target_group).into_iter().filter_map(|forwarder| forwarder.listener);
    let mut found: Vec<_> = listeners
        .filter_map(|listener| template.named(part(listener.properties, "LoadBalancerArn"), LOAD_BALANCER))
        .collect();
    found.sort_by_key(|load_balancer| load_balancer.id);
    found.dedup_by_key(|load_balancer| load_balancer.id);
    found
}

/// The groups of a load balancer, when all are known.
fn sources<'a>(template: &Template<'a>, load_balancer: Resource<'a>) -> Option<BTreeSet<&'a str>> {
    let groups = elements(load_balancer.properties, "SecurityGroups");
    let known: BTreeSet<_> =
        groups.known.iter().filter_map(|value| Some(template.named(value, group::KIND)?.id)).collect();
    (groups.complete && known.len() == groups.known.len() && !known.is_empty()).then_some(known)
}

/// The ports that a load balancer connects to.
fn wanted(target_group: Resource<'_>, port: i64) -> Vec<(i64, &'static str)> {
    let traffic: &[&str] = match text(target_group.properties, "Protocol") {
        Some("UDP" | "QUIC") => &["udp"],
        Some("TCP_UDP" | "TCP_QUIC") => &["tcp", "udp"],
        _ => &["tcp"],
    };
    let mut wanted: Vec<_> = traffic.iter().map(|transport| (port, *transport)).collect();
    let checked = part(target_group.properties, "HealthCheckPort");
    if !is_function(checked) {
        wanted.push((number(target_group.properties, "HealthCheckPort").unwrap_or(port), "tcp"));
    }
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}
