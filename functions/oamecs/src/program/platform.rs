//! Options of Amazon ECS that any front end may set, and that no document format has a word for.

pub mod file_system;
mod subnets;

pub use subnets::Subnets;

use super::Reach;
use super::container::Restart;
use super::schedule::Schedule;
use crate::diagnostic::{Located, Origin};

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

            /// What was said, by name and place.
            pub fn given(&self) -> Vec<(&'static str, Origin)> {
                let all = [$((stringify!($name), self.$name.as_ref().map(|value| value.origin)),)*];
                all.into_iter().filter_map(|(name, origin)| Some((name, origin?))).collect()
            }
        }
    };
}

options! {
    /// What it runs on; `None`: Fargate.
    capacity: Capacity,
    /// The size of a task, where it is not to follow from its containers: CPU units (1,024 are one processor).
    cpu: u32,
    /// GiB of disk that each replica has until it ends, 20 to 200; `None`: 20.
    ephemeral_storage: u32,
    /// Whether `aws ecs execute-command` reaches its containers.
    execute_command: bool,
    /// The size of a task, where it is not to follow from its containers: MiB.
    memory: u32,
    /// Whether its tasks have public addresses; `None`: where their subnets give no other way out.
    public_address: bool,
    /// When the container that a workload is named for is started again within its task, instead of with another task.
    restart_policy: Restart,
    /// When what runs to its end does so.
    run: RunWhen,
    /// Times at which it runs to its end; [`super::settle`] makes a run of it.
    schedule: Schedule,
    /// The subnets of its tasks; `None`: those that the network has for tasks.
    subnets: Subnets,
    /// Seconds after which what runs to its end is stopped, and has failed.
    timeout: u32,
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

/// When what runs to its end does so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunWhen {
    /// At first, and whenever it changes.
    #[default]
    OnChange,
    /// On every deployment.
    Always,
}
