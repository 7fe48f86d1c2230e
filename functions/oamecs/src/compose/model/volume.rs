//! [Volumes](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md).

use super::super::Loader;
use super::{Labels, labels};
use crate::diagnostic::{Located, Origin};
use crate::document::Node;

/// A volume.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its place.
    pub origin: Origin,
    /// `driver`.
    pub driver: Option<Located<String>>,
    /// `labels`.
    pub labels: Labels,
    /// `name`.
    pub name: Option<Located<String>>,
}

impl Volume {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        if node.is_null() {
            return Some(Self { origin, driver: None, labels: Labels::new(), name: None });
        }
        let mut fields = loader.fields(node, "a volume, a map", "`{}` for one without options")?;
        Some(Self {
            origin,
            driver: fields.take("driver").and_then(|node| loader.reader.known_text(&node)),
            labels: fields.take("labels").map(|node| labels::read(node, "labels", loader)).unwrap_or_default(),
            name: fields.take("name").and_then(|node| loader.reader.known_text(&node)),
        })
    }
}
