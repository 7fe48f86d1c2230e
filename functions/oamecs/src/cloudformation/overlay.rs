//! What a document lays over the template that it becomes, in CloudFormation's words: the one thing that goes from a document
//! to the template past the model.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::diagnostic::Located;

/// What a document lays over its template.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Other logical ids of generated resources: for each, the roles that it may mean, the likeliest first.
    pub aliases: BTreeMap<String, Vec<String>>,
    /// By section of the template (`Resources`, `Outputs`): what is laid over an entry, or is one.
    pub sections: BTreeMap<&'static str, Vec<(Located<String>, Json)>>,
}
