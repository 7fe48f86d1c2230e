//! What Fargate takes.
//!
//! Sources: ECS Developer Guide, "Amazon ECS task definition differences for Fargate" and "Troubleshoot Amazon ECS
//! task definition invalid CPU or memory errors".

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::service::services;
use crate::verifier::reading::task::{Task, tasks};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, elements, number, objects, part, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("fargate-size", fargate_size),
    Rule::new("fargate-network-mode", fargate_network_mode),
    Rule::new("fargate-privileges", fargate_privileges),
    Rule::new("fargate-unsupported", fargate_unsupported),
    Rule::new("fargate-placement", fargate_placement),
    Rule::new("fargate-stop-timeout", fargate_stop_timeout),
    Rule::new("fargate-ephemeral-storage", fargate_ephemeral_storage),
];

/// CPU units with their least memory, most memory and step, in MiB. 256 units and 32 vCPU have gaps and are apart.
const SIZES: [(i64, i64, i64, i64); 6] = [
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16_384, 1024),
    (4096, 8192, 30_720, 1024),
    (8192, 16_384, 61_440, 4096),
    (16_384, 32_768, 122_880, 8192),
];

fn on_fargate<'a>(template: &Template<'a>) -> impl Iterator<Item = Task<'a>> {
    tasks(template).filter(|task| task.on_fargate())
}

/// CPU units: `256`, `"256"` or `".25 vCPU"`.
pub(super) fn units(value: &Value) -> Option<i64> {
    scaled(value, "vcpu")
}

/// MiB: `512`, `"512"` or `"0.5 GB"`.
pub(super) fn mebibytes(value: &Value) -> Option<i64> {
    scaled(value, "gb")
}

fn scaled(value: &Value, unit: &str) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let text = value.as_str()?.trim().to_lowercase();
    let Some(amount) = text.strip_suffix(unit) else {
        return text.parse().ok();
    };
    let (whole, fraction) = amount.trim().split_once('.').unwrap_or((amount.trim(), ""));
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let digits = u32::try_from(fraction.len()).ok()?;
    let fraction: i64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    Some(whole * 1024 + fraction * 1024 / 10_i64.checked_pow(digits)?)
}

/// CPU and memory are a pair that Fargate has, on the operating system that is wanted.
fn fargate_size(template: &Template<'_>, report: &mut Report) {
    for task in on_fargate(template) {
        let properties = task.resource.properties;
        if absent(properties, "Cpu") || absent(properties, "Memory") {
            report.add(task.resource.id, "Fargate needs the size of the task");
            continue;
        }
        let (Some(cpu), Some(memory)) = (units(part(properties, "Cpu")), mebibytes(part(properties, "Memory"))) else {
            continue;
        };
        let windows =
            text(properties, "RuntimePlatform.OperatingSystemFamily").is_some_and(|os| os.starts_with("WINDOWS"));
        let offered = match cpu {
            256 => [512, 1024, 2048].contains(&memory),
            32_768 => [61_440, 122_880, 249_856].contains(&memory),
            _ => SIZES.iter().any(|(units, least, most, step)| {
                *units == cpu && (*least..=*most).contains(&memory) && memory % step == 0
            }),
        };
        if !offered || (windows && !(1024..=4096).contains(&cpu)) {
            report.add(task.resource.id, format!("Fargate has no size of {cpu} CPU units and {memory} MiB"));
        }
    }
}

/// The network mode is `awsvpc`.
fn fargate_network_mode(template: &Template<'_>, report: &mut Report) {
    for task in on_fargate(template) {
        let mode = part(task.resource.properties, "NetworkMode");
        if mode.is_null() || mode.as_str().is_some_and(|mode| mode != "awsvpc") {
            report.add(task.resource.id, "Fargate needs network mode awsvpc");
        }
    }
}

/// Nothing privileged, and no capability but `SYS_PTRACE` is added.
fn fargate_privileges(template: &Template<'_>, report: &mut Report) {
    for task in on_fargate(template) {
        for container in task.containers().known {
            if truth(container.0, "Privileged") == Some(true) {
                report.add(task.resource.id, format!("container {} is privileged", container.label()));
            }
            for name in elements(container.0, "LinuxParameters.Capabilities.Add").known {
                if name.as_str().is_some_and(|name| name != "SYS_PTRACE") {
                    report.add(task.resource.id, format!("container {} adds {name}", container.label()));
                }
            }
        }
    }
}

/// Parameters that Fargate does not have.
fn fargate_unsupported(template: &Template<'_>, report: &mut Report) {
    let of_container = [
        "DisableNetworking",
        "DnsSearchDomains",
        "DnsServers",
        "DockerSecurityOptions",
        "ExtraHosts",
        "Links",
        "LinuxParameters.Devices",
        "LinuxParameters.MaxSwap",
        "LinuxParameters.SharedMemorySize",
        "LinuxParameters.Swappiness",
    ];
    for task in on_fargate(template) {
        let id = task.resource.id;
        for container in task.containers().known {
            for property in of_container {
                if !absent(container.0, property) {
                    report.add(id, format!("container {}: Fargate has no {property}", container.label()));
                }
            }
            // The others are accepted and have no effect, which nobody would notice.
            for limit in objects(container.0, "Ulimits").known {
                if let Some(name) = text(limit, "Name").filter(|name| *name != "nofile") {
                    report.add(id, format!("container {}: Fargate sets the limit {name} itself", container.label()));
                }
            }
            let wanted = objects(container.0, "ResourceRequirements").known;
            if wanted.into_iter().any(|wanted| text(wanted, "Type") == Some("GPU")) {
                report.add(id, format!("container {}: Fargate has no GPU", container.label()));
            }
        }
        for volume in task.volumes().known {
            for property in ["DockerVolumeConfiguration", "Host.SourcePath"] {
                if !absent(volume, property) {
                    report.add(id, format!("Fargate has no volumes with {property}"));
                }
            }
        }
        if !absent(task.resource.properties, "IpcMode") || text(task.resource.properties, "PidMode") == Some("host") {
            report.add(id, "Fargate shares no IPC namespace, and no PID namespace of its host");
        }
    }
}

/// Nobody chooses where on Fargate a task is placed.
fn fargate_placement(template: &Template<'_>, report: &mut Report) {
    for task in on_fargate(template) {
        if !elements(task.resource.properties, "PlacementConstraints").known.is_empty() {
            report.add(task.resource.id, "Fargate has no placement constraints");
        }
    }
    for service in services(template) {
        let properties = service.resource.properties;
        let fargate = text(properties, "LaunchType") == Some("FARGATE")
            || objects(properties, "CapacityProviderStrategy")
                .known
                .into_iter()
                .any(|provider| matches!(text(provider, "CapacityProvider"), Some("FARGATE" | "FARGATE_SPOT")));
        for property in ["PlacementConstraints", "PlacementStrategies"] {
            if fargate && !elements(properties, property).known.is_empty() {
                report.add(service.resource.id, format!("Fargate has no {property}"));
            }
        }
    }
}

/// A container is killed after two minutes at the latest.
fn fargate_stop_timeout(template: &Template<'_>, report: &mut Report) {
    for task in on_fargate(template) {
        for container in task.containers().known {
            if number(container.0, "StopTimeout").is_some_and(|seconds| !(0..=120).contains(&seconds)) {
                report.add(task.resource.id, format!("container {}: at most 120 seconds to stop", container.label()));
            }
        }
    }
}

/// Ephemeral storage is 21 to 200 GiB; 20 is what there is without asking.
fn fargate_ephemeral_storage(template: &Template<'_>, report: &mut Report) {
    for task in on_fargate(template) {
        let size = number(task.resource.properties, "EphemeralStorage.SizeInGiB");
        if size.is_some_and(|size| !(21..=200).contains(&size)) {
            report.add(task.resource.id, "ephemeral storage is 21 to 200 GiB");
        }
    }
}
