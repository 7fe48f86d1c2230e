//! What a document lays over the template that it becomes, in CloudFormation's words: the one thing that goes from a document
//! to the template past the model.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::diagnostic::Located;

/// What a document lays over its template.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Other logical ids of generated resources: for each, what it may mean, the likeliest first.
    pub aliases: BTreeMap<String, Vec<Meant>>,
    /// By section of the template (`Resources`, `Outputs`): what is laid over an entry, or is one.
    pub sections: BTreeMap<&'static str, Vec<(Located<String>, Json)>>,
}

/// A generated resource that another logical id may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// Its role: `web.Service`. `*` stands for a part that is not known where documents are read: `*.Instances`; such a role
    /// means a resource only where it is the only one.
    pub role: String,
    /// The role of another resource that must be there, or this one is not meant.
    pub beside: Option<String>,
}

impl Meant {
    /// The resource in this role.
    pub fn role(role: impl Into<String>) -> Self {
        Self { role: role.into(), beside: None }
    }

    /// Whether a role is this one.
    pub fn is(&self, role: &str) -> bool {
        match self.role.split_once('*') {
            None => role == self.role,
            Some((start, end)) => role.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        }
    }
}
