//! Our own types of resources, which the companion function serves: what no resource of AWS's does.
//!
//! The properties are the contract with that function, and both sides hold it by these types: the compiler writes
//! `Task<Function>`, the function reads `Task<Resolved>`. CloudFormation hands them to it with every scalar turned into text,
//! sends an update only when one of them changed, and shows them to whoever may describe the stack: no secret is ever here.

mod dns_record;
mod namespace;
mod network;
mod rollout;
mod secret;
mod task;
mod watchdog;

pub use dns_record::{DnsRecord, Overwrite};
pub use namespace::Namespace;
pub use network::Network;
pub use rollout::{OnMissing, OnRemoval, Rollout, WaitFor, WhileBusy};
pub use secret::Secret;
pub use task::{CloneContainer, ContainerOverride, ExitPolicy, OnFailure, RunWhen, Task, TaskOverride, Whether};
pub use watchdog::Watchdog;

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// A resource of our own, as a template has it.
#[derive(Clone, Debug, Serialize)]
pub struct Served<P> {
    /// Who serves it.
    #[serde(flatten)]
    pub service: Service,
    /// What is asked.
    #[serde(flatten)]
    pub properties: P,
}

impl<P: Properties> Properties for Served<P> {
    const TYPE: &'static str = P::TYPE;
}

/// Who serves a resource, and for how long CloudFormation waits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service<F = Function> {
    /// The ARN of the function, without version or alias: it cannot change as long as the resource exists.
    pub service_token: Text<F>,
    /// Seconds, 1 to 3,600, in which the function answers: somewhat more than it gives itself, so that it is the one who
    /// gives up. A constant, as CloudFormation takes no function here.
    pub service_timeout: u32,
}
