//! What traits of the type `storage` make, beside the objects among the documents and those that steps apply.

use super::super::Loader;
use super::super::kubernetes::resources::Resources;
use super::super::object::Object;
use super::draft::Draft;
use super::names;
use crate::diagnostic::Located;
use crate::document::{Kind, Node};

impl Loader<'_, '_, '_> {
    /// What there is for components to name.
    pub(super) fn resources(&mut self, objects: Vec<Object>, drafts: &[Draft]) -> Resources {
        let mut resources = self.resources_of(objects);
        for draft in drafts {
            for each in &draft.traits {
                let is_storage = self.type_name(&each.kind).value == names::STORAGE;
                if let (true, Some(properties)) = (is_storage, &each.properties) {
                    self.storage(properties, &mut resources);
                }
            }
        }
        resources
    }

    /// What a trait of the type `storage` makes.
    fn storage(&mut self, properties: &Node, resources: &mut Resources) {
        let entries = |kind: &str| match properties.get(kind) {
            Some(Node { kind: Kind::Sequence(items), .. }) => items.clone(),
            _ => Vec::new(),
        };
        for (kind, item) in ["configMap", "secret", "pvc"]
            .into_iter()
            .flat_map(|kind| entries(kind).into_iter().map(move |item| (kind, item)))
        {
            let mounts_only = item.get("mountOnly").is_some_and(|node| node.kind == Kind::Bool(true));
            let (Some(name), false) = (item.get("name"), mounts_only) else { continue };
            let Kind::Text(text) = &name.kind else { continue };
            let name = Located::new(name.origin, text.clone());
            match kind {
                "configMap" => {
                    if let Some(data) = item.get("data") {
                        self.config_map(&name, Some(data.clone()), resources);
                    }
                }
                "secret" => {
                    let (text, data) = (item.get("stringData").cloned(), item.get("data").cloned());
                    if text.is_some() || data.is_some() {
                        self.secret(&name, text, data, resources);
                    }
                }
                _ => {
                    resources.claims.insert(name.value);
                }
            }
        }
    }
}
