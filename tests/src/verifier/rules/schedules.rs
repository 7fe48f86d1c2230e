//! Schedules that run tasks.
//!
//! A schedule that may not run its task says so nowhere but in a metric. Sources: `EventBridge` Scheduler User Guide, "Set up
//! the execution role" and "Using templated targets"; Scheduler API Reference, `EcsParameters`.

use serde_json::json;

use super::{Report, Rule};
use crate::verifier::reading::policy::{self, Grants, grants};
use crate::verifier::reading::reference::{named, target};
use crate::verifier::reading::schedule;
use crate::verifier::reading::service::{SCHEDULE, schedules};
use crate::verifier::reading::task::Task;
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, elements, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("schedule-expression", schedule_expression),
    Rule::new("schedule-cluster", schedule_cluster),
    Rule::new("schedule-network", schedule_network),
    Rule::new("schedule-granted", schedule_granted),
];

/// A schedule says when.
fn schedule_expression(template: &Template<'_>, report: &mut Report) {
    for found in template.of(SCHEDULE) {
        if let Some(mistake) = text(found.properties, "ScheduleExpression").and_then(schedule::mistake) {
            report.add(found.id, mistake);
        }
    }
}

/// What runs a task is a cluster by its ARN; `Ref` is the cluster's name.
fn schedule_cluster(template: &Template<'_>, report: &mut Report) {
    for found in schedules(template).filter(|found| !found.start.is_null()) {
        let arn = part(found.resource.properties, "Target.Arn");
        let cluster = template.named(arn, "AWS::ECS::Cluster");
        let by_name = target(arn).is_some_and(|target| target.attribute != Some("Arn"));
        if let Some(cluster) = cluster.filter(|_| by_name) {
            report.add(found.resource.id, format!("needs the ARN of {}", cluster.id));
        }
    }
}

/// A task with a network interface of its own is told where.
fn schedule_network(template: &Template<'_>, report: &mut Report) {
    for found in schedules(template) {
        let awsvpc = found.task(template).is_some_and(Task::awsvpc);
        if awsvpc && absent(found.start, "NetworkConfiguration") {
            report.add(found.resource.id, "its task needs subnets and security groups");
        }
    }
}

/// The role of a schedule may run its task, and hand over the roles of the task.
fn schedule_granted(template: &Template<'_>, report: &mut Report) {
    for found in schedules(template) {
        let role = template.named(part(found.resource.properties, "Target.RoleArn"), policy::KIND);
        let (Some(role), Some(task)) = (role, found.task(template)) else {
            continue;
        };
        let grants = grants(template, role);
        if !runs(&grants, task.resource) {
            report.add(role.id, format!("{} may not run {}", found.resource.id, task.resource.id));
        }
        for property in ["TaskRoleArn", "ExecutionRoleArn"] {
            let Some(passed) = template.named(part(task.resource.properties, property), policy::KIND) else {
                continue;
            };
            if !grants.allow(template, "iam:PassRole", &json!({ "Ref": passed.id })) {
                report.add(role.id, format!("{} may not pass {}", found.resource.id, passed.id));
            }
        }
    }
}

/// Whether a task definition may be run, by its ARN or by that of its family.
fn runs(grants: &Grants<'_>, task: Resource<'_>) -> bool {
    grants.unknown()
        || grants.of("ecs:RunTask").any(|statement| {
            elements(statement, "Resource").known.into_iter().any(|given| {
                let shape = shape(given);
                let family = shape.contains(":task-definition/")
                    && !named(given).iter().any(|id| id.ends_with("TaskDefinition"));
                named(given).contains(task.id) || shape == "*" || shape.starts_with('{') || family
            })
        })
}
