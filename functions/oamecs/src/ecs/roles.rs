//! The two roles of a workload: the execution role, with which ECS starts its tasks, and the task role, which its
//! containers have. Each allows what the workload plainly needs, on exact resources.

use std::collections::BTreeMap;

use super::image::{Repository, repository};
use super::role::Role;
use super::scope::Scope;
use crate::cloudformation::function::escape;
use crate::cloudformation::resource::iam::{
    self, ConditionValue, Conditions, Policy, PolicyDocument, Principal, Statement,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::expression::Expr;
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
pub(super) fn text_condition(operator: &str, key: &str, value: Text) -> Conditions {
    BTreeMap::from([(operator.to_owned(), BTreeMap::from([(key.to_owned(), ConditionValue::One(value))]))])
}

/// The role with which ECS starts the tasks of a workload: it writes to the log group and pulls from private repositories,
/// among them that of the image that prepares its tasks, if any does.
pub(super) fn execution(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    log_group: &LogicalId,
    preparing_image: Option<&str>,
) -> LogicalId {
    let mut groups = vec![Function::GetAtt(log_group.clone(), "Arn").into()];
    let mut action = vec!["logs:CreateLogStream".into(), "logs:PutLogEvents".into()];
    for options in workload.containers.iter().map(|container| &container.log_options) {
        groups.extend(options.get("awslogs-group").map(|group| log_group_arn(&group.value)));
        let creates = options.get("awslogs-create-group").and_then(|value| value.value.known());
        if creates.is_some_and(|value| value == "true") {
            action.push("logs:CreateLogGroup".into());
        }
    }
    action.dedup();
    let logs = Statement { action, resource: groups, ..Statement::default() };
    let mut grants = vec![Grant::new("logs".to_owned(), vec![logs])];
    let preparing_image = preparing_image.map(Expr::from);
    let images = workload.containers.iter().map(|container| &container.image.value).chain(&preparing_image);
    grants.extend(pull(images));
    add(scope, name, workload, Role::ExecutionRole, grants)
}

/// The ARN of a log group that the author names.
fn log_group_arn(name: &Expr<String>) -> Text {
    let start = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:";
    match Text::from(name) {
        Value::Literal(name) => Function::Sub(format!("{start}{}:*", escape(&name))).into(),
        Value::Function(function) => Function::SubWith(
            format!("{start}${{Name}}:*"),
            vec![("Name".to_owned(), serde_json::to_value(&function).unwrap_or_default())],
        )
        .into(),
    }
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
            Repository::AnyEcr => Function::Sub("arn:${AWS::Partition}:ecr:*:*:repository/*".to_owned()).into(),
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
    let source = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*".to_owned();
    let mut condition = text_condition("ArnLike", "aws:SourceArn", Function::Sub(source).into());
    condition.extend(text_condition(
        "StringEquals",
        "aws:SourceAccount",
        Function::Ref("AWS::AccountId".to_owned()).into(),
    ));
    PolicyDocument::new(vec![Statement {
        principal: Some(Principal::Service("ecs-tasks.amazonaws.com")),
        action: vec!["sts:AssumeRole".into()],
        condition,
        ..Statement::default()
    }])
}
