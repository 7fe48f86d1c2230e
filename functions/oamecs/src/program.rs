//! The model between the formats and AWS: what is to run, how it is reached and what it keeps.
//!
//! In: the front ends lower their canonical models to a [`Program`]. Out: the lowering in `ecs` makes resources of it.
//! No format's word is in here, and no AWS word but in [`platform`] and [`environment`], which say where it runs, and in what
//! authors write themselves and the model passes on as it is: ARNs of what exists, and the times of a [`schedule`]. A
//! capability that is here is lowered once, and every format gets it.
//!
//! Names are the keys of ordered maps, so that no order of a document reaches the template.

pub mod application;
pub mod container;
pub mod environment;
pub mod exposure;
pub mod host_name;
pub mod placement;
pub mod platform;
pub mod port_table;
pub mod probe;
pub mod reach;
pub mod release;
pub mod scaling;
pub mod schedule;
pub mod secret;
pub mod settle;
pub mod storage;
pub mod workload;

pub use application::{Application, Network};
pub use container::Container;
pub use environment::Environment;
pub use exposure::Exposure;
pub use probe::Probe;
pub use reach::Reach;
pub use release::Release;
pub use secret::Secret;
pub use storage::{Mount, Volume};
pub use workload::Workload;

use std::collections::{BTreeMap, BTreeSet};

use crate::expression::Expr;

/// Labels that resources carry, by key.
pub type Tags = BTreeMap<String, Expr<String>>;

/// Everything that the declarations of a template ask for.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Where applications run, by the id of the declaration (or of the implicit environment).
    pub environments: BTreeMap<String, Environment>,
    /// The keys of the environments that are declarations of their own.
    pub declared: BTreeSet<String>,
    /// What runs, by the id of the declaration.
    pub applications: BTreeMap<String, Application>,
    /// What brings new images to what runs already, by the id of the declaration.
    pub releases: BTreeMap<String, Release>,
}
