//! In which directories the files of a container are. ECS mounts directories, never single files, so that a file's directory is
//! a volume, to which what the image has there is copied first.

use crate::diagnostic::{Diagnostics, Origin};
use crate::document::list;
use crate::path::is_within;
use crate::program::Container;
use crate::program::secret::{Content, File};
use crate::program::storage::Source;

/// A directory that is a volume of its own, filled before its container starts.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    /// Its absolute path in the container.
    pub(super) path: String,
    /// Whether nothing but our files is in it: what the image has there is hidden.
    pub(super) is_ours: bool,
    /// Whether another mount hides what the image has there.
    is_hidden: bool,
    /// The files in it and in directories below, sorted by path.
    pub(super) files: Vec<&'a File>,
}

impl Directory<'_> {
    /// Whether nobody writes there.
    pub(super) fn is_read_only(&self) -> bool {
        self.is_ours && self.files.iter().all(|file| file.mode & 0o222 == 0)
    }

    /// Whether what the image has there is to be there too.
    pub(super) fn joins_image(&self) -> bool {
        !self.is_ours && !self.is_hidden
    }
}

/// Where Docker mounts secrets, and nothing else is.
const SECRETS: &str = "/run/secrets";

/// Directories that are the system's: too much is in them, or ECS itself writes there.
const OF_SYSTEM: [&str; 20] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/lib",
];

/// Directories that the kernel shows.
const OF_KERNEL: [&str; 3] = ["/dev", "/proc", "/sys"];

/// The directories of the files of a container, sorted by path.
pub(super) fn directories<'a>(container: &'a Container, diagnostics: &mut Diagnostics) -> Vec<Directory<'a>> {
    let mut directories: Vec<Directory<'_>> = Vec::new();
    for file in &container.files {
        let (path, is_ours) = directory(file);
        if OF_SYSTEM.contains(&path) || OF_KERNEL.iter().any(|kernel| is_within(path, kernel)) {
            report_of_system(file, path, diagnostics);
            continue;
        }
        match directories.iter_mut().find(|directory| directory.path == path) {
            Some(directory) => directory.is_ours |= is_ours,
            None => directories.push(Directory { path: path.to_owned(), is_ours, is_hidden: false, files: Vec::new() }),
        }
    }
    directories.sort_by(|one, other| one.path.cmp(&other.path));
    // What is below another directory is in its volume, but for one that is to hide what the image has.
    let mut kept: Vec<Directory<'_>> = Vec::new();
    for directory in directories {
        let holds = |above: &Directory<'_>| is_within(&directory.path, &above.path);
        if !kept.iter().any(|above| holds(above) && (above.is_ours || !directory.is_ours)) {
            kept.push(directory);
        }
    }
    for directory in &mut kept {
        check_mounts(container, directory, diagnostics);
    }
    let mut files: Vec<&File> = container.files.iter().collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    for file in files {
        let (path, _) = directory(file);
        let holder = kept.iter_mut().filter(|directory| is_within(path, &directory.path));
        if let Some(directory) = holder.max_by_key(|directory| directory.path.len()) {
            directory.files.push(file);
        }
    }
    for directory in &kept {
        advise_copy(directory, diagnostics);
    }
    kept
}

/// The directory of a file, and whether nothing but our files is in it.
fn directory(file: &File) -> (&str, bool) {
    if let Some(replaced) = &file.replaces {
        return (replaced, true);
    }
    if is_within(&file.path, SECRETS) && file.path != SECRETS {
        return (SECRETS, true);
    }
    if let Content::Keys(_) = file.content {
        return (&file.path, true);
    }
    match file.path.rsplit_once('/') {
        Some(("", _)) | None => ("/", false),
        Some((directory, _)) => (directory, false),
    }
}

/// A volume over another mount hides what that has there; memory has nothing yet.
fn check_mounts(container: &Container, directory: &mut Directory<'_>, diagnostics: &mut Diagnostics) {
    let Some(origin) =
        container.files.iter().find(|file| self::directory(file).0 == directory.path).map(|file| file.origin)
    else {
        return;
    };
    for mount in &container.mounts {
        let is_empty = matches!(mount.source, Source::Scratch(_) | Source::Memory(_));
        if mount.path == directory.path {
            report_mounted(origin, &directory.path, &mount.path, diagnostics);
        } else if is_within(&directory.path, &mount.path) {
            if is_empty {
                directory.is_hidden = true;
            } else if !directory.is_ours {
                report_mounted(origin, &directory.path, &mount.path, diagnostics);
            }
        }
    }
}

fn report_of_system(file: &File, directory: &str, diagnostics: &mut Diagnostics) {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or("app");
    let place = match directory {
        "/" => "/etc",
        _ if OF_KERNEL.iter().any(|kernel| is_within(directory, kernel)) => "/etc",
        directory => directory,
    };
    diagnostics
        .error(
            file.origin,
            format!(
                "`{}` cannot be mounted: ECS mounts directories, no single files, and `{directory}` is the system's",
                file.path
            ),
        )
        .fix(format!("put it into a directory of its own, for example `{place}/{stem}/{name}`, or into the image"));
}

fn report_mounted(origin: Origin, directory: &str, mount: &str, diagnostics: &mut Diagnostics) {
    let what = if directory == mount {
        format!("something else is mounted at `{mount}`, where this file would be")
    } else {
        format!(
            "what is mounted at `{mount}` would be hidden in `{directory}`, as ECS mounts directories, no single files"
        )
    };
    diagnostics.error(origin, what).fix("put the file into a directory where nothing else is mounted");
}

fn advise_copy(directory: &Directory<'_>, diagnostics: &mut Diagnostics) {
    let Some(first) = directory.files.first().filter(|_| directory.joins_image()) else { return };
    let names: Vec<&str> = directory
        .files
        .iter()
        .map(|file| file.path.strip_prefix(directory.path.as_str()).unwrap_or(&file.path).trim_start_matches('/'))
        .collect();
    diagnostics.advice(
        first.origin,
        format!(
            "{} in `{}` {} what the image has there, which is copied whenever a task starts: the image must have `sh` and `cp`",
            list(&names),
            directory.path,
            if names.len() == 1 { "joins" } else { "join" },
        ),
    );
}

#[cfg(test)]
mod tests;
