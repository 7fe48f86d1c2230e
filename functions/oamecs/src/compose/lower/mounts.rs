//! [`volumes`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes) of a service: named volumes are
//! mounted; the host's directories are not there.

use super::super::model::mount::{Kind, Mount as Given};
use super::Lowering;
use crate::diagnostic::{Located, Origin};
use crate::document::{list, suggestion};
use crate::program::Mount;
use crate::program::storage::Source;

/// The mounts of a service.
pub(super) fn lower(given: Vec<Given>, lowering: &mut Lowering<'_>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    for mount in given {
        let Given { origin, kind, source, target, read_only, nocopy } = mount;
        if kind.value != Kind::Volume {
            report(kind.value, source.as_ref(), &target.value, origin, lowering);
            continue;
        }
        let Some(path) = path(&target, lowering) else { continue };
        if mounts.iter().any(|mount| mount.path == path) {
            lowering
                .diagnostics
                .error(target.origin, format!("two mounts have the same path, `{path}`"))
                .fix("remove one of them");
            continue;
        }
        let Some(source) = source else {
            lowering
                .diagnostics
                .error(origin, format!("the volume at `{path}` has no name; volumes without one are not supported by this version yet"))
                .fix(format!("name it to keep its content (`data:{path}`), or remove it: the container can write there without it"));
            continue;
        };
        if !lowering.volumes.contains_key(&source.value) {
            report_undefined(&source, lowering);
            continue;
        }
        let nocopy = nocopy.is_some_and(|nocopy| nocopy.value);
        if !nocopy && !read_only {
            lowering.diagnostics.advice(
                origin,
                format!("the volume `{}` starts empty: unlike with Docker, what the image has at `{path}` is not copied into it", source.value),
            );
        }
        mounts.push(Mount { origin, source: Source::Volume(source.value), path, read_only });
    }
    mounts
}

/// The path in the container without slashes at its end.
fn path(target: &Located<String>, lowering: &mut Lowering<'_>) -> Option<String> {
    let path = target.value.trim_end_matches('/');
    if target.value.starts_with('/') && !path.is_empty() {
        return Some(path.to_owned());
    }
    let error = lowering
        .diagnostics
        .error(target.origin, format!("`{}` is not an absolute path below `/` in the container", target.value));
    error.fix("write the path from the root, for example `/var/lib/data`");
    None
}

/// Whether a path looks like a file's, where a volume would be of no use: its last part has an extension.
fn is_file(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'))
}

fn report(kind: Kind, source: Option<&Located<String>>, path: &str, origin: Origin, lowering: &mut Lowering<'_>) {
    let source = source.map(|source| source.value.as_str()).unwrap_or_default();
    let diagnostics = &mut *lowering.diagnostics;
    match kind {
        Kind::Bind | Kind::Npipe if source.ends_with("docker.sock") || source.ends_with("docker_engine") => {
            diagnostics
                .error(origin, format!("Fargate has no Docker daemon whose socket `{source}` could be mounted"))
                .fix("remove the mount; configure what it is for (a proxy's targets, say) another way");
        }
        Kind::Bind if matches!(path, "/etc/localtime" | "/etc/timezone") => {
            diagnostics
                .note(
                    origin,
                    format!("the mount at `{path}` has no effect: a task has no host, and its clock is in UTC"),
                )
                .fix("set the variable `TZ` under `environment`, if the image has time zones");
        }
        Kind::Bind => {
            diagnostics
                .error(origin, format!("there are no files of a host on Fargate, so `{source}` cannot be mounted"))
                .fix(if is_file(path) {
                    "copy the file into the image".to_owned()
                } else {
                    format!("copy the files into the image, or mount a named volume: `data:{path}`")
                });
        }
        Kind::Tmpfs => {
            diagnostics
                .error(origin, "mounts of type `tmpfs` are not supported by this version yet")
                .fix("remove it, if the program can write to its container's own file system, which is lost with the task as well");
        }
        Kind::Image => {
            diagnostics
                .error(origin, "mounts of type `image` are not supported by this version yet")
                .fix("copy the files into the service's own image");
        }
        Kind::Cluster | Kind::Npipe => {
            let name = if kind == Kind::Cluster { "cluster" } else { "npipe" };
            diagnostics
                .error(origin, format!("mounts of type `{name}` are not available on ECS"))
                .fix("use a named volume: `type: volume`");
        }
        Kind::Volume => {}
    }
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
