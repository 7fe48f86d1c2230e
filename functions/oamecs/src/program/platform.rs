//! Options of Amazon ECS that any front end may set, and that no document format has a word for.

mod alarms;
mod capacity;
pub mod file_system;
mod log;
mod permissions;
mod subnets;

pub use alarms::{Alarms, Watched};
pub use capacity::{Capacity, Instances, Machine, Provider, Share};
pub use log::{Driver, Log, Logs, RETENTION_DAYS, Retention, Router, RouterKind};
pub use permissions::{PolicyDocument, Role};
pub use subnets::Subnets;

use super::Reach;
use super::container::Restart;
use super::scaling::Scaling;
use super::schedule::Schedule;
use super::workload::Found;
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

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
    /// How its number of replicas follows what they have to do.
    autoscaling: Scaling,
    /// What it runs on; `None`: Fargate.
    capacity: Capacity,
    /// The size of a task, where it is not to follow from its containers: CPU units (1,024 are one processor).
    cpu: u32,
    /// The instruction set that its images are built for; `None`: that of its instances, and x86-64 elsewhere.
    cpu_architecture: Processor,
    /// How neighbours are told its addresses.
    discovery: Discovery,
    /// Under which name neighbours find it, where that is not as its document says.
    discovery_name: Found,
    /// GiB of disk that each replica has until it ends, 20 to 200; `None`: 20.
    ephemeral_storage: u32,
    /// Whether `aws ecs execute-command` reaches its containers.
    execute_command: bool,
    /// The role with which its tasks start, where it exists: its ARN.
    execution_role: Expr<String>,
    /// What the revisions of its task definition have in common; `None`: a generated name.
    family: Expr<String>,
    /// The container that sends its output on.
    firelens: Router,
    /// Whether its tasks are replaced on every deployment, although nothing changed.
    force_new_deployment: bool,
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
    /// Seconds after which a deployment that is not complete is stopped; `None`: whenever ECS or CloudFormation give up.
    max_wait: u32,
    /// The size of a task, where it is not to follow from its containers: MiB.
    memory: u32,
    /// How its containers are in the network; `None`: each task has addresses of its own.
    network_mode: NetworkMode,
    /// The ARN of a policy beyond which its roles do not reach.
    permissions_boundary: Expr<String>,
    /// Expressions of ECS's cluster query language that a machine must fulfil.
    placement_constraints: Vec<Located<Expr<String>>>,
    /// ARNs of policies that its containers have.
    policies: Vec<Expr<String>>,
    /// What its containers may do besides, in the author's own words.
    policy: Vec<PolicyDocument>,
    /// Whether its tasks have public addresses; `None`: where their subnets give no other way out.
    public_address: bool,
    /// When the container that a workload is named for is started again within its task, instead of with another task.
    restart_policy: Restart,
    /// What its containers may do: a role that exists, or one more policy.
    role: Role,
    /// Alarms that end a deployment of it.
    rollback_alarms: Alarms,
    /// When what runs to its end does so.
    run: RunWhen,
    /// Times at which it runs to its end; [`super::settle`] makes a run of it.
    schedule: Schedule,
    /// Whether neighbours reach the ports that its containers declare through a proxy beside each task.
    service_connect: bool,
    /// The subnets of its tasks; `None`: those that the network has for tasks.
    subnets: Subnets,
    /// Seconds after which what runs to its end is stopped, and has failed.
    timeout: u32,
}

/// How neighbours are told the addresses of a workload; `None`: ten seconds, and all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Seconds for which they may keep an answer.
    pub ttl: Option<u32>,
    /// What an answer holds.
    pub answer: Option<Answer>,
}

/// What an answer to a question for a name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Up to eight addresses of healthy tasks.
    Several,
    /// One address, any.
    One,
}

/// An instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// x86-64.
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

/// How the containers of a task are in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkMode {
    /// They share an interface, addresses and security groups of their own.
    Task,
    /// They share those of their machine, and no two of them can listen on the same port of it.
    Host,
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
