//! Alarms that end a deployment.

use std::collections::BTreeMap;

use crate::diagnostic::Located;
use crate::expression::Expr;

/// Alarms that end a deployment when one of them goes off.
#[derive(Clone, Debug, Default)]
pub struct Alarms {
    /// Those that exist, by name or ARN.
    pub given: Vec<Located<Expr<String>>>,
    /// Those that are made, with their thresholds.
    pub made: BTreeMap<Watched, Located<f64>>,
}

/// What an alarm that is made watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watched {
    /// Per cent of the processor time that tasks have.
    Cpu,
    /// Answers of tasks in a minute that say that they failed.
    Http5xx,
    /// Per cent of the memory that tasks have.
    Memory,
}
