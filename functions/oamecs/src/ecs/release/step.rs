//! The steps of a release as resources of our own.

use super::Context;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::resource::custom::{self, CloneContainer, OnRemoval, Rollout, Task, WaitFor, WhileBusy};
use crate::cloudformation::resource::ecs::{
    AwsVpcConfiguration, CapacityProviderStrategyItem, LaunchType, NetworkConfiguration, PropagateTags,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::{custom_resource, job};
use crate::expression::Expr;
use crate::program::release::{self, Capacity, Image, Interface, Machine, OnFailure, OnMissing, Roll, Run, Verdict};

/// Tasks that run to their end.
pub(super) fn run(
    scope: &mut Scope<'_>,
    (name, role): (&str, Role),
    (run, cluster): (&Run, &Expr<String>),
    after: &[LogicalId],
    context: &Context<'_>,
) -> LogicalId {
    let Run {
        origin,
        definition,
        // In `front_end`.
        tasks_of: _,
        images,
        subjects,
        count,
        capacity,
        network,
        always,
        exclusive,
        timeout,
        verdict,
        on_failure,
        skip,
    } = run;
    let timeout = job::timeout(timeout.as_ref(), scope.diagnostics);
    let (containers, image_tag) = copies(images);
    let (launch_type, strategy) = match capacity {
        Capacity::Cluster => (None, Vec::new()),
        Capacity::Machine(machine) => (Some(launch_type(*machine)), Vec::new()),
        Capacity::Providers(providers) => (None, providers.iter().map(provider).collect()),
    };
    let properties = Task {
        cluster: cluster.into(),
        task_definition: definition.into(),
        containers,
        image_tag,
        count: (count.known() != Some(&1)).then(|| count.into()),
        launch_type,
        capacity_provider_strategy: strategy,
        platform_version: None,
        network_configuration: network.as_ref().map(interface),
        placement_constraints: Vec::new(),
        placement_strategy: Vec::new(),
        overrides: None,
        propagate_tags: Some(PropagateTags::TaskDefinition),
        enable_ecs_managed_tags: Some(true),
        timeout: Some(timeout),
        exit_policy: verdict.and_then(|verdict| match verdict {
            Verdict::Subject => None,
            Verdict::Essential => Some(custom::ExitPolicy::Essential),
            Verdict::Strict => Some(custom::ExitPolicy::Strict),
        }),
        subjects: match verdict {
            None | Some(Verdict::Subject) => subjects.clone(),
            Some(Verdict::Essential | Verdict::Strict) => Vec::new(),
        },
        on_failure: on_failure.map(failure),
        on_rollback: None,
        on_delete: None,
        run_when: None,
        retry_on_interruption: None,
        exclusive: exclusive.then_some(true),
        skip: skipped(skip),
        nonce: always.then(|| context.nonce.to_owned()),
    };
    let properties = custom_resource::served(context.installation, timeout + job::MARGIN, properties);
    scope.add_for(name, role, *origin, &properties).after(after).id()
}

/// A service of somebody else's that gets its new version.
pub(super) fn roll(
    scope: &mut Scope<'_>,
    name: &str,
    (roll, cluster, service): (&Roll, &Expr<String>, &Expr<String>),
    after: &[LogicalId],
    context: &Context<'_>,
) -> LogicalId {
    let Roll {
        origin,
        owner: _,
        images,
        force,
        max_wait,
        wait_for,
        while_busy,
        on_missing,
        on_failure,
        on_removal,
        take_over,
    } = roll;
    let max_wait = max_wait.as_ref().map_or(job::TIMEOUT, |wait| wait.value);
    let is_forced = force.as_ref().is_some_and(|force| force.value);
    let (containers, image_tag) = copies(images);
    let properties = Rollout {
        cluster: cluster.into(),
        service: service.into(),
        containers,
        image_tag,
        force: is_forced.then_some(true),
        max_wait: Some(max_wait),
        wait_for: wait_for.as_ref().map(|wait| match wait.value {
            release::WaitFor::Stable => WaitFor::Stable,
            release::WaitFor::Drained => WaitFor::Drained,
        }),
        while_busy: while_busy.as_ref().map(|busy| match busy.value {
            release::WhileBusy::Proceed => WhileBusy::Proceed,
            release::WhileBusy::Wait => WhileBusy::Wait,
        }),
        on_missing: on_missing.as_ref().map(|missing| match missing.value {
            OnMissing::Fail => custom::OnMissing::Fail,
            OnMissing::Skip => custom::OnMissing::Skip,
        }),
        on_failure: on_failure.as_ref().map(|on_failure| failure(on_failure.value)),
        on_delete: on_removal.as_ref().map(|removal| match removal.value {
            release::OnRemoval::Leave => OnRemoval::Leave,
            release::OnRemoval::Restore => OnRemoval::Restore,
        }),
        take_over: take_over.as_ref().map(|take_over| take_over.value),
        skip: None,
        nonce: is_forced.then(|| context.nonce.to_owned()),
    };
    let properties = custom_resource::served(context.installation, max_wait + job::MARGIN, properties);
    scope.add_for(name, Role::Rollout, *origin, &properties).after(after).id()
}

/// The containers that get other images, and the tag of all of them where it is one.
fn copies(images: &[Image]) -> (Vec<CloneContainer>, Option<Text>) {
    let shared = images.first().map(|image| &image.tag).filter(|tag| images.iter().all(|image| image.tag == **tag));
    let containers = images.iter().map(|Image { container, tag }| CloneContainer {
        name: container.clone(),
        image_tag: shared.is_none().then(|| tag.into()),
    });
    (containers.collect(), shared.map(Text::from))
}

fn launch_type(machine: Machine) -> LaunchType {
    match machine {
        Machine::Fargate => LaunchType::Fargate,
        Machine::Instance => LaunchType::Ec2,
        Machine::External => LaunchType::External,
    }
}

fn provider(provider: &release::Provider) -> CapacityProviderStrategyItem {
    let release::Provider { name, base, weight } = provider;
    CapacityProviderStrategyItem { capacity_provider: name.into(), base: *base, weight: *weight }
}

fn interface(interface: &Interface) -> NetworkConfiguration {
    let Interface { public_address, groups, subnets } = interface;
    NetworkConfiguration {
        awsvpc_configuration: AwsVpcConfiguration {
            assign_public_ip: Some(Value::Literal(Switch::from(*public_address))),
            security_groups: groups.iter().map(Text::from).collect(),
            subnets: match subnets {
                Expr::Known(subnets) => Value::Literal(subnets.iter().map(Text::from).collect()),
                Expr::Deferred(list) => Value::Function(Function::from(list)),
            },
        },
    }
}

fn failure(failure: OnFailure) -> custom::OnFailure {
    match failure {
        OnFailure::RollBack => custom::OnFailure::Rollback,
        OnFailure::Ignore => custom::OnFailure::Ignore,
    }
}

/// What says whether nothing is run: one of several `true` is enough.
fn skipped(skip: &[Expr<String>]) -> Option<Text> {
    match skip {
        [] => None,
        [one] => Some(one.into()),
        several => Some(Function::Join(",", several.iter().map(Text::from).collect()).into()),
    }
}
