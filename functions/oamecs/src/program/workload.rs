//! One thing that runs: containers that share a network and their fate, some replicas of them, for good or once.

use std::collections::{BTreeMap, BTreeSet};

use super::exposure::Protocol;
use super::placement::Placement;
use super::platform::{Machine, NetworkMode};
use super::schedule::Schedule;
use super::{Container, Exposure, Tags, platform};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Where it is declared.
    pub origin: Origin,
    /// When it runs, and how often at a time.
    pub run: Run,
    /// The container that it is named for, whose end ends the replica.
    pub main: Container,
    /// Those that run beside it in each replica and share its network, sorted by name.
    pub beside: Vec<Container>,
    /// The networks it is a member of, by name.
    pub networks: BTreeSet<String>,
    /// Under which name its neighbours find it.
    pub found: Found,
    /// Names under which its neighbours find it besides its own.
    pub aliases: BTreeMap<String, Origin>,
    /// Where its neighbours call it, where that is said; none: by its names, at the ports that its containers listen on.
    pub addresses: Vec<Address>,
    /// The ports at which it is reached from outside its networks.
    pub exposures: Vec<Exposure>,
    /// The workloads that it starts after.
    pub after: BTreeMap<String, Dependency>,
    /// How a new version takes the place of the old one.
    pub update: Update,
    /// On which machines it runs.
    pub placement: Placement,
    /// Whose processes its containers see besides their own.
    pub processes: Option<Located<Sharing>>,
    /// With whom its containers share memory, semaphores and message queues of System V and POSIX.
    pub shared_memory: Option<Located<Sharing>>,
    /// Options of the platform.
    pub platform: platform::Options,
    /// Labels of what is made for the workload, the application's not repeated.
    pub tags: Tags,
}

impl Workload {
    /// All its containers, the main one first.
    pub fn containers(&self) -> impl Iterator<Item = &Container> {
        std::iter::once(&self.main).chain(&self.beside)
    }

    /// The kind of machine that it runs on: as somebody said, or else one that has what it needs.
    pub fn machine(&self) -> Machine {
        let needs_gpu = self.containers().any(|container| container.gpus.is_some());
        match &self.platform.capacity {
            Some(capacity) => capacity.value.machine(),
            None if needs_gpu => Machine::Instance,
            None => Machine::Fargate,
        }
    }

    /// Whether it is to be in the network of its machine.
    pub fn wants_machine_network(&self) -> bool {
        self.platform.network_mode.as_ref().is_some_and(|mode| mode.value == NetworkMode::Host)
    }

    /// Whether it is in the network of its machine, which others share.
    pub fn on_machine_network(&self) -> bool {
        self.wants_machine_network() && self.machine() == Machine::Instance
    }

    /// How many replicas there are to be for good; `None` where the platform decides, or where it ends by itself.
    pub fn replicas(&self) -> Option<&Located<Expr<u32>>> {
        match &self.run {
            Run::Replicas(replicas) => Some(replicas),
            Run::EachMachine(_) | Run::Once { .. } | Run::Scheduled { .. } => None,
        }
    }

    /// The name under which its neighbours find it, where it is called `name`; `None`: nobody finds it.
    pub fn found_as<'n>(&'n self, name: &'n str) -> Option<&'n str> {
        match &self.found {
            _ if !self.serves() => None,
            Found::ByName => Some(name),
            Found::As(other) => Some(&other.value),
            Found::Nowhere => None,
        }
    }

    /// Whether it is there for others: what runs to its end is found under no name and reached at no port.
    pub fn serves(&self) -> bool {
        match self.run {
            Run::Replicas(_) | Run::EachMachine(_) => true,
            Run::Once { .. } | Run::Scheduled { .. } => false,
        }
    }
}

/// Under which name neighbours find a workload.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Found {
    /// Under its own.
    #[default]
    ByName,
    /// Under another, which may have dots: `users.staging`.
    As(Located<String>),
    /// Under none: whoever calls it knows it from elsewhere.
    Nowhere,
}

/// When a workload runs, and how often at a time.
#[derive(Clone, Debug)]
pub enum Run {
    /// Until it is replaced, with so many replicas.
    Replicas(Located<Expr<u32>>),
    /// Until it is replaced, once on each machine; the place is what asks for it.
    EachMachine(Origin),
    /// To its end, whenever it changes.
    Once {
        /// What asks for it.
        origin: Origin,
        /// How many replicas run at once; none at all where it is 0.
        replicas: Located<Expr<u32>>,
    },
    /// To its end, at each time of a schedule.
    Scheduled {
        /// When.
        schedule: Located<Schedule>,
        /// How many replicas run at once; none at all where it is 0.
        replicas: Located<Expr<u32>>,
    },
}

/// A name and a port at which neighbours call a workload, and where that leads to.
///
/// A name alone leads to every port of a workload, at the number that its container listens on. Once one address of a
/// workload has another number, or a name that is neither its own nor an alias, the names in its addresses lead to these ports and
/// those that its containers declare, and to no others. A port of a container is in one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where it is declared.
    pub origin: Origin,
    /// What they call: the workload's own name, or another.
    pub name: String,
    /// The port that they call.
    pub port: u16,
    /// The container of the workload that listens.
    pub container: String,
    /// The port that it listens on.
    pub target: u16,
    /// What is spoken there, where the document says it; `None`: bytes are passed on.
    pub protocol: Option<Protocol>,
}

/// Something that must have come so far before something else starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Where it is declared.
    pub origin: Origin,
    /// How far.
    pub until: Until,
}

/// How far something must have come before another starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// It has started, and is healthy where it has a probe and is a workload of its own.
    Started,
    /// Its probe has succeeded.
    Healthy,
    /// It has ended well.
    Completed,
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

/// With whom containers share what each otherwise has to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// With the other containers of their replica.
    Replica,
    /// With everything on their machine.
    Machine,
}
