//! Maps from keys to texts: [labels](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#labels) and
//! [environment variables](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#environment).

use std::collections::BTreeMap;

use super::super::Loader;
use crate::diagnostic::Located;
use crate::document::Node;
use crate::expression::Expr;

/// Texts by key, each of which may be known late.
pub type Labels = BTreeMap<String, Located<Expr<String>>>;

pub(super) fn read(node: Node, what: &str, loader: &mut Loader<'_, '_, '_>) -> Labels {
    let Some(fields) = loader.reader.fields(node, &format!("{what}: a map, or a list of `KEY=value`")) else {
        return Labels::new();
    };
    let mut labels = Labels::new();
    for (key, node) in fields.rest() {
        if key.is_empty() {
            loader
                .reader
                .diagnostics
                .error(node.origin, format!("one of the {what} has no name"))
                .fix("write `KEY=value`");
        } else if let Some(value) = loader.text(&node) {
            labels.insert(key, value);
        }
    }
    labels
}
