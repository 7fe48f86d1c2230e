//! `vela.yaml`, in which KubeVela's tool described applications before there were `Application`s.
//!
//! In: `name` and `services`, each with the properties of its component and, among them, its traits by their types. Out: the
//! `Application` that it stands for.

use indexmap::IndexMap;

use super::super::Loader;
use super::super::model::Labels;
use super::super::object::{Annotations, Metadata, Object};
use super::super::support::v1beta1::TRAITS;
use super::names;
use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node};
use crate::support::find;

/// The keys of a document.
const KEYS: [&str; 6] = ["createTime", "name", "secrets", "services", "updateTime", "version"];

/// Whether a document is a `vela.yaml`: it says neither of which version nor of which kind it is.
pub(in crate::oam) fn is_appfile(node: &Node) -> bool {
    node.get("services").is_some() && node.get("apiVersion").is_none() && node.get("kind").is_none()
}

impl Loader<'_, '_, '_> {
    /// The `Application` that a `vela.yaml` stands for.
    pub(in crate::oam) fn appfile(&mut self, node: Node) -> Option<Object> {
        let origin = node.origin;
        let mut fields = self.reader.fields(node, "a map with `name` and `services`")?;
        let name = fields.take("name").and_then(|node| self.reader.known_text(&node));
        let services = fields.take("services")?;
        let place = services.origin;
        if let Some(secrets) = fields.take("secrets") {
            self.reader
                .diagnostics
                .error(secrets.origin, "`secrets` of a `vela.yaml` are values in plain text")
                .fix("name secrets that exist in `env`, with `valueFrom`");
        }
        fields.take("createTime");
        fields.take("updateTime");
        fields.take("version");
        fields.finish(&KEYS, self.reader.diagnostics);
        let services = self.reader.fields(services, "a map of services, by name")?;
        let components =
            services.rest().into_iter().filter_map(|(name, service)| self.service(&name, service)).collect();
        let components = Node::new(place, Kind::Sequence(components));
        let spec = Node::new(place, Kind::Mapping(IndexMap::from([("components".to_owned(), components)])));
        Some(Object {
            origin,
            api_version: Located::new(origin, "core.oam.dev/v1beta1".to_owned()),
            kind: Located::new(origin, "Application".to_owned()),
            metadata: Metadata { name, namespace: None, labels: Labels::new(), annotations: Annotations::new() },
            fields: Fields::new(origin, IndexMap::from([("spec".to_owned(), spec)])),
        })
    }

    fn service(&mut self, name: &str, node: Node) -> Option<Node> {
        let origin = node.origin;
        let mut fields = self.reader.fields(node, "a service, a map with `image`")?;
        let kind = fields.take("type").unwrap_or_else(|| Node::text(origin, names::WEBSERVICE));
        if let Some(build) = fields.take("build") {
            let message = format!("`build` has no effect: a template builds nothing; `{name}` runs its `image`");
            self.reader.diagnostics.note(build.origin, message);
        }
        if let Some(config) = fields.take("config") {
            self.reader
                .diagnostics
                .error(config.origin, "`config` names what `vela config` keeps, and nothing of it is here")
                .fix("write the variables under `env`");
        }
        let mut properties = IndexMap::new();
        let mut traits = Vec::new();
        for (key, value) in fields.rest() {
            let plain = Located::new(value.origin, key.clone());
            // `env` and the like are properties of a component as well, and are meant so.
            let is_property = matches!(key.as_str(), names::ENV | names::LABELS | names::ANNOTATIONS);
            if !is_property && find(TRAITS.table, &self.type_name(&plain).value).is_some() {
                let entries = [("type".to_owned(), Node::text(value.origin, key)), ("properties".to_owned(), value)];
                let place = entries.first().map_or(origin, |(_, node)| node.origin);
                traits.push(Node::new(place, Kind::Mapping(IndexMap::from(entries))));
            } else {
                properties.insert(key, value);
            }
        }
        let entries = [
            ("name".to_owned(), Node::text(origin, name)),
            ("type".to_owned(), kind),
            ("properties".to_owned(), Node::new(origin, Kind::Mapping(properties))),
            ("traits".to_owned(), Node::new(origin, Kind::Sequence(traits))),
        ];
        Some(Node::new(origin, Kind::Mapping(IndexMap::from(entries))))
    }
}
