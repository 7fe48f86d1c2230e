//! [`placement`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#placement).

use super::super::Loader;
use super::gpu::texts;
use crate::diagnostic::Located;
use crate::document::Fields;

/// On which machines a service runs.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    /// `constraints`: `node.labels.disk == ssd`.
    pub constraints: Vec<Located<String>>,
    /// `preferences`: what each spreads over.
    pub preferences: Vec<Located<String>>,
    /// `max_replicas_per_node`.
    pub max_replicas_per_node: Option<Located<u32>>,
}

impl Placement {
    pub(super) fn read(deploy: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Self {
        let example = "for example `placement: { preferences: [{ spread: node.labels.zone }] }`";
        let Some(mut fields) = deploy
            .take("placement")
            .and_then(|node| loader.fields(node, "a map with `constraints` and `preferences`", example))
        else {
            return Self::default();
        };
        let mut preferences = Vec::new();
        let items =
            fields.take("preferences").and_then(|node| loader.items(node, "a list of maps with `spread`", example));
        for item in items.unwrap_or_default() {
            let spread = loader
                .fields(item, "a map with `spread`", "`{ spread: node.labels.zone }`")
                .and_then(|mut fields| fields.take("spread"))
                .and_then(|node| loader.reader.known_text(&node));
            preferences.extend(spread);
        }
        Self {
            constraints: texts(&mut fields, "constraints", loader),
            preferences,
            max_replicas_per_node: fields
                .take("max_replicas_per_node")
                .and_then(|node| loader.known_count(&node, "write a whole number, 0 for no limit")),
        }
    }
}
