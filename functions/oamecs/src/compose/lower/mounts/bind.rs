//! [Bind mounts](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes): what becomes of a directory or a
//! file of the author's machine, which no task has.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::model::mount::{Kind, Mount as Given};
use super::files::{self, Target};
use super::looks::{is_clock, is_development, is_docker_socket, is_file, is_of_host};
use super::{Lowering, Mounts, Own, Socket, refused};
use crate::compose::Settings;
use crate::diagnostic::{Diagnostics, Located};
use crate::path::{self, below};
use crate::program::Mount;
use crate::program::storage::Source;
use crate::settings::BindMount;

/// What becomes of a bind mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The time of the host: a task has its own.
    Clock,
    /// It is left out, as the author says.
    Ignored,
    /// It is a directory of the machine that the task runs on.
    Host,
    /// It is a file whose content is given.
    File,
    /// It is a directory all of whose files are given.
    Files,
    /// It is Docker's socket.
    Socket,
    /// It is something by which programs look into their host.
    OfHost,
    /// It is what the image is built from, mounted to develop.
    Development,
    /// It is a volume.
    Volume,
    /// It is a file, and nothing is said of it that can be done with a file.
    UnknownFile,
    /// Nothing is said of it.
    Undecided,
}

/// The directories of the author's machine that become volumes, without those that are within another.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Roots(BTreeSet<String>);

impl Roots {
    /// Those of all services, and of the volumes that are such directories in truth.
    pub(in super::super) fn of<'a>(
        services: &BTreeMap<String, Own>,
        directories: impl IntoIterator<Item = &'a str>,
        settings: &Settings<'_>,
    ) -> Self {
        let mut sources = BTreeSet::new();
        for own in services.values() {
            for mount in own.volumes.iter().filter(|mount| mount.kind.value == Kind::Bind) {
                let Some(source) = &mount.source else { continue };
                if decide(&source.value, mount, own, settings) == Outcome::Volume {
                    sources.insert(path::normal(&source.value));
                }
            }
        }
        for directory in directories {
            let choice = settings.bind_mounts.of(directory).or(settings.bind_mounts.others());
            if choice == Some(BindMount::Volume) {
                sources.insert(path::normal(directory));
            }
        }
        let all = sources.clone();
        sources.retain(|source| !all.iter().any(|other| other != source && below(source, other).is_some()));
        Self(sources)
    }

    /// The volume that a directory is, or is within, and where in that.
    fn volume(&self, source: &str) -> (String, Option<String>) {
        let source = path::normal(source);
        let root = self.0.iter().find_map(|root| Some((root, below(&source, root)?)));
        match root {
            Some((root, rest)) => (volume_name(root), Some(rest.to_owned()).filter(|rest| !rest.is_empty())),
            None => (volume_name(&source), None),
        }
    }
}

/// What a volume is called that a directory of the author's machine becomes: the path itself, which is no name that a
/// document's own volume could have.
fn volume_name(path: &str) -> String {
    if path::is_outside(path) || path.starts_with('$') {
        path.to_owned()
    } else if path == "." {
        "./".to_owned()
    } else {
        format!("./{path}")
    }
}

/// Adds what a bind mount becomes, or reports it.
pub(super) fn add(
    mounts: &mut Mounts,
    given: &Given,
    source: &Located<String>,
    path: String,
    own: &Own,
    socket: &Socket,
    lowering: &mut Lowering<'_>,
) {
    let Given { origin, read_only, .. } = given;
    let (origin, read_only) = (*origin, *read_only);
    let name = source.value.as_str();
    let settings = lowering.settings;
    let diagnostics = &mut *lowering.diagnostics;
    match decide(name, given, own, settings) {
        Outcome::Clock => {
            diagnostics
                .note(
                    origin,
                    format!("the mount at `{path}` has no effect: a task has no host, and its clock is in UTC"),
                )
                .fix("set the variable `TZ` under `environment`, if the image has time zones");
        }
        Outcome::Ignored => {
            diagnostics.note(
                origin,
                format!(
                    "`{name}` is not mounted, as `BindMounts` says: the container has at `{path}` what its image has"
                ),
            );
        }
        Outcome::Development => {
            diagnostics.note(
                origin,
                format!(
                    "`{name}` is not mounted: the image is built from it, and has at `{path}` what it was built with"
                ),
            );
        }
        Outcome::Host => {
            mounts.mounts.push(Mount { origin, source: Source::Host(name.to_owned()), path, read_only });
        }
        Outcome::File => {
            if let Some(entry) = settings.files.get(name) {
                let target = Target { origin, path, replaces: None, read_only };
                files::add(mounts, entry, target, diagnostics);
            }
        }
        Outcome::Files => {
            for (rest, entry) in settings.files.below(name) {
                let (replaces, path) = (Some(path.clone()), format!("{path}/{rest}"));
                files::add(mounts, entry, Target { origin, path, replaces, read_only }, diagnostics);
            }
        }
        Outcome::Volume => {
            let (volume, subpath) = lowering.roots.volume(name);
            advise_volume(given, name, &path, diagnostics);
            lowering.host_volumes.entry(volume.clone()).or_insert(origin);
            let source = Source::Volume { name: volume, subpath };
            mounts.mounts.push(Mount { origin, source, path, read_only });
        }
        Outcome::Socket => refused::report_socket(origin, name, socket, diagnostics),
        Outcome::OfHost => refused::report_of_host(origin, name, diagnostics),
        Outcome::UnknownFile => {
            let choice = settings.bind_mounts.of(name).or(settings.bind_mounts.others());
            refused::report_file(origin, name, choice == Some(BindMount::Volume), settings, diagnostics);
        }
        Outcome::Undecided => refused::report_directory(origin, name, read_only, settings, diagnostics),
    }
}

fn advise_volume(given: &Given, source: &str, path: &str, diagnostics: &mut Diagnostics) {
    let but = if given.read_only { ", and this service cannot write to it" } else { "" };
    diagnostics.advice(
        given.origin,
        format!("`{source}` is a volume that starts empty{but}: neither what is in the directory nor what the image has at `{path}` is copied into it"),
    );
}

fn decide(source: &str, mount: &Given, own: &Own, settings: &Settings<'_>) -> Outcome {
    let path = mount.target.value.as_str();
    if is_clock(path) {
        return Outcome::Clock;
    }
    let choice = settings.bind_mounts.of(source);
    let others = settings.bind_mounts.others();
    match choice {
        Some(BindMount::Ignore) => return Outcome::Ignored,
        Some(BindMount::Host) => return Outcome::Host,
        Some(BindMount::Volume) | None => {}
    }
    if settings.files.get(source).is_some() {
        return Outcome::File;
    }
    if choice.is_none() && is_development(source, mount, own) {
        return Outcome::Development;
    }
    if choice.is_none() && others == Some(BindMount::Host) {
        return Outcome::Host;
    }
    if is_docker_socket(source) {
        return Outcome::Socket;
    }
    if is_of_host(source) {
        return Outcome::OfHost;
    }
    // All that is given is below the project's own directory.
    if choice.is_none() && path::normal(source) != "." && settings.files.has(source) {
        return Outcome::Files;
    }
    match choice.or(others) {
        Some(BindMount::Volume) | None if is_file(source, path) => Outcome::UnknownFile,
        Some(BindMount::Volume) => Outcome::Volume,
        Some(BindMount::Ignore) => Outcome::Ignored,
        Some(BindMount::Host) => Outcome::Host,
        None => Outcome::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_volumes_once() {
        let roots = Roots(BTreeSet::from(["data".to_owned(), "/srv".to_owned(), "${MEDIA}".to_owned()]));
        assert_eq!(roots.volume("./data/"), ("./data".to_owned(), None));
        assert_eq!(roots.volume("data/a/b"), ("./data".to_owned(), Some("a/b".to_owned())));
        assert_eq!(roots.volume("/srv/x"), ("/srv".to_owned(), Some("x".to_owned())));
        assert_eq!(roots.volume("${MEDIA}"), ("${MEDIA}".to_owned(), None));
        assert_eq!(volume_name("."), "./");
    }
}
