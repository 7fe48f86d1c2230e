//! Containers that run before the others: `init-container`.

use super::super::super::Loader;
use super::super::super::kubernetes::resources::Resources;
use super::super::super::model::{Component, Mount, Volume};
use crate::diagnostic::Located;
use crate::document::Fields;

/// The volume that both containers see, where none is named.
const WORK_DIRECTORY: &str = "workdir";

impl Loader<'_, '_, '_> {
    /// Adds a container that runs to its end first, and a directory that it shares with the component's own.
    pub(super) fn init_container(
        &mut self,
        mut fields: Fields,
        component: &mut Component,
        resources: &Resources,
    ) -> Option<()> {
        let origin = fields.origin;
        let name = self.required(&mut fields, "name", "name: prepare")?;
        let volume = fields.take("mountName").and_then(|node| self.reader.known_text(&node));
        let volume = volume.map_or_else(|| WORK_DIRECTORY.to_owned(), |volume| volume.value);
        let paths = ["appMountPath", "initMountPath"].map(|key| {
            let node = self.needed(&mut fields, key, &format!("{key}: /work"))?;
            self.absolute(&node)
        });
        let extra = fields.take("extraVolumeMounts");
        let mut container = self.container(origin, name, &mut fields, resources);
        let [app_path, init_path] = paths;
        let mount = |path: String| Mount { origin, volume: volume.clone(), path, sub_path: None, read_only: false };
        container.mounts.push(mount(init_path?));
        for node in self.list(extra, "a list of volumes with `name` and `mountPath`") {
            container.mounts.extend(self.shared(node, "mountPath"));
        }
        let app_mount = mount(app_path?);
        let is_same = |other: &Mount| other.volume == app_mount.volume && other.path == app_mount.path;
        if let Some(app) = component.pod.containers.first_mut().filter(|app| !app.mounts.iter().any(is_same)) {
            app.mounts.push(app_mount);
        }
        let empty = Volume::Empty { size: None, in_memory: false };
        component.pod.volumes.entry(volume).or_insert(Located::new(origin, empty));
        let others = &mut component.pod.init_containers;
        match others.iter_mut().find(|other| other.name.value == container.name.value) {
            Some(other) => Self::overlay_container(other, container),
            None => others.push(container),
        }
        Some(())
    }
}
