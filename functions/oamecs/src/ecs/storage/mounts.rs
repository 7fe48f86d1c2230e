//! What the containers of a workload mount: volumes of the application, and directories that live and die with a task.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Storage, task_volume_name};
use crate::cloudformation::resource::ecs::{HostVolumeProperties, MountPoint, Tmpfs, Volume};
use crate::diagnostic::Diagnostics;
use crate::ecs::ecs_name::ecs_name;
use crate::ecs::permissions::Grant;
use crate::ecs::placement;
use crate::gather::Gather;
use crate::program::platform::Machine;
use crate::program::storage::{Memory, Mount, Source};
use crate::program::{Container, Workload};

/// MiB of a directory in memory where nothing says how large it or its task is.
const MEMORY_DEFAULT: u32 = 64;

/// The volumes that a workload mounts, by name.
pub(in super::super) fn mounted(workload: &Workload) -> BTreeSet<&str> {
    directories(workload).into_keys().gather()
}

/// The directories of volumes that a workload mounts, and whether it writes there, by volume; `None` is all of it.
fn directories(workload: &Workload) -> BTreeMap<&str, BTreeMap<Option<&str>, bool>> {
    let mut found: BTreeMap<&str, BTreeMap<Option<&str>, bool>> = BTreeMap::new();
    for mount in workload.containers().flat_map(|container| &container.mounts) {
        if let Source::Volume { name, subpath } = &mount.source {
            let writes = found.entry(name).or_default().entry(subpath.as_deref()).or_default();
            *writes |= !mount.read_only;
        }
    }
    found
}

/// What the task role of a workload allows for the volumes that it mounts.
pub(in super::super) fn grants(workload: &Workload, volumes: &BTreeMap<String, Storage>) -> Vec<Grant> {
    let grant = |(name, mounted): (&str, _)| Some(volumes.get(name)?.grant(name, &mounted));
    directories(workload).into_iter().filter_map(grant).collect()
}

/// Whether two replicas of a workload would write the same files.
pub(in super::super) fn writes_shared_files(workload: &Workload) -> bool {
    let mut mounts = workload.containers().flat_map(|container| &container.mounts);
    mounts.any(|mount| !mount.read_only && matches!(mount.source, Source::Volume { .. } | Source::Host(_)))
}

/// The volumes of a workload's tasks, each once however often it is mounted.
pub(in super::super) fn task_volumes(
    workload: &Workload,
    volumes: &BTreeMap<String, Storage>,
    diagnostics: &mut Diagnostics,
) -> Vec<Volume> {
    let mut found = BTreeMap::new();
    for mount in workload.containers().flat_map(|container| &container.mounts) {
        let Some(name) = volume_name(&mount.source) else { continue };
        let volume = match &mount.source {
            Source::Volume { name, subpath } => match volumes.get(name) {
                Some(storage) => storage.task_volume(name, subpath.as_deref()),
                None => continue,
            },
            Source::Host(path) => {
                check_host(workload, mount, path, diagnostics);
                let host = HostVolumeProperties { source_path: Some(path.clone().into()) };
                Volume { host: Some(host), ..scratch(name.clone()) }
            }
            Source::Scratch(_) | Source::Memory(_) => scratch(name.clone()),
        };
        found.insert((matches!(mount.source, Source::Scratch(_) | Source::Host(_)), name), volume);
    }
    found.into_values().collect()
}

fn scratch(name: String) -> Volume {
    Volume { name, host: None, docker_volume_configuration: None, efs_volume_configuration: None }
}

/// There is a directory of the machine only where there is a machine that others can look into.
fn check_host(workload: &Workload, mount: &Mount, path: &str, diagnostics: &mut Diagnostics) {
    if workload.machine() == Machine::Fargate {
        diagnostics
            .error(mount.origin, format!("there is no host on Fargate whose `{path}` could be mounted"))
            .fix("keep it in a volume (`volume` instead of `host`), leave it out (`ignore`), or run the service on EC2 capacity");
    } else if placement::are_made(workload) && !mount.read_only && !is_live(path) {
        diagnostics.advice(
            mount.origin,
            format!("what is written to `{path}` is on one instance only, and goes with it: instances that are made here are replaced when their image changes, and removed when nothing runs there"),
        );
    }
}

/// Whether a directory of a machine holds what it is doing, and nothing that is to be kept.
fn is_live(path: &str) -> bool {
    ["/dev", "/proc", "/run", "/sys", "/tmp", "/var/run"].iter().any(|top| Path::new(path).starts_with(top))
}

/// What the source of a mount is called within a task; `None` for a directory in memory, which is no volume. No volume's own
/// name has a colon in it.
fn volume_name(source: &Source) -> Option<String> {
    match source {
        Source::Volume { name, subpath } => Some(task_volume_name(name, subpath.as_deref())),
        Source::Scratch(name) => Some(ecs_name(&format!("scratch:{name}"))),
        Source::Host(path) => Some(ecs_name(&format!("host:{path}"))),
        Source::Memory(_) => None,
    }
}

/// The mount points of a container.
pub(in super::super) fn mount_points(container: &Container) -> Vec<MountPoint> {
    let point = |mount: &Mount| {
        Some(MountPoint {
            container_path: mount.path.as_str().into(),
            source_volume: volume_name(&mount.source)?,
            read_only: Some(mount.read_only),
        })
    };
    container.mounts.iter().filter_map(point).collect()
}

/// The directories in memory of a container of a task that has so many MiB, if that is known. One without a size holds half
/// of that, as Linux has it.
pub(in super::super) fn tmpfs(container: &Container, memory: Option<u32>) -> Vec<Tmpfs> {
    let mut found = Vec::new();
    for mount in &container.mounts {
        let Source::Memory(Memory { size, mode, user, group, flags }) = &mount.source else { continue };
        let size = size.map_or(memory.map_or(MEMORY_DEFAULT, |memory| memory / 2), |size| {
            u32::try_from(size.0.div_ceil(1024 * 1024)).unwrap_or(u32::MAX).max(1)
        });
        let mut mount_options: Vec<String> = mount.read_only.then(|| "ro".to_owned()).into_iter().collect();
        mount_options.extend(mode.map(|mode| format!("mode={mode:o}")));
        mount_options.extend(user.map(|user| format!("uid={user}")));
        mount_options.extend(group.map(|group| format!("gid={group}")));
        mount_options.extend(flags.iter().filter(|flag| !(mount.read_only && *flag == "ro")).cloned());
        found.push(Tmpfs { container_path: mount.path.clone(), size, mount_options });
    }
    found
}
