//! [`volumes`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes) of a service: named volumes are
//! mounted; the host's directories are not there.

mod refused;
mod shared;

use super::super::model::mount::{Kind, Mount as Given};
use super::Lowering;
use crate::diagnostic::Located;
use crate::document::{list, suggestion};
use crate::program::Mount;
use crate::program::storage::Source;
pub(super) use refused::{Base, Mounting};
pub(super) use shared::advise as advise_shared;

/// The mounts of a service.
pub(super) fn lower(given: Vec<Given>, mounting: &Mounting<'_>, lowering: &mut Lowering<'_>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    for mount in given {
        if mount.kind.value != Kind::Volume {
            refused::report(&mount, mounting, lowering);
            continue;
        }
        let Given { origin, kind: _, source, target, read_only, nocopy } = mount;
        let Some(path) = path(&target, lowering) else { continue };
        if mounts.iter().any(|mount| mount.path == path) {
            lowering
                .diagnostics
                .error(target.origin, format!("two mounts have the same path, `{path}`"))
                .fix("remove one of them");
            continue;
        }
        let Some(source) = source else {
            refused::report_anonymous(origin, &path, mounting, lowering);
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
        mounts.push(Mount { origin, source: Source::Volume { name: source.value, subpath: None }, path, read_only });
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
