//! Services: how many tasks of a workload run, where, and how a new version takes over.

use super::load_balancer::Reached;
use super::role::Role;
use super::scope::Scope;
use super::site::Site;
use super::task_definition::mounted;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::resource::ecs::{
    AwsVpcConfiguration, CapacityProviderStrategyItem, DeploymentCircuitBreaker, DeploymentConfiguration, LaunchType,
    LoadBalancer, NetworkConfiguration, PropagateTags, SchedulingStrategy, Service, ServiceRegistry,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::diagnostic::Diagnostics;
use crate::program::Workload;
use crate::program::platform::Capacity;
use crate::program::workload::{OnFailure, Order, Update};

/// Seconds in which a new task behind a load balancer may fail its checks.
const GRACE_PERIOD: u32 = 60;

/// What a service needs to know of what was lowered before it.
pub(super) struct Context<'a> {
    pub(super) site: &'a Site,
    pub(super) task_definition: &'a LogicalId,
    pub(super) discovery: &'a LogicalId,
    pub(super) security_groups: Vec<Text>,
    pub(super) reached: Option<&'a Reached>,
    /// What must be there first.
    pub(super) after: Vec<LogicalId>,
}

/// Lowers a workload to a service.
pub(super) fn lower(scope: &mut Scope<'_>, name: &str, workload: &Workload, context: Context<'_>) -> LogicalId {
    let Context { site, task_definition, discovery, security_groups, reached, after } = context;
    let container = workload.containers.first().map(|container| container.name.clone()).unwrap_or_default();
    let load_balancers: Vec<LoadBalancer> = reached
        .into_iter()
        .flat_map(|reached| &reached.target_groups)
        .map(|(port, target_group)| LoadBalancer {
            container_name: container.clone(),
            container_port: *port,
            target_group_arn: Function::reference(target_group).into(),
        })
        .collect();
    let (minimum, maximum) = percentages(workload, scope.diagnostics);
    let start_period = workload.containers.first().and_then(|container| container.probe.as_ref()?.start_period);
    let spot = workload.platform.capacity.as_ref().is_some_and(|capacity| capacity.value == Capacity::FargateSpot);
    let properties = Service {
        cluster: site.cluster.clone(),
        task_definition: Function::reference(task_definition).into(),
        desired_count: Some((&workload.replicas.value).into()),
        launch_type: (!spot).then_some(LaunchType::Fargate),
        capacity_provider_strategy: spot.then(|| {
            vec![CapacityProviderStrategyItem {
                capacity_provider: "FARGATE_SPOT".into(),
                base: None,
                weight: Some(1),
            }]
        }),
        deployment_configuration: Some(DeploymentConfiguration {
            maximum_percent: Some(maximum.into()),
            minimum_healthy_percent: Some(minimum.into()),
            deployment_circuit_breaker: Some(DeploymentCircuitBreaker {
                enable: workload.update.on_failure != OnFailure::Continue,
                rollback: workload.update.on_failure == OnFailure::RollBack,
            }),
            alarms: None,
        }),
        deployment_controller: None,
        network_configuration: Some(NetworkConfiguration {
            awsvpc_configuration: AwsVpcConfiguration {
                assign_public_ip: Some(site.public_addresses.into()),
                security_groups,
                subnets: site.task_subnets.clone(),
            },
        }),
        health_check_grace_period_seconds: (!load_balancers.is_empty())
            .then(|| GRACE_PERIOD.max(start_period.unwrap_or_default()).into()),
        load_balancers,
        service_registries: vec![ServiceRegistry { registry_arn: Function::GetAtt(discovery.clone(), "Arn").into() }],
        enable_execute_command: workload.platform.execute_command.as_ref().is_some_and(|exec| exec.value),
        enable_ecs_managed_tags: true,
        propagate_tags: Some(PropagateTags::Service),
        platform_version: None,
        scheduling_strategy: Some(SchedulingStrategy::Replica),
        // ECS cannot move a task while it may run no task more than wanted.
        availability_zone_rebalancing: Some(Switch::from(maximum > 100)),
        service_connect_configuration: None,
    };
    scope.add_for(name, Role::Service, workload.origin, &properties).after(&after).id()
}

/// The least and the most tasks during an update, in percent of the wanted number.
fn percentages(workload: &Workload, diagnostics: &mut Diagnostics) -> (u32, u32) {
    let Update { order, batch, on_failure: _, minimum_percent, maximum_percent } = &workload.update;
    let replicas = workload.replicas.value.known().copied();
    let order_value = match order {
        Some(order) => Some(order.value),
        None if batch.is_none() && replicas.is_some_and(|replicas| replicas <= 1) && writes_volume(workload) => {
            if minimum_percent.is_none() && maximum_percent.is_none() {
                diagnostics.note(
                    workload.origin,
                    "an update stops the old task before it starts the new one, as both would write the same volume; there is a pause of about a minute",
                );
            }
            Some(Order::StopFirst)
        }
        None => None,
    };
    let share = batch.as_ref().and_then(|batch| share(batch.value, replicas));
    let (minimum, maximum) = match (order_value, share) {
        (Some(Order::StopFirst), share) => (100 - share.unwrap_or(100).min(100), 100),
        (Some(Order::StartFirst), share) => (100, 100 + share.unwrap_or(100)),
        (None, Some(share)) => (100 - share.min(100), 100 + share),
        (None, None) => (100, 200),
    };
    let given = |percent: &Option<crate::diagnostic::Located<u32>>| percent.as_ref().map(|percent| percent.value);
    let (minimum, maximum) = (given(minimum_percent).unwrap_or(minimum), given(maximum_percent).unwrap_or(maximum));
    if minimum >= 100 && maximum <= 100 {
        diagnostics
            .error(workload.origin, "an update could neither stop an old task nor start a new one")
            .fix("let the minimum be less than 100 percent, or the maximum more");
    }
    (minimum, maximum.min(200).max(minimum))
}

/// A number of replicas as a share of all, in percent; 0 means all of them.
fn share(batch: u32, replicas: Option<u32>) -> Option<u32> {
    match (batch, replicas) {
        (0, _) => Some(100),
        (_, None | Some(0)) => None,
        // Rounded up, or a small share would be none at all.
        (batch, Some(replicas)) => Some((batch.min(replicas) * 100).div_ceil(replicas)),
    }
}

fn writes_volume(workload: &Workload) -> bool {
    let mut mounts = workload.containers.iter().flat_map(|container| &container.mounts);
    !mounted(workload).is_empty() && mounts.any(|mount| !mount.read_only)
}
