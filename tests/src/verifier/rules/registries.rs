//! Cloud Map services and who registers in them.
//!
//! Source: ECS API Reference, `ServiceRegistry`; Cloud Map API Reference, `CreateService`.

use super::{Report, Rule};
use crate::verifier::reading::reference::{named, target};
use crate::verifier::reading::service::services;
use crate::verifier::reading::task::Task;
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, number, objects, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("registry-port", registry_port),
    Rule::new("registry-container", registry_container),
    Rule::new("registry-used", registry_used),
    Rule::new("registry-name-unique", registry_name_unique),
];

const KIND: &str = "AWS::ServiceDiscovery::Service";

/// An SRV record has a port, given by container and port or as a number, not both.
fn registry_port(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        for registry in objects(service.resource.properties, "ServiceRegistries").known {
            let given = |property| !absent(registry, property);
            let discovery = target(part(registry, "RegistryArn"))
                .and_then(|target| template.get(target.id))
                .filter(|found| found.kind == KIND);
            let with_port = discovery.is_some_and(|discovery| {
                let records = objects(discovery.properties, "DnsConfig.DnsRecords").known;
                records.into_iter().any(|record| text(record, "Type") == Some("SRV"))
            });
            let named_port = given("ContainerName") && given("ContainerPort");
            if with_port && !named_port && !given("Port") {
                report.add(service.resource.id, "registers for an SRV record without a port");
            }
            if given("Port") && (given("ContainerName") || given("ContainerPort")) {
                report.add(service.resource.id, "registers both a port and a container's port");
            }
            if given("ContainerName") != given("ContainerPort") {
                report.add(
                    service.resource.id,
                    "registers a container without its port, or a port without its container",
                );
            }
        }
    }
}

/// The registered container and port are in the task.
fn registry_container(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let Some(containers) = service.task(template).map(Task::containers) else {
            continue;
        };
        for registry in objects(service.resource.properties, "ServiceRegistries").known {
            let Some(name) = text(registry, "ContainerName") else {
                continue;
            };
            match containers.named(name) {
                None if !containers.nameless() => {
                    report
                        .add(service.resource.id, format!("registers container {name}, which its task does not have"));
                }
                Some(container) => {
                    let (ports, complete) = container.ports();
                    let port = number(registry, "ContainerPort");
                    if complete && port.is_some_and(|port| !ports.iter().any(|(mapped, _)| *mapped == port)) {
                        report.add(service.resource.id, format!("registers a port that container {name} does not map"));
                    }
                }
                None => {}
            }
        }
    }
}

/// Somebody registers in each of our Cloud Map services; else the name resolves to nothing.
fn registry_used(template: &Template<'_>, report: &mut Report) {
    for discovery in template.of(KIND).filter(|discovery| discovery.ours()) {
        let used = template.resources().any(|resource| {
            let registers = match resource.kind {
                "AWS::ECS::Service" => part(resource.properties, "ServiceRegistries"),
                "AWS::ServiceDiscovery::Instance" => part(resource.properties, "ServiceId"),
                kind if kind.starts_with("Custom::") => resource.properties,
                _ => return false,
            };
            named(registers).contains(discovery.id)
        });
        if !used {
            report.add(discovery.id, "nobody registers in it");
        }
    }
}

/// Names in a namespace differ, whatever their case.
fn registry_name_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen = std::collections::BTreeSet::new();
    for discovery in template.of(KIND) {
        let namespace = named(part(discovery.properties, "NamespaceId"));
        if let Some(name) = text(discovery.properties, "Name")
            && !seen.insert((namespace, name.to_lowercase()))
        {
            report.add(discovery.id, format!("the name {name} is taken in its namespace"));
        }
    }
}
