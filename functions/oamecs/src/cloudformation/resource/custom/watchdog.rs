//! `Custom::OamEcsWatchdog`: stops a deployment that never ends.

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::resource::ecs::Service;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// Watches the deployment of a service of the same stack, and stops it when it takes too long: a circuit breaker counts tasks
/// that fail, and those that are never placed are none. The deployment goes back, and the stack with it, in minutes
/// instead of hours.
///
/// It starts with the service, so it depends on what the service depends on, and never on the service.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Watchdog<F = Function, S = Service> {
    /// Name or ARN.
    pub cluster: Text<F>,
    /// The service's logical id: its name is not known before it is made.
    pub service: String,
    /// Seconds, up to 3,480.
    pub max_wait: u32,
    /// The service's own properties. Nobody reads them: as they change whenever the service's do, it watches whenever
    /// there is a deployment.
    pub watched: S,
}

impl Properties for Watchdog {
    const TYPE: &'static str = "Custom::OamEcsWatchdog";
}
