//! CloudFormation's own vocabulary: logical ids, functions, resources and their properties.
//!
//! In: values of the lowering. Out: what a template holds. Nothing here knows Compose, OAM or the model.

pub mod function;
pub mod logical_id;
mod overlay;
pub mod resource;
pub(crate) mod substitution;
pub mod survey;
pub mod template;
pub mod value;
pub mod written;

pub use function::Function;
pub use logical_id::LogicalId;
pub(crate) use logical_id::hash;
pub use overlay::{Meant, Overlay};
pub use survey::{Reference, Survey};
pub use template::{Attributes, Keep, Lowered, Resource, Resources};
pub use value::Value;
pub use written::Written;
