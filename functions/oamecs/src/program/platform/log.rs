//! Where the output of containers goes.

use std::collections::BTreeMap;

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;
use crate::program::secret::Part;

/// Where the output of a container goes.
#[derive(Clone, Debug)]
pub struct Log {
    /// Where it is declared.
    pub origin: Origin,
    /// What takes it.
    pub driver: Driver,
    /// The driver's own options.
    pub options: BTreeMap<String, Located<Expr<String>>>,
    /// Options that are secret; none of them is in `options` too.
    pub secrets: BTreeMap<String, Located<Part>>,
}

/// What takes the output of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Driver {
    /// `CloudWatch` Logs.
    CloudWatch,
    /// A container beside it that sends it on: `FireLens`.
    Router,
    /// Splunk's HTTP collector.
    Splunk,
    /// A Fluentd daemon.
    Fluentd,
    /// A GELF endpoint.
    Gelf,
    /// The journal of the machine.
    Journald,
    /// A file of the machine.
    JsonFile,
    /// A syslog daemon.
    Syslog,
    /// Nothing: it is lost.
    Nowhere,
}

/// A container that sends the output of others on.
#[derive(Clone, Debug, Default)]
pub struct Router {
    /// Its image; `None`: AWS's own, with Fluent Bit.
    pub image: Option<Located<Expr<String>>>,
    /// What its image runs.
    pub kind: RouterKind,
    /// The path of a configuration in its image that is read besides what ECS writes.
    pub config_file: Option<Located<Expr<String>>>,
    /// Whether each line says which task it comes from.
    pub metadata: bool,
    /// Where it sends the output of containers that do not say themselves where theirs goes.
    pub options: BTreeMap<String, Located<Expr<String>>>,
}

/// What a router runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RouterKind {
    /// Fluent Bit.
    #[default]
    FluentBit,
    /// Fluentd.
    Fluentd,
}

/// The log group of workloads that say nothing of their own.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    /// One that exists, by name or ARN.
    pub given: Option<Located<Expr<String>>>,
    /// The name of one that is made; `None`: a generated one.
    pub name: Option<Located<Expr<String>>>,
    /// The ARN of the key that encrypts one that is made.
    pub key: Option<Located<Expr<String>>>,
    /// How long one that is made keeps what it has; `None`: 30 days.
    pub retention: Option<Located<Retention>>,
}

impl Logs {
    /// This, and what `other` says where nothing was said.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            given: self.given.or(other.given),
            name: self.name.or(other.name),
            key: self.key.or(other.key),
            retention: self.retention.or(other.retention),
        }
    }
}

/// How long a log group keeps what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// For so many days, one of [`RETENTION_DAYS`].
    Days(u32),
    /// For ever.
    Forever,
}

/// The numbers of days for which `CloudWatch` Logs can keep what it has.
pub const RETENTION_DAYS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
