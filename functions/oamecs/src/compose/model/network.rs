//! [Networks](https://github.com/compose-spec/compose-spec/blob/main/06-networks.md), and what services are in them.

use std::collections::BTreeMap;

use super::super::Loader;
use super::{Labels, labels};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::expression::Expr;

/// A network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its place.
    pub origin: Origin,
    /// `driver`.
    pub driver: Option<Located<String>>,
    /// `external`: whether it exists.
    pub external: Option<Located<bool>>,
    /// `internal`: whether nothing outside is reached from it, nor reaches it.
    pub internal: Option<Located<bool>>,
    /// `labels`.
    pub labels: Labels,
    /// `name`: of one that exists, its security group's id.
    pub name: Option<Located<Expr<String>>>,
    /// `x-aws-securitygroup`: the id of the security group that it is.
    pub security_group: Option<Located<Expr<String>>>,
}

impl Network {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        if node.is_null() {
            return Some(Self {
                origin,
                driver: None,
                external: None,
                internal: None,
                labels: Labels::new(),
                name: None,
                security_group: None,
            });
        }
        let mut fields = loader.fields(node, "a network, a map", "`{}` for one without options")?;
        Some(Self {
            origin,
            driver: fields.take("driver").and_then(|node| loader.reader.known_text(&node)),
            external: fields.take("external").and_then(|node| external(node, &mut fields, loader)),
            internal: fields.take("internal").and_then(|node| loader.reader.any_bool(&node)),
            labels: fields.take("labels").map(|node| labels::read(node, "labels", loader)).unwrap_or_default(),
            name: fields.take("name").and_then(|node| loader.text(&node)),
            security_group: fields.take("x-aws-securitygroup").and_then(|node| loader.text(&node)),
        })
    }
}

/// `external: true`, or the older `external: { name: … }`, which becomes the newer.
fn external(node: Node, fields: &mut Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Located<bool>> {
    if !matches!(node.kind, Kind::Mapping(_)) {
        return loader.reader.any_bool(&node);
    }
    let origin = node.origin;
    let mut inner = loader.fields(node, "`true` or `false`", "`external: true`, and `name` beside it")?;
    if let Some(name) = inner.take("name") {
        fields.put("name", name);
    }
    Some(Located::new(origin, true))
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
