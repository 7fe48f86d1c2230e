//! Asks ECS to run tasks.
//!
//! In: properties, a task definition, and how many tasks. Out: an [`Answer`]: the tasks that there are, and why others are not. A
//! request has a token, so that the same one gives the same tasks.

use std::time::Duration;

use aws_sdk_ecs::error::SdkError;
use aws_sdk_ecs::operation::run_task::RunTaskError;
use aws_sdk_ecs::operation::run_task::builders::RunTaskFluentBuilder;
use aws_sdk_ecs::types;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::operation::BuildError;
use oamecs::cloudformation::resource::Switch;
use oamecs::cloudformation::resource::custom;
use oamecs::cloudformation::resource::ecs::{
    AwsVpcConfiguration, CapacityProviderStrategyItem, KeyValuePair, LaunchType, PlacementConstraint,
    PlacementStrategy, PropagateTags,
};
use oamecs::cloudformation::value::{Resolved, Text};

use super::ecs::Trouble;
use super::{Properties, Run, identity};
use crate::aws::code;
use crate::work::{Event, Site};

/// For how long it is tried to place tasks for which there is no room now.
const PLACING: Duration = Duration::from_mins(5);

/// For how long a role may be too new for ECS to see.
pub(super) const SETTLING: Duration = Duration::from_mins(1);

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The tasks that there are.
    pub tasks: Vec<String>,
    /// Why there are not as many as were asked for, if there are not.
    pub lack: Option<Lack>,
    /// Whether ECS has taken the request: its token is used up then. One that was refused is free.
    pub is_taken: bool,
    /// Whether the request may have gone well without anybody knowing.
    pub is_unsure: bool,
}

/// Why tasks are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    /// For the author.
    pub reason: String,
    /// For how long it is worth another try, since the first.
    pub patience: Duration,
}

/// Asks for as many tasks as are missing.
pub(super) async fn run_tasks(event: &Event<Properties>, properties: &Properties, run: &Run, site: &Site) -> Answer {
    let request = match request(event, properties, run, site) {
        Ok(request) => request,
        Err(error) => return refused(error.to_string(), Duration::ZERO),
    };
    let error = match tagged(request.clone(), event).send().await {
        Ok(answer) => return placed(answer.tasks(), answer.failures()),
        Err(error) => error,
    };
    let error = if cannot_be_tagged(&error) {
        tracing::warn!("the tasks get no tags: {}", Trouble::of(&error).reason);
        let request = request.set_propagate_tags(None).set_enable_ecs_managed_tags(None);
        match request.send().await {
            Ok(answer) => return placed(answer.tasks(), answer.failures()),
            Err(error) => error,
        }
    } else {
        error
    };
    if let Some(RunTaskError::ConflictException(conflict)) = error.as_service_error() {
        // This very request was made before, by another version of this program perhaps: these are its tasks.
        let tasks = conflict.resource_ids().to_vec();
        return Answer { tasks, lack: None, is_taken: true, is_unsure: false };
    }
    let Trouble { reason, may_pass } = Trouble::of(&error);
    if may_pass {
        return Answer { is_unsure: true, ..refused(reason, PLACING) };
    }
    let patience = if speaks_of_role(&reason) {
        SETTLING
    } else if speaks_of_capacity(&reason) {
        PLACING
    } else {
        Duration::ZERO
    };
    refused(reason, patience)
}

fn refused(reason: String, patience: Duration) -> Answer {
    Answer { tasks: Vec::new(), lack: Some(Lack { reason, patience }), is_taken: false, is_unsure: false }
}

fn placed(tasks: &[types::Task], failures: &[types::Failure]) -> Answer {
    let tasks = tasks.iter().filter_map(|task| task.task_arn()).map(str::to_owned).collect();
    let mut reasons: Vec<String> = Vec::new();
    for failure in failures {
        let parts = [failure.reason(), failure.detail(), failure.arn()];
        let reason: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let reason = reason.join(", ");
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let may_pass =
        |reason: &String| reason.starts_with("RESOURCE") || reason.starts_with("AGENT") || speaks_of_capacity(reason);
    let patience = if reasons.iter().all(may_pass) { PLACING } else { Duration::ZERO };
    let lack = (!failures.is_empty()).then(|| Lack { reason: reasons.join("; "), patience });
    Answer { tasks, lack, is_taken: true, is_unsure: false }
}

/// Whether ECS could not use a role: one that was made just now is not everywhere yet.
pub(super) fn speaks_of_role(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    says(&["unable to assume", "iam:passrole", "trust relationship"])
        || (says(&["resourceinitializationerror"]) && says(&["accessdenied", "not authorized"]))
}

fn speaks_of_capacity(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.contains("capacity is unavailable") || reason.contains("provisioning")
}

/// Tags need a permission, and the longer ARNs that an account may have switched off.
fn cannot_be_tagged(error: &SdkError<RunTaskError, HttpResponse>) -> bool {
    let reason = Trouble::of(error).reason;
    match code(error) {
        Some("AccessDeniedException") => reason.contains("ecs:TagResource"),
        Some("InvalidParameterException") => reason.to_ascii_lowercase().contains("arn and resource id format"),
        _ => false,
    }
}

fn tagged(request: RunTaskFluentBuilder, event: &Event<Properties>) -> RunTaskFluentBuilder {
    let tag = |key: &str, value: &str| types::Tag::builder().key(key).value(value).build();
    request.tags(tag("oamecs:stack-id", &event.stack_id)).tags(tag("oamecs:logical-id", &event.logical_id))
}

fn request(
    event: &Event<Properties>,
    properties: &Properties,
    run: &Run,
    site: &Site,
) -> Result<RunTaskFluentBuilder, BuildError> {
    let custom::Task {
        cluster,
        // The revision is known, of the copy where there is one.
        task_definition: _,
        containers: _,
        image_tag: _,
        count: _,
        launch_type,
        capacity_provider_strategy,
        platform_version,
        network_configuration,
        placement_constraints,
        placement_strategy,
        overrides,
        propagate_tags,
        enable_ecs_managed_tags,
        // These are not ECS's affair.
        timeout: _,
        exit_policy: _,
        subjects: _,
        on_failure: _,
        on_rollback: _,
        on_delete: _,
        run_when: _,
        retry_on_interruption: _,
        exclusive: _,
        skip: _,
        nonce: _,
    } = properties;
    let strategy = capacity_provider_strategy.iter().map(provider).collect::<Result<Vec<_>, _>>()?;
    let network = network_configuration.as_ref().map(|network| vpc(&network.awsvpc_configuration)).transpose()?;
    let request = site.aws.ecs().run_task();
    let request = request
        .cluster(cluster.as_str())
        .task_definition(&run.definition.arn)
        .count(i32::try_from(run.missing(properties)).unwrap_or(1))
        .client_token(identity::token(event, run.requests))
        .started_by(identity::started_by(event, run.why))
        .set_launch_type(launch_type.map(|launch_type| match launch_type {
            LaunchType::Ec2 => types::LaunchType::Ec2,
            LaunchType::Fargate => types::LaunchType::Fargate,
            LaunchType::External => types::LaunchType::External,
        }))
        .set_capacity_provider_strategy(some(strategy))
        .set_platform_version(platform_version.as_ref().map(text))
        .set_network_configuration(network)
        .set_placement_constraints(some(placement_constraints.iter().map(constraint).collect()))
        .set_placement_strategy(some(placement_strategy.iter().map(placement).collect()))
        .set_overrides(overrides.as_ref().map(overridden))
        .set_propagate_tags(propagate_tags.map(|source| match source {
            PropagateTags::Service => types::PropagateTags::Service,
            PropagateTags::TaskDefinition => types::PropagateTags::TaskDefinition,
        }))
        .set_enable_ecs_managed_tags(*enable_ecs_managed_tags);
    Ok(request)
}

fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    Some(items).filter(|items| !items.is_empty())
}

fn text(text: &Text<Resolved>) -> String {
    text.as_str().to_owned()
}

fn provider(item: &CapacityProviderStrategyItem<Resolved>) -> Result<types::CapacityProviderStrategyItem, BuildError> {
    let CapacityProviderStrategyItem { capacity_provider, base, weight } = item;
    types::CapacityProviderStrategyItem::builder()
        .capacity_provider(capacity_provider.as_str())
        .set_base(base.map(number))
        .set_weight(weight.map(number))
        .build()
}

fn number(number: u32) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

fn vpc(configuration: &AwsVpcConfiguration<Resolved>) -> Result<types::NetworkConfiguration, BuildError> {
    let AwsVpcConfiguration { assign_public_ip, security_groups, subnets } = configuration;
    let configuration = types::AwsVpcConfiguration::builder()
        .set_assign_public_ip(assign_public_ip.as_ref().map(|switch| match switch.get() {
            Switch::Enabled => types::AssignPublicIp::Enabled,
            Switch::Disabled => types::AssignPublicIp::Disabled,
        }))
        .set_security_groups(some(security_groups.iter().map(text).collect()))
        .set_subnets(Some(subnets.get().iter().map(text).collect()))
        .build()?;
    Ok(types::NetworkConfiguration::builder().awsvpc_configuration(configuration).build())
}

fn constraint(constraint: &PlacementConstraint<Resolved>) -> types::PlacementConstraint {
    let made = types::PlacementConstraint::builder();
    match constraint {
        PlacementConstraint::DistinctInstance => made.r#type(types::PlacementConstraintType::DistinctInstance),
        PlacementConstraint::MemberOf { expression } => {
            made.r#type(types::PlacementConstraintType::MemberOf).expression(expression.as_str())
        }
    }
    .build()
}

fn placement(strategy: &PlacementStrategy<Resolved>) -> types::PlacementStrategy {
    let made = types::PlacementStrategy::builder();
    match strategy {
        PlacementStrategy::Binpack { field } => {
            made.r#type(types::PlacementStrategyType::Binpack).field(field.as_str())
        }
        PlacementStrategy::Random => made.r#type(types::PlacementStrategyType::Random),
        PlacementStrategy::Spread { field } => made.r#type(types::PlacementStrategyType::Spread).field(field.as_str()),
    }
    .build()
}

fn overridden(overrides: &custom::TaskOverride<Resolved>) -> types::TaskOverride {
    let custom::TaskOverride { container_overrides, cpu, memory, task_role_arn } = overrides;
    let containers = container_overrides.iter().map(|container| {
        let custom::ContainerOverride { name, command, environment, cpu, memory } = container;
        let environment = environment.iter().map(|variable| {
            let KeyValuePair { name, value } = variable;
            types::KeyValuePair::builder().name(name).value(value.as_str()).build()
        });
        types::ContainerOverride::builder()
            .name(name)
            .set_command(some(command.iter().map(text).collect()))
            .set_environment(some(environment.collect()))
            .set_cpu(cpu.map(number))
            .set_memory(memory.map(number))
            .build()
    });
    types::TaskOverride::builder()
        .set_container_overrides(some(containers.collect()))
        .set_cpu(cpu.as_ref().map(text))
        .set_memory(memory.as_ref().map(text))
        .set_task_role_arn(task_role_arn.as_ref().map(text))
        .build()
}
