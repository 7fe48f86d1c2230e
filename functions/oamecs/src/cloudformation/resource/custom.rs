//! Our own types of resources, which the companion function serves: what no resource of AWS's does.
//!
//! The properties are the contract with that function. CloudFormation hands them to it with every scalar turned into text,
//! sends an update only when one of them changed, and shows them to whoever may describe the stack: no secret is ever here.

mod dns_record;
mod namespace;
mod network;
mod secret;
mod task;

pub use dns_record::{DnsRecord, Overwrite};
pub use namespace::Namespace;
pub use network::Network;
pub use secret::Secret;
pub use task::{CloneContainer, ContainerOverride, ExitPolicy, OnFailure, RunWhen, Task, TaskOverride, Whether};

use serde::Serialize;

use crate::cloudformation::value::Text;

/// Who serves a resource, and for how long CloudFormation waits.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service {
    /// The ARN of the function, without version or alias: it cannot change as long as the resource exists.
    pub service_token: Text,
    /// Seconds, 1 to 3,600, in which the function answers: somewhat more than it gives itself, so that it is the one who
    /// gives up. A constant, as CloudFormation takes no function here.
    pub service_timeout: u32,
}
