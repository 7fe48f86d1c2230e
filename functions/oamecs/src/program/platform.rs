//! Options of Amazon ECS that any front end may set, and that no document format has a word for.

use super::Reach;
use crate::diagnostic::Located;

/// Makes the struct of all options, and the choice between two of it, of one list.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// What a workload asks of the platform; `None`: nothing was said.
        #[derive(Clone, Debug, Default)]
        pub struct Options {
            $($(#[$doc])* pub $name: Option<Located<$type>>,)*
            /// How its published ports are reached, where they do not say so themselves.
            pub reach: Reach,
        }

        impl Options {
            /// These options, and those of `other` where nothing was said.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* reach: self.reach.or(other.reach) }
            }
        }
    };
}

options! {
    /// What it runs on; `None`: Fargate.
    capacity: Capacity,
    /// The size of a task, where it is not to follow from its containers: CPU units (1,024 are one processor).
    cpu: u32,
    /// Whether `aws ecs execute-command` reaches its containers.
    execute_command: bool,
    /// The size of a task, where it is not to follow from its containers: MiB.
    memory: u32,
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
