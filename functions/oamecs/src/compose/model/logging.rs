//! [`logging`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#logging).

use super::super::Loader;
use super::Labels;
use crate::diagnostic::{Located, Origin};
use crate::document::Node;

/// Where the output of a service's containers goes.
#[derive(Clone, Debug)]
pub struct Logging {
    /// Its place.
    pub origin: Origin,
    /// `driver`.
    pub driver: Option<Located<String>>,
    /// `options`.
    pub options: Labels,
}

impl Logging {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields =
            loader.fields(node, "a map with `driver` and `options`", "for example `logging: { driver: awslogs }`")?;
        let mut options = Labels::new();
        let given = fields
            .take("options")
            .and_then(|node| loader.fields(node, "a map of options", "for example `options: { mode: non-blocking }`"));
        for (key, node) in given.into_iter().flat_map(crate::document::Fields::rest) {
            if !node.is_null()
                && let Some(value) = loader.reader.text(&node)
            {
                options.insert(key, value);
            }
        }
        Some(Self { origin, driver: fields.take("driver").and_then(|node| loader.reader.known_text(&node)), options })
    }
}
