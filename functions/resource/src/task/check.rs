//! What properties must be, before ECS is asked anything.

use oamecs::cloudformation::resource::custom::{self, ExitPolicy, RunWhen};
use oamecs::cloudformation::resource::ecs::{LaunchType, PropagateTags};

use super::Properties;

/// The most tasks of one request.
const MOST_TASKS: u32 = 10;

/// The most seconds for which tasks may run: CloudFormation waits for an hour, of which the function needs some time itself.
const LONGEST: u32 = 3480;

/// The most items of a capacity provider strategy.
const MOST_PROVIDERS: usize = 20;

/// The most subnets, and the most security groups, of a task.
const MOST_SUBNETS: usize = 16;
const MOST_GROUPS: usize = 5;

/// Checks properties.
///
/// # Errors
/// What is wrong, and what it must be.
pub(super) fn properties(properties: &Properties) -> Result<(), String> {
    let custom::Task {
        cluster,
        task_definition,
        containers,
        image_tag,
        count,
        launch_type,
        capacity_provider_strategy: _,
        platform_version,
        network_configuration,
        placement_constraints,
        placement_strategy,
        overrides: _,
        propagate_tags,
        enable_ecs_managed_tags: _,
        timeout,
        exit_policy,
        subjects,
        on_failure: _,
        on_rollback,
        on_delete: _,
        run_when,
        retry_on_interruption: _,
        exclusive: _,
        skip: _,
        nonce: _,
    } = properties;
    for (name, value) in [("Cluster", cluster), ("TaskDefinition", task_definition)] {
        if value.as_str().trim().is_empty() {
            return Err(format!("`{name}` is empty"));
        }
    }
    if let Some(count) = count.as_ref().map(|count| *count.get()).filter(|count| !(1..=MOST_TASKS).contains(count)) {
        return Err(format!("`Count` is {count}: 1 to {MOST_TASKS} tasks can be run at once, and `Skip` runs none"));
    }
    if let Some(timeout) = timeout.filter(|timeout| !(1..=LONGEST).contains(timeout)) {
        return Err(format!("`Timeout` is {timeout}: it is 1 to {LONGEST} seconds"));
    }
    if image_tag.is_some() && containers.is_empty() {
        return Err("`ImageTag` is of no use without `Containers`, which names those that get it".to_owned());
    }
    strategy(properties)?;
    if *launch_type == Some(LaunchType::Fargate) && !(placement_constraints.is_empty() && placement_strategy.is_empty())
    {
        return Err("`PlacementConstraints` and `PlacementStrategy` are for instances, and Fargate has none".to_owned());
    }
    if matches!(launch_type, Some(LaunchType::Ec2 | LaunchType::External)) && platform_version.is_some() {
        return Err("`PlatformVersion` is Fargate's, and instances have none".to_owned());
    }
    if let Some(network) = network_configuration {
        let network = &network.awsvpc_configuration;
        let (subnets, groups) = (network.subnets.get().len(), network.security_groups.len());
        if !(1..=MOST_SUBNETS).contains(&subnets) || groups > MOST_GROUPS {
            return Err(format!(
                "tasks are in 1 to {MOST_SUBNETS} subnets and up to {MOST_GROUPS} security groups, not in {subnets} and {groups}"
            ));
        }
    }
    if *propagate_tags == Some(PropagateTags::Service) {
        return Err("`PropagateTags` is `TASK_DEFINITION` or nothing: these tasks have no service".to_owned());
    }
    if !subjects.is_empty() && exit_policy.is_some_and(|policy| policy != ExitPolicy::Subject) {
        return Err("`Subjects` count with the `ExitPolicy` `subject` only".to_owned());
    }
    if *run_when == Some(RunWhen::Rollback) && on_rollback.is_some() {
        return Err("`OnRollback` is left out where `RunWhen` is `rollback`, which says it already".to_owned());
    }
    skip(properties).map(|_| ())
}

/// Whether nothing is run: one of several `true` with commas between them is enough.
///
/// # Errors
/// It is not said as it must be.
pub(super) fn skip(properties: &Properties) -> Result<bool, String> {
    let Some(skip) = &properties.skip else { return Ok(false) };
    let mut is_on = false;
    for text in skip.as_str().split(',').map(str::trim) {
        match text {
            text if text.eq_ignore_ascii_case("true") => is_on = true,
            text if text.eq_ignore_ascii_case("false") => {}
            text => return Err(format!("`Skip` is `{text}`, and not `true` or `false`")),
        }
    }
    Ok(is_on)
}

fn strategy(properties: &Properties) -> Result<(), String> {
    let items = &properties.capacity_provider_strategy;
    if items.is_empty() {
        return Ok(());
    }
    if properties.launch_type.is_some() {
        return Err("`LaunchType` and `CapacityProviderStrategy` exclude each other: leave one out".to_owned());
    }
    if items.len() > MOST_PROVIDERS {
        return Err(format!("`CapacityProviderStrategy` has {} items, and {MOST_PROVIDERS} are the most", items.len()));
    }
    if items.iter().filter(|item| item.base.is_some_and(|base| base > 0)).count() > 1 {
        return Err("only one item of `CapacityProviderStrategy` has a `Base`".to_owned());
    }
    if items.len() > 1 && items.iter().all(|item| item.weight.unwrap_or(0) == 0) {
        return Err("an item of `CapacityProviderStrategy` needs a `Weight`: ECS refuses them if all are 0".to_owned());
    }
    Ok(())
}
