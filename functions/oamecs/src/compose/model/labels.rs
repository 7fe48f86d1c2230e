//! Maps from keys to texts: [labels](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#labels) and
//! [environment variables](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#environment).

use std::collections::BTreeMap;

use super::super::Loader;
use crate::diagnostic::Located;
use crate::document::{Kind, Node};
use crate::expression::Expr;

/// Texts by key, each of which may be known late.
pub type Labels = BTreeMap<String, Located<Expr<String>>>;

pub(super) fn read(node: Node, what: &str, loader: &mut Loader<'_, '_, '_>) -> Labels {
    let Some(fields) = loader.fields(
        node,
        &format!("{what}: a map, or a list of `KEY=value`"),
        "each below the other, as `KEY: value`",
    ) else {
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
        } else if matches!(node.kind, Kind::Mapping(_) | Kind::Sequence(_)) {
            let example = format!("one text after `{key}:`; where the program reads JSON, write it in quotes");
            loader.shape::<()>(&node, "text, as all of the values here", &example);
        } else if let Some(value) = loader.text(&node) {
            labels.insert(key, value);
        }
    }
    labels
}
