//! Volumes: a file system of Amazon EFS each, with an access point, and a mount target in each zone.
//!
//! A file system outlives its stack. Only tasks whose role says so reach it, through its access point and over TLS: its
//! policy denies everything else, the network's members that do not mount it included.

use std::collections::{BTreeMap, BTreeSet};

use super::ecs_name::ecs_name;
use super::permissions::{Grant, text_condition};
use super::role::Role;
use super::scope::Scope;
use super::security_group::Members;
use super::site::{Site, Zone, ZoneSubnet};
use super::tags;
use crate::cloudformation::resource::iam::{Effect, PolicyDocument, Principal, Statement};
use crate::cloudformation::resource::{Switch, ec2, ecs, efs};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, Keep, LogicalId};
use crate::program::storage::{Mount, Source};
use crate::program::{Application, Volume};

/// The port of NFS.
const NFS: u16 = 2049;

/// The directory of a file system that the volume is. It is made when it is first mounted, open to every user, as the image
/// decides who writes: Docker takes owner and mode from the image, which EFS cannot see.
const ROOT: &str = "/volume";
const ROOT_PERMISSIONS: &str = "0777";

/// A volume, lowered.
#[derive(Clone, Debug)]
pub(super) struct Storage {
    file_system: LogicalId,
    access_point: LogicalId,
    targets: Vec<LogicalId>,
    /// The rule that lets members of a network in, by the network's name.
    rules: BTreeMap<String, LogicalId>,
}

/// Lowers the volumes of an application.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    application: &Application,
    networks: &BTreeMap<String, Members>,
    site: &Site,
    attributes: &mut Attributes,
) -> BTreeMap<String, Storage> {
    let mut volumes = BTreeMap::new();
    for (name, volume) in &application.volumes {
        let callers = callers(application, name);
        let storage = lower_volume(scope, name, volume, networks, &callers, site);
        attributes.insert(format!("Volumes.{name}.FileSystemId"), Function::reference(&storage.file_system).into());
        attributes.insert(format!("Volumes.{name}.FileSystemArn"), storage.file_system_arn());
        attributes.insert(format!("Volumes.{name}.AccessPointId"), Function::reference(&storage.access_point).into());
        attributes.insert(format!("Volumes.{name}.AccessPointArn"), storage.access_point_arn());
        volumes.insert(name.clone(), storage);
    }
    volumes
}

/// The networks whose members mount a volume.
fn callers<'a>(application: &'a Application, volume: &str) -> BTreeSet<&'a str> {
    let mounts = |mount: &Mount| matches!(&mount.source, Source::Volume { name, .. } if name == volume);
    let workloads = application.workloads.values();
    let mounting =
        workloads.filter(|workload| workload.containers().any(|container| container.mounts.iter().any(mounts)));
    mounting.flat_map(|workload| workload.networks.iter().map(String::as_str)).collect()
}

fn lower_volume(
    scope: &mut Scope<'_>,
    name: &str,
    volume: &Volume,
    networks: &BTreeMap<String, Members>,
    callers: &BTreeSet<&str>,
    site: &Site,
) -> Storage {
    let Volume { origin, tags } = volume;
    let tags = tags::fit(tags, *origin, scope.diagnostics);
    let mut scope = scope.tagged(&tags);
    let file_system = efs::FileSystem {
        encrypted: true,
        kms_key_id: None,
        performance_mode: None,
        throughput_mode: Some(efs::ThroughputMode::Elastic),
        provisioned_throughput_in_mibps: None,
        backup_policy: Some(efs::BackupPolicy { status: Switch::Enabled }),
        lifecycle_policies: Vec::new(),
        file_system_policy: Some(only_over_tls()),
    };
    let file_system = scope.named(name).add_for(name, Role::FileSystem, *origin, &file_system).kept(Keep::Data).id();
    let access_point = efs::AccessPoint {
        file_system_id: Function::reference(&file_system).into(),
        posix_user: None,
        root_directory: Some(efs::RootDirectory {
            path: Some(ROOT.into()),
            creation_info: Some(efs::CreationInfo {
                owner_uid: "0".into(),
                owner_gid: "0".into(),
                permissions: ROOT_PERMISSIONS.into(),
            }),
        }),
    };
    let access_point = scope.add_for(name, Role::AccessPoint, *origin, &access_point).id();
    let id = Role::MountGroup.id(scope.owner, Some(name));
    let group = ec2::SecurityGroup {
        group_description: format!("Mount targets of a volume: {id}"),
        vpc_id: site.vpc.clone(),
        security_group_ingress: Vec::new(),
        security_group_egress: Vec::new(),
    };
    let group = Text::from(Function::GetAtt(scope.add_for(name, Role::MountGroup, *origin, &group).id(), "GroupId"));
    let mut rules = BTreeMap::new();
    for caller in callers {
        let Some(members) = networks.get(*caller) else { continue };
        let rule = ec2::SecurityGroupIngress {
            group_id: group.clone(),
            rule: ec2::Ingress {
                traffic: ec2::Traffic::Tcp { from_port: NFS, to_port: NFS },
                source: ec2::Source::SourceSecurityGroupId(members.group.clone()),
                description: Some("From members of a network to the file system".to_owned()),
            },
        };
        // The dot is in no name of either, so that the pair has an id of its own.
        let rule = scope.add_for(&format!("{name}.{caller}"), Role::MountIngress, *origin, &rule).id();
        rules.insert((*caller).to_owned(), rule);
    }
    let mut targets = Vec::new();
    for ZoneSubnet { zone, subnet } in &site.zone_subnets {
        let target = efs::MountTarget {
            file_system_id: Function::reference(&file_system).into(),
            subnet_id: subnet.clone(),
            security_groups: vec![group.clone()],
        };
        let target = match zone {
            Zone::Number(number) => scope.add_for(name, Role::MountTarget(*number), *origin, &target),
            Zone::Subnet(id) => scope.add_for(&format!("{name}.{id}"), Role::SubnetMountTarget, *origin, &target),
        };
        targets.push(target.id());
    }
    Storage { file_system, access_point, targets, rules }
}

/// The policy of a file system: once there is one, nobody gets in without a permission of their own; this one also denies
/// whoever comes without TLS.
fn only_over_tls() -> PolicyDocument {
    PolicyDocument::new(vec![Statement {
        sid: Some("OnlyOverTls".to_owned()),
        effect: Effect::Deny,
        principal: Some(Principal::Aws(vec!["*".into()])),
        action: ["ClientMount", "ClientRootAccess", "ClientWrite"]
            .iter()
            .map(|action| format!("elasticfilesystem:{action}").into())
            .collect(),
        resource: Vec::new(),
        condition: text_condition("Bool", "aws:SecureTransport", "false".into()),
    }])
}

impl Storage {
    /// What must be there before a task on `networks` mounts the volume.
    pub(super) fn ready(&self, networks: &BTreeSet<String>) -> impl Iterator<Item = &LogicalId> {
        self.targets.iter().chain(networks.iter().filter_map(|network| self.rules.get(network)))
    }

    /// The volume as a task definition names it.
    pub(super) fn task_volume(&self, name: &str) -> ecs::Volume {
        ecs::Volume {
            name: ecs_name(name),
            host: None,
            docker_volume_configuration: None,
            efs_volume_configuration: Some(ecs::EfsVolumeConfiguration {
                filesystem_id: Function::reference(&self.file_system).into(),
                root_directory: None,
                transit_encryption: Some(Switch::Enabled),
                authorization_config: Some(ecs::AuthorizationConfig {
                    access_point_id: Some(Function::reference(&self.access_point).into()),
                    iam: Some(Switch::Enabled),
                }),
            }),
        }
    }

    /// What the role of a task that mounts the volume must allow.
    pub(super) fn grant(&self, name: &str, writes: bool) -> Grant {
        // Without root access, root is nobody: even a container that only reads could not read what root alone may.
        let mut action = vec!["elasticfilesystem:ClientMount".into(), "elasticfilesystem:ClientRootAccess".into()];
        if writes {
            action.push("elasticfilesystem:ClientWrite".into());
        }
        let policy = format!("volume-{name}");
        Grant::new(
            policy,
            vec![Statement {
                action,
                resource: vec![self.file_system_arn()],
                condition: text_condition("StringEquals", "elasticfilesystem:AccessPointArn", self.access_point_arn()),
                ..Statement::default()
            }],
        )
    }

    /// The file system's id, for outputs.
    pub(super) fn file_system_id(&self) -> Text {
        Function::reference(&self.file_system).into()
    }

    fn file_system_arn(&self) -> Text {
        Function::GetAtt(self.file_system.clone(), "Arn").into()
    }

    fn access_point_arn(&self) -> Text {
        Function::GetAtt(self.access_point.clone(), "Arn").into()
    }
}
