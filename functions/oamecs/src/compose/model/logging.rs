//! [`logging`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#logging).

use super::super::Loader;
use super::Labels;
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Node};

/// Where the output of a service's containers goes.
#[derive(Clone, Debug)]
pub struct Logging {
    /// Its place.
    pub origin: Origin,
    /// `driver`.
    pub driver: Option<Located<String>>,
    /// `options`.
    pub options: Labels,
    /// `x-aws-secret_options`: options of which each is a secret of the document, or one that exists.
    pub secret_options: Labels,
}

impl Logging {
    pub(super) fn read(node: Node, loader: &mut Loader<'_, '_, '_>) -> Option<Self> {
        let origin = node.origin;
        let mut fields =
            loader.fields(node, "a map with `driver` and `options`", "for example `logging: { driver: awslogs }`")?;
        Some(Self {
            origin,
            driver: fields.take("driver").and_then(|node| loader.reader.known_text(&node)),
            options: texts(&mut fields, "options", "for example `options: { mode: non-blocking }`", loader),
            secret_options: texts(
                &mut fields,
                "x-aws-secret_options",
                "for example `x-aws-secret_options: { splunk-token: splunk }`",
                loader,
            ),
        })
    }
}

fn texts(fields: &mut Fields, key: &str, example: &str, loader: &mut Loader<'_, '_, '_>) -> Labels {
    let mut texts = Labels::new();
    let given = fields.take(key).and_then(|node| loader.fields(node, "a map of options", example));
    for (key, node) in given.into_iter().flat_map(Fields::rest) {
        if !node.is_null()
            && let Some(value) = loader.reader.text(&node)
        {
            texts.insert(key, value);
        }
    }
    texts
}
