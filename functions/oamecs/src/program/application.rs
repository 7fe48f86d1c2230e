//! A group of workloads that are deployed together and know each other by name.

use std::collections::{BTreeMap, BTreeSet};

use super::environment::{LoadBalancer, Namespace};
use super::platform::Logs;
use super::{Secret, Tags, Volume, Workload};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// An application: one document of a declaration.
#[derive(Clone, Debug)]
pub struct Application {
    /// The declaration.
    pub origin: Origin,
    /// Its name; workloads are found at `<workload>.<name>.local`.
    pub name: Located<String>,
    /// The key of its environment in [`super::Program::environments`].
    pub environment: String,
    /// What it uses instead of what its environment has.
    pub surroundings: Surroundings,
    /// Groups of workloads that reach each other on any port, by name.
    pub networks: BTreeMap<String, Network>,
    /// What outlives the workloads that mount it, by name.
    pub volumes: BTreeMap<String, Volume>,
    /// What containers are told in confidence, by name.
    pub secrets: BTreeMap<String, Secret>,
    /// Where the output of workloads goes that say nothing else.
    pub logs: Logs,
    /// What runs, by name.
    pub workloads: BTreeMap<String, Workload>,
    /// Other domains, whole, under which its workloads are found besides `<name>.local`: `default.svc.cluster.local`. Other
    /// applications may have them too.
    pub domains: BTreeMap<String, Origin>,
    /// Whether workloads find each other by their names alone, without the domain.
    pub short_names: bool,
    /// Groups of workloads whose health is watched together, by name.
    pub health: BTreeMap<String, Health>,
    /// Labels of everything that is made for the application.
    pub tags: Tags,
}

/// Workloads whose health is watched together. Nothing follows from it by itself.
#[derive(Clone, Debug)]
pub struct Health {
    /// Where it is declared.
    pub origin: Origin,
    /// The workloads, by name.
    pub members: BTreeSet<String>,
    /// How many per cent of the members must be healthy for the group to be, rounded up to whole ones: 1 to 100.
    pub minimum_percent: Located<u32>,
    /// Members that must be healthy in any case.
    pub required: BTreeSet<String>,
}

/// What exists and is for one application, in an environment that others may share.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The load balancer for HTTP.
    pub load_balancer: Option<LoadBalancer>,
    /// The name space.
    pub namespace: Option<Namespace>,
    /// The certificate with which load balancers terminate TLS.
    pub certificate: Option<Located<Expr<String>>>,
    /// The zone of its domain names.
    pub hosted_zone: Option<Located<Expr<String>>>,
}

/// A group of workloads that reach each other.
#[derive(Clone, Debug)]
pub struct Network {
    /// Where it is declared, or what implies it.
    pub origin: Origin,
    /// The security group whose members its workloads become, where it exists; `None`: one is made.
    pub group: Option<Located<Expr<String>>>,
    /// Labels of what is made for it, the application's not repeated.
    pub tags: Tags,
}
