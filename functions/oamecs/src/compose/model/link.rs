//! [`links`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#links).

use super::super::Loader;
use crate::diagnostic::Origin;
use crate::document::Node;

/// A service that another reaches, and waits for.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its place.
    pub origin: Origin,
    /// The service that is reached.
    pub service: String,
    /// Another name for it; `None`: its own.
    pub alias: Option<String>,
}

impl Link {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Vec<Self> {
        let items = loader.items(node, "a list of services", "for example `links: [\"db:database\"]`");
        let texts = items.into_iter().flatten().filter_map(|item| loader.reader.known_text(&item));
        texts
            .map(|text| match text.value.split_once(':') {
                Some((service, alias)) => {
                    Self { origin: text.origin, service: service.to_owned(), alias: Some(alias.to_owned()) }
                }
                None => Self { origin: text.origin, service: text.value, alias: None },
            })
            .collect()
    }
}
