//! On which machines replicas run, where somebody runs the machines.

use crate::diagnostic::{Located, Origin};

/// On which machines the replicas of a workload run.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    /// What a machine must be; all hold.
    pub conditions: Vec<Located<Condition>>,
    /// The properties over whose values replicas are spread evenly, the most important first.
    pub spread: Vec<Located<Property>>,
    /// Whether each replica has a machine without another of them; the place is what asks for it.
    pub apart: Option<Origin>,
}

/// What a machine must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is looked at.
    pub property: Property,
    /// Whether it is to have the value, or another.
    pub equal: bool,
    /// The value.
    pub value: String,
}

/// What is known of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    /// Which it is.
    Identity,
    /// The zone that it is in.
    Zone,
    /// Its type.
    Type,
    /// Its instruction set.
    Processor,
    /// Its operating system.
    System,
    /// The image that it was started from.
    Image,
    /// What its owner calls so.
    Label(String),
}
