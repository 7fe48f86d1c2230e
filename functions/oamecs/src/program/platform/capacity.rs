//! What tasks run on.

use std::collections::BTreeMap;

use crate::expression::Expr;

/// What tasks run on.
#[derive(Clone, Debug, PartialEq)]
pub enum Capacity {
    /// Capacity providers of the cluster, all of one kind of machine, and how tasks are divided among them.
    Providers(Vec<Share>),
    /// Instances that are made for it.
    Instances(Box<Instances>),
    /// Instances that are registered with a cluster that exists, by whichever way.
    Registered,
}

impl Capacity {
    /// One provider that runs all tasks.
    pub fn provider(provider: Provider) -> Self {
        Self::Providers(vec![Share { provider, base: None, weight: 1 }])
    }

    /// The kind of machine that it is.
    pub fn machine(&self) -> Machine {
        match self {
            Self::Providers(shares) => shares.first().map_or(Machine::Fargate, |share| share.provider.machine()),
            Self::Instances(_) | Self::Registered => Machine::Instance,
        }
    }
}

/// The kinds of machines that tasks run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Machine {
    /// One of AWS's own for each task, of which the task sees nothing.
    #[default]
    Fargate,
    /// One that somebody runs in the cluster, and that tasks share.
    Instance,
}

/// A capacity provider's part in what runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Which.
    pub provider: Provider,
    /// Tasks that it runs before all others, 0 to 100,000; one share at most has them.
    pub base: Option<u32>,
    /// Its part of the rest, 0 to 1,000.
    pub weight: u32,
}

/// A capacity provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Provider {
    /// Fargate.
    Fargate,
    /// Fargate at the price, and with the interruptions, of spare capacity.
    FargateSpot,
    /// Instances of a provider that the cluster has, by its name.
    Named(Expr<String>),
}

impl Provider {
    /// The kind of machine that it has.
    pub fn machine(&self) -> Machine {
        match self {
            Self::Fargate | Self::FargateSpot => Machine::Fargate,
            Self::Named(_) => Machine::Instance,
        }
    }
}

/// Instances that are made, as many as the tasks need. Workloads that ask for the same ones share them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instances {
    /// What tells them from others; `None`: their types do.
    pub name: Option<String>,
    /// Their types, the first preferred (`m7i.large`). Empty: the smallest that a task fits on.
    pub types: Vec<Expr<String>>,
    /// How many there are at least; `None`: none, while nothing runs.
    pub minimum: Option<Expr<u32>>,
    /// How many there are at most; `None`: ten.
    pub maximum: Option<Expr<u32>>,
    /// Whether they are spare capacity, with its price and its interruptions.
    pub spot: bool,
    /// The id of their image, or the name of the parameter that holds it, which starts with `/`; `None`: AWS's own for ECS.
    pub image: Option<Expr<String>>,
    /// The size of their disk in GiB; `None`: 30, or 100 with GPUs.
    pub volume_size: Option<u32>,
    /// The share of them, in percent, that tasks use before there are more; `None`: all.
    pub target: Option<u32>,
    /// Whether one with tasks on it is never removed, until somebody lifts its protection.
    pub protected: bool,
    /// What is known of each by a name of the author's, for placement.
    pub attributes: BTreeMap<String, String>,
    /// Lines of a shell script that each runs when it starts.
    pub start_script: Option<Expr<String>>,
}
