//! What outlives a container.

use super::Tags;
use super::container::Bytes;
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
    /// A volume of the application.
    Volume {
        /// Its name.
        name: String,
        /// The directory of it that is mounted; `None`: all.
        subpath: Option<String>,
    },
    /// An empty directory that lives and dies with the replica; the containers that name it alike share it.
    Scratch(String),
    /// An empty directory in memory.
    Memory {
        /// The most it holds; `None`: the platform's choice.
        size: Option<Bytes>,
        /// Its permissions, as in `0o1777`.
        mode: Option<u32>,
    },
    /// A directory of the machine, by its path.
    Host(String),
}
