//! Services: how many tasks of a workload run, where, and how a new version takes over.

use super::alarms;
use super::capacity::{self, Strategy};
use super::ecs_name::ecs_name;
use super::load_balancer::Reached;
use super::placement;
use super::role::Role;
use super::scaling;
use super::scope::Scope;
use super::site::Site;
use super::storage::mounts::writes_shared_files;
use super::task_subnets;
use super::watchdog;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::resource::ecs::{
    AwsVpcConfiguration, DeploymentCircuitBreaker, DeploymentConfiguration, ForceNewDeployment, LaunchType,
    LoadBalancer, NetworkConfiguration, PropagateTags, SchedulingStrategy, Service, ServiceConnectConfiguration,
    ServiceRegistry,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::diagnostic::{Diagnostics, Origin};
use crate::installation::Installation;
use crate::program::Workload;
use crate::program::platform::Machine;
use crate::program::workload::{OnFailure, Order, Run, Update};

/// Seconds in which a new task behind a load balancer may fail its checks: a start that takes longer than that is rare, and
/// a healthy task waits for none of them.
const GRACE_PERIOD: u32 = 300;

/// What a service needs to know of what was lowered before it.
pub(super) struct Context<'a> {
    pub(super) site: &'a Site,
    pub(super) installation: &'a Installation,
    pub(super) task_definition: &'a LogicalId,
    /// What no other request has.
    pub(super) nonce: &'a str,
    /// Where its tasks are registered, if anywhere.
    pub(super) discovery: Option<&'a LogicalId>,
    pub(super) security_groups: Vec<Text>,
    pub(super) reached: Option<&'a Reached>,
    pub(super) connect: ServiceConnectConfiguration,
    /// What must be there first.
    pub(super) after: Vec<LogicalId>,
}

/// Lowers a workload that is there until it is replaced to a service.
pub(super) fn lower(scope: &mut Scope<'_>, name: &str, workload: &Workload, context: Context<'_>) -> LogicalId {
    let Context { site, installation, task_definition, nonce, discovery, security_groups, reached, connect, after } =
        context;
    let load_balancers: Vec<LoadBalancer> = reached
        .into_iter()
        .flat_map(|reached| &reached.target_groups)
        .map(|(container, port, target_group)| LoadBalancer {
            container_name: ecs_name(container),
            container_port: *port,
            target_group_arn: Function::reference(target_group).into(),
        })
        .collect();
    let (minimum, maximum) = percentages(workload, scope.diagnostics);
    let start_period =
        workload.main.probe.as_ref().and_then(|probe| probe.start_period.as_ref()).map(|period| period.value);
    let scheduling = scheduling(name, workload, scope.diagnostics);
    let strategy = capacity::strategy(name, workload, site, scope.diagnostics);
    let (change, strategy) = strategy.map(|Strategy { items, nonce }| (nonce, items)).unzip();
    let (constraints, spread) = placement::service(workload);
    let properties = Service {
        cluster: site.cluster.clone(),
        task_definition: Function::reference(task_definition).into(),
        // A number here would undo what the scaling has done, with every update.
        desired_count: match scaling::of(workload) {
            Some(_) => None,
            None => workload.replicas().map(|replicas| (&replicas.value).into()),
        },
        launch_type: strategy.is_none().then(|| launch_type(workload)),
        force_new_deployment: force(workload, change, nonce, scope.diagnostics),
        capacity_provider_strategy: strategy,
        deployment_configuration: Some(DeploymentConfiguration {
            maximum_percent: Some(maximum),
            minimum_healthy_percent: Some(minimum),
            deployment_circuit_breaker: Some(DeploymentCircuitBreaker {
                // Without it a task that never starts keeps the deployment going for three hours.
                enable: true,
                rollback: workload.update.on_failure == OnFailure::RollBack,
            }),
            alarms: Some(alarms::of_service(scope, name, workload)),
        }),
        deployment_controller: None,
        network_configuration: network(workload, site, security_groups, scope.diagnostics),
        health_check_grace_period_seconds: (!load_balancers.is_empty()).then(|| {
            reached.and_then(|reached| reached.grace).unwrap_or(GRACE_PERIOD.max(start_period.unwrap_or_default()))
        }),
        load_balancers,
        service_registries: discovery.map(registry).into_iter().collect(),
        enable_execute_command: workload.platform.execute_command.as_ref().is_some_and(|exec| exec.value),
        enable_ecs_managed_tags: true,
        propagate_tags: Some(PropagateTags::Service),
        platform_version: None,
        scheduling_strategy: Some(scheduling),
        // ECS cannot move a task while it may run no task more than wanted, nor where something else goes before zones.
        availability_zone_rebalancing: Some(Switch::from(
            maximum > 100 && scheduling == SchedulingStrategy::Replica && placement::spreads_zones(workload),
        )),
        placement_constraints: constraints,
        placement_strategies: spread,
        service_connect_configuration: Some(connect),
    };
    watchdog::lower(scope, name, workload, (&properties, &after), installation);
    scope.add_for(name, Role::of_service(workload), workload.origin, &properties).after(&after).id()
}

/// Where tasks are registered, by their addresses alone.
fn registry(discovery: &LogicalId) -> ServiceRegistry {
    ServiceRegistry {
        registry_arn: Function::GetAtt(discovery.clone(), "Arn").into(),
        container_name: None,
        container_port: None,
    }
}

/// The launch type of a workload that has no strategy.
pub(super) fn launch_type(workload: &Workload) -> LaunchType {
    match workload.machine() {
        Machine::Fargate => LaunchType::Fargate,
        Machine::Instance => LaunchType::Ec2,
    }
}

/// A text that changes when there is to be a new deployment: with the strategy, which ECS changes only then, and with every
/// request where the author says so.
fn force(
    workload: &Workload,
    strategy: Option<String>,
    request: &str,
    diagnostics: &mut Diagnostics,
) -> Option<ForceNewDeployment> {
    let forced = workload.platform.force_new_deployment.as_ref().filter(|forced| forced.value);
    let request = forced.map(|forced| {
        diagnostics.advice(
            forced.origin,
            "each deployment of the stack replaces the tasks, also one that changes nothing else, and so each change set has changes",
        );
        request.to_owned()
    });
    let texts: Vec<String> = strategy.into_iter().chain(request).filter(|text| !text.is_empty()).collect();
    (forced.is_some() || !texts.is_empty())
        .then(|| ForceNewDeployment { enable_force_new_deployment: true, force_new_deployment_nonce: texts.join(" ") })
}

/// The network interface that each task of a workload has; none where it is in the network of its machine.
pub(super) fn network(
    workload: &Workload,
    site: &Site,
    security_groups: Vec<Text>,
    diagnostics: &mut Diagnostics,
) -> Option<NetworkConfiguration> {
    let network = || NetworkConfiguration {
        awsvpc_configuration: AwsVpcConfiguration {
            assign_public_ip: Some(task_subnets::public_address(workload, site)),
            security_groups,
            subnets: task_subnets::subnets(workload, site, diagnostics),
        },
    };
    (!workload.on_machine_network()).then(network)
}

/// What decides how many tasks there are: a number, or the machines.
fn scheduling(name: &str, workload: &Workload, diagnostics: &mut Diagnostics) -> SchedulingStrategy {
    let Run::EachMachine(origin) = workload.run else { return SchedulingStrategy::Replica };
    if workload.machine() == Machine::Fargate {
        diagnostics
            .error(origin, format!("`{name}` would run once on each machine, and on Fargate every task has one to itself"))
            .fix("say how many replicas there are to be, or run it on instances, with the capacity `EC2`; what collects logs or metrics for other services runs beside each of them");
    }
    SchedulingStrategy::Daemon
}

/// The least and the most tasks during an update, in percent of the wanted number.
pub(super) fn percentages(workload: &Workload, diagnostics: &mut Diagnostics) -> (u32, u32) {
    if workload.update.on_failure == OnFailure::Continue {
        diagnostics.note(
            workload.origin,
            "an update that fails is stopped, not tried on and on: ECS would try for three hours",
        );
    }
    let Update { order, batch, on_failure: _, minimum_percent, maximum_percent } = &workload.update;
    let given = |percent: &Option<crate::diagnostic::Located<u32>>| percent.as_ref().map(|percent| percent.value);
    if let Run::EachMachine(_) = workload.run {
        if let Some(order) = order.as_ref().filter(|order| order.value == Order::StartFirst) {
            diagnostics.note(
                order.origin,
                "there is one task on each machine, so that an update stops the old one before it starts the new one",
            );
        }
        return (given(minimum_percent).unwrap_or(0), 100);
    }
    let replicas = scaling::fewest(workload).and_then(|replicas| replicas.known().copied());
    let most = scaling::most(workload).and_then(|replicas| replicas.known().copied());
    let order_value = match order {
        Some(order) => Some(order.value),
        // A number that is known late may be one.
        None if batch.is_none() && most.is_none_or(|replicas| replicas <= 1) && writes_shared_files(workload) => {
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
    let (minimum, maximum) = (given(minimum_percent).unwrap_or(minimum), given(maximum_percent).unwrap_or(maximum));
    let place = minimum_percent.as_ref().or(maximum_percent.as_ref()).map_or(workload.origin, |percent| percent.origin);
    check_room(minimum, maximum, replicas, place, diagnostics);
    (minimum, maximum.max(minimum))
}

/// ECS rounds the least number of tasks up and the most down, so that few tasks may leave no room for an update.
fn check_room(minimum: u32, maximum: u32, replicas: Option<u32>, place: Origin, diagnostics: &mut Diagnostics) {
    let Some(count) = replicas.filter(|count| *count > 0) else {
        if minimum >= 100 && maximum <= 100 {
            diagnostics
                .error(place, "an update could neither stop an old task nor start a new one")
                .fix("let the minimum be less than 100 percent, or the maximum more");
        }
        return;
    };
    let [minimum, maximum, tasks] = [minimum, maximum, count].map(u64::from);
    if (tasks * minimum).div_ceil(100) >= tasks && tasks * maximum / 100 <= tasks {
        let one = 100_u64.div_ceil(tasks);
        let noun = if tasks == 1 { "task" } else { "tasks" };
        diagnostics
            .error(place, format!("with {tasks} {noun}, an update could neither stop an old one nor start a new one within {minimum} to {maximum} percent"))
            .fix(format!("let the maximum be at least {} percent, or the minimum at most {}", 100 + one, 100 - one));
    }
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
