//! The author's template: what is declared in it, what is known of it early, and how resources go back into it.
//!
//! In: the `fragment` of a macro request, the whole template but its `Transform`. Out: [`Declaration`]s with their
//! [`Document`](crate::document::Document)s; at the end, the fragment again, with native resources in their place.
//! Knows sections, functions and logical ids; knows neither Compose nor OAM.

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Located, Origin};
use crate::document::{Document, Fields};

/// The types of pseudo resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `OamEcs::Compose`.
    Compose,
    /// `OamEcs::Environment`.
    Environment,
}

/// A pseudo resource.
#[derive(Debug)]
pub struct Declaration {
    /// Its logical id.
    pub id: String,
    /// Its place.
    pub origin: Origin,
    /// Its type.
    pub kind: Kind,
    /// What stands under `Document`, in order; empty where an error was reported or the type has none.
    pub documents: Vec<Document>,
    /// What else stands under `Properties`, `Strict`, `Unknown` and `Patches` taken out.
    pub properties: Fields,
    /// What stands under `Patches`: by role, what is laid over the resource.
    pub patches: Vec<(Located<String>, Json)>,
    /// What stands beside `Properties`.
    pub attributes: Attributes,
}

/// The [resource attributes](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html)
/// of a pseudo resource.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// `DependsOn`.
    pub depends_on: Vec<String>,
    /// `Condition`.
    pub condition: Option<String>,
    /// `DeletionPolicy`.
    pub deletion_policy: Option<String>,
    /// `UpdateReplacePolicy`.
    pub update_replace_policy: Option<String>,
    /// `Metadata`.
    pub metadata: Map<String, Json>,
}
