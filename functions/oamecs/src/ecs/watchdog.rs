//! Watchdogs: what stops a deployment of a service that takes too long, where the author sets a limit.
//!
//! A circuit breaker counts tasks that fail. Where none is ever placed, as there is no machine for it, or none becomes
//! healthy, ECS goes on, and CloudFormation waits for three hours. A watchdog starts with its service: it depends on what that
//! depends on, never on the service, and changes whenever the service does.

use super::custom_resource;
use super::role::Role;
use super::scope::Scope;
use crate::cloudformation::LogicalId;
use crate::cloudformation::resource::custom::Watchdog;
use crate::cloudformation::resource::ecs::Service;
use crate::installation::Installation;
use crate::program::Workload;

/// The least seconds: tasks need about as much to start.
const LEAST: u32 = 60;

/// The most seconds: CloudFormation waits for an hour, of which the function needs some time itself.
const MOST: u32 = 3480;

/// The seconds by which CloudFormation waits longer than the function, so that it is the function that gives up.
const MARGIN: u32 = 120;

/// Lowers the limit of a workload, if it has one, to a watchdog for its service, which is made of these properties after these.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    (service, after): (&Service, &[LogicalId]),
    installation: &Installation,
) {
    let Some(given) = &workload.platform.max_wait else { return };
    if !(LEAST..=MOST).contains(&given.value) {
        scope
            .diagnostics
            .error(given.origin, format!("a deployment can be watched for {LEAST} to {MOST} seconds, not for {}", given.value))
            .fix(format!(
                "write a number of seconds from {LEAST} to {MOST}, or leave it out: without it the circuit breaker still ends a deployment whose tasks fail"
            ));
        return;
    }
    let properties = Watchdog {
        cluster: service.cluster.clone(),
        service: Role::of_service(workload).id(scope.owner, Some(name)).to_string(),
        max_wait: given.value,
        watched: service.clone(),
    };
    let properties = custom_resource::served(installation, given.value + MARGIN, properties);
    scope.add_for(name, Role::Watchdog, given.origin, &properties).after(after);
}
