//! Volumes: a file system of Amazon EFS each, made or given, with an access point, and a mount target in each zone.
//!
//! A file system outlives its stack. Only tasks whose role says so reach it, through its access point and over TLS: its
//! policy denies everything else, the network's members that do not mount it included.
//!
//! What containers mount besides volumes is lowered by [`mounts`].

mod access_point;
mod existing;
mod file_system;
mod mount_targets;
pub(super) mod mounts;

use std::collections::{BTreeMap, BTreeSet};

use super::permissions::{Grant, text_condition};
use super::scope::Scope;
use super::security_group::Members;
use super::site::Site;
use super::{ecs_name::ecs_name, host_network, tags};
use crate::cloudformation::resource::iam::Statement;
use crate::cloudformation::resource::{Switch, ecs};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, LogicalId};
use crate::gather::Gather;
use crate::program::platform::file_system::{FileSystem, Given};
use crate::program::storage::{Mount, Source};
use crate::program::{Application, Volume, Workload};

/// Stands for the machines where networks are named: no network is called so.
const MACHINES: &str = "of machines";

/// A volume, lowered.
#[derive(Clone, Debug)]
pub(super) struct Storage {
    file_system: Named,
    /// Through what each directory of it is mounted, by the directory; `None` is all of the volume.
    access_points: BTreeMap<Option<String>, Named>,
    targets: Vec<LogicalId>,
    /// The rule that lets members of a network in, by the network's name; `MACHINES` for the machines.
    rules: BTreeMap<String, LogicalId>,
    /// Whether the file system is made here, and so is kept when the stack goes.
    is_made: bool,
}

/// A resource by its id and its ARN.
#[derive(Clone, Debug)]
struct Named {
    id: Text,
    arn: Text,
}

/// What the lowering of a volume looks at besides the volume.
struct Surroundings<'a> {
    networks: &'a BTreeMap<String, Members>,
    /// The networks whose members mount it.
    callers: BTreeSet<&'a str>,
    /// The group of the machines from whose network it is mounted, where they are made here.
    machines: Option<Text>,
    /// The directories of it that are mounted.
    subpaths: BTreeSet<&'a str>,
    site: &'a Site,
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
        let surroundings = Surroundings {
            networks,
            callers: callers(application, name),
            machines: machines(application, name, site),
            subpaths: subpaths(application, name).gather(),
            site,
        };
        let storage = lower_volume(scope, name, volume, &surroundings);
        attributes.insert(format!("Volumes.{name}.FileSystemId"), storage.file_system.id.clone());
        attributes.insert(format!("Volumes.{name}.FileSystemArn"), storage.file_system.arn.clone());
        if let Some(access_point) = storage.access_points.get(&None) {
            attributes.insert(format!("Volumes.{name}.AccessPointId"), access_point.id.clone());
            attributes.insert(format!("Volumes.{name}.AccessPointArn"), access_point.arn.clone());
        }
        volumes.insert(name.clone(), storage);
    }
    volumes
}

/// The workloads that mount a volume.
fn mounting<'a>(application: &'a Application, volume: &str) -> impl Iterator<Item = &'a Workload> {
    let mounts = move |mount: &Mount| matches!(&mount.source, Source::Volume { name, .. } if name == volume);
    let workloads = application.workloads.values();
    workloads.filter(move |workload| workload.containers().any(|container| container.mounts.iter().any(mounts)))
}

/// The group of the machines from whose network a volume is mounted.
fn machines(application: &Application, volume: &str, site: &Site) -> Option<Text> {
    let mut mounting = mounting(application, volume).filter(|workload| workload.on_machine_network());
    mounting.find_map(|workload| host_network::machines(workload, site)).cloned()
}

/// The networks whose members mount a volume.
fn callers<'a>(application: &'a Application, volume: &str) -> BTreeSet<&'a str> {
    let mounting = mounting(application, volume).filter(|workload| !workload.on_machine_network());
    mounting.flat_map(|workload| workload.networks.iter().map(String::as_str)).gather()
}

/// The directories of a volume that are mounted without the rest.
fn subpaths<'a>(application: &'a Application, volume: &'a str) -> impl Iterator<Item = &'a str> {
    let containers = application.workloads.values().flat_map(crate::program::Workload::containers);
    containers.flat_map(|container| &container.mounts).filter_map(move |mount| match &mount.source {
        Source::Volume { name, subpath } if name == volume => subpath.as_deref(),
        _ => None,
    })
}

fn lower_volume(scope: &mut Scope<'_>, name: &str, volume: &Volume, surroundings: &Surroundings<'_>) -> Storage {
    let Volume { origin, file_system, directory: _, owner: _, permissions: _, tags } = volume;
    let tags = tags::fit(tags, *origin, scope.diagnostics);
    let mut scope = scope.tagged(&tags);
    match file_system {
        FileSystem::Made(tuning) => {
            let file_system = file_system::lower(&mut scope.named(name), name, *origin, tuning);
            let access_points = access_point::lower(&mut scope, name, volume, &file_system, surroundings);
            let group = mount_targets::group(&mut scope, name, *origin, surroundings.site);
            let rules = mount_targets::rules(&mut scope, name, *origin, &group, surroundings);
            let targets = mount_targets::lower(&mut scope, name, *origin, &file_system, &group, surroundings.site);
            Storage { file_system, access_points, targets, rules, is_made: true }
        }
        FileSystem::Given(given) => {
            let Given { id, access_point: _, mount_targets, security_group } = &**given;
            let file_system = existing::named(&id.value, "file-system");
            let access_points = access_point::lower(&mut scope, name, volume, &file_system, surroundings);
            let makes_targets = mount_targets.as_ref().is_some_and(|given| given.value);
            let given_group = security_group.as_ref().map(|group| Text::from(&group.value));
            let (rules, targets) = match given_group {
                Some(group) => {
                    let rules = mount_targets::rules_of_others(&mut scope, *origin, &group, surroundings);
                    let targets = makes_targets.then(|| {
                        mount_targets::lower(&mut scope, name, *origin, &file_system, &group, surroundings.site)
                    });
                    (rules, targets)
                }
                None if makes_targets => {
                    let group = mount_targets::group(&mut scope, name, *origin, surroundings.site);
                    let rules = mount_targets::rules(&mut scope, name, *origin, &group, surroundings);
                    let targets =
                        mount_targets::lower(&mut scope, name, *origin, &file_system, &group, surroundings.site);
                    (rules, Some(targets))
                }
                None => {
                    existing::advise(scope.owner, name, id.origin, &surroundings.callers, scope.diagnostics);
                    (BTreeMap::new(), None)
                }
            };
            Storage { file_system, access_points, targets: targets.unwrap_or_default(), rules, is_made: false }
        }
    }
}

impl Storage {
    /// What must be there before a task of a workload mounts the volume.
    pub(super) fn ready(&self, workload: &Workload) -> impl Iterator<Item = &LogicalId> {
        let networks = workload.networks.iter().filter(|_| !workload.on_machine_network()).map(String::as_str);
        let from = networks.chain(workload.on_machine_network().then_some(MACHINES));
        self.targets.iter().chain(from.filter_map(|from| self.rules.get(from)))
    }

    /// The volume, or a directory of it, as a task definition has it.
    pub(super) fn task_volume(&self, name: &str, subpath: Option<&str>) -> ecs::Volume {
        let access_point = self.access_points.get(&subpath.map(str::to_owned));
        ecs::Volume {
            name: task_volume_name(name, subpath),
            host: None,
            docker_volume_configuration: None,
            efs_volume_configuration: Some(ecs::EfsVolumeConfiguration {
                filesystem_id: self.file_system.id.clone(),
                root_directory: None,
                transit_encryption: Some(Switch::Enabled),
                authorization_config: Some(ecs::AuthorizationConfig {
                    access_point_id: access_point.map(|access_point| access_point.id.clone()),
                    iam: Some(Switch::Enabled),
                }),
            }),
        }
    }

    /// What the role of a task must allow that mounts these directories of the volume, each with whether it writes there.
    pub(super) fn grant(&self, name: &str, mounted: &BTreeMap<Option<&str>, bool>) -> Grant {
        let statements = mounted.iter().filter_map(|(subpath, writes)| {
            // Without root access, root is nobody: even a container that only reads could not read what root alone may.
            let mut action = vec!["elasticfilesystem:ClientMount".into(), "elasticfilesystem:ClientRootAccess".into()];
            if *writes {
                action.push("elasticfilesystem:ClientWrite".into());
            }
            let arn = self.access_points.get(&subpath.map(str::to_owned))?.arn.clone();
            Some(Statement {
                action,
                resource: vec![self.file_system.arn.clone()],
                condition: text_condition("StringEquals", "elasticfilesystem:AccessPointArn", arn),
                ..Statement::default()
            })
        });
        // A path of a machine has slashes, which names of policies have not.
        let name = if name.contains('/') { ecs_name(name) } else { name.to_owned() };
        Grant::new(format!("volume-{name}"), statements.collect())
    }

    /// The file system's id, for outputs, where it is made here.
    pub(super) fn made_file_system(&self) -> Option<&Text> {
        self.is_made.then_some(&self.file_system.id)
    }
}

/// What a volume, or a directory of it, is called within a task. No volume's own name has a slash in it that could be this one.
fn task_volume_name(name: &str, subpath: Option<&str>) -> String {
    match subpath {
        None => ecs_name(name),
        Some(subpath) => ecs_name(&format!("{name}//{subpath}")),
    }
}
