//! What outlives a container.

use super::Tags;
use crate::diagnostic::Origin;

/// A directory that outlives the workloads which mount it.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Where it is declared.
    pub origin: Origin,
    /// Labels of what is made for it, the application's not repeated.
    pub tags: Tags,
}

/// A directory of a container that comes from elsewhere.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where it is declared.
    pub origin: Origin,
    /// What is mounted.
    pub source: Source,
    /// The absolute path in the container.
    pub path: String,
    /// Whether it refuses writes.
    pub read_only: bool,
}

/// Where a mounted directory comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A volume of the application, by name.
    Volume(String),
}
