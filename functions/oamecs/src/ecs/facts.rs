//! What is to be known of an environment from outside: by `Fn::GetAtt` in its own template, by exports in others.

use serde_json::{Value as Json, json};

use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function};
use crate::expression::{Expr, Piece, concatenate};

/// The facts of an environment.
#[derive(Default)]
pub(super) struct Facts {
    attributes: Attributes,
    exports: Vec<(String, Json)>,
}

impl Facts {
    /// A fact with the name of its attribute and of its export.
    pub(super) fn add(&mut self, attribute: &str, export: &str, value: &Text) {
        self.attribute(attribute, value);
        self.exports.push((export.to_owned(), json!(value)));
    }

    /// A fact that is only an attribute.
    pub(super) fn attribute(&mut self, attribute: &str, value: &Text) {
        self.attributes.insert(attribute.to_owned(), value.clone());
    }

    /// The outputs that export the facts under `prefix`, by the name of each.
    pub(super) fn exports(&self, prefix: &Expr<String>) -> impl Iterator<Item = (&str, Json)> {
        self.exports.iter().map(move |(name, value)| {
            (name.as_str(), json!({ "Value": value, "Export": { "Name": export_name(prefix, name) } }))
        })
    }

    /// What `Fn::GetAtt` of the environment stands for.
    pub(super) fn into_attributes(self) -> Attributes {
        self.attributes
    }
}

/// The fact `name` of the stack that exports under `prefix`.
pub(super) fn import(prefix: &Expr<String>, name: &str) -> Function {
    Function::ImportValue(Box::new(export_name(prefix, name)))
}

/// The name under which a fact is exported: `<prefix>-<name>`, as oam-ecs named them.
fn export_name(prefix: &Expr<String>, name: &str) -> Text {
    let end = Piece::Literal(format!("-{name}"));
    let start = match prefix {
        Expr::Known(prefix) => vec![Piece::Literal(prefix.clone())],
        Expr::Deferred(prefix) => prefix.pieces().to_vec(),
    };
    Text::from(&concatenate(start.into_iter().chain([end])))
}
