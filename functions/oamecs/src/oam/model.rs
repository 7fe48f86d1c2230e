//! The canonical model of OAM documents, the same for all versions of the specification and in its words.
//!
//! In: what a version's own module has read. Out: an [`Application`], whose components have all that their schematics, parameters,
//! traits, policies and scopes make of them: nothing in it refers to another document any more. Traits have been applied, in
//! the author's order. What a value means on ECS is for [`lower`](super::lower).

pub mod component;
pub mod container;
pub mod probe;
pub mod quantity;
pub mod scope;
pub mod service;
pub mod volume;

use std::collections::BTreeMap;

pub use component::{Component, Pod, Workload};
pub use container::{Container, Variable, VariableValue};
pub use probe::Probe;
pub use scope::{HealthScope, NetworkScope};
pub use service::{Rule, ServicePort};
pub use volume::{Mount, Volume, VolumeFile};

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// Labels, by key.
pub type Labels = BTreeMap<String, Located<Expr<String>>>;

/// An application: an `ApplicationConfiguration` and its components, or an `Application`.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its document.
    pub origin: Origin,
    /// `metadata.name`.
    pub name: Located<String>,
    /// `metadata.labels`.
    pub labels: Labels,
    /// What runs, by the name of the instance, under which the others find it.
    pub components: BTreeMap<String, Component>,
    /// `Secret` documents beside the application, by name: what they hold is known by key only.
    pub secrets: BTreeMap<String, Secret>,
    /// The network of all components, as far as a scope says.
    pub network: NetworkScope,
    /// Groups of components whose health is watched together, by name.
    pub health: BTreeMap<String, HealthScope>,
}

/// A `Secret` among the documents.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its document.
    pub origin: Origin,
    /// Its keys, and the values that functions give; a value in plain text was reported.
    pub values: BTreeMap<String, Located<Expr<String>>>,
}
