//! The two roles of a workload: the execution role, with which ECS starts its tasks, and the task role, which its
//! containers have. Each allows what the workload plainly needs, on exact resources.

use std::collections::BTreeMap;

use super::image::{Repository, repository};
use super::role::Role;
use super::scope::Scope;
use crate::cloudformation::resource::iam::{self, ConditionValue, Conditions, Policy, PolicyDocument, Principal, Statement};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::program::Workload;

/// The path of all roles that are made, by which installations bound what may be done with them.
const PATH: &str = "/oamecs/";

/// What a role allows for one purpose.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    name: String,
    statements: Vec<Statement>,
}

impl Grant {
    /// A policy of a role with a name that is unique in it.
    pub(super) fn new(name: String, statements: Vec<Statement>) -> Self {
        Self { name, statements }
    }

    fn into_policy(self) -> Policy {
        Policy {
            // IAM's own alphabet for policy names is narrower than ours for volumes.
            policy_name: self.name.chars().map(|c| if c.is_ascii_alphanumeric() || "+=,.@-_".contains(c) { c } else { '-' }).collect(),
            policy_document: crate::cloudformation::Value::Literal(PolicyDocument::new(self.statements)),
        }
    }
}

/// A condition on a single key with a single value.
pub(super) fn text_condition(operator: &str, key: &str, value: Text) -> Conditions {
    BTreeMap::from([(operator.to_owned(), BTreeMap::from([(key.to_owned(), ConditionValue::One(value))]))])
}

/// The role with which ECS starts the tasks of a workload: it writes to the log group and pulls from private repositories.
pub(super) fn execution(scope: &mut Scope<'_>, name: &str, workload: &Workload, log_group: &LogicalId) -> LogicalId {
    let mut grants = vec![Grant::new("logs".to_owned(), vec![Statement {
        action: vec!["logs:CreateLogStream".into(), "logs:PutLogEvents".into()],
        resource: vec![Function::GetAtt(log_group.clone(), "Arn").into()],
        ..Statement::default()
    }])];
    grants.extend(images(workload));
    add(scope, name, workload, Role::ExecutionRole, grants)
}

/// The role that the containers of a workload have.
pub(super) fn task(scope: &mut Scope<'_>, name: &str, workload: &Workload, mut grants: Vec<Grant>) -> LogicalId {
    if workload.platform.execute_command.as_ref().is_some_and(|exec| exec.value) {
        let actions = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
        grants.push(Grant::new("execute-command".to_owned(), vec![Statement {
            action: actions.iter().map(|action| format!("ssmmessages:{action}").into()).collect(),
            // These actions know no resource:
            // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsessionmanagermessagegatewayservice.html
            resource: vec!["*".into()],
            ..Statement::default()
        }]));
    }
    add(scope, name, workload, Role::TaskRole, grants)
}

fn images(workload: &Workload) -> Option<Grant> {
    let mut repositories: Vec<Text> = Vec::new();
    for container in &workload.containers {
        let arn = match repository(&container.image.value) {
            Repository::Public => continue,
            Repository::Ecr(arn) => arn,
            Repository::AnyEcr => Function::Sub("arn:${AWS::Partition}:ecr:*:*:repository/*".to_owned()).into(),
        };
        if !repositories.contains(&arn) {
            repositories.push(arn);
        }
    }
    if repositories.is_empty() {
        return None;
    }
    let pull = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"];
    Some(Grant::new("images".to_owned(), vec![
        Statement {
            action: pull.iter().map(|action| format!("ecr:{action}").into()).collect(),
            resource: repositories,
            ..Statement::default()
        },
        Statement {
            action: vec!["ecr:GetAuthorizationToken".into()],
            // The token is the account's; the action knows no resource.
            resource: vec!["*".into()],
            ..Statement::default()
        },
    ]))
}

fn add(scope: &mut Scope<'_>, name: &str, workload: &Workload, role: Role, grants: Vec<Grant>) -> LogicalId {
    let properties = iam::Role {
        assume_role_policy_document: trust(),
        path: Some(PATH.into()),
        managed_policy_arns: Vec::new(),
        policies: grants.into_iter().map(Grant::into_policy).collect(),
        permissions_boundary: None,
        description: None,
    };
    scope.add_for(name, role, workload.origin, &properties).id()
}

/// Only ECS takes the role, and only for tasks of this account and region
/// ([confused deputy](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html)).
fn trust() -> PolicyDocument {
    let source = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*".to_owned();
    let mut condition = text_condition("ArnLike", "aws:SourceArn", Function::Sub(source).into());
    condition.extend(text_condition("StringEquals", "aws:SourceAccount", Function::Ref("AWS::AccountId".to_owned()).into()));
    PolicyDocument::new(vec![Statement {
        principal: Some(Principal::Service("ecs-tasks.amazonaws.com")),
        action: vec!["sts:AssumeRole".into()],
        condition,
        ..Statement::default()
    }])
}
