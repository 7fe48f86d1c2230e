//! A container of a component.

use std::collections::BTreeMap;

use super::{Mount, Probe};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::program::container::{Bytes, MilliCpu};
use crate::program::exposure::Transport;

/// A container.
#[derive(Clone, Debug)]
pub struct Container {
    /// Where it is declared.
    pub origin: Origin,
    /// Its name, unique in its pod.
    pub name: Located<String>,
    /// The image; `None` where it was reported to be missing.
    pub image: Option<Located<Expr<String>>>,
    /// Replaces the image's entry point.
    pub command: Option<Located<Vec<Expr<String>>>>,
    /// Replaces the image's command.
    pub args: Option<Located<Vec<Expr<String>>>>,
    /// Replaces the image's working directory.
    pub working_directory: Option<Located<Expr<String>>>,
    /// Environment variables, in the author's order: the last of a name counts.
    pub env: Vec<Variable>,
    /// Files that are there when it starts, by absolute path; each hides what the image has in its directory.
    pub files: BTreeMap<String, Located<FileContent>>,
    /// The ports that it listens on.
    pub ports: Vec<Port>,
    /// What it needs.
    pub resources: Resources,
    /// Directories that come from volumes of the pod.
    pub mounts: Vec<Mount>,
    /// Whether it has to be started again.
    pub liveness: Option<Probe>,
    /// Whether it can be called.
    pub readiness: Option<Probe>,
    /// Whether it has come so far that the others count.
    pub startup: Option<Probe>,
    /// The name or ARN of the secret with which its image is pulled.
    pub pull_secret: Option<Located<Expr<String>>>,
    /// What it may do.
    pub security: Security,
}

impl Container {
    /// A container of which nothing is known but its name.
    pub fn new(origin: Origin, name: Located<String>) -> Self {
        Self {
            origin,
            name,
            image: None,
            command: None,
            args: None,
            working_directory: None,
            env: Vec::new(),
            files: BTreeMap::new(),
            ports: Vec::new(),
            resources: Resources::default(),
            mounts: Vec::new(),
            liveness: None,
            readiness: None,
            startup: None,
            pull_secret: None,
            security: Security::default(),
        }
    }
}

/// An environment variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Located<String>,
    /// Its value.
    pub value: VariableValue,
}

/// The value of an environment variable.
#[derive(Clone, Debug)]
pub enum VariableValue {
    /// Text.
    Text(Expr<String>),
    /// A key of a secret, or all of it.
    Secret {
        /// The secret's name.
        name: String,
        /// The key; `None`: its whole text.
        key: Option<String>,
    },
}

/// What is in a file.
#[derive(Clone, Debug)]
pub enum FileContent {
    /// Text.
    Text(Expr<String>),
    /// A key of a secret, or all of it.
    Secret {
        /// The secret's name.
        name: String,
        /// The key; `None`: its whole text.
        key: Option<String>,
    },
}

/// A port that a container listens on.
#[derive(Clone, Debug)]
pub struct Port {
    /// Where it is declared.
    pub origin: Origin,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its number.
    pub number: u16,
    /// Its protocol.
    pub transport: Transport,
}

/// What a container needs, and what it may use at most.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Thousandths of a processor that are set aside for it.
    pub cpu: Option<Located<MilliCpu>>,
    /// Bytes that are set aside for it.
    pub memory: Option<Located<Bytes>>,
    /// Thousandths of a processor that it may use at most.
    pub cpu_limit: Option<Located<MilliCpu>>,
    /// Bytes that it may use at most.
    pub memory_limit: Option<Located<Bytes>>,
    /// Graphics processors that it has to itself.
    pub gpu: Option<Located<u32>>,
}

/// What a container may do.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// The user and group that it runs as, `1000:1000`.
    pub user: Option<Located<Expr<String>>>,
    /// Whether its root file system refuses writes.
    pub read_only: Option<Located<bool>>,
    /// Capabilities of the kernel that are added.
    pub added: Vec<Located<String>>,
    /// Capabilities of the kernel that are taken away.
    pub dropped: Vec<Located<String>>,
    /// Whether it may do all that its machine may.
    pub privileged: Option<Located<bool>>,
}
