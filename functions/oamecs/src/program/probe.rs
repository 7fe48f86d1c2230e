//! How the health of a container is found out.

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// A command that runs in the container now and then and ends with 0 while all is well.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Where it is declared.
    pub origin: Origin,
    /// What is run.
    pub command: Command,
    /// Seconds between runs.
    pub interval: Option<Located<u32>>,
    /// Seconds that a run may take.
    pub timeout: Option<Located<u32>>,
    /// Failures in a row that make it unhealthy.
    pub retries: Option<Located<u32>>,
    /// Seconds at the start in which failures do not count.
    pub start_period: Option<Located<u32>>,
    /// The request that the command makes, where it is plainly one to the container itself.
    pub http: Option<HttpRequest>,
}

/// What a probe runs.
#[derive(Clone, Debug)]
pub enum Command {
    /// A program and its arguments.
    Program(Vec<Expr<String>>),
    /// A line for the container's shell.
    Shell(Expr<String>),
}

/// A request over HTTP to a port of the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The port.
    pub port: u16,
    /// The path, with its leading slash.
    pub path: String,
}
