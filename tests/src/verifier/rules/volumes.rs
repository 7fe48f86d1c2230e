//! How tasks mount file systems, and whether they may.
//!
//! Sources: ECS Developer Guide, "Amazon EFS volumes", "Use IAM to control access"; EFS User Guide, "Using IAM to
//! control file system data access"; Security Hub ECS.18.

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::policy::{self, grants};
use crate::verifier::reading::reference::{references, target};
use crate::verifier::reading::task::{Task, tasks};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, elements, objects, part, shape, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("volume-encrypted-in-transit", volume_encrypted_in_transit),
    Rule::new("volume-root-directory", volume_root_directory),
    Rule::new("mount-granted", mount_granted),
    Rule::new("mount-condition-arn", mount_condition_arn),
    Rule::new("mount-write", mount_write),
];

const MOUNT: &str = "elasticfilesystem:ClientMount";
const WRITE: &str = "elasticfilesystem:ClientWrite";

/// The EFS volumes of a task: name and configuration.
fn file_systems(task: Task<'_>) -> Vec<(Option<&str>, &Value)> {
    task.volumes()
        .known
        .into_iter()
        .map(|volume| (text(volume, "Name"), part(volume, "EFSVolumeConfiguration")))
        .filter(|(_, configuration)| !configuration.is_null())
        .collect()
}

/// An access point and IAM need encryption in transit; our volumes have all three.
fn volume_encrypted_in_transit(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for (name, configuration) in file_systems(task) {
            let encrypted = part(configuration, "TransitEncryption");
            let plain = encrypted.is_null() || encrypted == "DISABLED";
            let point = !absent(configuration, "AuthorizationConfig.AccessPointId");
            let iam = text(configuration, "AuthorizationConfig.IAM") == Some("ENABLED");
            let label = name.unwrap_or("with an unknown name");
            if plain && (point || iam || task.resource.ours()) {
                report.add(task.resource.id, format!("volume {label} is not encrypted in transit"));
            }
            if task.resource.ours() && !(point && iam) {
                report.add(task.resource.id, format!("volume {label} is mounted without access point and IAM"));
            }
        }
    }
}

/// With an access point the directory is the point's.
fn volume_root_directory(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for (name, configuration) in file_systems(task) {
            let directory = text(configuration, "RootDirectory").is_some_and(|directory| directory != "/");
            if directory && !absent(configuration, "AuthorizationConfig.AccessPointId") {
                let label = name.unwrap_or("with an unknown name");
                report.add(task.resource.id, format!("volume {label} has a directory besides its access point"));
            }
        }
    }
}

/// A volume that a task mounts with its own role.
struct Mounted<'a> {
    task: Task<'a>,
    role: Resource<'a>,
    file_system: &'a Value,
    access_point: &'a Value,
    written: Option<bool>,
}

fn mounted<'a>(template: &Template<'a>) -> Vec<Mounted<'a>> {
    let mut found = Vec::new();
    for task in tasks(template) {
        let Some(role) = template.named(part(task.resource.properties, "TaskRoleArn"), policy::KIND) else {
            continue;
        };
        for (name, configuration) in file_systems(task) {
            if text(configuration, "AuthorizationConfig.IAM") == Some("ENABLED") {
                found.push(Mounted {
                    task,
                    role,
                    file_system: part(configuration, "FilesystemId"),
                    access_point: part(configuration, "AuthorizationConfig.AccessPointId"),
                    written: name.and_then(|name| written(task, name)),
                });
            }
        }
    }
    found
}

/// Whether some container may write to a volume; none if that is not known.
fn written(task: Task<'_>, volume: &str) -> Option<bool> {
    let containers = task.containers().known;
    let mounts: Vec<_> = containers
        .into_iter()
        .flat_map(|container| objects(container.0, "MountPoints").known)
        .filter(|mount| text(mount, "SourceVolume") == Some(volume))
        .map(|mount| if absent(mount, "ReadOnly") { Some(false) } else { truth(mount, "ReadOnly") })
        .collect();
    if mounts.contains(&Some(false)) {
        return Some(true);
    }
    (!mounts.is_empty() && !mounts.contains(&None)).then_some(false)
}

/// What a condition says of the access point; none where a statement has no such condition.
fn condition(statement: &Value) -> Vec<&Value> {
    part(statement, "Condition")
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, keys)| elements(keys, "elasticfilesystem:AccessPointArn").known)
        .collect()
}

/// Whether a statement is about a mounted volume: its file system, or its access point in the condition.
fn about(statement: &Value, mounted: &Mounted<'_>) -> bool {
    let point = target(mounted.access_point).map(|target| target.id);
    let points = condition(statement);
    let resources = elements(statement, "Resource").known;
    let wanted = target(mounted.file_system).map(|target| target.id);
    let fits = |values: &[&Value], id: Option<&str>| {
        id.is_none_or(|id| {
            values.iter().any(|value| {
                let ids: Vec<_> = references(value).iter().map(|target| target.id.to_owned()).collect();
                ids.iter().any(|found| found == id)
                    || ids.is_empty()
                    || ids.iter().all(|found| found.starts_with("AWS::"))
            })
        })
    };
    // What exists elsewhere is named by its id.
    let names = |values: &[&Value], given: &Value| {
        given.as_str().is_none_or(|id| values.iter().any(|value| value.to_string().contains(id)))
    };
    fits(&resources, wanted)
        && names(&resources, mounted.file_system)
        && (points.is_empty() || fits(&points, point) && names(&points, mounted.access_point))
}

/// The role of a task may mount its volumes, and write to those that it mounts to write. A volume with IAM and a task
/// without a role never mounts.
fn mount_granted(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let iam = file_systems(task)
            .into_iter()
            .any(|(_, configuration)| text(configuration, "AuthorizationConfig.IAM") == Some("ENABLED"));
        if iam && absent(task.resource.properties, "TaskRoleArn") {
            report.add(task.resource.id, "mounts with IAM and has no task role");
        }
    }
    for mounted in mounted(template) {
        let grants = grants(template, mounted.role);
        let mut actions = vec![MOUNT];
        actions.extend((mounted.written == Some(true)).then_some(WRITE));
        for action in actions {
            let granted = grants.of(action).any(|statement| about(statement, &mounted));
            if !granted && !grants.unknown() {
                report.add(mounted.role.id, format!("{} mounts a volume without {action}", mounted.task.resource.id));
            }
        }
    }
}

/// A grant of ours holds for the access point, by its ARN. `Ref` of an access point is its id, which never equals
/// an ARN: the grant would be void (a fault of Docker's Compose integration).
fn mount_condition_arn(template: &Template<'_>, report: &mut Report) {
    for mounted in mounted(template) {
        let Some(point) = target(mounted.access_point).map(|target| target.id) else {
            continue;
        };
        for statement in grants(template, mounted.role).of(MOUNT) {
            let points = condition(statement);
            if points.is_empty() && mounted.role.ours() && about(statement, &mounted) {
                report.add(mounted.role.id, format!("may mount any access point, not only {point}"));
            }
            for value in points {
                let text = shape(value);
                if text == format!("${{{point}}}") || text == format!("${{{point}.AccessPointId}}") {
                    report.add(mounted.role.id, format!("compares the ARN of {point} with its id"));
                }
            }
        }
    }
}

/// Who only reads may not write.
fn mount_write(template: &Template<'_>, report: &mut Report) {
    let all = mounted(template);
    for mounted in all.iter().filter(|mounted| mounted.role.ours() && mounted.written == Some(false)) {
        let written_elsewhere = all.iter().any(|other| {
            other.role.id == mounted.role.id
                && shape(other.access_point) == shape(mounted.access_point)
                && other.written != Some(false)
        });
        let grants = grants(template, mounted.role);
        let may_write = grants.of(WRITE).any(|statement| about(statement, mounted));
        if may_write && !written_elsewhere {
            report.add(mounted.role.id, format!("{} only reads a volume and may write", mounted.task.resource.id));
        }
    }
}
