//! [Health probes](https://github.com/oam-dev/spec/blob/4af9e65/3.component_model.md#healthprobe).

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// How something about a container is found out. What is `None` was not said: the specification's values are not ECS's.
#[derive(Clone, Debug)]
pub struct Probe {
    /// Where it is declared.
    pub origin: Origin,
    /// What is asked.
    pub check: Check,
    /// Seconds before the first.
    pub initial_delay: Option<Located<u32>>,
    /// Seconds from one to the next.
    pub period: Option<Located<u32>>,
    /// Seconds that one may take.
    pub timeout: Option<Located<u32>>,
    /// Successes in a row that make it good.
    pub success_threshold: Option<Located<u32>>,
    /// Failures in a row that make it bad.
    pub failure_threshold: Option<Located<u32>>,
}

/// What a probe asks.
#[derive(Clone, Debug)]
pub enum Check {
    /// A command in the container, which ends with 0.
    Exec(Vec<Expr<String>>),
    /// A request over HTTP, which is answered with 200 to 399.
    HttpGet {
        /// The path.
        path: Located<Expr<String>>,
        /// The port.
        port: Located<u16>,
        /// Headers that are sent, by name.
        headers: Vec<(Located<String>, Expr<String>)>,
        /// Whether it is over TLS.
        is_https: bool,
    },
    /// A connection that is taken.
    TcpSocket {
        /// The port.
        port: Located<u16>,
    },
    /// gRPC's own health service.
    Grpc {
        /// The port.
        port: Located<u16>,
    },
}
