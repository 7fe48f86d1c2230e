//! File systems, their mount targets and access points; and that nothing that holds data goes with the stack.
//!
//! Sources: EFS API Reference, `CreateMountTarget`, `CreateAccessPoint`; Security Hub EFS.1, EFS.3; CloudFormation
//! User Guide, "`DeletionPolicy` attribute" and "`UpdateReplacePolicy` attribute".

use std::collections::BTreeSet;

use super::{Report, Rule};
use crate::verifier::reading::group::{self, ingress};
use crate::verifier::reading::routing::zone;
use crate::verifier::reading::service::{Service, starters, starting};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, elements, part, shape, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("data-kept", data_kept),
    Rule::new("file-system-encrypted", file_system_encrypted),
    Rule::new("mount-target-unique", mount_target_unique),
    Rule::new("mount-target-in-each-zone", mount_target_in_each_zone),
    Rule::new("mount-target-admits-service", mount_target_admits_service),
    Rule::new("service-awaits-mount-targets", service_awaits_mount_targets),
    Rule::new("access-point-ids", access_point_ids),
    Rule::new("access-point-directory", access_point_directory),
];

const FILE_SYSTEM: &str = "AWS::EFS::FileSystem";
const MOUNT_TARGET: &str = "AWS::EFS::MountTarget";
const ACCESS_POINT: &str = "AWS::EFS::AccessPoint";
const NFS: i64 = 2049;

/// What holds data of ours survives both the stack and its own replacement.
fn data_kept(template: &Template<'_>, report: &mut Report) {
    let holds_data = [FILE_SYSTEM, "AWS::SecretsManager::Secret", "AWS::EC2::Volume", "AWS::S3::Bucket"];
    for resource in template.resources().filter(|found| found.ours() && holds_data.contains(&found.kind)) {
        for (policy, event) in [("DeletionPolicy", "the stack is deleted"), ("UpdateReplacePolicy", "it is replaced")] {
            let given = text(resource.definition, policy).unwrap_or("Delete");
            if !given.starts_with("Retain") && !template.author.chose(policy, given) {
                report.add(resource.id, format!("is lost when {event}"));
            }
        }
    }
}

/// Our file systems are encrypted.
fn file_system_encrypted(template: &Template<'_>, report: &mut Report) {
    for file_system in template.of(FILE_SYSTEM).filter(|found| found.ours()) {
        let encrypted = part(file_system.properties, "Encrypted");
        if encrypted.is_null() || truth(file_system.properties, "Encrypted") == Some(false) {
            report.add(file_system.id, "is not encrypted");
        }
    }
}

/// A file system has one mount target in a zone, and so in a subnet.
fn mount_target_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for target in template.of(MOUNT_TARGET) {
        let subnet = part(target.properties, "SubnetId");
        let place = template.named(subnet, "AWS::EC2::Subnet").and_then(zone).unwrap_or_else(|| shape(subnet));
        let file_system = shape(part(target.properties, "FileSystemId"));
        if !seen.insert((file_system, place)) {
            report.add(target.id, "its file system has a mount target there already");
        }
    }
}

/// The mount targets of a file system, when the template has it.
fn mount_targets<'a>(template: &Template<'a>, file_system: &str) -> Vec<Resource<'a>> {
    template
        .of(MOUNT_TARGET)
        .filter(|target| {
            template
                .named(part(target.properties, "FileSystemId"), FILE_SYSTEM)
                .is_some_and(|found| found.id == file_system)
        })
        .collect()
}

/// What starts tasks, with the file systems of the template that these mount.
fn mounting<'a>(template: &Template<'a>, starters: impl Iterator<Item = Service<'a>>) -> Vec<(Service<'a>, &'a str)> {
    starters
        .flat_map(|service| service.file_systems(template).into_iter().map(move |id| (service, id)))
        .filter(|(_, id)| template.get(id).is_some_and(|found| found.kind == FILE_SYSTEM))
        .collect()
}

/// A file system has a mount target in each zone where tasks mount it: its name resolves to that of the task's own
/// zone.
fn mount_target_in_each_zone(template: &Template<'_>, report: &mut Report) {
    for (service, file_system) in mounting(template, starters(template)) {
        let targets = mount_targets(template, file_system);
        let places: Vec<_> = targets.iter().map(|target| part(target.properties, "SubnetId")).collect();
        let subnets: Vec<_> = places.iter().filter_map(|place| template.named(place, "AWS::EC2::Subnet")).collect();
        if subnets.len() < places.len() {
            continue;
        }
        let zones: Vec<_> = subnets.iter().map(|subnet| zone(*subnet)).collect();
        for subnet in service.subnets(template).0 {
            let same_zone = zone(subnet).is_some_and(|zone| zones.contains(&Some(zone)));
            if !same_zone && !subnets.iter().any(|found| found.id == subnet.id) {
                report.add(
                    file_system,
                    format!("{} mounts it in {}, without a mount target there", service.resource.id, subnet.id),
                );
            }
        }
        if targets.is_empty() {
            report.add(file_system, format!("{} mounts it, without a mount target", service.resource.id));
        }
    }
}

/// A mount target lets in NFS from the tasks that mount its file system.
fn mount_target_admits_service(template: &Template<'_>, report: &mut Report) {
    let rules = ingress(template);
    for (service, file_system) in mounting(template, starters(template)) {
        let (own, complete) = service.groups(template);
        for target in mount_targets(template, file_system) {
            let groups = elements(target.properties, "SecurityGroups");
            let ids: Vec<_> = groups
                .known
                .iter()
                .filter_map(|value| template.named(value, group::KIND))
                .map(|found| found.id)
                .collect();
            if !complete || own.is_empty() || !groups.complete || ids.len() < groups.known.len() {
                continue;
            }
            let let_in = rules.iter().any(|rule| {
                let from = rule.source(template).map_or(rule.addresses().is_some() || rule.elsewhere(), |source| {
                    own.iter().any(|group| group.id == source.id)
                });
                ids.contains(&rule.group) && from && rule.admits(NFS, "tcp")
            });
            if !let_in {
                report
                    .add(target.id, format!("its security groups do not let {} in on {NFS}/tcp", service.resource.id));
            }
        }
    }
}

/// A service comes after the mount targets of what it mounts and after the rules that let it in there: its tasks fail
/// until then.
fn service_awaits_mount_targets(template: &Template<'_>, report: &mut Report) {
    let rules = ingress(template);
    for (service, file_system) in mounting(template, starting(template)) {
        let own: Vec<_> = service.groups(template).0.iter().map(|group| group.id).collect();
        for target in mount_targets(template, file_system) {
            if !template.comes_after(service.resource.id, target.id) {
                report.add(service.resource.id, format!("does not wait for {}", target.id));
            }
            for value in elements(target.properties, "SecurityGroups").known {
                let Some(group) = template.named(value, group::KIND) else {
                    continue;
                };
                for rule in rules.iter().filter(|rule| rule.group == group.id && rule.standalone()) {
                    let needed =
                        rule.admits(NFS, "tcp") && rule.source(template).is_some_and(|source| own.contains(&source.id));
                    if needed && !template.comes_after(service.resource.id, rule.holder.id) {
                        report.add(service.resource.id, format!("does not wait for {}", rule.holder.id));
                    }
                }
            }
        }
    }
}

/// Users and groups are numbers and come together, permissions are octal.
fn access_point_ids(template: &Template<'_>, report: &mut Report) {
    let numbers = [
        "PosixUser.Uid",
        "PosixUser.Gid",
        "RootDirectory.CreationInfo.OwnerUid",
        "RootDirectory.CreationInfo.OwnerGid",
    ];
    for point in template.of(ACCESS_POINT) {
        for path in numbers {
            if text(point.properties, path).is_some_and(|id| id.parse::<u32>().is_err()) {
                report.add(point.id, format!("{path} is no number"));
            }
        }
        for (one, other) in [("Uid", "Gid"), ("Gid", "Uid")] {
            let user = part(point.properties, "PosixUser");
            if !absent(user, one) && absent(user, other) {
                report.add(point.id, format!("PosixUser has {one} without {other}"));
            }
        }
        let permissions = text(point.properties, "RootDirectory.CreationInfo.Permissions");
        let octal =
            |text: &str| (3..=4).contains(&text.len()) && text.chars().all(|digit| ('0'..='7').contains(&digit));
        if permissions.is_some_and(|text| !octal(text)) {
            report.add(point.id, "its permissions are no octal number");
        }
    }
}

/// Our access points open a directory of their own and make it: a directory that is missing cannot be mounted.
fn access_point_directory(template: &Template<'_>, report: &mut Report) {
    for point in template.of(ACCESS_POINT).filter(|point| point.ours()) {
        let path = part(point.properties, "RootDirectory.Path");
        // All of a file system that is made here; of one that exists, its owner knows what is where.
        let of_ours = template.of(FILE_SYSTEM).any(|system| {
            system.ours() && part(point.properties, "FileSystemId").get("Ref").is_some_and(|id| id == system.id)
        });
        if path.is_null() || path == "/" && of_ours {
            report.add(point.id, "opens the whole file system");
        } else if path != "/" && absent(point.properties, "RootDirectory.CreationInfo") {
            report.add(point.id, "does not make its directory");
        }
    }
}
