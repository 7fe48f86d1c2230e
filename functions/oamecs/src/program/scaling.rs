//! How the number of replicas follows what they have to do.

use std::collections::BTreeMap;

use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// How many replicas there are, and what decides.
#[derive(Clone, Debug)]
pub struct Scaling {
    /// The fewest. `None`: as many as the workload asks for without scaling, 1 if it says nothing.
    pub minimum: Option<Located<Expr<u32>>>,
    /// The most.
    pub maximum: Located<Expr<u32>>,
    /// What is kept at a value by more or fewer replicas; the one that takes most replicas counts.
    pub goals: Vec<Goal>,
    /// Bounds that change by the clock.
    pub schedule: Vec<Change>,
    /// Seconds after replicas were removed before more are; `None`: the platform's choice.
    pub pause_after_removal: Option<Located<u32>>,
    /// Seconds after replicas were added before more are; `None`: the platform's choice.
    pub pause_after_addition: Option<Located<u32>>,
}

/// A measure and the value that it is kept at.
#[derive(Clone, Debug)]
pub struct Goal {
    /// Where it is declared.
    pub origin: Origin,
    /// What is measured.
    pub measure: Measure,
    /// The value, in the measure's own unit.
    pub target: Expr<f64>,
}

/// What tells how much replicas have to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// Per cent of the processor time that they have.
    Processor,
    /// Per cent of the memory that they have.
    Memory,
    /// Requests that each gets in a minute.
    Requests,
    /// Anything that somebody counts, which must fall as replicas are added.
    Metric(Metric),
}

/// Something that somebody counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Who counts it: `AWS/SQS`, or the author's own.
    pub namespace: Expr<String>,
    /// What it is called.
    pub name: Expr<String>,
    /// What it is counted of, all that it was counted with.
    pub dimensions: BTreeMap<String, Expr<String>>,
    /// How the values of a minute become one.
    pub statistic: Statistic,
}

/// How the values of a time become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Statistic {
    /// Their mean.
    #[default]
    Average,
    /// The greatest.
    Maximum,
    /// The least.
    Minimum,
    /// How many there are.
    Count,
    /// All of them together.
    Sum,
}

/// Bounds that hold from a time on; one of the two is there.
#[derive(Clone, Debug)]
pub struct Change {
    /// Where it is declared.
    pub origin: Origin,
    /// `cron(0 8 ? * MON-FRI *)`, `rate(1 day)` or `at(2027-01-01T00:00:00)`.
    pub expression: Expr<String>,
    /// The time zone of the expression, `Europe/Berlin`; `None`: UTC.
    pub time_zone: Option<Located<Expr<String>>>,
    /// The fewest replicas from then on; `None`: as many as without a schedule.
    pub minimum: Option<Located<Expr<u32>>>,
    /// The most replicas from then on; `None`: as many as without a schedule.
    pub maximum: Option<Located<Expr<u32>>>,
}
