//! The author's template: what is declared in it, what is known of it early, and how resources go back into it.
//!
//! In: the `fragment` of a macro request, the whole template but its `Transform`. Out: [`Declaration`]s with their
//! [`Document`](crate::document::Document)s; at the end, the fragment again, with native resources in their place.
//! Knows sections, functions and logical ids; knows neither Compose nor OAM.
//!
//! ```text
//! fragment ─ find ─► Template + Declarations … Lowered ─ patch ─► Lowered ─ splice ─► Spliced ─ verify, measure, annotate, write ─► JSON
//! ```
//!
//! [`EarlyValues`] answers, for the stages in between, what a function is worth while the template is expanded.
//! A fragment without declarations goes through all of this unchanged, so expanding twice is expanding once.

mod additions;
mod attributes;
mod condition;
mod cycle;
mod document_overlay;
mod documents;
mod early;
mod exposed;
mod find;
mod limits;
mod on_demand;
mod order;
mod overlay;
mod patch;
mod place;
mod references;
mod rewrite;
mod splice;
mod spliced;
mod verify;

pub use early::EarlyValues;
pub(crate) use find::is_ours;
pub use find::{Template, find};
pub use limits::{INLINE_BYTES, TEMPLATE_BYTES};
pub use overlay::overlay;
pub use patch::patch;
pub use splice::splice;
pub use spliced::{Size, Spliced};
pub use verify::verify;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use crate::cloudformation::Overlay;
use crate::diagnostic::{Located, Origin};
use crate::document::{Document, Fields};

/// The types of pseudo resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `OamEcs::Application`.
    Application,
    /// `OamEcs::Compose`.
    Compose,
    /// `OamEcs::Environment`.
    Environment,
    /// `OamEcs::Rollout`.
    Rollout,
    /// `OamEcs::Stackfile`.
    Stackfile,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Application, Self::Compose, Self::Environment, Self::Rollout, Self::Stackfile];

    /// The type's name in a template: `OamEcs::Compose`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "OamEcs::Application",
            Self::Compose => "OamEcs::Compose",
            Self::Environment => "OamEcs::Environment",
            Self::Rollout => "OamEcs::Rollout",
            Self::Stackfile => "OamEcs::Stackfile",
        }
    }
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
    /// What its documents lay over the template in CloudFormation's words.
    pub overlay: Overlay,
    /// What its documents add to sections of the template.
    pub additions: Vec<Addition>,
    /// What stands beside `Properties`.
    pub attributes: Attributes,
}

/// An entry of a section of the template that a document adds.
#[derive(Clone, Debug)]
pub struct Addition {
    /// The section: `Outputs`.
    pub section: &'static str,
    /// Its key there.
    pub key: Located<String>,
    /// The entry.
    pub value: Json,
}

impl Declaration {
    /// Takes out what a front end reads, the documents and the properties; the rest is for [`patch`] and [`splice`].
    pub fn take(&mut self) -> (Vec<Document>, Fields) {
        let empty = Fields::new(self.properties.origin, IndexMap::new());
        (std::mem::take(&mut self.documents), std::mem::replace(&mut self.properties, empty))
    }
}

/// The [resource attributes](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html)
/// of a pseudo resource.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// `DependsOn`.
    pub depends_on: Vec<String>,
    /// `Condition`.
    pub condition: Option<String>,
    /// `DeletionPolicy`: text, or a function where `AWS::LanguageExtensions` is to work it out.
    pub deletion_policy: Option<Json>,
    /// `UpdateReplacePolicy`: text, or a function where `AWS::LanguageExtensions` is to work it out.
    pub update_replace_policy: Option<Json>,
    /// `Metadata`.
    pub metadata: Map<String, Json>,
}
