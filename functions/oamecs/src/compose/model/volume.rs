//! [Volumes](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md).

use super::super::Loader;
use super::driver_opts::DriverOpts;
use super::{Labels, labels};
use crate::diagnostic::{Located, Origin};
use crate::document::{Kind, Node};
use crate::expression::Expr;

/// A volume.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its place.
    pub origin: Origin,
    /// `driver`.
    pub driver: Option<Located<String>>,
    /// `driver_opts`.
    pub driver_opts: DriverOpts,
    /// `external`: whether it exists.
    pub external: Option<Located<bool>>,
    /// `labels`.
    pub labels: Labels,
    /// `name`, or `external.name`.
    pub name: Option<Located<Expr<String>>>,
    /// `x-aws-filesystem`: the id or ARN of the file system that it is.
    pub file_system: Option<Located<Expr<String>>>,
    /// `x-aws-access_point`: the id or ARN of the access point through which that is mounted.
    pub access_point: Option<Located<Expr<String>>>,
    /// `x-aws-mount_targets`: whether mount targets are made for that.
    pub mount_targets: Option<Located<bool>>,
    /// `x-aws-security_group`: the group of the mount targets of that.
    pub security_group: Option<Located<Expr<String>>>,
}

impl Volume {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let node = if node.is_null() { Node::new(origin, Kind::Mapping(indexmap::IndexMap::new())) } else { node };
        let mut fields = loader.fields(node, "a volume, a map", "`{}` for one without options")?;
        let mut name = fields.take("name").and_then(|node| loader.reader.text(&node));
        let external = fields.take("external").and_then(|node| match &node.kind {
            // The older form, `external: { name: … }`.
            Kind::Mapping(_) => {
                let origin = node.origin;
                let mut fields = loader.fields(node, "`true`", "`true`")?;
                name = fields.take("name").and_then(|node| loader.reader.text(&node)).or(name.take());
                fields.finish(&["name"], loader.reader.diagnostics);
                Some(Located::new(origin, true))
            }
            _ => loader.reader.any_bool(&node),
        });
        let mut text = |key| fields.take(key).and_then(|node| loader.reader.text(&node));
        let file_system = text("x-aws-filesystem");
        let access_point = text("x-aws-access_point");
        let security_group = text("x-aws-security_group");
        Some(Self {
            origin,
            driver: fields.take("driver").and_then(|node| loader.reader.known_text(&node)),
            driver_opts: fields.take("driver_opts").map(|node| DriverOpts::read(node, loader)).unwrap_or_default(),
            external,
            labels: fields.take("labels").map(|node| labels::read(node, "labels", loader)).unwrap_or_default(),
            name,
            file_system,
            access_point,
            mount_targets: fields.take("x-aws-mount_targets").and_then(|node| loader.reader.any_bool(&node)),
            security_group,
        })
    }
}
