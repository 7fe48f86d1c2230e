//! Service Connect: what a service publishes, and whom it can reach.
//!
//! Sources: ECS API Reference, `ServiceConnectConfiguration`, `UpdateService` (what is left out stays as it was); ECS Developer
//! Guide, "Amazon ECS Service Connect components".

use std::collections::BTreeMap;

use super::{Report, Rule};
use crate::verifier::reading::reference::target;
use crate::verifier::reading::service::services;
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, number, objects, part, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("service-connect-stated", stated),
    Rule::new("service-connect-memory", memory),
    Rule::new("service-connect-names", names),
    Rule::new("service-connect-order", order),
];

const CONFIGURATION: &str = "ServiceConnectConfiguration";

/// A service says whether it is in Service Connect, or it stays in it for ever.
fn stated(template: &Template<'_>, report: &mut Report) {
    for service in services(template).filter(|service| service.resource.ours()) {
        if absent(service.resource.properties, CONFIGURATION) {
            report.add(service.resource.id, "does not say whether it is in Service Connect");
        }
    }
}

/// A task with a proxy has a limit of memory.
fn memory(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let configuration = part(service.resource.properties, CONFIGURATION);
        let Some(task) = service.task(template).filter(|_| truth(configuration, "Enabled") == Some(true)) else {
            continue;
        };
        if absent(task.resource.properties, "Memory") {
            report.add(service.resource.id, format!("{} has no memory to share with a proxy", task.resource.id));
        }
    }
}

/// What is published has one address, which nothing else in the namespace has, nor its name in Cloud Map.
fn names(template: &Template<'_>, report: &mut Report) {
    let namespace = |value| target(value).map(|found| found.id);
    let mut known: BTreeMap<(Option<&str>, String), &str> = BTreeMap::new();
    for registry in template.of("AWS::ServiceDiscovery::Service") {
        if let Some(name) = text(registry.properties, "Name") {
            known.insert((namespace(part(registry.properties, "NamespaceId")), name.to_lowercase()), registry.id);
        }
    }
    let mut addresses: BTreeMap<(Option<&str>, &str, i64), &str> = BTreeMap::new();
    for service in services(template) {
        let id = service.resource.id;
        let configuration = part(service.resource.properties, CONFIGURATION);
        let space = namespace(part(configuration, "Namespace"));
        for published in objects(configuration, "Services").known {
            let name = text(published, "DiscoveryName").or_else(|| text(published, "PortName"));
            if let Some(other) = name.and_then(|name| known.insert((space, name.to_lowercase()), id)) {
                report.add(id, format!("publishes {}, which {other} is called", name.unwrap_or_default()));
            }
            let aliases = objects(published, "ClientAliases").known;
            if aliases.len() > 1 {
                report.add(id, format!("publishes {} at several addresses", name.unwrap_or_default()));
            }
            for alias in aliases {
                let (Some(name), Some(port)) = (text(alias, "DnsName"), number(alias, "Port")) else { continue };
                if let Some(other) = addresses.insert((space, name, port), id) {
                    report.add(id, format!("is {name}:{port}, as {other} is"));
                }
            }
        }
    }
}

/// A service that publishes nothing comes after one that does: it knows what was there before, and no deployment of it is
/// complete in a namespace without any.
fn order(template: &Template<'_>, report: &mut Report) {
    let publishes = |properties| !objects(part(properties, CONFIGURATION), "Services").known.is_empty();
    let called: Vec<&str> = services(template)
        .filter(|service| publishes(service.resource.properties))
        .map(|service| service.resource.id)
        .collect();
    for service in services(template) {
        let (id, properties) = (service.resource.id, service.resource.properties);
        let is_on = truth(part(properties, CONFIGURATION), "Enabled") == Some(true);
        if is_on && !publishes(properties) && !called.iter().any(|first| template.comes_after(id, first)) {
            report.add(id, "comes after nothing that it could reach through Service Connect");
        }
    }
}
