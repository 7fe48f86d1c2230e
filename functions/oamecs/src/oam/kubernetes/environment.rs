//! Environment variables in the words of Kubernetes, and the secret with which an image is pulled.

use super::resources::Resources;
use crate::diagnostic::{Located, Origin};
use crate::document::Node;
use crate::expression::Expr;
use crate::oam::Loader;
use crate::oam::model::Variable;
use crate::oam::model::container::VariableValue;

impl Loader<'_, '_, '_> {
    /// `env`: names with their values, or with where these come from.
    pub(in crate::oam) fn variables(&mut self, node: Option<Node>, resources: &Resources) -> Vec<Variable> {
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

    /// The secret with which an image is pulled, of which there can be one.
    pub(in crate::oam) fn pull_secret(&mut self, node: Option<Node>) -> Option<Located<Expr<String>>> {
        let mut items = self.list(node, "a list of names of secrets").into_iter();
        let first = items.next().and_then(|node| self.reader.text(&node))?;
        if let Some(other) = items.next() {
            let message = "an image is pulled with one secret: the others have no effect";
            self.reader.diagnostics.note(other.origin, message);
        }
        Some(first)
    }

    /// `envFrom`: all that a config map or a secret holds.
    pub(super) fn variables_from(&mut self, node: Option<Node>, resources: &Resources) -> Vec<Variable> {
        let mut variables = Vec::new();
        for node in self.list(node, "a list of maps with `configMapRef` or `secretRef`") {
            let Some(mut fields) = self.reader.fields(node, "a map with `configMapRef` or `secretRef`") else {
                continue;
            };
            let prefix = fields.take("prefix").and_then(|node| self.reader.known_text(&node));
            let prefix = prefix.map(|prefix| prefix.value).unwrap_or_default();
            let mut named = |key: &str| {
                let mut fields = self.map(fields.take(key), "a map with `name`")?;
                self.required(&mut fields, "name", "name: settings")
            };
            let (config, secret) = (named("configMapRef"), named("secretRef"));
            if let Some(config) = config {
                for (key, text) in self.config_texts(config.origin, &config.value, resources).into_iter().flatten() {
                    let name = Located::new(config.origin, format!("{prefix}{key}"));
                    variables.push(Variable { name, value: VariableValue::Text(text.value.clone()) });
                }
            }
            let Some(secret) = secret else { continue };
            let Some(keys) = resources.keys_of_secret(&secret.value) else {
                let message =
                    format!("which keys `{}` has is not known: it is no secret of the documents", secret.value);
                self.reader.diagnostics.error(secret.origin, message).fix(format!(
                    "name each, `env: [{{ name: PASSWORD, valueFrom: {{ secretKeyRef: {{ name: {}, key: password }} }} }}]`",
                    secret.value
                ));
                continue;
            };
            for key in keys {
                let name = Located::new(secret.origin, format!("{prefix}{key}"));
                let value = VariableValue::Secret { name: secret.value.clone(), key: Some(key.clone()) };
                variables.push(Variable { name, value });
            }
        }
        variables
    }
}
