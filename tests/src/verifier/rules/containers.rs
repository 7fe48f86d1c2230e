//! Containers of a task: names, volumes, ports, variables.
//!
//! `RegisterTaskDefinition` refuses what breaks the first group of these, so that the stack fails after its
//! network, file systems and load balancers have been made. Source: ECS Developer Guide, "Amazon ECS task
//! definition parameters".

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::task::{Container, tasks};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, is_function, number, objects, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("container-name-unique", container_name_unique),
    Rule::new("task-has-essential-container", task_has_essential_container),
    Rule::new("volume-name-unique", volume_name_unique),
    Rule::new("mount-point-volume-exists", mount_point_volume_exists),
    Rule::new("mount-path-unique", mount_path_unique),
    Rule::new("container-port-unique", container_port_unique),
    Rule::new("port-name-unique", port_name_unique),
    Rule::new("host-port-same", host_port_same),
    Rule::new("environment-name-unique", environment_name_unique),
    Rule::new("environment-without-credentials", environment_without_credentials),
    Rule::new("container-logs", container_logs),
    Rule::new("awslogs-options", awslogs_options),
    Rule::new("capability-name", capability_name),
    Rule::new("container-resources-fit", container_resources_fit),
];

/// Linux capabilities, by the names that `KernelCapabilities` takes.
const CAPABILITIES: [&str; 38] = [
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// The values that come up more than once.
fn repeated<T: Ord + Clone>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    values.into_iter().filter(|value| !seen.insert(value.clone())).collect()
}

fn each(template: &Template<'_>, mut visit: impl FnMut(&str, Container<'_>)) {
    for task in tasks(template) {
        for container in task.containers().known {
            visit(task.resource.id, container);
        }
    }
}

/// Containers of a task have different names.
fn container_name_unique(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for name in repeated(task.containers().known.iter().filter_map(|container| container.name())) {
            report.add(task.resource.id, format!("two containers are called {name}"));
        }
    }
}

/// Some container ends the task when it ends.
fn task_has_essential_container(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        let optional = containers.known.iter().all(|container| container.essential() == Some(false));
        if containers.complete && optional {
            report.add(task.resource.id, "no container is essential");
        }
    }
}

/// Volumes of a task have different names.
fn volume_name_unique(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for name in repeated(task.volumes().known.into_iter().filter_map(|volume| text(volume, "Name"))) {
            report.add(task.resource.id, format!("two volumes are called {name}"));
        }
    }
}

/// A mount point names a volume of its task.
fn mount_point_volume_exists(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let volumes = task.volumes();
        let unknown = !volumes.complete || volumes.known.iter().any(|volume| is_function(part(volume, "Name")));
        let names: BTreeSet<_> = volumes.known.into_iter().filter_map(|volume| text(volume, "Name")).collect();
        for container in task.containers().known {
            for mount in objects(container.0, "MountPoints").known {
                let missing = text(mount, "SourceVolume").filter(|name| !names.contains(name));
                if let Some(name) = missing.filter(|_| !unknown) {
                    report.add(
                        task.resource.id,
                        format!("container {} mounts {name}, which is no volume", container.label()),
                    );
                }
            }
        }
    }
}

/// A container mounts one volume at a path.
fn mount_path_unique(template: &Template<'_>, report: &mut Report) {
    each(template, |id, container| {
        let mounts = objects(container.0, "MountPoints").known;
        for path in repeated(mounts.into_iter().filter_map(|mount| text(mount, "ContainerPath"))) {
            report.add(id, format!("container {} mounts two volumes at {path}", container.label()));
        }
    });
}

/// A port is mapped once in a task: with `awsvpc` its containers share one network interface.
fn container_port_unique(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers().known;
        if task.awsvpc() {
            for (port, protocol) in repeated(containers.iter().flat_map(|container| container.ports().0)) {
                report.add(task.resource.id, format!("port {port}/{protocol} is mapped twice"));
            }
        }
    }
}

/// Port mappings of a task have different names: Service Connect finds a port by its name.
fn port_name_unique(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers().known;
        let mappings = containers.iter().flat_map(|container| objects(container.0, "PortMappings").known);
        for name in repeated(mappings.filter_map(|mapping| text(mapping, "Name"))) {
            report.add(task.resource.id, format!("two port mappings are called {name}"));
        }
    }
}

/// With `awsvpc` or `host` the host port is the container port.
fn host_port_same(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        if !task.awsvpc() && text(task.resource.properties, "NetworkMode") != Some("host") {
            continue;
        }
        for container in task.containers().known {
            for mapping in objects(container.0, "PortMappings").known {
                let (host, port) = (number(mapping, "HostPort"), number(mapping, "ContainerPort"));
                if host.is_some_and(|host| Some(host) != port) && port.is_some() {
                    report.add(task.resource.id, format!("container {} has another host port", container.label()));
                }
            }
        }
    }
}

/// A variable is set once, be it with a value or from a secret.
fn environment_name_unique(template: &Template<'_>, report: &mut Report) {
    each(template, |id, container| {
        let variables = objects(container.0, "Environment").known.into_iter();
        let secrets = objects(container.0, "Secrets").known;
        for name in repeated(variables.chain(secrets).filter_map(|variable| text(variable, "Name"))) {
            report.add(id, format!("container {} has two variables {name}", container.label()));
        }
    });
}

/// Credentials do not stand in a task definition, where everyone who may read it sees them (Security Hub ECS.8).
fn environment_without_credentials(template: &Template<'_>, report: &mut Report) {
    each(template, |id, container| {
        for variable in objects(container.0, "Environment").known {
            if let Some(name @ ("AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "ECS_ENGINE_AUTH_DATA")) =
                text(variable, "Name")
            {
                report.add(id, format!("container {} has {name} in its environment", container.label()));
            }
        }
    });
}

/// Every container of ours logs somewhere, also those that prepare and accompany (Security Hub ECS.9), unless the author lets
/// a service log nowhere.
fn container_logs(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template).filter(|task| task.resource.ours()) {
        for container in task.containers().known {
            if absent(container.0, "LogConfiguration") && !template.author.chose("driver", "none") {
                report.add(task.resource.id, format!("container {} logs nowhere", container.label()));
            }
        }
    }
}

/// `awslogs` has its group and region, and on Fargate the prefix of its streams.
fn awslogs_options(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for container in task.containers().known {
            let configuration = part(container.0, "LogConfiguration");
            if text(configuration, "LogDriver") != Some("awslogs") || is_function(part(configuration, "Options")) {
                continue;
            }
            let wanted = ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"];
            for option in wanted.iter().take(if task.on_fargate() { 3 } else { 2 }) {
                if absent(part(configuration, "Options"), option) {
                    report.add(task.resource.id, format!("container {} logs without {option}", container.label()));
                }
            }
        }
    }
}

/// Capabilities have names that Linux knows.
fn capability_name(template: &Template<'_>, report: &mut Report) {
    each(template, |id, container| {
        for list in ["LinuxParameters.Capabilities.Add", "LinuxParameters.Capabilities.Drop"] {
            let names = part(container.0, list).as_array().into_iter().flatten();
            for name in names.filter_map(Value::as_str) {
                if !CAPABILITIES.contains(&name) {
                    report.add(id, format!("container {} has a capability {name}", container.label()));
                }
            }
        }
    });
}

/// What the containers reserve is in the task's size, and a reservation is no more than its limit.
fn container_resources_fit(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers().known;
        let memory = super::fargate::mebibytes(part(task.resource.properties, "Memory"));
        let cpu = super::fargate::units(part(task.resource.properties, "Cpu"));
        let reserved = |container: &Container<'_>| {
            number(container.0, "MemoryReservation").or_else(|| number(container.0, "Memory"))
        };
        let reservations: i64 = containers.iter().filter_map(reserved).sum();
        if memory.is_some_and(|memory| reservations > memory) {
            report.add(task.resource.id, format!("its containers reserve {reservations} MiB, more than the task has"));
        }
        let shares: i64 = containers.iter().filter_map(|container| number(container.0, "Cpu")).sum();
        if cpu.is_some_and(|cpu| shares > cpu) {
            report.add(task.resource.id, format!("its containers have {shares} CPU units, more than the task has"));
        }
        for container in containers {
            let limit = number(container.0, "Memory");
            let soft = number(container.0, "MemoryReservation");
            if limit.is_some_and(|limit| memory.is_some_and(|memory| limit > memory)) {
                report.add(task.resource.id, format!("container {} may use more than the task has", container.label()));
            }
            if limit.is_some_and(|limit| soft.is_some_and(|soft| soft > limit)) {
                report.add(task.resource.id, format!("container {} reserves more than its limit", container.label()));
            }
        }
    }
}
