//! Schedules: tasks that run to their end by the clock, each time as the stack's last deployment left them.
//!
//! The role of a schedule may start the tasks of this one task definition on this one cluster, and nothing else.

use super::permissions::{self, text_condition};
use super::role::Role;
use super::scope::Scope;
use super::site::Site;
use super::workload::{Context, Tasks};
use super::{capacity, placement, service};
use crate::cloudformation::resource::ecs::PropagateTags;
use crate::cloudformation::resource::iam::{self, Policy, PolicyDocument, Principal, Statement};
use crate::cloudformation::resource::{Switch, scheduler};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::diagnostic::Located;
use crate::expression::Expr;
use crate::program::Workload;
use crate::program::schedule::Schedule;

/// Seconds for which a start that fails (for want of capacity, say) is tried again: an hour. AWS would try for a day, when
/// the next runs have long been.
const RETRY_SECONDS: u32 = 3600;

/// Lowers a workload that runs by a schedule.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    (schedule, replicas): (&Located<Schedule>, &Located<Expr<u32>>),
    tasks: Tasks,
    context: &Context<'_>,
) -> LogicalId {
    let Schedule { expression, further, time_zone, enabled, deadline } = &schedule.value;
    let site = context.site;
    let cluster = cluster_arn(site);
    let role = role(scope, name, schedule, &tasks, &cluster);
    if let Some(timeout) = &workload.platform.timeout {
        scope.diagnostics.note(
            timeout.origin,
            format!("the time limit has no effect on `{name}`: a schedule starts its tasks, and does not watch them"),
        );
    }
    let strategy = capacity::strategy(name, workload, site, scope.diagnostics);
    let (constraints, spread) = placement::service(workload);
    let count = replicas.value.known().copied();
    let mut properties = scheduler::Schedule {
        description: None,
        schedule_expression: expression.into(),
        schedule_expression_timezone: time_zone.as_ref().map(|time_zone| (&time_zone.value).into()),
        start_date: None,
        end_date: None,
        flexible_time_window: scheduler::FlexibleTimeWindow::Off,
        state: Some(Switch::from(*enabled && count != Some(0))),
        target: scheduler::Target {
            arn: cluster,
            role_arn: Function::GetAtt(role, "Arn").into(),
            ecs_parameters: Some(scheduler::EcsParameters {
                task_definition_arn: Function::reference(&tasks.definition).into(),
                task_count: Some(if count == Some(0) { Value::Literal(1) } else { (&replicas.value).into() }),
                launch_type: strategy.is_none().then(|| service::launch_type(workload)),
                capacity_provider_strategy: strategy.map(|strategy| strategy.items).unwrap_or_default(),
                network_configuration: service::network(workload, site, tasks.security_groups, scope.diagnostics),
                platform_version: None,
                enable_execute_command: Some(workload.platform.execute_command.as_ref().is_some_and(|exec| exec.value)),
                enable_ecs_managed_tags: Some(true),
                propagate_tags: Some(PropagateTags::TaskDefinition),
                placement_constraints: constraints.unwrap_or_default(),
                placement_strategy: spread.unwrap_or_default(),
                group: None,
                tags: Vec::new(),
            }),
            input: None,
            retry_policy: Some(scheduler::RetryPolicy {
                maximum_event_age_in_seconds: Some(deadline.unwrap_or(RETRY_SECONDS)),
                maximum_retry_attempts: None,
            }),
            dead_letter_config: None,
        },
    };
    let id = scope.add_for(name, Role::Schedule, schedule.origin, &properties).after(&tasks.after).id();
    if let Some(further) = further {
        properties.schedule_expression = further.into();
        scope.add_for(name, Role::ScheduleByWeekday, schedule.origin, &properties).after(&tasks.after);
    }
    id
}

/// The role with which a schedule starts tasks.
fn role(scope: &mut Scope<'_>, name: &str, schedule: &Located<Schedule>, tasks: &Tasks, cluster: &Text) -> LogicalId {
    let run = Statement {
        action: vec!["ecs:RunTask".into()],
        resource: vec![Function::reference(&tasks.definition).into()],
        condition: text_condition("ArnEquals", "ecs:cluster", cluster.clone()),
        ..Statement::default()
    };
    let pass = Statement {
        action: vec!["iam:PassRole".into()],
        resource: vec![tasks.execution_role.arn.clone(), tasks.task_role.arn.clone()],
        condition: text_condition("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com".into()),
        ..Statement::default()
    };
    // Tasks get their tags as they start, and at no other time.
    let tag = Statement {
        action: vec!["ecs:TagResource".into()],
        resource: vec![of_this_account("ecs", "task/*")],
        condition: text_condition("StringEquals", "ecs:CreateAction", "RunTask".into()),
        ..Statement::default()
    };
    let properties = iam::Role {
        assume_role_policy_document: trust(),
        path: Some(permissions::PATH.into()),
        managed_policy_arns: Vec::new(),
        policies: vec![Policy {
            policy_name: "run".to_owned(),
            policy_document: Value::Literal(PolicyDocument::new(vec![run, pass, tag])),
        }],
        permissions_boundary: None,
        description: None,
    };
    scope.add_for(name, Role::ScheduleRole, schedule.origin, &properties).id()
}

/// Only schedules of this account take the role. They are in the group that all are in; a single one cannot be
/// [named](https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
fn trust() -> PolicyDocument {
    let group = of_this_account("scheduler", "schedule-group/default");
    let mut condition = text_condition("ArnEquals", "aws:SourceArn", group);
    let account = text_condition("StringEquals", "aws:SourceAccount", Function::Pseudo("AWS::AccountId").into());
    for (operator, keys) in account {
        condition.entry(operator).or_default().extend(keys);
    }
    PolicyDocument::new(vec![Statement {
        principal: Some(Principal::Service("scheduler.amazonaws.com")),
        action: vec!["sts:AssumeRole".into()],
        condition,
        ..Statement::default()
    }])
}

fn of_this_account(service: &str, resource: &str) -> Text {
    let start = "arn:${AWS::Partition}";
    Function::Sub(format!("{start}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}").into()).into()
}

/// The ARN of the cluster, which is known by its name or by its ARN.
fn cluster_arn(site: &Site) -> Text {
    let cluster = match &site.cluster {
        Value::Function(Function::Ref(cluster)) => return Function::GetAtt(cluster.clone(), "Arn").into(),
        Value::Literal(cluster) if cluster.starts_with("arn:") => return site.cluster.clone(),
        Value::Literal(cluster) => return of_this_account("ecs", &format!("cluster/{cluster}")),
        Value::Function(_) => site.cluster.clone(),
    };
    // Twice, with what stands before a name in an ARN between: the second part is the name, whichever of the two it was.
    let twice = Function::Join(":cluster/", vec![cluster.clone(), cluster]);
    let name = Function::Select(1, Box::new(Function::Split(":cluster/", Box::new(twice.into()))));
    Function::Join("", vec![of_this_account("ecs", "cluster/"), name.into()]).into()
}
