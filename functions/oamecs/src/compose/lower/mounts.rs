//! [`volumes`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes), `tmpfs` and `volumes_from` of a
//! service: what is mounted in its container, and which files are put there instead.
//!
//! Named volumes are mounted. What Docker mounts of the author's machine becomes what they choose ([`bind`]). A volume
//! without a name is a directory that goes with its task ([`anonymous`]).

mod anonymous;
mod bind;
mod files;
mod looks;
mod refused;
mod shared;
mod taken;

use std::collections::BTreeMap;

use super::super::model::mount::{Kind, Mount as Given};
use super::super::model::{Service, Tmpfs, VolumesFrom};
use super::Lowering;
use super::volumes::Place;
use crate::diagnostic::{Diagnostics, Located};
use crate::document::{list, suggestion};
use crate::gather::Gather;
use crate::program::Mount;
use crate::program::secret::File;
use crate::program::storage::Source;
pub(super) use bind::Roots;
pub(super) use shared::advise as advise_shared;

/// What a service says of mounts.
#[derive(Clone, Debug)]
pub(super) struct Own {
    volumes: Vec<Given>,
    tmpfs: Vec<Tmpfs>,
    volumes_from: Vec<VolumesFrom>,
    /// The directory that its image is built from.
    context: Option<String>,
    /// Whether its root file system refuses writes.
    is_read_only: bool,
}

impl Own {
    pub(super) fn of(service: &Service) -> Self {
        Self {
            volumes: service.volumes.clone(),
            tmpfs: service.tmpfs.clone(),
            volumes_from: service.volumes_from.clone(),
            context: service.build.as_ref().map(|context| context.value.clone()),
            is_read_only: service.read_only.as_ref().is_some_and(|read_only| read_only.value),
        }
    }
}

/// What is mounted in a container, and which files are put into it.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    pub(super) mounts: Vec<Mount>,
    pub(super) files: Vec<File>,
}

/// The key whose value speaks of Docker's socket, and the text that does.
pub(super) type Socket = Option<(&'static str, String)>;

/// The mounts of the service `name`.
pub(super) fn lower(name: &str, own: &Own, socket: &Socket, lowering: &mut Lowering<'_>) -> Mounts {
    let mut mounts = Mounts::default();
    let mut unnamed = Vec::new();
    for mount in &own.volumes {
        if mount.kind.value == Kind::Volume && mount.source.is_none() {
            unnamed.push(mount);
        } else if mounts.is_free(&mount.target, lowering.diagnostics) {
            mounts.add(mount, own, socket, lowering);
        }
    }
    for tmpfs in &own.tmpfs {
        if mounts.is_free(&tmpfs.target, lowering.diagnostics)
            && let Some(path) = path(&tmpfs.target, lowering.diagnostics)
        {
            let source = Source::Memory(tmpfs.memory.clone());
            mounts.mounts.push(Mount { origin: tmpfs.origin, source, path, read_only: tmpfs.read_only });
        }
    }
    for from in &own.volumes_from {
        taken::take(name, from, &mut mounts, lowering);
    }
    for mount in unnamed {
        if mounts.is_free(&mount.target, lowering.diagnostics)
            && let Some(path) = path(&mount.target, lowering.diagnostics)
        {
            let mount = anonymous::lower(mount, path, own, &mounts.mounts, lowering.diagnostics);
            mounts.mounts.extend(mount);
        }
    }
    mounts
}

impl Mounts {
    /// Whether nothing is mounted at a path yet; else an error was reported.
    fn is_free(&self, target: &Located<String>, diagnostics: &mut Diagnostics) -> bool {
        let path = target.value.trim_end_matches('/');
        if !self.has(path) {
            return true;
        }
        let error = diagnostics.error(target.origin, format!("two mounts have the same path, `{path}`"));
        error.fix("remove one of them");
        false
    }

    fn has(&self, path: &str) -> bool {
        self.mounts.iter().any(|mount| mount.path == path) || self.files.iter().any(|file| file.path == path)
    }

    fn add(&mut self, given: &Given, own: &Own, socket: &Socket, lowering: &mut Lowering<'_>) {
        let Given { origin, kind, source, target, read_only, nocopy, subpath, memory } = given;
        let Some(path) = path(target, lowering.diagnostics) else { return };
        let source = match (kind.value, source) {
            (Kind::Volume, Some(source)) => match lowering.places.get(&source.value) {
                None => {
                    report_undefined(source, lowering);
                    return;
                }
                Some(Place::Faulty) => return,
                Some(Place::Memory(memory)) => Source::Memory(memory.clone()),
                Some(Place::Directory(directory)) => {
                    let directory = Located::new(source.origin, directory.clone());
                    bind::add(self, given, &directory, path, own, socket, lowering);
                    return;
                }
                Some(Place::Volume) => {
                    let stays_empty = nocopy.as_ref().is_some_and(|nocopy| nocopy.value);
                    let is_made = lowering.made.contains(&source.value);
                    if !stays_empty && !read_only && is_made {
                        lowering.diagnostics.advice(
                            *origin,
                            format!("the volume `{}` starts empty: unlike with Docker, what the image has at `{path}` is not copied into it", source.value),
                        );
                    }
                    let subpath = match subpath {
                        None => None,
                        Some(subpath) => match relative(subpath, lowering.diagnostics) {
                            Some(subpath) => Some(subpath),
                            None => return,
                        },
                    };
                    Source::Volume { name: source.value.clone(), subpath }
                }
            },
            (Kind::Volume, None) => return,
            (Kind::Tmpfs, _) => Source::Memory(memory.clone()),
            (Kind::Bind, source) => {
                if let Some(source) = source {
                    bind::add(self, given, source, path, own, socket, lowering);
                } else {
                    let error = lowering.diagnostics.error(*origin, "the mount has no `source`");
                    error.fix("write the path that is mounted, or `type: volume` for a volume without a name");
                }
                return;
            }
            (Kind::Cluster | Kind::Image | Kind::Npipe, _) => {
                refused::report_kind(given, socket, lowering.diagnostics);
                return;
            }
        };
        self.mounts.push(Mount { origin: *origin, source, path, read_only: *read_only });
    }
}

/// The path in the container without slashes at its end.
fn path(target: &Located<String>, diagnostics: &mut Diagnostics) -> Option<String> {
    let path = target.value.trim_end_matches('/');
    if target.value.starts_with('/') && !path.is_empty() {
        return Some(path.to_owned());
    }
    let error = diagnostics
        .error(target.origin, format!("`{}` is not an absolute path below `/` in the container", target.value));
    error.fix("write the path from the root, for example `/var/lib/data`");
    None
}

/// A directory below a volume's own.
fn relative(subpath: &Located<String>, diagnostics: &mut Diagnostics) -> Option<String> {
    let path = crate::path::normal(&subpath.value);
    if path != "." && !path.starts_with('/') && path != ".." && !path.starts_with("../") {
        return Some(path);
    }
    let error = diagnostics
        .error(subpath.origin, format!("`{}` is not a directory below the root of the volume", subpath.value));
    error.fix("write a path without a slash at its beginning, for example `subpath: uploads`");
    None
}

fn report_undefined(source: &Located<String>, lowering: &mut Lowering<'_>) {
    let name = &source.value;
    let known: Vec<&str> = lowering.volumes.keys().chain(&lowering.unused.volumes).map(String::as_str).collect();
    let error = lowering.diagnostics.error(source.origin, format!("the document has no volume `{name}`"));
    match suggestion(name, known.iter().copied()) {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None if known.is_empty() => {
            error.fix(format!("add it at the top of the document: `volumes: {{ {name}: {{}} }}`"));
        }
        None => error.fix(format!("add it under `volumes` at the top of the document, which has {}", list(&known))),
    }
}

/// What all services of a document say of mounts, by name.
pub(super) fn all(services: &BTreeMap<String, Service>) -> BTreeMap<String, Own> {
    services.iter().map(|(name, service)| (name.clone(), Own::of(service))).gather()
}

/// The sources of all bind mounts, as their authors wrote them.
pub(super) fn sources<'a>(
    services: &'a BTreeMap<String, Own>,
    places: &'a BTreeMap<String, Place>,
) -> impl Iterator<Item = &'a str> {
    let mounts = services.values().flat_map(|own| &own.volumes).filter(|mount| mount.kind.value == Kind::Bind);
    let sources = mounts.filter_map(|mount| Some(mount.source.as_ref()?.value.as_str()));
    sources.chain(super::volumes::directories(places))
}
