//! Objects of Kubernetes, as far as they say what an ECS service or a task is.
//!
//! In: objects among the documents, or within components. Out: parts of the canonical model.

pub(super) mod environment;
pub(super) mod ports;
pub(super) mod resources;
mod schedule;
