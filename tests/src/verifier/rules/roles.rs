//! Roles: who takes them and what they may do.
//!
//! Sources: Security Hub IAM.1, IAM.21; the Service Authorization Reference, on actions without resource types;
//! checkov `CKV_AWS_60`, `CKV_AWS_61`; cfn-guard `iam_role_no_wildcard_resource_on_passrole`.

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::policy::{self, statements};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{elements, objects, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("role-path", role_path),
    Rule::new("role-trust", role_trust),
    Rule::new("role-trusts-its-user", role_trusts_its_user),
    Rule::new("policy-actions", policy_actions),
    Rule::new("policy-resources", policy_resources),
    Rule::new("pass-role-limited", pass_role_limited),
];

/// Actions that work on no resource that could be named, so that `*` is all there is to say.
const WITHOUT_RESOURCE: [&str; 31] = [
    // Listing and describing what is not known yet.
    "acm:ListCertificates",
    "application-autoscaling:Describe*",
    "autoscaling:Describe*",
    "cloudwatch:DescribeAlarms",
    "ec2:Describe*",
    "ecs:DescribeTaskDefinition",
    "ecs:ListClusters",
    "ecs:ListTaskDefinition*",
    "elasticloadbalancing:Describe*",
    "kms:ListAliases",
    "logs:DescribeLogGroups",
    "route53:ListHostedZones*",
    "secretsmanager:ListSecrets",
    "servicediscovery:List*",
    "ssm:DescribeParameters",
    // Only the caller is meant.
    "ecr:GetAuthorizationToken",
    "ecr-public:GetAuthorizationToken",
    "ecs:DiscoverPollEndpoint",
    "secretsmanager:GetRandomPassword",
    "sts:GetCallerIdentity",
    "sts:GetServiceBearerToken",
    // Channels of ECS Exec and Session Manager.
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    // What is put has no name yet.
    "cloudwatch:PutMetricData",
    "ecs:DeregisterTaskDefinition",
    "servicediscovery:DiscoverInstances",
    "xray:GetSampling*",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

fn roles<'a>(template: &Template<'a>) -> impl Iterator<Item = Resource<'a>> {
    template.of(policy::KIND)
}

/// Our roles are under `/oamecs/`: the resource function may pass those and no others.
fn role_path(template: &Template<'_>, report: &mut Report) {
    for role in roles(template).filter(|role| role.ours()) {
        if text(role.properties, "Path") != Some("/oamecs/") {
            report.add(role.id, "its path is not /oamecs/");
        }
    }
}

fn trusts(role: Resource<'_>) -> Vec<&Value> {
    objects(part(role.properties, "AssumeRolePolicyDocument"), "Statement")
        .known
        .into_iter()
        .map(|statement| part(statement, "Principal"))
        .collect()
}

/// Services of AWS take our roles, nobody else; and no role is for everyone.
fn role_trust(template: &Template<'_>, report: &mut Report) {
    for role in roles(template) {
        for principal in trusts(role) {
            let everyone = principal == "*" || elements(principal, "AWS").known.into_iter().any(|who| who == "*");
            if everyone {
                report.add(role.id, "everyone may take it");
                continue;
            }
            let service = |name: &Value| name.as_str().is_none_or(|name| name.ends_with(".amazonaws.com"));
            let others = principal.as_object().is_some_and(|kinds| kinds.keys().any(|kind| kind != "Service"));
            if role.ours() && (others || !elements(principal, "Service").known.into_iter().all(service)) {
                report.add(role.id, "somebody besides services of AWS may take it");
            }
        }
    }
}

/// What uses a role may take it.
fn role_trusts_its_user(template: &Template<'_>, report: &mut Report) {
    let users = [
        ("AWS::ECS::TaskDefinition", "TaskRoleArn", "ecs-tasks.amazonaws.com"),
        ("AWS::ECS::TaskDefinition", "ExecutionRoleArn", "ecs-tasks.amazonaws.com"),
        ("AWS::Scheduler::Schedule", "Target.RoleArn", "scheduler.amazonaws.com"),
        ("AWS::Lambda::Function", "Role", "lambda.amazonaws.com"),
        ("AWS::StepFunctions::StateMachine", "RoleArn", "states.amazonaws.com"),
    ];
    let one = users.iter().flat_map(|(kind, property, service)| {
        template.of(kind).map(move |user| (user.id, part(user.properties, property), *service))
    });
    let targets = template.of("AWS::Events::Rule").flat_map(|rule| {
        let targets = objects(rule.properties, "Targets").known.into_iter();
        targets.map(move |target| (rule.id, part(target, "RoleArn"), "events.amazonaws.com"))
    });
    let profiles = template.of("AWS::IAM::InstanceProfile").flat_map(|profile| {
        let roles = elements(profile.properties, "Roles").known.into_iter();
        roles.map(move |role| (profile.id, role, "ec2.amazonaws.com"))
    });
    for (user, role, service) in one.chain(targets).chain(profiles) {
        let Some(role) = template.named(role, policy::KIND) else {
            continue;
        };
        let trusted = trusts(role)
            .into_iter()
            .flat_map(|principal| elements(principal, "Service").known)
            .any(|name| name.as_str().is_none_or(|name| name == service));
        if !trusted {
            report.add(role.id, format!("{user} uses it, and {service} may not take it"));
        }
    }
}

fn our_statements<'a>(template: &Template<'a>) -> Vec<(Resource<'a>, &'a Value)> {
    template
        .resources()
        .filter(|resource| resource.ours())
        .flat_map(|resource| statements(resource).into_iter().map(move |statement| (resource, statement)))
        .filter(|(_, statement)| text(statement, "Effect") == Some("Allow"))
        .collect()
}

fn actions(statement: &Value) -> Vec<&str> {
    elements(statement, "Action").known.into_iter().filter_map(Value::as_str).collect()
}

/// We grant actions by name, not all and not all of a service.
fn policy_actions(template: &Template<'_>, report: &mut Report) {
    for (holder, statement) in our_statements(template) {
        for action in actions(statement) {
            let all = action == "*" || action.ends_with(":*");
            if all && !template.author.wrote(action) {
                report.add(holder.id, format!("grants {action}"));
            }
        }
        if !part(statement, "NotAction").is_null() {
            report.add(holder.id, "grants everything but some actions");
        }
    }
}

/// We grant actions on resources by name, where an action has resources.
fn policy_resources(template: &Template<'_>, report: &mut Report) {
    for (holder, statement) in our_statements(template) {
        if !elements(statement, "Resource").known.into_iter().any(|resource| resource == "*") {
            continue;
        }
        for action in actions(statement) {
            let nameless = WITHOUT_RESOURCE.iter().any(|pattern| policy::matches(pattern, action));
            if !nameless && !template.author.wrote(action) {
                report.add(holder.id, format!("grants {action} on everything"));
            }
        }
    }
}

/// A role of ours that may pass roles may pass them to one service only.
fn pass_role_limited(template: &Template<'_>, report: &mut Report) {
    for (holder, statement) in our_statements(template) {
        let passes = actions(statement).iter().any(|action| action.eq_ignore_ascii_case("iam:PassRole"));
        let limited = part(statement, "Condition").as_object().into_iter().flatten().any(|(operator, keys)| {
            let exact = operator.starts_with("StringEquals") || operator.ends_with(":StringEquals");
            exact
                && keys
                    .as_object()
                    .into_iter()
                    .flatten()
                    .any(|(key, _)| key.eq_ignore_ascii_case("iam:PassedToService"))
        });
        if passes && !limited {
            report.add(holder.id, "may pass roles to any service");
        }
    }
}
