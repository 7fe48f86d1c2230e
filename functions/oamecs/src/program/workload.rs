//! One thing that runs: some replicas of some containers that share their fate.

use std::collections::{BTreeMap, BTreeSet};

use super::{Container, Exposure, Tags, platform};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A workload that runs until it is replaced.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Where it is declared.
    pub origin: Origin,
    /// How many replicas run.
    pub replicas: Located<Expr<u32>>,
    /// What runs in each replica. The first is the one that is exposed and whose end ends the replica.
    pub containers: Vec<Container>,
    /// The networks it is a member of, by name.
    pub networks: BTreeSet<String>,
    /// Names under which its neighbours find it besides its own.
    pub aliases: BTreeMap<String, Origin>,
    /// The ports at which it is reached from outside its networks.
    pub exposures: Vec<Exposure>,
    /// The workloads that must run, and be healthy where they have a probe, before this one starts.
    pub after: BTreeMap<String, Origin>,
    /// How a new version takes the place of the old one.
    pub update: Update,
    /// The instruction set that the images are built for.
    pub processor: Located<Processor>,
    /// Options of the platform.
    pub platform: platform::Options,
    /// Labels of what is made for the workload, the application's not repeated.
    pub tags: Tags,
}

/// How a new version takes the place of the old one.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// Whether new replicas start before old ones stop. `None`: before, unless two versions would write one volume.
    pub order: Option<Located<Order>>,
    /// How many replicas are replaced at a time; 0 for all. `None`: as many as the platform thinks fit.
    pub batch: Option<Located<u32>>,
    /// What happens to an update that fails.
    pub on_failure: OnFailure,
    /// The share of replicas, in percent of the wanted number, that stay while an update runs; overrides the above.
    pub minimum_percent: Option<Located<u32>>,
    /// The share of replicas, in percent of the wanted number, that there may be at most; overrides the above.
    pub maximum_percent: Option<Located<u32>>,
}

/// Which comes first in an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// New replicas start, then old ones stop.
    StartFirst,
    /// Old replicas stop, then new ones start: never two versions at once.
    StopFirst,
}

/// What happens to an update that fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// The former version comes back.
    #[default]
    RollBack,
    /// The update stops where it is.
    Pause,
    /// It is tried on and on.
    Continue,
}

/// An instruction set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Processor {
    /// x86-64.
    #[default]
    Amd64,
    /// 64-bit ARM.
    Arm64,
}
