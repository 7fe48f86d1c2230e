//! What is told of mounts that there are none of on ECS, and what to do instead.

use super::super::super::model::mount::{Kind, Mount};
use super::Socket;
use crate::compose::Settings;
use crate::diagnostic::{Diagnostics, Origin};
use crate::path::normal;

/// Reports a mount of another type than volumes, binds and memory.
pub(super) fn report_kind(mount: &Mount, socket: &Socket, diagnostics: &mut Diagnostics) {
    let origin = mount.origin;
    match mount.kind.value {
        Kind::Npipe if mount.is_docker_socket() => {
            let source = mount.source.as_ref().map(|source| source.value.as_str()).unwrap_or_default();
            report_socket(origin, source, socket, diagnostics);
        }
        Kind::Image => {
            diagnostics
                .error(origin, "ECS mounts no images")
                .fix("copy the files into the service's own image (`COPY --from=… / /…` in its Dockerfile)");
        }
        kind => {
            let name = if kind == Kind::Cluster { "cluster" } else { "npipe" };
            diagnostics
                .error(origin, format!("mounts of type `{name}` are not available on ECS"))
                .fix("use a named volume: `type: volume`");
        }
    }
}

pub(super) fn report_socket(origin: Origin, source: &str, socket: &Socket, diagnostics: &mut Diagnostics) {
    let fix = match socket {
        Some((key, text)) => format!(
            "remove the mount and, in `{key}`, `{text}`; a program that manages containers cannot run on Fargate"
        ),
        None => "remove the mount; configure what it is for (a proxy's targets, say) another way".to_owned(),
    };
    diagnostics
        .error(origin, format!("Fargate has no Docker daemon whose socket `{source}` could be mounted"))
        .fix(fix);
}

pub(super) fn report_of_host(origin: Origin, source: &str, diagnostics: &mut Diagnostics) {
    diagnostics
        .error(origin, format!("`{source}` belongs to the machine, and a task on Fargate has no machine that it could look into"))
        .fix(format!("remove the mount, or write `BindMounts: {{ {source}: ignore }}` beside `Document`, if the program runs without it"));
}

/// Reports a file whose content is not given.
pub(super) fn report_file(
    origin: Origin,
    source: &str,
    is_volume: bool,
    settings: &Settings<'_>,
    diagnostics: &mut Diagnostics,
) {
    let why = if is_volume { "a volume would be a directory in its place" } else { "a task does not have it" };
    let key = key(source);
    diagnostics
        .error(origin, format!("`{source}` looks like a file of your machine, and {why}"))
        .fix(format!(
            "give its content under `Files` of `{id}` (`Files: {{ {key}: … }}`), or write `BindMounts: {{ {key}: ignore }}` if the image has it",
            id = settings.id
        ));
}

/// Reports a directory of which nothing is said.
pub(super) fn report_directory(
    origin: Origin,
    source: &str,
    read_only: bool,
    settings: &Settings<'_>,
    diagnostics: &mut Diagnostics,
) {
    let key = key(source);
    let id = settings.id;
    let error =
        diagnostics.error(origin, format!("`{source}` is a directory of your machine, and a task does not have it"));
    let files = if normal(source) == "." || source.starts_with(['~', '$']) {
        String::new()
    } else {
        format!(", or give its files under `Files` (`{}/…`)", key.trim_end_matches('/'))
    };
    error.fix(if read_only {
        format!("write `BindMounts: {{ {key}: ignore }}` beside `Document` of `{id}` if the image has the files{files}")
    } else {
        format!("write `BindMounts: {{ {key}: volume }}` beside `Document` of `{id}` to keep what is written there in a volume, which starts empty, or `ignore` if the image has the files{files}")
    });
}

/// A source as the key of a map in YAML.
fn key(source: &str) -> String {
    let is_plain = !source.is_empty() && source != "~" && !source.contains([' ', '{', '}', ',', '[', ']', '#', ':']);
    if is_plain { source.to_owned() } else { format!("\"{}\"", source.replace('\\', "\\\\")) }
}
