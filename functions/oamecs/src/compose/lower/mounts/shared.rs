//! Volumes that several services mount at different paths: often one name for what was meant to be two volumes.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Origin};
use crate::document::list;
use crate::program::Workload;
use crate::program::storage::Source;

/// Says which services share the content of a volume, where their paths differ.
pub(in super::super) fn advise(workloads: &BTreeMap<String, Workload>, diagnostics: &mut Diagnostics) {
    let mut mounts: BTreeMap<&str, Vec<(&str, &str, Origin)>> = BTreeMap::new();
    for (name, workload) in workloads {
        for mount in workload.containers().flat_map(|container| &container.mounts) {
            let Source::Volume { name: volume, subpath: None } = &mount.source else { continue };
            // Whoever writes one path of a machine twice means one directory.
            if volume.contains('/') || volume.starts_with('$') {
                continue;
            }
            mounts.entry(volume).or_default().push((name, &mount.path, mount.origin));
        }
    }
    for (volume, mounts) in mounts {
        let Some((first, _, _)) = mounts.first() else { continue };
        let paths: Vec<&str> =
            mounts.iter().filter(|(service, _, _)| service == first).map(|(_, path, _)| *path).collect();
        let Some((_, _, origin)) = mounts.iter().find(|(_, path, _)| !paths.contains(path)) else { continue };
        let mut services: Vec<&str> = mounts.iter().map(|(service, _, _)| *service).collect();
        services.dedup();
        diagnostics.advice(
            *origin,
            format!(
                "{} share the content of the volume `{volume}`, though they mount it at different paths",
                list(&services)
            ),
        );
    }
}
