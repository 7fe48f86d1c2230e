//! The two roles of a workload: the execution role, with which ECS starts its tasks, and the task role, which its
//! containers have. Each allows what the workload plainly needs, on exact resources.

use std::collections::{BTreeMap, BTreeSet};

use super::image::{Repository, repository};
use super::log_router;
use super::logs::{self, Destination};
use super::role::Role;
use super::scope::Scope;
use super::{environment_files, execute_command};
use crate::cloudformation::resource::iam::{
    self, ConditionValue, Conditions, Policy, PolicyDocument, Principal, Statement,
};
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Resources, Value, Written};
use crate::diagnostic::{Diagnostics, Located};
use crate::document::list;
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::{Workload, platform};

/// The path of all roles that are made, by which installations bound what may be done with them.
pub(super) const PATH: &str = "/oamecs/";

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

/// The role with which ECS starts the tasks of a workload: it writes to the log group, reads secrets and files of environment
/// variables, and pulls from private
/// repositories, among them that of the image that prepares its tasks, if any does.
pub(super) fn execution(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    (log, has_proxy): (&Destination, bool),
    preparing_image: Option<&str>,
    secrets: Option<Grant>,
) -> Taken {
    let others = [preparing_image.map(Expr::from), log_router::image(workload)];
    let beside = has_proxy || others.iter().any(Option::is_some);
    let statements = logs(workload, log, beside);
    let mut grants: Vec<Grant> =
        (!statements.is_empty()).then(|| Grant::new("logs".to_owned(), statements)).into_iter().collect();
    let images = workload.containers().map(|container| &container.image.value).chain(others.iter().flatten());
    grants.extend(pull(images));
    grants.extend(secrets);
    grants.extend(environment_files::grant(workload));
    if let Some(given) = &workload.platform.execution_role {
        return Taken::given(given, &grants, scope.diagnostics);
    }
    add(scope, name, workload, Role::ExecutionRole, Allowed { grants, ..Allowed::default() })
}

/// A statement for the application's log group, where anything writes there, and one for each that the author names instead.
/// What is `beside` the author's containers does.
fn logs(workload: &Workload, log: &Destination, beside: bool) -> Vec<Statement> {
    let write = || vec!["logs:CreateLogStream".into(), "logs:PutLogEvents".into()];
    let is_written = beside || workload.containers().any(|container| logs::is_in_group(container, workload));
    let statement = || Statement { action: write(), resource: vec![log.arn.clone()], ..Statement::default() };
    let mut statements: Vec<Statement> = is_written.then(statement).into_iter().collect();
    for options in workload.containers().filter_map(|container| container.log.as_ref()).map(|log| &log.options) {
        let option = |name: &str| options.get(name).map(|value| &value.value);
        let Some(group) = option("awslogs-group") else { continue };
        let mut action = write();
        if option("awslogs-create-group").is_some_and(|value| value.known().is_some_and(|value| value == "true")) {
            action.push("logs:CreateLogGroup".into());
        }
        let resource = vec![logs::arn(group, option("awslogs-region"))];
        statements.push(Statement { action, resource, ..Statement::default() });
    }
    statements
}

/// The role that the containers of a workload have.
pub(super) fn task(scope: &mut Scope<'_>, name: &str, workload: &Workload, mut grants: Vec<Grant>) -> Taken {
    let options = &workload.platform;
    grants.extend(execute_command::grant(workload, scope.diagnostics));
    let own = match &options.role {
        Some(Located { origin, value: platform::Role::Given(role) }) => {
            refuse_more(workload, scope.diagnostics);
            return Taken::given(&Located::new(*origin, role.clone()), &grants, scope.diagnostics);
        }
        Some(Located { value: platform::Role::Policy(document), .. }) => Some(document),
        None => None,
    };
    let policies = options.policies.iter().flat_map(|policies| &policies.value).map(Text::from).collect();
    let documents = own.into_iter().chain(options.policy.iter().flat_map(|policy| &policy.value)).collect();
    add(scope, name, workload, Role::TaskRole, Allowed { grants, policies, documents })
}

/// A role that exists is not changed.
fn refuse_more(workload: &Workload, diagnostics: &mut Diagnostics) {
    let options = &workload.platform;
    let policies = options.policies.as_ref().filter(|policies| !policies.value.is_empty());
    let policy = options.policy.as_ref().filter(|policy| !policy.value.is_empty());
    let places = [policies.map(|policies| policies.origin), policy.map(|policy| policy.origin)];
    for origin in places.into_iter().flatten() {
        diagnostics
            .error(origin, "the containers have a role that exists, which is not changed")
            .fix("attach the policy to that role, or write an empty list here");
    }
}

/// Sets the boundary that the installation demands on every role that has none of its own.
pub(super) fn bound(boundary: &str, resources: &mut Resources) {
    for resource in resources.values_mut().filter(|resource| resource.kind == iam::Role::TYPE) {
        let mut properties = resource.properties.entries();
        if !properties.contains_key("PermissionsBoundary") {
            properties.insert("PermissionsBoundary".to_owned(), boundary.into());
            resource.properties = Written::from(&properties);
        }
    }
}

/// What a role that is made allows.
#[derive(Default)]
struct Allowed<'a> {
    /// What the workload plainly needs.
    grants: Vec<Grant>,
    /// ARNs of policies that exist.
    policies: Vec<Text>,
    /// What the author says besides.
    documents: Vec<&'a platform::PolicyDocument>,
}

/// A role that ECS takes on.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// Its ARN, or its name where the author gives that.
    pub(super) arn: Text,
    /// Its logical id, where it is made.
    pub(super) made: Option<LogicalId>,
}

impl Taken {
    /// A role that exists, which must allow what is needed.
    fn given(role: &Located<Expr<String>>, grants: &[Grant], diagnostics: &mut Diagnostics) -> Self {
        let actions: BTreeSet<&str> = grants
            .iter()
            .flat_map(|grant| &grant.statements)
            .flat_map(|statement| &statement.action)
            .map(AsRef::as_ref)
            .gather();
        if !actions.is_empty() {
            let actions: Vec<&str> = actions.into_iter().collect();
            diagnostics
                .advice(role.origin, format!("the role exists and is not changed: it must allow {}", list(&actions)));
        }
        Self { arn: Text::from(&role.value), made: None }
    }
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

fn add(scope: &mut Scope<'_>, name: &str, workload: &Workload, role: Role, allowed: Allowed<'_>) -> Taken {
    let Allowed { grants, policies, documents } = allowed;
    // A number is unique in its role, and a policy's name is no id.
    let documents = documents.into_iter().zip(1..).map(|(document, number)| Policy {
        policy_name: format!("author-{number}"),
        policy_document: Function::Author(document.0.clone()).into(),
    });
    let properties = iam::Role {
        assume_role_policy_document: trust(),
        path: Some(PATH.into()),
        managed_policy_arns: policies,
        policies: grants.into_iter().map(Grant::into_policy).chain(documents).collect(),
        permissions_boundary: workload.platform.permissions_boundary.as_ref().map(|boundary| (&boundary.value).into()),
        description: None,
    };
    let id = scope.add_for(name, role, workload.origin, &properties).id();
    Taken { arn: Function::GetAtt(id.clone(), "Arn").into(), made: Some(id) }
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
