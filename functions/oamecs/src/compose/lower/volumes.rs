//! [Volumes](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md): what outlives containers, and what else
//! Docker's own driver makes of one.

mod docker;
mod options;

use std::collections::BTreeMap;

use super::super::model::{self, Labels};
use super::{Lowering, tags};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::Volume;
use crate::program::platform::file_system::{FileSystem, Given};
use crate::program::storage::Memory;

/// What a volume of the document is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A volume of the application, by the same name.
    Volume,
    /// An empty directory in memory.
    Memory(Memory),
    /// A directory of a host.
    Directory(String),
    /// Nothing that can be mounted, which was reported.
    Faulty,
}

/// A file system that is known by its id, and the directory of it that is the volume, if that is known as well.
struct Known {
    id: Located<Expr<String>>,
    directory: Option<Located<Expr<String>>>,
}

/// The volumes of the document that are volumes of the application; what each of them is stays in `lowering`.
pub(super) fn lower(lowering: &mut Lowering<'_>) -> BTreeMap<String, Volume> {
    let mut volumes = BTreeMap::new();
    let mut places = BTreeMap::new();
    for (key, volume) in lowering.volumes {
        check_driver(volume.driver.as_ref(), lowering.diagnostics);
        let place = match docker::place(key, &volume.driver_opts, lowering.diagnostics) {
            Some(docker::Place::Known(known)) => Some(known),
            Some(docker::Place::Other(place)) => {
                places.insert(key.clone(), place);
                continue;
            }
            None => None,
        };
        if let Some(volume) = lower_volume(key, volume.clone(), place, lowering.diagnostics) {
            volumes.insert(key.clone(), volume);
            places.insert(key.clone(), Place::Volume);
        } else {
            places.insert(key.clone(), Place::Faulty);
        }
    }
    check_mount_targets(&volumes, lowering.diagnostics);
    let made = volumes.iter().filter(|(_, volume)| matches!(volume.file_system, FileSystem::Made(_)));
    lowering.made = made.map(|(name, _)| name.clone()).gather();
    lowering.places = places;
    volumes
}

/// The directories of a host that volumes of the document are.
pub(super) fn directories(places: &BTreeMap<String, Place>) -> impl Iterator<Item = &str> {
    places.values().filter_map(|place| match place {
        Place::Directory(directory) => Some(directory.as_str()),
        Place::Volume | Place::Memory(_) | Place::Faulty => None,
    })
}

/// Adds the volumes that directories of a host have become.
pub(super) fn add_host_volumes(lowering: &Lowering<'_>, volumes: &mut BTreeMap<String, Volume>) {
    for (name, origin) in &lowering.host_volumes {
        let volume = Volume {
            origin: *origin,
            file_system: FileSystem::default(),
            directory: None,
            owner: None,
            permissions: None,
            tags: tags::lower(Labels::new(), "com.docker.compose.volume", name),
        };
        volumes.insert(name.clone(), volume);
    }
}

fn check_driver(driver: Option<&Located<String>>, diagnostics: &mut Diagnostics) {
    let Some(driver) = driver else { return };
    if !matches!(driver.value.as_str(), "" | "default" | "local" | "efs") {
        diagnostics
            .error(driver.origin, format!("there is no volume driver `{}` on ECS", driver.value))
            .fix("remove `driver`; the volume is then an encrypted file system of its own");
    }
}

fn lower_volume(
    key: &str,
    volume: model::Volume,
    known: Option<Known>,
    diagnostics: &mut Diagnostics,
) -> Option<Volume> {
    let model::Volume {
        origin,
        driver: _,
        driver_opts,
        external,
        labels,
        name,
        file_system,
        access_point,
        mount_targets,
        security_group,
    } = volume;
    let mut tags = tags::lower(labels, "com.docker.compose.volume", key);
    let is_external = external.as_ref().is_some_and(|external| external.value);
    let known = match (known, file_system, is_external) {
        (Some(known), _, _) => Some(known),
        (None, Some(id), _) => Some(Known { id, directory: None }),
        (None, None, true) => {
            let origin = external.map_or(origin, |external| external.origin);
            let id = name.clone().unwrap_or(Located::new(origin, key.into()));
            Some(Known { id, directory: None })
        }
        (None, None, false) => None,
    };
    let Some(Known { id, directory }) = known else {
        if let Some(name) = name {
            tags.insert("Name".to_owned(), name.value);
        }
        for (what, origin) in [
            ("x-aws-access_point", access_point.map(|given| given.origin)),
            ("x-aws-security_group", security_group.map(|given| given.origin)),
            ("x-aws-mount_targets", mount_targets.map(|given| given.origin)),
        ] {
            if let Some(origin) = origin {
                diagnostics
                    .error(
                        origin,
                        format!("`{what}` is about a file system that exists, and the one of `{key}` is made"),
                    )
                    .fix("remove it, or give the file system as `x-aws-filesystem`");
            }
        }
        let (tuning, access) = options::made(driver_opts, diagnostics);
        let options::Access { directory, owner, permissions } = access;
        return Some(Volume { origin, file_system: FileSystem::Made(tuning), directory, owner, permissions, tags });
    };
    check_id(key, &id, "fs-", diagnostics)?;
    let access_point = match access_point {
        None => None,
        Some(given) => Some(check_id(key, &given, "fsap-", diagnostics)?),
    };
    let options::Access { directory: own, owner, permissions } =
        options::given(driver_opts, access_point.is_some(), diagnostics);
    let given = Given { id, access_point, mount_targets, security_group };
    let file_system = FileSystem::Given(Box::new(given));
    Some(Volume { origin, file_system, directory: own.or(directory), owner, permissions, tags })
}

/// The id or ARN of something of EFS, whose id begins with `prefix`.
fn check_id(
    key: &str,
    given: &Located<Expr<String>>,
    prefix: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Expr<String>>> {
    let Some(text) = given.value.known() else { return Some(given.clone()) };
    let id = if text.starts_with("arn:") { text.rsplit('/').next().unwrap_or_default() } else { text };
    let digits = id.strip_prefix(prefix);
    if digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_hexdigit())) {
        return Some(given.clone());
    }
    let error = diagnostics.error(
        given.origin,
        match prefix {
            "fs-" => {
                format!("the volume `{key}` exists as a file system of Amazon EFS, and `{text}` is not the id of one")
            }
            _ => format!("`{text}` is not the id of an access point of Amazon EFS"),
        },
    );
    error.fix(match prefix {
        "fs-" => format!("write the id, for example `x-aws-filesystem: fs-0123456789abcdef0`, or remove `external` from `{key}` to have it made"),
        _ => "write the id, for example `x-aws-access_point: fsap-0123456789abcdef0`".to_owned(),
    });
    None
}

/// Mount targets of one file system are made once.
fn check_mount_targets(volumes: &BTreeMap<String, Volume>, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<(&str, &Expr<String>)> = Vec::new();
    for (name, volume) in volumes {
        let FileSystem::Given(given) = &volume.file_system else { continue };
        let Some(mount_targets) = given.mount_targets.as_ref().filter(|given| given.value) else { continue };
        if let Some((first, _)) = seen.iter().find(|(_, id)| **id == given.id.value) {
            diagnostics
                .error(
                    mount_targets.origin,
                    format!("the mount targets of this file system are made for `{first}` already, and a zone has one"),
                )
                .fix("remove it here");
        }
        seen.push((name, &given.id.value));
    }
}
