//! The two roles of a workload: the execution role, with which ECS starts its tasks, and the task role, which its
//! containers have. Each allows what the workload plainly needs, on exact resources.

use std::collections::BTreeMap;

use super::image::{Repository, repository};
use super::role::Role;
use super::scope::Scope;
use crate::cloudformation::resource::iam::{
    self, ConditionValue, Conditions, Policy, PolicyDocument, Principal, Statement,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::expression::{Expr, Piece, concatenate};
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
            policy_name: self
                .name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() || "+=,.@-_".contains(c) { c } else { '-' })
                .collect(),
            policy_document: Value::Literal(PolicyDocument::new(self.statements)),
        }
    }
}

/// A condition on a single key with a single value.
pub(super) fn text_condition(operator: &'static str, key: &'static str, value: Text) -> Conditions {
    BTreeMap::from([(operator, BTreeMap::from([(key, ConditionValue::One(value))]))])
}

/// The role with which ECS starts the tasks of a workload: it writes to the log group, reads secrets, and pulls from private
/// repositories, among them that of the image that prepares its tasks, if any does.
pub(super) fn execution(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    log_group: &LogicalId,
    preparing_image: Option<&str>,
    secrets: Option<Grant>,
) -> LogicalId {
    let mut grants = vec![Grant::new("logs".to_owned(), logs(workload, log_group))];
    let preparing_image = preparing_image.map(Expr::from);
    let images = workload.containers().map(|container| &container.image.value).chain(&preparing_image);
    grants.extend(pull(images));
    grants.extend(secrets);
    add(scope, name, workload, Role::ExecutionRole, grants)
}

/// A statement for the application's log group, and one for each that the author names instead.
fn logs(workload: &Workload, log_group: &LogicalId) -> Vec<Statement> {
    let write = || vec!["logs:CreateLogStream".into(), "logs:PutLogEvents".into()];
    let ours = Function::GetAtt(log_group.clone(), "Arn").into();
    let mut statements = vec![Statement { action: write(), resource: vec![ours], ..Statement::default() }];
    for options in workload.containers().map(|container| &container.log_options) {
        let option = |name: &str| options.get(name).map(|value| &value.value);
        let Some(group) = option("awslogs-group") else { continue };
        let mut action = write();
        if option("awslogs-create-group").is_some_and(|value| value.known().is_some_and(|value| value == "true")) {
            action.push("logs:CreateLogGroup".into());
        }
        let resource = vec![log_group_arn(group, option("awslogs-region"))];
        statements.push(Statement { action, resource, ..Statement::default() });
    }
    statements
}

/// The ARN of a log group that the author names, in the stack's Region or another.
fn log_group_arn(group: &Expr<String>, region: Option<&Expr<String>>) -> Text {
    let function = |name: &str| Piece::Function(serde_json::json!({ "Ref": name }));
    let literal = |text: &str| Piece::Literal(text.to_owned());
    let pieces = |text: &Expr<String>| match text {
        Expr::Known(text) => vec![literal(text)],
        Expr::Deferred(deferred) => deferred.pieces().to_vec(),
    };
    let region = region.map_or_else(|| vec![function("AWS::Region")], pieces);
    let mut arn = vec![literal("arn:"), function("AWS::Partition"), literal(":logs:")];
    arn.extend(region);
    arn.extend([literal(":"), function("AWS::AccountId"), literal(":log-group:")]);
    arn.extend(pieces(group));
    arn.push(literal(":*"));
    Text::from(&concatenate(arn))
}

/// The role that the containers of a workload have.
pub(super) fn task(scope: &mut Scope<'_>, name: &str, workload: &Workload, mut grants: Vec<Grant>) -> LogicalId {
    if workload.platform.execute_command.as_ref().is_some_and(|exec| exec.value) {
        let actions = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
        grants.push(Grant::new(
            "execute-command".to_owned(),
            vec![Statement {
                action: actions.iter().map(|action| format!("ssmmessages:{action}").into()).collect(),
                // These actions know no resource:
                // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsessionmanagermessagegatewayservice.html
                resource: vec!["*".into()],
                ..Statement::default()
            }],
        ));
    }
    add(scope, name, workload, Role::TaskRole, grants)
}

/// The permission to pull images.
fn pull<'a>(images: impl Iterator<Item = &'a Expr<String>>) -> Option<Grant> {
    let mut repositories: Vec<Text> = Vec::new();
    for image in images {
        let arn = match repository(image) {
            Repository::Public => continue,
            Repository::Ecr(arn) => arn,
            Repository::AnyEcr => Function::Sub("arn:${AWS::Partition}:ecr:*:*:repository/*".into()).into(),
        };
        if !repositories.contains(&arn) {
            repositories.push(arn);
        }
    }
    if repositories.is_empty() {
        return None;
    }
    let actions = ["BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer"];
    Some(Grant::new(
        "images".to_owned(),
        vec![
            Statement {
                action: actions.iter().map(|action| format!("ecr:{action}").into()).collect(),
                resource: repositories,
                ..Statement::default()
            },
            Statement {
                action: vec!["ecr:GetAuthorizationToken".into()],
                // The token is the account's; the action knows no resource.
                resource: vec!["*".into()],
                ..Statement::default()
            },
        ],
    ))
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
    let source = Function::Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*".into());
    let mut condition = text_condition("ArnLike", "aws:SourceArn", source.into());
    condition.extend(text_condition("StringEquals", "aws:SourceAccount", Function::Pseudo("AWS::AccountId").into()));
    PolicyDocument::new(vec![Statement {
        principal: Some(Principal::Service("ecs-tasks.amazonaws.com")),
        action: vec!["sts:AssumeRole".into()],
        condition,
        ..Statement::default()
    }])
}
