//! Containers that prepare and accompany others in a task: files written in time, restarts, what is shared.
//!
//! Sources: ECS API Reference, `ContainerDefinition` (`links`, `extraHosts`, `hostname`), `ContainerRestartPolicy`,
//! `VolumeFrom`, `Tmpfs`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::task::{Container, Containers, Task, tasks};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, elements, number, objects, part, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("written-files-awaited", written_files_awaited),
    Rule::new("restart-policy", restart_policy),
    Rule::new("volumes-from-exists", volumes_from_exists),
    Rule::new("awsvpc-unsupported", awsvpc_unsupported),
    Rule::new("container-timeouts", container_timeouts),
    Rule::new("limits-ordered", limits_ordered),
];

/// What a container waits for until it has ended well.
fn ended_first<'a>(containers: &Containers<'a>, container: Container<'a>) -> BTreeSet<&'a str> {
    let mut ended = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![container];
    while let Some(next) = ahead.pop() {
        for dependency in objects(next.0, "DependsOn").known {
            let Some(name) = text(dependency, "ContainerName") else {
                continue;
            };
            if matches!(text(dependency, "Condition"), Some("SUCCESS" | "COMPLETE")) {
                ended.insert(name);
            }
            if seen.insert(name) {
                ahead.extend(containers.named(name));
            }
        }
    }
    ended
}

/// The volumes of a task that are empty when it starts.
fn empty_volumes(task: Task<'_>) -> BTreeSet<&str> {
    let kept = [
        "EFSVolumeConfiguration",
        "DockerVolumeConfiguration",
        "FSxWindowsFileServerVolumeConfiguration",
        "Host.SourcePath",
    ];
    task.volumes()
        .known
        .into_iter()
        .filter(|volume| kept.iter().all(|place| absent(volume, place)))
        .filter_map(|volume| text(volume, "Name"))
        .collect()
}

fn mounts(container: Container<'_>, writing: bool) -> Vec<&str> {
    objects(container.0, "MountPoints")
        .known
        .into_iter()
        .filter(|mount| !writing || absent(mount, "ReadOnly") || truth(mount, "ReadOnly") == Some(false))
        .filter_map(|mount| text(mount, "SourceVolume"))
        .collect()
}

/// Who finds files in a volume that another container fills before it ends waits for that end.
fn written_files_awaited(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        let empty = empty_volumes(task);
        let awaited: BTreeSet<_> =
            containers.known.iter().flat_map(|container| ended_first(&containers, *container)).collect();
        for writer in containers.known.iter().filter(|writer| writer.name().is_some_and(|name| awaited.contains(name)))
        {
            let written: BTreeSet<_> = mounts(*writer, true).into_iter().filter(|name| empty.contains(name)).collect();
            for reader in &containers.known {
                let shares = mounts(*reader, false).iter().any(|name| written.contains(name));
                let own = writer.name().unwrap_or_default();
                let related = reader.name() == writer.name()
                    || ended_first(&containers, *reader).contains(own)
                    || reader.name().is_some_and(|name| ended_first(&containers, *writer).contains(name));
                if shares && !related {
                    report.add(
                        task.resource.id,
                        format!("container {} does not wait for the files of {own}", reader.label()),
                    );
                }
            }
        }
    }
}

/// A container that is started again has a period for it that Amazon ECS takes, and nobody waits for its end.
fn restart_policy(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        let awaited: BTreeSet<_> =
            containers.known.iter().flat_map(|container| ended_first(&containers, *container)).collect();
        for container in &containers.known {
            let policy = part(container.0, "RestartPolicy");
            if truth(policy, "Enabled") != Some(true) {
                continue;
            }
            let period = number(policy, "RestartAttemptPeriod");
            if period.is_some_and(|period| !(60..=1800).contains(&period)) {
                report.add(
                    task.resource.id,
                    format!("container {} restarts after 60 to 1,800 seconds", container.label()),
                );
            }
            let successful = elements(policy, "IgnoredExitCodes").known.into_iter().any(|code| *code == 0);
            if container.name().is_some_and(|name| awaited.contains(name)) && !successful {
                report.add(task.resource.id, format!("container {} is waited for and starts again", container.label()));
            }
        }
    }
}

/// A container takes the volumes of a container of its task.
fn volumes_from_exists(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        for container in &containers.known {
            for source in objects(container.0, "VolumesFrom").known {
                let missing = text(source, "SourceContainer").filter(|name| containers.named(name).is_none());
                if let Some(name) = missing.filter(|_| !containers.nameless()) {
                    report.add(
                        task.resource.id,
                        format!("container {} takes volumes of {name}, which is missing", container.label()),
                    );
                }
            }
        }
    }
}

/// Where a task has a network interface of its own, its containers have no names and hosts of their own.
fn awsvpc_unsupported(template: &Template<'_>, report: &mut Report) {
    // On Fargate the links and hosts are refused for that reason already.
    for task in tasks(template).filter(|task| task.awsvpc()) {
        let properties: &[&str] = if task.on_fargate() { &["Hostname"] } else { &["Hostname", "Links", "ExtraHosts"] };
        for container in task.containers().known {
            for property in properties {
                if !absent(container.0, property) {
                    report.add(task.resource.id, format!("container {}: no {property} with awsvpc", container.label()));
                }
            }
        }
    }
}

/// Nobody waits for less than two seconds or, on Fargate, for more than two minutes until a container is ready.
fn container_timeouts(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let most = if task.on_fargate() { 120 } else { i64::from(i32::MAX) };
        for container in task.containers().known {
            if number(container.0, "StartTimeout").is_some_and(|seconds| !(2..=most).contains(&seconds)) {
                report.add(
                    task.resource.id,
                    format!("container {} has no time to start, or too much", container.label()),
                );
            }
        }
    }
}

/// A soft limit is not above the hard one, and a file system in memory has a size.
fn limits_ordered(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for container in task.containers().known {
            for limit in objects(container.0, "Ulimits").known {
                let [soft, hard] = ["SoftLimit", "HardLimit"].map(|property| number(limit, property));
                if let (Some(soft), Some(hard)) = (soft, hard)
                    && (soft > hard && hard != -1)
                {
                    report.add(task.resource.id, format!("container {}: {soft} is above {hard}", container.label()));
                }
            }
            let sizes = objects(container.0, "LinuxParameters.Tmpfs").known.into_iter();
            if sizes.map(|tmpfs: &Value| number(tmpfs, "Size")).any(|size| size.is_some_and(|size| size <= 0)) {
                report.add(task.resource.id, format!("container {}: a file system of no size", container.label()));
            }
        }
    }
}
