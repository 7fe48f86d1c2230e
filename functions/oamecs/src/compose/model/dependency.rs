//! [`depends_on`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#depends_on).

use std::collections::BTreeMap;

use super::super::Loader;
use super::Link;
use crate::diagnostic::{Located, Origin};
use crate::document::Node;

/// What a service waits for.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Its place.
    pub origin: Origin,
    /// What the other service must have reached.
    pub condition: Located<Condition>,
    /// Whether the other service must be there at all.
    pub required: bool,
    /// Whether the service is to be started again when Compose restarts the other one.
    pub restart: Option<Located<bool>>,
}

/// A condition of a [`Dependency`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `service_started`.
    Started,
    /// `service_healthy`.
    Healthy,
    /// `service_completed_successfully`.
    Completed,
}

impl Dependency {
    /// What `depends_on` says, and what links imply.
    pub(super) fn with_links(
        node: Option<Node>,
        links: &[Link],
        loader: &mut Loader<'_, '_, '_>,
    ) -> BTreeMap<String, Self> {
        let mut dependencies = node.map(|node| Self::read(node, loader)).unwrap_or_default();
        for link in links {
            let origin = link.origin;
            let condition = Located::new(origin, Condition::Started);
            let implied = Self { origin, condition, required: true, restart: None };
            dependencies.entry(link.service.clone()).or_insert(implied);
        }
        dependencies
    }

    fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> BTreeMap<String, Self> {
        let Some(entries) =
            loader.fields(node, "a list of services, or a map from services to conditions", "`depends_on: [db]`")
        else {
            return BTreeMap::new();
        };
        let mut dependencies = BTreeMap::new();
        for (name, node) in entries.rest() {
            if let Some(dependency) = Self::one(node, loader) {
                dependencies.insert(name, dependency);
            }
        }
        dependencies
    }

    fn one(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields = loader.fields(node, "a map with `condition`", "`{ condition: service_started }`")?;
        let Some(condition) = fields.take("condition") else {
            loader
                .reader
                .diagnostics
                .error(origin, "the dependency has no `condition`")
                .fix("write `condition: service_started` or `condition: service_healthy`");
            return None;
        };
        let condition = loader.choice(
            &condition,
            &[
                ("service_started", Condition::Started),
                ("service_healthy", Condition::Healthy),
                ("service_completed_successfully", Condition::Completed),
            ],
        )?;
        let required = fields
            .take("required")
            .and_then(|node| loader.reader.any_bool(&node))
            .is_none_or(|required| required.value);
        let restart = fields.take("restart").and_then(|node| loader.reader.any_bool(&node));
        Some(Self { origin, condition, required, restart })
    }
}
