//! Environment variables: `env`, `service-binding`.

use super::super::super::Loader;
use super::super::super::model::container::VariableValue;
use super::super::super::model::{Component, Container, Variable};
use crate::diagnostic::Located;
use crate::document::Fields;

impl Loader<'_, '_, '_> {
    /// Changes variables.
    pub(super) fn change_environment(&mut self, fields: Fields, component: &mut Component) {
        self.change(fields, component, Self::change_variables);
    }

    fn change_variables(&mut self, mut fields: Fields, container: &mut Container) {
        let replaces =
            fields.take("replace").and_then(|node| self.reader.any_bool(&node)).is_some_and(|replace| replace.value);
        let unset = self.names(fields.take("unset"), "a list of names of variables");
        if replaces {
            container.env.clear();
        }
        let entries = self.map(fields.take("env"), "a map of texts").map(Fields::rest).unwrap_or_default();
        for (key, node) in entries {
            let Some(value) = self.reader.text(&node) else { continue };
            let (name, value) = (Located::new(value.origin, key), VariableValue::Text(value.value));
            set(container, Variable { name, value });
        }
        container.env.retain(|variable| !unset.iter().any(|name| name.value == variable.name.value));
    }

    /// Takes variables from secrets.
    pub(super) fn service_binding(&mut self, mut fields: Fields, component: &mut Component) {
        let bindings = self.map(fields.take("envMappings"), "a map of variables");
        for (variable, node) in bindings.map(Fields::rest).unwrap_or_default() {
            let origin = node.origin;
            let Some(mut binding) = self.reader.fields(node, "a map with `secret` and `key`") else { continue };
            let key = binding.take("key").and_then(|node| self.reader.known_text(&node));
            let Some(secret) = self.required(&mut binding, "secret", "secret: database") else { continue };
            // As KubeVela has it, the variable's name is the key where none is written.
            let key = key.map_or_else(|| variable.clone(), |key| key.value);
            let value = VariableValue::Secret { name: secret.value, key: Some(key) };
            if let Some(container) = component.pod.containers.first_mut() {
                set(container, Variable { name: Located::new(origin, variable), value });
            }
        }
    }
}

/// Sets a variable where it stands, or at the end.
fn set(container: &mut Container, variable: Variable) {
    match container.env.iter_mut().find(|other| other.name.value == variable.name.value) {
        Some(other) => *other = variable,
        None => container.env.push(variable),
    }
}
