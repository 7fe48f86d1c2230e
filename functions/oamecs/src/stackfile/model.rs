//! The canonical model of stackfiles, in ecs-compose's words.
//!
//! In: what was read of documents that were laid over each other. Out: a [`Stack`], whose services have all that `defaults` and
//! `logging` at the top say, and the values that ecs-compose takes where nothing is said. What a value means on ECS is for
//! [`lower`](super::lower).

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::diagnostic::{Located, Origin};
use crate::document::Node;
use crate::expression::Expr;
use crate::program::exposure::Transport;

/// A stack of services.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The first document.
    pub origin: Origin,
    /// `vpc`.
    pub vpc: Vpc,
    /// `service_discovery.namespace`.
    pub namespace: Option<Located<String>>,
    /// `services`, by name.
    pub services: BTreeMap<String, Service>,
}

/// Ids of security groups.
pub type Groups = Located<Vec<Located<Expr<String>>>>;

/// The network of services.
#[derive(Clone, Debug, Default)]
pub struct Vpc {
    /// The keys of `Environment`, and their values: `id` and `subnets`.
    pub environment: IndexMap<String, Node>,
    /// `security_groups.public`: those of load balancers that the world reaches.
    pub public_groups: Option<Groups>,
    /// `security_groups.private`: those of the other load balancers, and of tasks with addresses of their own.
    pub private_groups: Option<Groups>,
}

/// A service, or a task that runs once on each deployment.
#[derive(Clone, Debug)]
pub struct Service {
    /// Where it is declared.
    pub origin: Origin,
    /// `image`.
    pub image: Option<Located<Expr<String>>>,
    /// `type`, where it is another than `service`.
    pub task: Option<Located<String>>,
    /// `ports`.
    pub ports: Vec<Port>,
    /// `environment`, and that of `defaults` where it says nothing.
    pub environment: BTreeMap<String, Located<Value>>,
    /// `desired_count`.
    pub desired_count: Option<Located<Expr<u32>>>,
    /// `memory`: MiB.
    pub memory: Located<u32>,
    /// `gpus`, where there are some.
    pub gpus: Option<Located<u32>>,
    /// `task_role_arn`.
    pub task_role: Option<Located<Expr<String>>>,
    /// `task_execution_role_arn`.
    pub execution_role: Option<Located<Expr<String>>>,
    /// `privileged`.
    pub privileged: Option<Located<bool>>,
    /// `volumes`.
    pub volumes: Vec<Volume>,
    /// `scheduling_strategy`.
    pub scheduling_strategy: Option<Located<Strategy>>,
    /// `logging`, with that of the stack where both name one driver.
    pub logging: Option<Logging>,
    /// `healthcheck`, or that of `defaults`.
    pub healthcheck: Option<Healthcheck>,
    /// `deployment_configuration`.
    pub deployment: Deployment,
    /// `placement_constraints`.
    pub placement_constraints: Vec<Constraint>,
    /// `dns_discovery.name`.
    pub dns_discovery: Option<Located<String>>,
    /// `elb`.
    pub elb: Option<Elb>,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// What anybody may see.
    Text(Expr<String>),
    /// What holds a parameter that is not echoed.
    Hidden(Expr<String>),
}

/// A port that a container listens on.
#[derive(Clone, Debug)]
pub struct Port {
    /// Where it is declared.
    pub origin: Origin,
    /// The port of the host; `None`: nothing is said.
    pub host: Option<u16>,
    /// The port of the container.
    pub container: u16,
    /// The protocol.
    pub transport: Transport,
}

/// A directory of the host.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Where it is declared.
    pub origin: Origin,
    /// What the task calls it.
    pub name: String,
    /// Its path on the host.
    pub host: String,
    /// Its path in the container.
    pub container: String,
    /// Whether it refuses writes.
    pub read_only: bool,
}

/// How many tasks there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// As many as are wanted.
    Replica,
    /// One on each machine.
    Daemon,
}

/// Where the output goes.
#[derive(Clone, Debug)]
pub struct Logging {
    /// Where it is declared.
    pub origin: Origin,
    /// `log_driver`.
    pub driver: Located<String>,
    /// `options`.
    pub options: BTreeMap<String, Located<Expr<String>>>,
}

/// How the health of a container is found out.
#[derive(Clone, Debug)]
pub struct Healthcheck {
    /// Where it is declared.
    pub origin: Origin,
    /// `command`, `CMD` or `CMD-SHELL` first; `None`: there is none.
    pub command: Option<Vec<Located<Expr<String>>>>,
    /// `interval`: seconds.
    pub interval: Located<u32>,
    /// `timeout`: seconds.
    pub timeout: Located<u32>,
    /// `retries`.
    pub retries: Located<u32>,
    /// `start_period`: seconds.
    pub start_period: Located<u32>,
}

/// How many tasks there are while a new version takes over, in percent of the wanted number.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// `maximum_percent`; `None`: 200.
    pub maximum_percent: Option<Located<u32>>,
    /// `minimum_healthy_percent`; `None`: 50.
    pub minimum_healthy_percent: Option<Located<u32>>,
}

/// On which machines tasks run.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// `memberOf`: those that the expression is true of.
    MemberOf(Located<Expr<String>>),
    /// `distinctInstance`: one that has no other task of the service.
    DistinctInstance(Origin),
}

/// A load balancer of a service.
#[derive(Clone, Debug)]
pub struct Elb {
    /// Where it is declared.
    pub origin: Origin,
    /// `type`.
    pub kind: Located<ElbType>,
    /// `protocol`: whether it ends TLS.
    pub protocol: Located<ElbProtocol>,
    /// `ports.public`: the port that it listens on.
    pub public: Located<u16>,
    /// `ports.container`: the port that it calls.
    pub container: Located<u16>,
    /// `certificates`: ARNs.
    pub certificates: Vec<Located<Expr<String>>>,
    /// `dns`.
    pub dns: Option<Dns>,
    /// `healthcheck`.
    pub health: TargetHealth,
}

/// Who reaches a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElbType {
    /// The world.
    Public,
    /// The network.
    Private,
}

/// What is spoken with a load balancer, or with a task to find out whether it is healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElbProtocol {
    /// HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

/// A name of a load balancer.
#[derive(Clone, Debug)]
pub struct Dns {
    /// `hosted_zone_id`.
    pub hosted_zone_id: Located<Expr<String>>,
    /// `record_name`.
    pub record_name: Located<Expr<String>>,
}

/// How a load balancer finds out whether a task is healthy.
#[derive(Clone, Debug)]
pub struct TargetHealth {
    /// Where it is declared.
    pub origin: Origin,
    /// `protocol`.
    pub protocol: Located<ElbProtocol>,
    /// `port`; `None`: that of the container.
    pub port: Option<Located<u16>>,
    /// `path`.
    pub path: Located<Expr<String>>,
    /// `interval_seconds`.
    pub interval: Located<u32>,
    /// `timeout_seconds`.
    pub timeout: Located<u32>,
    /// `healthy_threshold_count`.
    pub healthy: Located<u32>,
    /// `unhealthy_threshold_count`.
    pub unhealthy: Located<u32>,
}
