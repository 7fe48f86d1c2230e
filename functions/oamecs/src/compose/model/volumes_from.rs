//! [`volumes_from`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes_from).

use super::super::Loader;
use crate::diagnostic::Origin;
use crate::document::Node;

/// Another service whose mounts are taken over.
#[derive(Clone, Debug)]
pub struct VolumesFrom {
    /// Its place.
    pub origin: Origin,
    /// The service.
    pub service: String,
    /// Whether all of them refuse writes.
    pub read_only: bool,
}

impl VolumesFrom {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let items = loader.items(node, "a list of services", "for example `volumes_from: [\"db:ro\"]`");
        items.into_iter().flatten().filter_map(|item| Self::one(&item, loader)).collect()
    }

    fn one(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let text = loader.reader.known_text(node)?;
        let diagnostics = &mut *loader.reader.diagnostics;
        if text.value.starts_with("container:") {
            diagnostics
                .error(
                    node.origin,
                    format!("there are no containers of other projects beside a task, and so no `{}`", text.value),
                )
                .fix("name a service of this document, or mount its volume by `volumes`");
            return None;
        }
        let (service, mode) = text.value.split_once(':').unwrap_or((&text.value, "rw"));
        if !matches!(mode, "ro" | "rw") {
            diagnostics
                .error(node.origin, format!("`{mode}` is not a mode of a mount"))
                .fix(format!("write `{service}` or `{service}:ro`"));
            return None;
        }
        Some(Self { origin: node.origin, service: service.to_owned(), read_only: mode == "ro" })
    }
}
