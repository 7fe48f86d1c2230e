//! [`volumes_from`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes_from): the mounts of another
//! service, at the same paths.

use std::collections::BTreeSet;

use super::{Lowering, Mounts};
use crate::compose::model::{Absence, VolumesFrom};
use crate::document::{list_some, suggestion};
use crate::program::storage::Source;

/// Adds the mounts of the other service, and of those whose mounts that one takes over.
pub(super) fn take(name: &str, from: &VolumesFrom, mounts: &mut Mounts, lowering: &mut Lowering<'_>) {
    let mut seen = BTreeSet::from([name.to_owned()]);
    follow(from, from, mounts, &mut seen, lowering);
}

fn follow(
    from: &VolumesFrom,
    first: &VolumesFrom,
    mounts: &mut Mounts,
    seen: &mut BTreeSet<String>,
    lowering: &mut Lowering<'_>,
) {
    let Some(other) = lowering.mounting.get(&from.service) else {
        report(from, lowering);
        return;
    };
    if !seen.insert(from.service.clone()) {
        lowering
            .diagnostics
            .error(from.origin, format!("`{}` would take over mounts from itself", from.service))
            .fix("remove `volumes_from` from one of the services");
        return;
    }
    let mut own = other.clone();
    own.tmpfs.clear();
    let next = std::mem::take(&mut own.volumes_from);
    // What is wrong with its mounts, or worth knowing of them, is told at the service itself.
    let told = std::mem::take(lowering.diagnostics);
    let taken = super::lower(&from.service, &own, &None, lowering);
    *lowering.diagnostics = told;
    let read_only = from.read_only || first.read_only;
    for mut mount in taken.mounts {
        match mount.source {
            Source::Volume { .. } | Source::Host(_) if !mounts.has(&mount.path) => {
                mount.origin = first.origin;
                mount.read_only |= read_only;
                mounts.mounts.push(mount);
            }
            // Tasks share neither memory nor their own disks.
            Source::Scratch(_) | Source::Memory(_) => {
                let message = format!(
                    "what `{}` has at `{}` is not shared, as it goes with its task; a volume with a name is shared",
                    from.service, mount.path
                );
                lowering.diagnostics.note(first.origin, message);
            }
            Source::Volume { .. } | Source::Host(_) => {}
        }
    }
    for mut file in taken.files {
        if !mounts.has(&file.path) {
            file.origin = first.origin;
            mounts.files.push(file);
        }
    }
    for from in next {
        let from = VolumesFrom { origin: first.origin, read_only: from.read_only || read_only, ..from };
        follow(&from, first, mounts, seen, lowering);
    }
}

fn report(from: &VolumesFrom, lowering: &mut Lowering<'_>) {
    let name = &from.service;
    match lowering.absent.get(name) {
        Some(Absence::Faulty) => {}
        Some(Absence::Profiles(_)) => {
            lowering
                .diagnostics
                .error(from.origin, format!("`{name}` is not there, as none of its profiles is active"))
                .fix("mount its volumes under `volumes`");
        }
        None => {
            let known: Vec<&str> = lowering.mounting.keys().map(String::as_str).collect();
            let error = lowering.diagnostics.error(from.origin, format!("the document has no service `{name}`"));
            error.fix(match suggestion(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the services are {}", list_some(&known)),
            });
        }
    }
}
