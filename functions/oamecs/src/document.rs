//! Documents: what a declaration embeds, as a tree that every front end reads.
//!
//! In: a map that CloudFormation parsed, or a string that we parse as YAML 1.2. Out: a [`Node`] tree in which functions
//! are values, with an origin at every node, and the [`Reader`] that front ends take it apart with. Nothing here knows
//! Compose or OAM.

mod duplicate;
mod fault;
mod json;
mod key;
mod locate;
mod names;
mod node;
mod reader;
mod tag;
mod yaml;

pub use crate::diagnostic::Segment;
pub use fault::Fault;
pub use json::from_json;
pub use locate::{locate, locate_value};
pub use names::suggestion;
pub(crate) use names::{list, list_some};
pub use node::{Kind, Node, Tag};
pub use reader::{Early, Fields, NotEarly, Reader};
pub use tag::function_of_tag;
pub use yaml::{Source, YamlError, from_yaml, merge, parse};

/// A document of a declaration.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its content.
    pub node: Node,
    /// How it came into the template.
    pub form: Form,
}

/// How a document came into the template: CloudFormation's parser has left its marks on a map (design, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Written in place and parsed by CloudFormation under YAML 1.1: `22:22` arrived as 1342, `on` as true.
    Map,
    /// Written as a block string and parsed by us under YAML 1.2.
    Text,
}
