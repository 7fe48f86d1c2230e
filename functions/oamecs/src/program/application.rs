//! A group of workloads that are deployed together and know each other by name.

use std::collections::BTreeMap;

use super::{Tags, Volume, Workload};
use crate::diagnostic::{Located, Origin};

/// An application: one document of a declaration.
#[derive(Clone, Debug)]
pub struct Application {
    /// The declaration.
    pub origin: Origin,
    /// Its name; workloads are found at `<workload>.<name>.local`.
    pub name: Located<String>,
    /// The key of its environment in [`super::Program::environments`].
    pub environment: String,
    /// Groups of workloads that reach each other on any port, by name.
    pub networks: BTreeMap<String, Network>,
    /// What outlives the workloads that mount it, by name.
    pub volumes: BTreeMap<String, Volume>,
    /// What runs, by name.
    pub workloads: BTreeMap<String, Workload>,
    /// Labels of everything that is made for the application.
    pub tags: Tags,
}

/// A group of workloads that reach each other.
#[derive(Clone, Debug)]
pub struct Network {
    /// Where it is declared, or what implies it.
    pub origin: Origin,
    /// Labels of what is made for it, the application's not repeated.
    pub tags: Tags,
}
