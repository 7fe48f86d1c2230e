//! `OamEcs::Rollout`: configurations of [ECS Toolkit](https://github.com/shipatlas/ecs-toolkit).
//!
//! In: a [`Document`] `version: v1`, with what its declaration says beside it. Out: [`load`] makes a
//! [`Configuration`](model::Configuration) of it, the tool's own model, and [`lower`] makes a
//! [`Release`](crate::program::Release) of that.
//!
//! The tool read its files loosely: keys in letters of either case, numbers and booleans as text, one item instead of a list of
//! one, `a,b` instead of a list of two. All of that is read here too. What it let pass and ECS then refused, or nobody noticed,
//! is an error here.

mod keys;
mod lists;
mod lower;
pub mod model;
mod names;
mod read;
pub mod settings;
pub mod support;
mod tag;
#[cfg(test)]
mod tests;

use crate::document::{Document, Reader};
pub use lower::lower;
pub use settings::Settings;

/// The canonical model of a document. `None` where there is none to go on with; what is wrong is in the reader's diagnostics in
/// any case.
pub fn load(documents: Vec<Document>, reader: &mut Reader<'_>) -> Option<model::Configuration> {
    let mut documents = documents.into_iter();
    let document = documents.next()?;
    for other in documents {
        reader
            .diagnostics
            .error(other.node.origin, "a release is one document, and this is another")
            .fix("write one declaration for each, and `DependsOn` where one comes after the other");
    }
    read::configuration(document.node, reader)
}
