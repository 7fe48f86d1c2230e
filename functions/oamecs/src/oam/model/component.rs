//! A component as it runs: an instance of a schematic, or a component of an `Application`.

use std::collections::BTreeMap;

use super::{Container, Labels, Rule, ServicePort, Volume};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::program::platform::Processor;
use crate::program::scaling::Scaling;
use crate::program::schedule::Schedule;

/// A component.
#[derive(Clone, Debug)]
pub struct Component {
    /// Where the application names it.
    pub origin: Origin,
    /// What kind of workload it is.
    pub workload: Located<Workload>,
    /// How many replicas there are, or how many run at a time; `None`: one.
    pub replicas: Option<Located<Expr<u32>>>,
    /// The trait that says how many there are, where one does.
    pub scaled: Option<Origin>,
    /// What decides how many there are, instead of a number.
    pub autoscaling: Option<Located<Scaling>>,
    /// Containers that share a network and their fate.
    pub pod: Pod,
    /// Names under which others call it, besides that of its instance.
    pub aliases: BTreeMap<String, Origin>,
    /// The ports at which others call it.
    pub ports: Vec<ServicePort>,
    /// The requests from outside that are for it.
    pub rules: Vec<Rule>,
    /// The components that are there before it.
    pub depends_on: BTreeMap<String, Origin>,
    /// How a new version takes the place of the old one.
    pub strategy: Strategy,
    /// Labels of it.
    pub labels: Labels,
}

impl Component {
    /// A component of which nothing is known but what runs.
    pub fn new(origin: Origin, workload: Located<Workload>, pod: Pod) -> Self {
        Self {
            origin,
            workload,
            replicas: None,
            scaled: None,
            autoscaling: None,
            pod,
            aliases: BTreeMap::new(),
            ports: Vec::new(),
            rules: Vec::new(),
            depends_on: BTreeMap::new(),
            strategy: Strategy::default(),
            labels: Labels::new(),
        }
    }
}

/// The kinds of workloads, after
/// [v1alpha1](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#core-workload-types), and those of later
/// versions that are like none of them.
#[derive(Clone, Debug)]
pub enum Workload {
    /// `Server`, `webservice`: replicas for good, which others call.
    Server,
    /// `SingletonServer`: the same, at most one at a time.
    SingletonServer,
    /// `Worker`, `worker`: replicas for good, which nobody calls.
    Worker,
    /// `SingletonWorker`: the same, at most one at a time.
    SingletonWorker,
    /// `Task`, `task`: it runs to its end.
    Task,
    /// `SingletonTask`: the same, one at a time.
    SingletonTask,
    /// `cron-task`: it runs to its end, at times.
    CronTask(CronTask),
    /// `statefulset`: replicas for good, each with a volume of its own.
    Stateful,
    /// `daemon`: one on each machine.
    Daemon,
}

impl Workload {
    /// Whether there may be more than one at a time: singletons take no trait that says how many.
    pub fn is_replicable(&self) -> bool {
        match self {
            Self::Server | Self::Worker | Self::Task | Self::CronTask(_) | Self::Stateful => true,
            Self::SingletonServer | Self::SingletonWorker | Self::SingletonTask | Self::Daemon => false,
        }
    }

    /// Whether it is there for good.
    pub fn is_daemonized(&self) -> bool {
        match self {
            Self::Server
            | Self::SingletonServer
            | Self::Worker
            | Self::SingletonWorker
            | Self::Stateful
            | Self::Daemon => true,
            Self::Task | Self::SingletonTask | Self::CronTask(_) => false,
        }
    }
}

/// When a workload runs that does so at times, and what it may do.
#[derive(Clone, Debug)]
pub struct CronTask {
    /// The times.
    pub schedule: Located<Schedule>,
    /// Seconds by which a start may be late.
    pub starting_deadline: Option<Located<u32>>,
}

/// Containers that share a network and their fate.
#[derive(Clone, Debug, Default)]
pub struct Pod {
    /// Those that run; the first is the one that the component is named for.
    pub containers: Vec<Container>,
    /// Those that run to their end before, one after the other.
    pub init_containers: Vec<Container>,
    /// What containers mount, by name.
    pub volumes: BTreeMap<String, Located<Volume>>,
    /// The instruction set of its images.
    pub processor: Option<Located<Processor>>,
    /// The role of its containers, by ARN.
    pub role: Option<Located<Expr<String>>>,
    /// Seconds from the request to stop to the end by force.
    pub termination_grace: Option<Located<u32>>,
    /// How often a task is tried that fails, beside the first time.
    pub retries: Option<Located<u32>>,
    /// Seconds after which a task is stopped.
    pub deadline: Option<Located<u32>>,
}

/// How a new version takes the place of the old one; `None`: nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Strategy {
    /// Whether the old one stops first.
    pub recreate: Option<Located<bool>>,
    /// How many replicas there may be beyond those wanted.
    pub max_surge: Option<Located<Share>>,
    /// How many of those wanted may be missing.
    pub max_unavailable: Option<Located<Share>>,
}

/// A number of replicas, or a share of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// So many.
    Count(u32),
    /// So many of a hundred.
    Percent(u32),
}
