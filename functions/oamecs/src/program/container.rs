//! A container of a workload.

use std::collections::BTreeMap;

use super::{Mount, Probe, exposure::Transport};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A container.
#[derive(Clone, Debug)]
pub struct Container {
    /// Where it is declared.
    pub origin: Origin,
    /// Its name within the workload.
    pub name: String,
    /// The image: `nginx:1.27`, or a repository's address.
    pub image: Located<Expr<String>>,
    /// Replaces the image's entry point.
    pub entrypoint: Option<Vec<Expr<String>>>,
    /// Replaces the image's command; arguments of the entry point.
    pub command: Option<Vec<Expr<String>>>,
    /// Environment variables by name.
    pub environment: BTreeMap<String, Located<Expr<String>>>,
    /// The directory in which it starts.
    pub working_directory: Option<Located<Expr<String>>>,
    /// User and group, `1000:1000` or by name.
    pub user: Option<Located<Expr<String>>>,
    /// Whether its root file system refuses writes.
    pub read_only: Option<Located<bool>>,
    /// Whether a small init process passes signals on and reaps children.
    pub init: Option<Located<bool>>,
    /// Whether standard input stays open.
    pub interactive: Option<Located<bool>>,
    /// Whether it has a terminal.
    pub terminal: Option<Located<bool>>,
    /// Labels that its runtime sees.
    pub labels: BTreeMap<String, Expr<String>>,
    /// The ports it listens on that are declared.
    pub ports: Vec<Located<Port>>,
    /// Directories that come from elsewhere, in the author's order.
    pub mounts: Vec<Mount>,
    /// How its health is found out.
    pub probe: Option<Probe>,
    /// What it may use of the machine.
    pub resources: Resources,
    /// Limits of the kernel by name (`nofile`).
    pub limits: BTreeMap<String, Located<Limit>>,
    /// The seconds between the request to stop and the end by force.
    pub stop_grace: Option<Located<u32>>,
    /// Whether it is started again when it ends, within its replica.
    pub restart: Option<Located<Restart>>,
    /// Options of where its output goes, by the platform's names.
    pub log_options: BTreeMap<String, Located<Expr<String>>>,
}

/// A port that a container listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// Its number.
    pub number: u16,
    /// Its protocol.
    pub transport: Transport,
}

/// What a container may use.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Thousandths of a processor that it needs, or may use at most where it says so.
    pub cpu: Option<Located<MilliCpu>>,
    /// Bytes that it needs, or may use at most where it says so.
    pub memory: Option<Located<Bytes>>,
    /// Bytes that are set aside for it.
    pub memory_reservation: Option<Located<Bytes>>,
}

/// Thousandths of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MilliCpu(pub u64);

/// Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// A limit of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What applies; the process may raise it to `hard`.
    pub soft: i64,
    /// What it may be raised to; -1 for no limit.
    pub hard: i64,
}

/// When a container that ended is started again within its replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// However it ended.
    Always,
    /// When it ended with another code than 0.
    OnFailure,
}
