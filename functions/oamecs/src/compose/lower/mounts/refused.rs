//! What is told of mounts that there are none of on Fargate, and what to do instead.
//!
//! The harmless way comes first: a volume hides what the image has at its path, and two services that mount one share it.

use super::super::super::model::mount::{Kind, Mount};
use super::super::Lowering;
use crate::diagnostic::{Located, Origin};

/// The service whose mounts these are.
pub(in super::super) struct Mounting<'a> {
    /// Its name.
    pub(in super::super) service: &'a str,
    /// Where its image comes from.
    pub(in super::super) base: Base,
    /// The key whose value speaks of Docker's socket, and the text that does.
    pub(in super::super) socket: Option<(&'static str, String)>,
}

/// Where an image comes from that files could be put into.
pub(in super::super) enum Base {
    /// A Dockerfile of the author's.
    Dockerfile,
    /// A registry.
    Registry(String),
    /// Nobody knows before the stack is made.
    Unknown,
}

/// Directories of a host that no container has any use for elsewhere.
const OF_THE_HOST: [&str; 8] =
    ["/dev", "/lib/modules", "/proc", "/run", "/sys", "/usr/src", "/var/lib/docker", "/var/run"];

/// Reports a mount that is none of a volume.
pub(super) fn report(mount: &Mount, mounting: &Mounting<'_>, lowering: &mut Lowering<'_>) {
    let Mount { origin, kind, source, target, read_only, nocopy: _ } = mount;
    let source = source.as_ref().map(|source| source.value.as_str()).unwrap_or_default();
    let path = target.value.as_str();
    let diagnostics = &mut *lowering.diagnostics;
    match kind.value {
        _ if mount.is_docker_socket() => {
            let fix = match &mounting.socket {
                Some((key, text)) => format!(
                    "remove the mount and, in `{key}`, `{text}`; a program that manages containers cannot run on Fargate"
                ),
                None => "remove the mount; configure what it is for (a proxy's targets, say) another way".to_owned(),
            };
            diagnostics
                .error(*origin, format!("Fargate has no Docker daemon whose socket `{source}` could be mounted"))
                .fix(fix);
        }
        Kind::Bind if matches!(path, "/etc/localtime" | "/etc/timezone") => {
            diagnostics
                .note(
                    *origin,
                    format!("the mount at `{path}` has no effect: a task has no host, and its clock is in UTC"),
                )
                .fix("set the variable `TZ` under `environment`, if the image has time zones");
        }
        Kind::Bind => report_bind(*origin, source, target, *read_only, mounting, lowering),
        Kind::Tmpfs => {
            diagnostics
                .error(*origin, "mounts of type `tmpfs` are not supported by this version yet")
                .fix("remove it, if the program can write to its container's own file system, which is lost with the task as well");
        }
        Kind::Image => {
            diagnostics
                .error(*origin, "mounts of type `image` are not supported by this version yet")
                .fix("copy the files into the service's own image");
        }
        Kind::Cluster | Kind::Npipe => {
            let name = if kind.value == Kind::Cluster { "cluster" } else { "npipe" };
            diagnostics
                .error(*origin, format!("mounts of type `{name}` are not available on ECS"))
                .fix("use a named volume: `type: volume`");
        }
        Kind::Volume => {}
    }
}

fn report_bind(
    origin: Origin,
    source: &str,
    target: &Located<String>,
    read_only: bool,
    mounting: &Mounting<'_>,
    lowering: &mut Lowering<'_>,
) {
    let path = target.value.trim_end_matches('/');
    let is_of_host = source == "/" || OF_THE_HOST.iter().any(|host| is_below(source, host));
    let is_relative = source.starts_with('.');
    let is_built = matches!(mounting.base, Base::Dockerfile);
    let fix = if is_of_host {
        "remove the mount; a program that looks into its host cannot run on Fargate".to_owned()
    } else if is_file(path) {
        build("the file", "it", source, path, mounting, lowering)
    } else if read_only || is_relative && is_configuration(path) {
        build("the files", "them", source, path, mounting, lowering)
    } else {
        // The image of a registry does not have what is in the author's own directory.
        let first = if is_relative && !is_built {
            build("the files", "them", source, path, mounting, lowering)
        } else {
            "remove the mount if the image has these files".to_owned()
        };
        let volume = volume("mount a volume of its own", path, mounting, lowering);
        format!("{first}; to keep what the container writes, {volume}")
    };
    lowering
        .diagnostics
        .error(origin, format!("there are no files of a host on Fargate, so `{source}` cannot be mounted"))
        .fix(fix);
}

/// Reports a volume without a name.
pub(super) fn report_anonymous(origin: Origin, path: &str, mounting: &Mounting<'_>, lowering: &mut Lowering<'_>) {
    let volume = volume("name it", path, mounting, lowering);
    lowering
        .diagnostics
        .error(
            origin,
            format!("the volume at `{path}` has no name; volumes without one are not supported by this version yet"),
        )
        .fix(format!(
            "remove it: the container can write there without it, and what it writes goes with its task; to keep that, {volume}"
        ));
}

/// How the files get into the image.
fn build(what: &str, them: &str, source: &str, path: &str, mounting: &Mounting<'_>, lowering: &Lowering<'_>) -> String {
    match &mounting.base {
        Base::Dockerfile => {
            // Paths in a Dockerfile are below a directory of its own, which is usually the one that the files are in.
            let name = source.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
            let copy = if name == "." { ".".to_owned() } else { in_context(&format!("./{name}")) };
            format!(
                "remove the mount, and copy {what} in the image's Dockerfile, if it does not do so (`COPY {copy} {path}`)"
            )
        }
        Base::Registry(image) => format!(
            "build an image with {what} (`FROM {image}`, `COPY {} {path}`), give it under `Images` of `{}`, and remove the mount",
            in_context(source),
            lowering.settings.id
        ),
        Base::Unknown => format!(
            "remove the mount, and build the image with {what}, if it does not have {them} (`COPY {} {path}`)",
            in_context(source)
        ),
    }
}

/// Whether a path is one that programs read and do not write.
fn is_configuration(path: &str) -> bool {
    ["/etc", "/usr/share", "/usr/local", "/docker-entrypoint-initdb.d"]
        .iter()
        .any(|directory| is_below(path, directory))
}

/// A path of the host as one that a Dockerfile can name: below its own directory.
fn in_context(source: &str) -> String {
    if source == "." || source == "./" {
        return ".".to_owned();
    }
    if source.starts_with("./") && !source.contains('$') {
        return source.to_owned();
    }
    match source.rsplit(['/', '\\']).find(|part| !part.is_empty()) {
        Some(name) if !name.contains(['$', '~', ':']) && !name.starts_with("..") => format!("./{name}"),
        _ => "./files".to_owned(),
    }
}

/// How a volume is mounted that no other mount shares: its name is made from the service's and the path's.
fn volume(how: &str, path: &str, mounting: &Mounting<'_>, lowering: &mut Lowering<'_>) -> String {
    let mut name = mounting.service.to_owned();
    for part in path.rsplit('/').filter(|part| !part.is_empty()) {
        let part: String =
            part.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' }).collect();
        let (service, rest) = name.split_at_checked(mounting.service.len()).unwrap_or((&name, ""));
        name = format!("{service}-{part}{rest}");
        let is_taken = lowering.volumes.contains_key(&name)
            || lowering.unused.volumes.contains(&name)
            || lowering.suggested_volumes.contains(&name);
        if !is_taken {
            break;
        }
    }
    lowering.suggested_volumes.insert(name.clone());
    let path = if path.is_empty() { "/data" } else { path };
    format!("{how}: `{name}:{path}`, and add `{name}:` to `volumes` at the top")
}

/// Whether a path looks like a file's, where a volume would be of no use: its last part has an extension.
fn is_file(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| {
        // `conf.d` and its kin are directories.
        name.trim_start_matches('.').rsplit_once('.').is_some_and(|(_, extension)| extension != "d")
    })
}

fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_extensions() {
        for path in ["/etc/nginx/nginx.conf", "/code/package.json"] {
            assert!(is_file(path), "{path}");
        }
        for path in ["/etc/nginx/conf.d", "/data", "/root/.config", "/docker-entrypoint-initdb.d"] {
            assert!(!is_file(path), "{path}");
        }
    }

    #[test]
    fn sources_are_named_within_the_context() {
        for (source, expected) in [
            ("./a/b.conf", "./a/b.conf"),
            (".", "."),
            ("../a", "./a"),
            ("..", "./files"),
            ("~/.aws", "./.aws"),
            ("/etc/x.conf", "./x.conf"),
            (r"C:\data", "./data"),
            ("${DIR}/a", "./a"),
            ("./${DIR}", "./files"),
        ] {
            assert_eq!(in_context(source), expected, "{source}");
        }
    }
}
