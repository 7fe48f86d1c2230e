//! How a published port is reached: by which names and paths, by whom, and what a load balancer does on the way.
//!
//! It is said of a port, of a workload or of all workloads; what is said of the least wins, value by value.

use super::environment::Scheme;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// What is said of how a published port is reached; `None`: nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Whether it goes on a load balancer at all.
    pub balanced: Option<Located<bool>>,
    /// Whether a load balancer is there for its workload alone; `None`: all workloads share one of each kind.
    pub apart: Option<Located<bool>>,
    /// The security groups of that load balancer, which exist and say who reaches it; `None`: one is made.
    pub groups: Option<Located<Vec<Located<Expr<String>>>>>,
    /// Who can reach its load balancer.
    pub scheme: Option<Located<Scheme>>,
    /// A listener that exists, to which only rules are added.
    pub listener: Option<Located<Listener>>,
    /// The certificates of its load balancer.
    pub certificates: Option<Located<Certificates>>,
    /// Its names in DNS; requests for others are not for it.
    pub domains: Option<Located<Vec<Host>>>,
    /// Names in DNS of its load balancer that select no requests.
    pub names: Option<Located<Vec<Host>>>,
    /// The zone of its domains and names; `None`: the environment's.
    pub zone: Option<Located<Expr<String>>>,
    /// The paths that are for it.
    pub paths: Option<Located<Vec<Path>>>,
    /// The place of its first rule among those of its listener, the lowest first.
    pub priority: Option<Located<u32>>,
    /// What becomes of its names in DNS; `None`: they are made, where that is possible.
    pub records: Option<Located<Records>>,
    /// Who may reach it; `None`: anybody who reaches its load balancer.
    pub callers: Option<Located<Vec<Located<Caller>>>>,
    /// How the load balancer finds out whether a replica is healthy.
    pub health: Health,
    /// Whether a client stays with its replica.
    pub stickiness: Option<Located<Stickiness>>,
    /// Seconds that a replica which goes may finish its requests.
    pub drain: Option<Located<u32>>,
    /// Seconds in which a new replica gets more and more requests; 0 for none.
    pub slow_start: Option<Located<u32>>,
}

impl Reach {
    /// What is said here, and what `other` says where nothing was.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            balanced: self.balanced.or(other.balanced),
            apart: self.apart.or(other.apart),
            groups: self.groups.or(other.groups),
            scheme: self.scheme.or(other.scheme),
            listener: self.listener.or(other.listener),
            certificates: self.certificates.or(other.certificates),
            domains: self.domains.or(other.domains),
            names: self.names.or(other.names),
            zone: self.zone.or(other.zone),
            paths: self.paths.or(other.paths),
            priority: self.priority.or(other.priority),
            records: self.records.or(other.records),
            callers: self.callers.or(other.callers),
            health: self.health.or(other.health),
            stickiness: self.stickiness.or(other.stickiness),
            drain: self.drain.or(other.drain),
            slow_start: self.slow_start.or(other.slow_start),
        }
    }
}

/// A host name; at its start `*.` stands for any label where it is a name in DNS, and `*` and `?` for characters wherever
/// it only selects requests.
pub type Host = Located<Expr<String>>;

/// Requests that are for a workload: those for one of the hosts with one of the paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// Where it is declared.
    pub origin: Origin,
    /// The hosts; empty: any.
    pub hosts: Vec<Host>,
    /// The paths; empty: any.
    pub paths: Vec<Path>,
    /// Its place among the rules of its listener, the lowest first; `None`: the more specific, the earlier.
    pub priority: Option<Located<u32>>,
}

/// Paths of requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// This one and all below it: `/api` is `/api` and `/api/v1`, but not `/apis`.
    Prefix(String),
    /// This one only.
    Exact(String),
    /// All that look so, where `*` and `?` stand for characters.
    Pattern(String),
}

/// A listener of a load balancer that exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// Its ARN.
    pub arn: Expr<String>,
    /// The security group that its load balancer sends from; `None`: that of the environment's load balancer.
    pub security_group: Option<Located<Expr<String>>>,
}

/// The certificates of a load balancer.
#[derive(Clone, Debug, PartialEq)]
pub enum Certificates {
    /// None, and none is made.
    None,
    /// These, by ARN.
    Given(Vec<Located<Expr<String>>>),
    /// Whichever there are, or one that is made: without any it is not to be reached. The text is what the author can write to
    /// give one, in the words of the document that asks for it.
    Required(&'static str),
}

/// What becomes of names in DNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// They are made; one that exists is an error.
    Create,
    /// They are made, or changed where they exist.
    Overwrite,
    /// They are made where the zone is known, and else nothing: somebody may make them who knows it.
    InKnownZone,
    /// Nothing: somebody else makes them.
    None,
}

/// Somebody who may reach a port.
#[derive(Clone, Debug, PartialEq)]
pub enum Caller {
    /// Whoever has an address of this IPv4 block.
    Block(Expr<String>),
    /// Whoever has an address of this IPv6 block.
    Block6(Expr<String>),
    /// Whoever has an address of this list of blocks.
    List(Expr<String>),
    /// Whoever carries this security group.
    Group(Expr<String>),
}

/// How a load balancer finds out whether a replica is healthy; `None`: nothing was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// The path that it requests; of gRPC, the method.
    pub path: Option<Located<Expr<String>>>,
    /// The codes of good answers, such as `200-299,302`.
    pub codes: Option<Located<String>>,
    /// Seconds between checks.
    pub interval: Option<Located<u32>>,
    /// Seconds that a check may take.
    pub timeout: Option<Located<u32>>,
    /// Good answers in a row that make it healthy.
    pub healthy: Option<Located<u32>>,
    /// Bad answers in a row that make it unhealthy.
    pub unhealthy: Option<Located<u32>>,
    /// The port that is asked; `None`: the one that is published.
    pub port: Option<Located<u16>>,
    /// What is spoken for it; `None`: what is spoken otherwise.
    pub protocol: Option<Located<HealthProtocol>>,
    /// Seconds from the start in which bad answers do not count.
    pub grace: Option<Located<u32>>,
}

impl Health {
    fn or(self, other: Self) -> Self {
        Self {
            path: self.path.or(other.path),
            codes: self.codes.or(other.codes),
            interval: self.interval.or(other.interval),
            timeout: self.timeout.or(other.timeout),
            healthy: self.healthy.or(other.healthy),
            unhealthy: self.unhealthy.or(other.unhealthy),
            port: self.port.or(other.port),
            protocol: self.protocol.or(other.protocol),
            grace: self.grace.or(other.grace),
        }
    }
}

/// What is spoken to find out about health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthProtocol {
    /// HTTP.
    Http,
    /// HTTP over TLS; the certificate is not looked at.
    Https,
    /// That a connection is made is enough.
    Tcp,
}

/// Whether a client stays with its replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stickiness {
    /// It does not.
    Off,
    /// It does.
    On {
        /// For so many seconds after its last request; `None`: as long as the platform thinks fit.
        seconds: Option<u32>,
    },
}
