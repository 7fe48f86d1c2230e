//! Containers beside the component's own, and their ports: `sidecar`, `container-ports`.

use super::super::super::Loader;
use super::super::super::kubernetes::ports::declare;
use super::super::super::kubernetes::resources::Resources;
use super::super::super::model::container::Port;
use super::super::super::model::{Component, Container, Mount};
use crate::document::{Fields, Node};

impl Loader<'_, '_, '_> {
    /// Adds a container, or changes the one of its name.
    pub(super) fn sidecar(
        &mut self,
        mut fields: Fields,
        component: &mut Component,
        resources: &Resources,
    ) -> Option<()> {
        let origin = fields.origin;
        let name = self.required(&mut fields, "name", "name: log-collector")?;
        let volumes = fields.take("volumes");
        let mut container = self.container(origin, name, &mut fields, resources);
        for node in self.list(volumes, "a list of volumes with `name` and `path`") {
            let Some(mount) = self.shared(node, "path") else { continue };
            container.mounts.push(mount);
        }
        let mut containers = component.pod.containers.iter_mut();
        match containers.find(|other| other.name.value == container.name.value) {
            Some(other) => Self::overlay_container(other, container),
            None => component.pod.containers.push(container),
        }
        Some(())
    }

    /// A mount of a volume that the pod has.
    pub(super) fn shared(&mut self, node: Node, path_key: &str) -> Option<Mount> {
        let mut fields = self.reader.fields(node, "a map with the name of a volume and its path")?;
        let origin = fields.origin;
        let volume = self.required(&mut fields, "name", "name: logs")?.value;
        let path = self.needed(&mut fields, path_key, &format!("{path_key}: /var/log"))?;
        let path = self.absolute(&path)?;
        Some(Mount { origin, volume, path, sub_path: None, read_only: false })
    }

    /// Adds ports that containers listen on.
    pub(super) fn container_ports(&mut self, fields: Fields, component: &mut Component) {
        self.change(fields, component, Self::add_ports);
    }

    fn add_ports(&mut self, mut fields: Fields, container: &mut Container) {
        for node in self.list(fields.take("ports"), "a list of ports") {
            let Some(mut fields) = self.reader.fields(node, "a port, a map with `containerPort`") else { continue };
            let origin = fields.origin;
            let node = self.needed(&mut fields, "containerPort", "containerPort: 8080");
            let number = node.and_then(|node| self.port(&node));
            let transport = self.transport(fields.take("protocol"));
            if let Some((number, transport)) = number.zip(transport) {
                declare(container, Port { origin, name: None, number: number.value, transport });
            }
        }
    }
}
