//! The canonical model of a configuration: what the author wrote, in long form and checked.

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A configuration.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// `cluster`: a name or an ARN.
    pub cluster: Located<Expr<String>>,
    /// `tasks.pre`.
    pub pre: Vec<Task>,
    /// `services`.
    pub services: Vec<Service>,
    /// `tasks.post`.
    pub post: Vec<Task>,
}

/// An item of `tasks.pre` or `tasks.post`.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its place.
    pub origin: Origin,
    /// `family`: a family, `family:revision`, or an ARN.
    pub family: Located<Expr<String>>,
    /// `count`: 1 to 10.
    pub count: Located<Expr<u32>>,
    /// `containers`, each once.
    pub containers: Vec<Located<String>>,
    /// `launch_type`; excludes providers.
    pub launch_type: Option<LaunchType>,
    /// `capacity_provider_strategies`, up to six.
    pub providers: Vec<Provider>,
    /// `network_configuration.vpc_configuration`.
    pub network: Option<Network>,
}

/// What tasks run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaunchType {
    /// Instances of the cluster.
    Ec2,
    /// Machines elsewhere.
    External,
    /// AWS's own machines.
    Fargate,
}

/// An item of `capacity_provider_strategies`.
#[derive(Clone, Debug)]
pub struct Provider {
    /// `capacity_provider`.
    pub name: Located<Expr<String>>,
    /// `base`: 0 to 100,000, on one item at most.
    pub base: Option<Located<u32>>,
    /// `weight`: 0 to 1,000.
    pub weight: Option<u32>,
}

/// `vpc_configuration`.
#[derive(Clone, Debug)]
pub struct Network {
    /// `assign_public_ip`.
    pub assign_public_ip: bool,
    /// `security_groups`: 1 to 5.
    pub security_groups: Vec<Expr<String>>,
    /// `subnets`: 1 to 16; late, it is a list.
    pub subnets: Expr<Vec<Expr<String>>>,
}

/// An item of `services`.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its place.
    pub origin: Origin,
    /// `name`.
    pub name: Located<Expr<String>>,
    /// `containers`, each once.
    pub containers: Vec<Located<String>>,
    /// `force`.
    pub force: Option<Located<bool>>,
    /// `max_wait`: minutes, 5 to 58.
    pub max_wait: Option<Located<u32>>,
}
