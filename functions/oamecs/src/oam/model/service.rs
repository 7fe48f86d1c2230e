//! How a component is reached: by the others, and from outside.

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::program::exposure::{Protocol, Transport};
use crate::program::reach::{Caller, Path, Reach};

/// A port at which a component is called by its name.
#[derive(Clone, Debug)]
pub struct ServicePort {
    /// Where it is declared.
    pub origin: Origin,
    /// The name that callers use; `None`: that of the component.
    pub name: Option<String>,
    /// The port that callers use.
    pub port: u16,
    /// The port that a container listens on.
    pub target: u16,
    /// Its protocol.
    pub transport: Transport,
    /// Who can call.
    pub reach: Callers,
    /// Who of those that reach its load balancer may call; `None`: all of them.
    pub allowed: Option<Located<Vec<Located<Caller>>>>,
}

/// Who can call a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// The other components of the application.
    Inside,
    /// Whoever reaches the network that it is in: a load balancer without a public address.
    Network,
    /// The world: a load balancer with a public address.
    World,
}

/// Requests over HTTP from outside that are for a component.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it is declared.
    pub origin: Origin,
    /// The host; `None`: any.
    pub host: Option<Located<Expr<String>>>,
    /// The path; `None`: any.
    pub path: Option<Located<Path>>,
    /// The port that is called; `None`: the only one that there is, or else 80.
    pub port: Option<Located<u16>>,
    /// The secret with its certificate, for a cluster that keeps them so; `None`: it asks for no TLS.
    pub tls_secret: Option<Located<String>>,
    /// What the container speaks; `None`: nothing is said.
    pub protocol: Option<Located<Protocol>>,
    /// What else is said of how it is reached.
    pub reach: Reach,
}
