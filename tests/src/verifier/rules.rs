//! All rules, by what they look at.

pub(crate) mod expansion;

use std::collections::BTreeSet;

use super::Finding;
use super::reading::template::Template;

mod alarms;
mod capacity;
mod containers;
mod custom_resources;
mod dependencies;
mod descriptions;
mod domains;
mod egress;
mod execution_role;
mod fargate;
mod file_systems;
mod forwarding;
mod groups;
mod health_checks;
mod limits;
mod listener_rules;
mod listeners;
mod literals;
mod load_balancers;
mod log_routing;
mod logs;
mod machines;
mod metadata;
mod names;
mod preparation;
mod references;
mod registries;
mod roles;
mod scaling;
mod schedules;
mod secrets;
mod service_connect;
mod services;
mod target_groups;
mod volumes;

/// Something that a good template obeys.
pub(crate) struct Rule {
    /// Short and stable, for reports and exceptions.
    pub(crate) name: &'static str,
    check: fn(&Template<'_>, &mut Report),
}

impl Rule {
    const fn new(name: &'static str, check: fn(&Template<'_>, &mut Report)) -> Self {
        Self { name, check }
    }

    /// Adds what breaks the rule to the findings.
    pub(crate) fn apply(&self, template: &Template<'_>, findings: &mut BTreeSet<Finding>) {
        let mut report = Report::default();
        (self.check)(template, &mut report);
        findings.extend(report.entries.into_iter().map(|(resource, message)| Finding {
            resource,
            rule: self.name,
            message,
        }));
    }
}

/// What a rule found.
#[derive(Default)]
pub(crate) struct Report {
    entries: Vec<(String, String)>,
}

impl Report {
    fn add(&mut self, resource: &str, message: impl Into<String>) {
        self.entries.push((resource.to_owned(), message.into()));
    }
}

/// All rules that need nothing but the finished template.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    [
        references::RULES,
        limits::RULES,
        containers::RULES,
        dependencies::RULES,
        preparation::RULES,
        log_routing::RULES,
        health_checks::RULES,
        fargate::RULES,
        execution_role::RULES,
        secrets::RULES,
        services::RULES,
        service_connect::RULES,
        capacity::RULES,
        machines::RULES,
        scaling::RULES,
        schedules::RULES,
        custom_resources::RULES,
        alarms::RULES,
        registries::RULES,
        egress::RULES,
        load_balancers::RULES,
        listeners::RULES,
        listener_rules::RULES,
        domains::RULES,
        forwarding::RULES,
        target_groups::RULES,
        groups::RULES,
        descriptions::RULES,
        file_systems::RULES,
        volumes::RULES,
        roles::RULES,
        names::RULES,
        logs::RULES,
        metadata::RULES,
        literals::RULES,
    ]
    .into_iter()
    .flatten()
}
