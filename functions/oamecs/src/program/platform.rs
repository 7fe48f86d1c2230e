//! Options of Amazon ECS that any front end may set, and that no document format has a word for.

use crate::diagnostic::Located;

/// What a workload asks of the platform.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What it runs on; `None`: Fargate.
    pub capacity: Option<Located<Capacity>>,
    /// Whether `aws ecs execute-command` reaches its containers.
    pub execute_command: Option<Located<bool>>,
    /// The size of a task, where it is not to follow from its containers: CPU units (1,024 are one processor).
    pub cpu: Option<Located<u32>>,
    /// The size of a task, where it is not to follow from its containers: MiB.
    pub memory: Option<Located<u32>>,
}

/// What tasks run on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capacity {
    /// Fargate.
    #[default]
    Fargate,
    /// Fargate at the price, and with the interruptions, of spare capacity.
    FargateSpot,
}
