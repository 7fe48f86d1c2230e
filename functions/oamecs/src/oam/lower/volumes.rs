//! Volumes: what stays is a file system, what does not is a directory of the task, and what has a known content is files.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lowering, files};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::oam::model::{self, Container, VolumeFile};
use crate::program::platform::Machine;
use crate::program::platform::file_system::{FileSystem, Given};
use crate::program::secret::File;
use crate::program::storage::{Memory, Mount, Source};
use crate::program::{Tags, Volume};

/// GiB of disk that every task has, of which its images take some.
const DISK: u64 = 20;

/// Where the volumes of a component are.
#[derive(Debug, Default)]
pub(super) struct Places {
    places: BTreeMap<String, Place>,
    /// GiB of disk that a task needs, where that is more than it has by itself.
    pub(super) disk: Option<Located<u32>>,
}

#[derive(Debug)]
enum Place {
    Source(Source),
    Files(BTreeMap<String, Located<VolumeFile>>),
    /// It was reported.
    Faulty,
}

/// The volumes of a component.
pub(super) fn lower(
    component: &str,
    kind: &model::Workload,
    most: Option<&Located<u32>>,
    volumes: BTreeMap<String, Located<model::Volume>>,
    containers: &[Container],
    lowering: &mut Lowering<'_>,
) -> Places {
    let mut places = Places::default();
    let mut bytes: u64 = 0;
    let several = most.filter(|most| most.value > 1);
    for (name, Located { origin, value }) in volumes {
        let place = match value {
            model::Volume::Empty { size, in_memory } => {
                let mounting =
                    containers.iter().filter(|container| container.mounts.iter().any(|mount| mount.volume == name));
                if in_memory && mounting.count() <= 1 {
                    Place::Source(Source::Memory(Memory { size: size.map(|size| size.value), ..Memory::default() }))
                } else {
                    if in_memory {
                        lowering.diagnostics.note(
                            origin,
                            format!("`{name}` is on disk: containers share no directory in memory on ECS"),
                        );
                    }
                    if let Some(size) = size {
                        bytes = bytes.saturating_add(size.value.0);
                        let gibibytes = DISK + bytes.div_ceil(1 << 30);
                        if bytes > 1 << 30 {
                            let gibibytes = u32::try_from(gibibytes).unwrap_or(u32::MAX);
                            places.disk = Some(Located::new(size.origin, gibibytes));
                        }
                    }
                    Place::Source(Source::Scratch(name.clone()))
                }
            }
            model::Volume::Claim { claim, exists, is_shared } => {
                if let (model::Workload::Stateful, Some(replicas)) = (kind, several) {
                    lowering
                        .diagnostics
                        .error(replicas.origin, format!("each replica of `{component}` would have a volume of its own, and the replicas of a service are all alike: they would share `{claim}`"))
                        .fix("write a component for each replica, or run one");
                } else if let (Some(false), Some(most)) = (is_shared.map(|is_shared| is_shared.value), several) {
                    lowering
                        .diagnostics
                        .error(origin, format!("`{claim}` is to be mounted by one replica at a time, and there may be {} of `{component}`, which would all write it", most.value))
                        .fix("run one replica; or say that they may share it, by `accessModes: [ReadWriteMany]`, or `sharingPolicy: Shared` in v1alpha1");
                }
                claim_volume(&claim, exists, origin, lowering);
                Place::Source(Source::Volume { name: claim, subpath: None })
            }
            model::Volume::Files(contents) => Place::Files(contents),
            model::Volume::Host(path) => host(component, path, origin, lowering),
        };
        places.places.insert(name, place);
    }
    places
}

/// Has a claim be a volume of the application, if it is none yet.
fn claim_volume(claim: &str, exists: bool, origin: Origin, lowering: &mut Lowering<'_>) {
    if lowering.volumes.contains_key(claim) {
        return;
    }
    let given = lowering.settings.own.volumes.get(claim);
    if given.is_none() && exists {
        lowering
            .diagnostics
            .note(origin, format!("`{claim}` is meant to be there already; none is given, so that it is made, and empty"))
            .fix(format!("write `Volumes: {{ {claim}: fs-0123456789abcdef0 }}` beside `Document`, to mount a file system that exists"));
    }
    let file_system = given.map_or_else(FileSystem::default, |id| {
        FileSystem::Given(Box::new(Given {
            id: id.clone(),
            access_point: None,
            mount_targets: None,
            security_group: None,
        }))
    });
    let volume = Volume { origin, file_system, directory: None, owner: None, permissions: None, tags: Tags::new() };
    lowering.volumes.insert(claim.to_owned(), volume);
}

/// There is a directory of the machine only where somebody runs the machines.
fn host(component: &str, path: String, origin: Origin, lowering: &mut Lowering<'_>) -> Place {
    if lowering.settings.machines.said_of(component) == Some(Machine::Instance) {
        return Place::Source(Source::Host(path));
    }
    lowering
        .diagnostics
        .error(origin, format!("there is no host on Fargate whose `{path}` could be mounted"))
        .fix(format!("mount an `emptyDir` or a claim instead, or run `{component}` on instances, by `Workloads: {{ {component}: {{ Capacity: … }} }}`"));
    Place::Faulty
}

impl Places {
    /// What a container mounts, and the files that it gets so.
    pub(super) fn mounts(&self, mounts: Vec<model::Mount>, lowering: &mut Lowering<'_>) -> (Vec<Mount>, Vec<File>) {
        let (mut lowered, mut contents) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for model::Mount { origin, volume, path, sub_path, read_only } in mounts {
            if !seen.insert(path.clone()) {
                twice(origin, &path, lowering.diagnostics);
                continue;
            }
            match self.places.get(&volume) {
                Some(Place::Source(source)) => {
                    let source = match (source, &sub_path) {
                        (Source::Volume { name, .. }, _) => Source::Volume { name: name.clone(), subpath: sub_path },
                        (source, None) => source.clone(),
                        (source, Some(_)) => {
                            lowering.diagnostics.note(
                                origin,
                                format!("`subPath` has no effect: `{volume}` is empty when a task starts"),
                            );
                            source.clone()
                        }
                    };
                    lowered.push(Mount { origin, source, path, read_only });
                }
                Some(Place::Files(known)) => {
                    contents.extend(mounted(known, &path, sub_path.as_deref(), origin, lowering));
                }
                Some(Place::Faulty) => {}
                None => {
                    let message = format!("there is no volume `{volume}`");
                    lowering.diagnostics.error(origin, message).fix("declare it, or correct its name");
                }
            }
        }
        (lowered, contents)
    }
}

fn twice(origin: Origin, path: &str, diagnostics: &mut Diagnostics) {
    diagnostics
        .error(origin, format!("`{path}` is mounted twice in one container"))
        .fix("mount one of the two at another path");
}

/// The files of a volume at a path: all of them in a directory of their own, or a single one.
fn mounted(
    known: &BTreeMap<String, Located<VolumeFile>>,
    path: &str,
    sub_path: Option<&str>,
    origin: Origin,
    lowering: &mut Lowering<'_>,
) -> Vec<File> {
    if let Some(sub_path) = sub_path {
        let Some(content) = known.get(sub_path) else {
            lowering.diagnostics.error(origin, format!("the volume has no file `{sub_path}`"));
            return Vec::new();
        };
        // A single file joins what the image has beside it.
        return file(path.to_owned(), None, content, lowering).into_iter().collect();
    }
    let directory = path.trim_end_matches('/');
    let all = known.iter().map(|(name, content)| {
        let path = format!("{directory}/{name}");
        file(path, Some(directory.to_owned()), content, lowering)
    });
    all.flatten().collect()
}

fn file(
    path: String,
    directory: Option<String>,
    file: &Located<VolumeFile>,
    lowering: &mut Lowering<'_>,
) -> Option<File> {
    let VolumeFile { content, mode } = &file.value;
    let lowered = files::file(path, directory, content.clone(), file.origin, lowering)?;
    Some(File { mode: mode.unwrap_or(lowered.mode), ..lowered })
}
