//! What every container has, whether it is a component's own, a sidecar or one that comes before: image, command, environment,
//! resources, probes.

use super::super::Loader;
use super::super::model::container::{Resources as Needs, VariableValue};
use super::super::model::{Container, Variable};
use super::resources::Resources;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};
use crate::expression::Expr;

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
        container.liveness = fields.take("livenessProbe").and_then(|node| self.probe(node));
        container.readiness = fields.take("readinessProbe").and_then(|node| self.probe(node));
        container.pull_secret = self.pull_secret(fields.take("imagePullSecrets"));
        container
    }

    /// `env`: names with their values, or with where these come from.
    pub(super) fn variables(&mut self, node: Option<Node>, resources: &Resources) -> Vec<Variable> {
        let items = self.list(node, "a list of variables with `name` and `value`");
        items.into_iter().filter_map(|node| self.variable(node, resources)).collect()
    }

    fn variable(&mut self, node: Node, resources: &Resources) -> Option<Variable> {
        let mut fields = self.reader.fields(node, "a variable, a map with `name` and `value`")?;
        let origin = fields.origin;
        let name = self.required(&mut fields, "name", "name: LOG_LEVEL")?;
        let (value, from) = (fields.take("value"), fields.take("valueFrom"));
        let value = match (value, from) {
            (Some(value), None) => VariableValue::Text(self.reader.text(&value)?.value),
            (None, Some(from)) => self.variable_from(from, resources)?,
            (None, None) => VariableValue::Text(Expr::Known(String::new())),
            (Some(_), Some(_)) => {
                self.reader
                    .diagnostics
                    .error(origin, format!("`{}` has both `value` and `valueFrom`", name.value))
                    .fix("write one of the two");
                return None;
            }
        };
        Some(Variable { name, value })
    }

    fn variable_from(&mut self, node: Node, resources: &Resources) -> Option<VariableValue> {
        let mut fields = self.reader.fields(node, "a map with `secretKeyRef` or `configMapKeyRef`")?;
        if let Some(node) = fields.take("configMapKeyRef") {
            let (origin, name, key) = self.key(node)?;
            return self.config_text(origin, &name, &key, resources).map(|text| VariableValue::Text(text.value));
        }
        // What is not available was reported.
        let node = fields.take("secretKeyRef")?;
        let (_, name, key) = self.key(node)?;
        Some(VariableValue::Secret { name, key: Some(key) })
    }

    /// The name of a config map or a secret, and a key of it.
    fn key(&mut self, node: Node) -> Option<(Origin, String, String)> {
        let mut fields = self.reader.fields(node, "a map with `name` and `key`")?;
        let origin = fields.origin;
        let name = self.required(&mut fields, "name", "name: database");
        let key = self.required(&mut fields, "key", "key: password");
        Some((origin, name?.value, key?.value))
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

    /// The secret with which an image is pulled, of which there can be one.
    fn pull_secret(&mut self, node: Option<Node>) -> Option<Located<Expr<String>>> {
        let mut items = self.list(node, "a list of names of secrets").into_iter();
        let first = items.next().and_then(|node| self.reader.text(&node))?;
        if let Some(other) = items.next() {
            let message = "an image is pulled with one secret: the others have no effect";
            self.reader.diagnostics.note(other.origin, message);
        }
        Some(first)
    }
}
