//! Options of Amazon ECS that any front end may set, and that no document format has a word for.

mod alarms;
mod log;
mod permissions;

pub use alarms::{Alarms, Watched};
pub use log::{Driver, Log, Logs, RETENTION_DAYS, Retention, Router, RouterKind};
pub use permissions::{PolicyDocument, Role};

use super::scaling::Scaling;
use crate::diagnostic::Located;
use crate::expression::Expr;

/// Makes the struct of all options, and the choice between two of it, of one list.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// What a workload asks of the platform; `None`: nothing was said.
        #[derive(Clone, Debug, Default)]
        pub struct Options {
            $($(#[$doc])* pub $name: Option<Located<$type>>,)*
        }

        impl Options {
            /// These options, and those of `other` where nothing was said.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* }
            }
        }
    };
}

options! {
    /// How its number of replicas follows what they have to do.
    autoscaling: Scaling,
    /// What it runs on; `None`: Fargate.
    capacity: Capacity,
    /// The size of a task, where it is not to follow from its containers: CPU units (1,024 are one processor).
    cpu: u32,
    /// Whether `aws ecs execute-command` reaches its containers.
    execute_command: bool,
    /// The role with which its tasks start, where it exists: its ARN.
    execution_role: Expr<String>,
    /// What the revisions of its task definition have in common; `None`: a generated name.
    family: Expr<String>,
    /// The container that sends its output on.
    firelens: Router,
    /// The log group of its own that exists, by name or ARN.
    log_group: Expr<String>,
    /// The name of a log group that is made for it.
    log_group_name: Expr<String>,
    /// The ARN of the key that encrypts a log group that is made for it.
    log_kms_key: Expr<String>,
    /// What the names of its log streams begin with; `None`: its own.
    log_prefix: Expr<String>,
    /// How long a log group that is made for it keeps what it has.
    log_retention: Retention,
    /// The size of a task, where it is not to follow from its containers: MiB.
    memory: u32,
    /// The ARN of a policy beyond which its roles do not reach.
    permissions_boundary: Expr<String>,
    /// ARNs of policies that its containers have.
    policies: Vec<Expr<String>>,
    /// What its containers may do besides, in the author's own words.
    policy: Vec<PolicyDocument>,
    /// What its containers may do: a role that exists, or one more policy.
    role: Role,
    /// Alarms that end a deployment of it.
    rollback_alarms: Alarms,
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
