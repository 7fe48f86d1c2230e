//! [Networks](https://github.com/compose-spec/compose-spec/blob/main/06-networks.md), and what services are in them.

use std::collections::BTreeMap;

use super::super::Loader;
use super::{Labels, labels};
use crate::diagnostic::{Located, Origin};
use crate::document::Node;

/// A network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its place.
    pub origin: Origin,
    /// `driver`.
    pub driver: Option<Located<String>>,
    /// `labels`.
    pub labels: Labels,
    /// `name`.
    pub name: Option<Located<String>>,
}

impl Network {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        if node.is_null() {
            return Some(Self { origin, driver: None, labels: Labels::new(), name: None });
        }
        let mut fields = loader.fields(node, "a network, a map", "`{}` for one without options")?;
        Some(Self {
            origin,
            driver: fields.take("driver").and_then(|node| loader.reader.known_text(&node)),
            labels: fields.take("labels").map(|node| labels::read(node, "labels", loader)).unwrap_or_default(),
            name: fields.take("name").and_then(|node| loader.reader.known_text(&node)),
        })
    }
}

/// What a service is in a network.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Its place.
    pub origin: Origin,
    /// [`aliases`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#aliases): further names of the service.
    pub aliases: Vec<Located<String>>,
}

impl Membership {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> BTreeMap<String, Self> {
        let Some(entries) = loader.fields(
            node,
            "a list of networks, or a map from networks to options",
            "for example `networks: [back]`",
        ) else {
            return BTreeMap::new();
        };
        let mut memberships = BTreeMap::new();
        for (name, node) in entries.rest() {
            let origin = node.origin;
            let mut aliases = Vec::new();
            if !node.is_null() {
                let fields = loader.fields(node, "a map with `aliases`", "for example `{ aliases: [api] }`");
                let list = fields.and_then(|mut fields| fields.take("aliases"));
                let items = list.and_then(|node| loader.items(node, "a list of names", "for example `aliases: [api]`"));
                aliases.extend(items.into_iter().flatten().filter_map(|item| loader.reader.known_text(&item)));
            }
            memberships.insert(name, Self { origin, aliases });
        }
        memberships
    }
}
