//! Security groups: who gets in.
//!
//! Sources: EC2 API Reference, `AuthorizeSecurityGroupIngress` (`InvalidPermission.Duplicate`); Security Hub
//! EC2.18, EC2.19; cdk-nag EC23.

use std::collections::BTreeMap;

use super::{Report, Rule};
use crate::verifier::reading::group::{Ingress, Member, ingress, members};
use crate::verifier::reading::service::starting;
use crate::verifier::reading::task::{Task, tasks};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{number, part, shape};

pub(super) const RULES: &[Rule] = &[
    Rule::new("group-not-open", group_not_open),
    Rule::new("task-group-sources", task_group_sources),
    Rule::new("ingress-unique", ingress_unique),
    Rule::new("service-awaits-ingress", service_awaits_ingress),
];

/// The whole internet gets in at load balancers only.
fn group_not_open(template: &Template<'_>, report: &mut Report) {
    for rule in ingress(template).into_iter().filter(|rule| rule.anyone()) {
        let members = members(template, rule.group);
        let ours = template.get(rule.group).is_some_and(Resource::ours);
        let only_load_balancers = members.iter().all(|member| *member == Member::LoadBalancer);
        let unused = members.is_empty();
        if members.contains(&Member::Task) || (ours && (!only_load_balancers || unused)) {
            report.add(rule.holder.id, format!("{} is open to everyone and not only for load balancers", rule.group));
        }
    }
}

/// Tasks of ours let in a load balancer, their own group, or machines whose network other tasks are in: nobody else. Likewise
/// machines, which let in load balancers alone.
fn task_group_sources(template: &Template<'_>, report: &mut Report) {
    let calls_from_machines = tasks(template).any(Task::on_machine);
    for rule in ingress(template).into_iter().filter(|rule| rule.holder.ours() && !rule.anyone()) {
        let inside = members(template, rule.group);
        if !inside.contains(&Member::Task) && !inside.contains(&Member::Machine) {
            continue;
        }
        if let Some(addresses) = rule.addresses().filter(|addresses| !template.author.wrote(addresses)) {
            report.add(rule.holder.id, format!("{} lets in {addresses}", rule.group));
        }
        if let Some(source) = rule.source(template) {
            let callers = members(template, source.id);
            let known = source.id == rule.group
                || !source.ours()
                || callers.contains(&Member::LoadBalancer)
                || (calls_from_machines && callers.contains(&Member::Machine));
            if !known {
                report
                    .add(rule.holder.id, format!("{} lets in {}, which is no load balancer's", rule.group, source.id));
            }
        }
    }
}

fn key(rule: Ingress<'_>) -> [String; 5] {
    let source = ["CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourcePrefixListId"]
        .map(|property| shape(part(rule.rule, property)).replace(".GroupId", ""));
    [
        rule.group.to_owned(),
        shape(part(rule.rule, "IpProtocol")),
        format!("{:?}", number(rule.rule, "FromPort")),
        format!("{:?}", number(rule.rule, "ToPort")),
        source.concat(),
    ]
}

/// A group has each rule once: the second one is refused.
fn ingress_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen: BTreeMap<[String; 5], &str> = BTreeMap::new();
    for rule in ingress(template) {
        if let Some(other) = seen.insert(key(rule), rule.holder.id) {
            report.add(rule.holder.id, format!("{other} already lets this in to {}", rule.group));
        }
    }
}

/// A service comes after the rule that lets members of its network reach each other.
fn service_awaits_ingress(template: &Template<'_>, report: &mut Report) {
    let rules = ingress(template);
    for service in starting(template) {
        for group in service.groups(template).0 {
            for rule in &rules {
                let within =
                    rule.group == group.id && rule.source(template).is_some_and(|source| source.id == group.id);
                if within && rule.standalone() && !template.comes_after(service.resource.id, rule.holder.id) {
                    report.add(service.resource.id, format!("does not wait for {}", rule.holder.id));
                }
            }
        }
    }
}
