//! What every container has, whether it is a component's own, a sidecar or one that comes before: image, command, environment,
//! resources, probes.

use super::super::Loader;
use super::super::kubernetes::resources::Resources;
use super::super::model::Container;
use super::super::model::container::Resources as Needs;
use crate::diagnostic::{Located, Origin};
use crate::document::Fields;

impl Loader<'_, '_, '_> {
    /// A container.
    pub(super) fn container(
        &mut self,
        origin: Origin,
        name: Located<String>,
        fields: &mut Fields,
        resources: &Resources,
    ) -> Container {
        let is_given = self.settings.images.contains_key(&name.value) || !self.settings.is_complete;
        let mut container = Container::new(origin, name);
        container.image = self.image(fields, is_given);
        container.command = self.words(fields.take("cmd"));
        container.args = self.words(fields.take("args"));
        container.env = self.variables(fields.take("env"), resources);
        container.resources = self.needs(fields);
        container.liveness = fields.take("livenessProbe").and_then(|node| self.probe(node, &container.ports));
        container.readiness = fields.take("readinessProbe").and_then(|node| self.probe(node, &container.ports));
        container.pull_secret = self.pull_secret(fields.take("imagePullSecrets"));
        container
    }

    /// What a container needs: `cpu` and `memory` are set aside, and `limit` limits.
    fn needs(&mut self, fields: &mut Fields) -> Needs {
        let mut needs = Needs {
            cpu: fields.take("cpu").and_then(|node| self.processors(&node)),
            memory: fields.take("memory").and_then(|node| self.memory(&node)),
            ..Needs::default()
        };
        if let Some(mut limit) = self.map(fields.take("limit"), "a map with `cpu` and `memory`") {
            needs.cpu_limit = limit.take("cpu").and_then(|node| self.processors(&node));
            needs.memory_limit = limit.take("memory").and_then(|node| self.memory(&node));
        }
        needs
    }
}
