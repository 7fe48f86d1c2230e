//! Jobs: tasks that run to their end while the stack is made or changed, and fail it when they fail.
//!
//! They run when a property changes: with a new image, or on every deployment where the author says so. When the stack goes
//! back to what it was, and when it goes, they do not.

use super::custom_resource;
use super::ecs_name::ecs_name;
use super::role::Role;
use super::scope::Scope;
use super::workload::{Context, Tasks};
use super::{capacity, permissions, placement, service};
use crate::cloudformation::LogicalId;
use crate::cloudformation::resource::custom;
use crate::cloudformation::resource::ecs::PropagateTags;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::Expr;
use crate::program::Workload;
use crate::program::platform::{self, RunWhen};

/// What `Fn::GetAtt` of a job gives.
pub(super) const ATTRIBUTES: [&str; 5] = ["ExitCodes", "StartedAt", "Status", "StoppedAt", "TaskArns"];

/// Seconds that a job may take, where its author does not say.
pub(super) const TIMEOUT: u32 = 900;

/// The most seconds that it may take: CloudFormation waits for an hour, of which the function needs some time itself.
const TIMEOUT_LIMIT: u32 = 3480;

/// The seconds by which CloudFormation waits longer than the function, so that it is the function that gives up.
pub(super) const MARGIN: u32 = 120;

/// Lowers a workload that runs to its end once.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    (origin, replicas): (Origin, &Located<Expr<u32>>),
    tasks: Tasks,
    context: &Context<'_>,
) -> LogicalId {
    let Tasks { definition, execution_role: _, task_role: _, security_groups, after } = tasks;
    let site = context.site;
    let platform = &workload.platform;
    if let Some(exec) = platform.execute_command.as_ref().filter(|exec| exec.value) {
        scope
            .diagnostics
            .note(exec.origin, format!("`aws ecs execute-command` does not reach `{name}`, as it runs to its end"));
    }
    advise_given_roles(name, workload, scope.diagnostics);
    let timeout = timeout(platform.timeout.as_ref(), scope.diagnostics);
    let strategy = capacity::strategy(name, workload, site, scope.diagnostics);
    let (constraints, spread) = placement::service(workload);
    let count = replicas.value.known().copied();
    let properties = custom::Task {
        cluster: site.cluster.clone(),
        task_definition: crate::cloudformation::Function::reference(&definition).into(),
        containers: Vec::new(),
        image_tag: None,
        count: (!matches!(count, Some(0 | 1))).then(|| (&replicas.value).into()),
        launch_type: strategy.is_none().then(|| service::launch_type(workload)),
        capacity_provider_strategy: strategy.map(|strategy| strategy.items).unwrap_or_default(),
        platform_version: None,
        network_configuration: service::network(workload, site, security_groups, scope.diagnostics),
        placement_constraints: constraints.unwrap_or_default(),
        placement_strategy: spread.unwrap_or_default(),
        overrides: None,
        propagate_tags: Some(PropagateTags::TaskDefinition),
        enable_ecs_managed_tags: Some(true),
        timeout: Some(timeout),
        exit_policy: None,
        // Those beside it are stopped when it ends, whatever code that gives them.
        subjects: if workload.beside.is_empty() { Vec::new() } else { vec![ecs_name(&workload.main.name)] },
        on_failure: None,
        on_rollback: None,
        on_delete: None,
        run_when: None,
        retry_on_interruption: None,
        exclusive: None,
        skip: (count == Some(0)).then(|| "true".into()),
        nonce: platform.run.as_ref().is_some_and(|run| run.value == RunWhen::Always).then(|| context.nonce.to_owned()),
    };
    let properties = custom_resource::served(context.installation, timeout + MARGIN, properties);
    scope.add_for(name, Role::Run, origin, &properties).after(&after).id()
}

/// Who starts a task passes its roles on, and the function of the installation may pass those that are made.
fn advise_given_roles(name: &str, workload: &Workload, diagnostics: &mut Diagnostics) {
    let platform = &workload.platform;
    let execution_role = platform.execution_role.as_ref().map(|role| role.origin);
    let role = platform.role.as_ref().filter(|role| matches!(role.value, platform::Role::Given(_)));
    for origin in execution_role.into_iter().chain(role.map(|role| role.origin)) {
        diagnostics.advice(
            origin,
            format!(
                "the function of the installation starts `{name}`, and must be allowed to pass this role on: it may pass those whose path is `{}`",
                permissions::PATH
            ),
        );
    }
}

/// The seconds that something may take.
pub(super) fn timeout(given: Option<&Located<u32>>, diagnostics: &mut Diagnostics) -> u32 {
    let Some(given) = given else { return TIMEOUT };
    if !(1..=TIMEOUT_LIMIT).contains(&given.value) {
        diagnostics
            .error(
                given.origin,
                format!("CloudFormation waits for {TIMEOUT_LIMIT} seconds at most, not {}", given.value),
            )
            .fix(format!("write a number of seconds, 1 to {TIMEOUT_LIMIT}; have what takes longer run by a schedule"));
    }
    given.value.clamp(1, TIMEOUT_LIMIT)
}
