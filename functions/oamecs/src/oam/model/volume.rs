//! What containers of a component mount.

use std::collections::BTreeMap;

use super::container::FileContent;
use crate::diagnostic::{Located, Origin};
use crate::program::container::Bytes;

/// A volume of a pod.
#[derive(Clone, Debug)]
pub enum Volume {
    /// An empty directory that goes with its replica.
    Empty {
        /// The most that it is to hold.
        size: Option<Located<Bytes>>,
        /// Whether it is in memory.
        in_memory: bool,
    },
    /// A directory that stays.
    Claim {
        /// Its name: components that name it alike share it.
        claim: String,
        /// Whether it is expected to be there already.
        exists: bool,
        /// Whether several replicas may write it at once; `None`: nothing is said.
        is_shared: Option<Located<bool>>,
    },
    /// Files whose content is known, by their paths in it.
    Files(BTreeMap<String, Located<VolumeFile>>),
    /// A directory of the machine.
    Host(String),
}

/// A file of a volume.
#[derive(Clone, Debug)]
pub struct VolumeFile {
    /// What is in it.
    pub content: FileContent,
    /// Its permissions, as in `0o644`; `None`: whoever runs reads it.
    pub mode: Option<u32>,
}

/// Where a container sees a volume.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where it is declared.
    pub origin: Origin,
    /// The volume, by its name in the pod.
    pub volume: String,
    /// The absolute path in the container.
    pub path: String,
    /// What of the volume is seen; `None`: all.
    pub sub_path: Option<String>,
    /// Whether it refuses writes.
    pub read_only: bool,
}
