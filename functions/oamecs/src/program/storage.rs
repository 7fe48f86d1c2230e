//! What outlives a container.

use super::Tags;
use super::container::Bytes;
use super::platform::file_system::FileSystem;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A directory that outlives the workloads which mount it.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Where it is declared.
    pub origin: Origin,
    /// What it is kept on.
    pub file_system: FileSystem,
    /// Which directory of that it is, from the root; `None`: one of its own where the file system is made for it, all of a
    /// file system that exists.
    pub directory: Option<Located<Expr<String>>>,
    /// Who every access counts as; `None`: the program's own user.
    pub owner: Option<Owner>,
    /// The permissions of the directory when it is made, as in `0750`.
    pub permissions: Option<Located<Expr<String>>>,
    /// Labels of what is made for it, the application's not repeated.
    pub tags: Tags,
}

/// A user and a group, by number.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The user.
    pub user: Located<Expr<String>>,
    /// The group.
    pub group: Located<Expr<String>>,
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
    Memory(Memory),
    /// A directory of the machine, by its path.
    Host(String),
}

/// An empty directory in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The most it holds; `None`: half of what its replica has.
    pub size: Option<Bytes>,
    /// Its permissions, as in `0o1777`; `None`: these.
    pub mode: Option<u32>,
    /// The user that owns it, by number.
    pub user: Option<u32>,
    /// The group that owns it, by number.
    pub group: Option<u32>,
    /// What else is to hold, in the words of `mount`: `noexec`.
    pub flags: Vec<String>,
}
