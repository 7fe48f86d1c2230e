//! What the agent may do to start a task: fetch its image, read its secrets, write its log.
//!
//! A missing grant shows when the first task starts: it stops with `ResourceInitializationError`, again and again,
//! and the stack waits for the service. Source: ECS Developer Guide, "Amazon ECS task execution IAM role".

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Report, Rule};
use crate::verifier::reading::policy::{self, grants};
use crate::verifier::reading::reference::named;
use crate::verifier::reading::service::services;
use crate::verifier::reading::task::{Container, Task, tasks};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, objects, part, shape, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("execution-role-present", execution_role_present),
    Rule::new("log-group-granted", log_group_granted),
    Rule::new("secret-granted", secret_granted),
    Rule::new("secret-key-granted", secret_key_granted),
    Rule::new("environment-file-granted", environment_file_granted),
    Rule::new("image-granted", image_granted),
    Rule::new("execute-command-granted", execute_command_granted),
];

const SECRET: &str = "AWS::SecretsManager::Secret";

fn log_group(container: Container<'_>) -> Option<&Value> {
    let configuration = part(container.0, "LogConfiguration");
    let group = part(part(configuration, "Options"), "awslogs-group");
    (text(configuration, "LogDriver") == Some("awslogs") && !group.is_null()).then_some(group)
}

pub(super) fn secrets(container: Container<'_>) -> Vec<&Value> {
    let environment = objects(container.0, "Secrets").known.into_iter();
    let log = objects(container.0, "LogConfiguration.SecretOptions").known;
    let registry = part(container.0, "RepositoryCredentials.CredentialsParameter");
    environment
        .chain(log)
        .map(|secret| part(secret, "ValueFrom"))
        .chain([registry])
        .filter(|value| !value.is_null())
        .collect()
}

fn private_image(container: Container<'_>) -> bool {
    shape(part(container.0, "Image")).contains(".dkr.ecr.")
}

fn role<'a>(template: &Template<'a>, task: Task<'a>, property: &str) -> Option<Resource<'a>> {
    template.named(part(task.resource.properties, property), policy::KIND)
}

/// A task has an execution role when something needs one: `awslogs` and images of a private registry on Fargate,
/// secrets everywhere.
fn execution_role_present(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let needed = task.containers().known.into_iter().any(|container| {
            let logs = log_group(container).is_some() || private_image(container);
            !secrets(container).is_empty() || (task.on_fargate() && logs)
        });
        if needed && absent(task.resource.properties, "ExecutionRoleArn") {
            report.add(task.resource.id, "its containers need an execution role");
        }
    }
}

/// The execution role may write to the log groups of the task.
fn log_group_granted(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let Some(role) = role(template, task, "ExecutionRoleArn") else {
            continue;
        };
        let grants = grants(template, role);
        for container in task.containers().known {
            let Some(group) = log_group(container) else {
                continue;
            };
            let mut actions = vec!["logs:CreateLogStream", "logs:PutLogEvents"];
            if truth(part(container.0, "LogConfiguration.Options"), "awslogs-create-group") == Some(true) {
                actions.push("logs:CreateLogGroup");
            }
            for action in actions {
                if !grants.allow(template, action, group) {
                    report.add(role.id, format!("{} cannot log: no {action} on {}", task.resource.id, shape(group)));
                }
            }
        }
    }
}

/// The execution role may read the secrets of the task.
fn secret_granted(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let Some(role) = role(template, task, "ExecutionRoleArn") else {
            continue;
        };
        let grants = grants(template, role);
        for container in task.containers().known {
            for secret in secrets(container) {
                if !reading_actions(template, secret).iter().any(|action| grants.allow(template, action, secret)) {
                    report.add(role.id, format!("{} cannot read {}", task.resource.id, shape(secret)));
                }
            }
        }
    }
}

/// What reads a secret, by where it is kept.
fn reading_actions(template: &Template<'_>, secret: &Value) -> &'static [&'static str] {
    let kind =
        |wanted: &str| named(secret).into_iter().any(|id| template.get(id).is_some_and(|found| found.kind == wanted));
    let text = shape(secret);
    if kind(SECRET) || text.contains(":secretsmanager:") {
        &["secretsmanager:GetSecretValue"]
    } else if kind("AWS::SSM::Parameter") || text.contains(":ssm:") || !text.contains(['$', ':', '{']) {
        &["ssm:GetParameters"]
    } else {
        &["secretsmanager:GetSecretValue", "ssm:GetParameters"]
    }
}

/// The execution role may decrypt the secrets of the task that have a key of their own (ECS Developer Guide, "Pass
/// Secrets Manager secrets through environment variables").
fn secret_key_granted(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let Some(role) = role(template, task, "ExecutionRoleArn") else {
            continue;
        };
        let grants = grants(template, role);
        let ids = task.containers().known.into_iter().flat_map(secrets).flat_map(named).collect::<BTreeSet<_>>();
        for secret in ids.into_iter().filter_map(|id| template.get(id)) {
            let looked_up = json!({ "Fn::GetAtt": [secret.id, "KmsKeyArn"] });
            let key = match secret.kind {
                SECRET => part(secret.properties, "KmsKeyId"),
                "Custom::OamEcsSecret" => &looked_up,
                _ => continue,
            };
            if !key.is_null() && !grants.allow(template, "kms:Decrypt", key) {
                report.add(role.id, format!("{} cannot decrypt {}", task.resource.id, secret.id));
            }
        }
    }
}

/// Files with variables have the ending that Amazon ECS asks for, and the execution role may fetch them (ECS Developer
/// Guide, "Pass an individual environment variable" and "Amazon ECS task execution IAM role").
fn environment_file_granted(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers().known;
        let files: Vec<_> = containers
            .iter()
            .flat_map(|container| objects(container.0, "EnvironmentFiles").known)
            .map(|file| part(file, "Value"))
            .collect();
        for file in &files {
            let place = shape(file);
            // Where it ends in a function, its ending is not known.
            if !place.ends_with(".env") && !place.ends_with('}') {
                report.add(task.resource.id, format!("{place} does not end in .env"));
            }
        }
        let Some(role) = role(template, task, "ExecutionRoleArn") else {
            if !files.is_empty() && absent(task.resource.properties, "ExecutionRoleArn") {
                report.add(task.resource.id, "its files of variables need an execution role");
            }
            continue;
        };
        let grants = grants(template, role);
        for file in files {
            if !grants.allow(template, "s3:GetObject", file) {
                report.add(role.id, format!("{} cannot fetch {}", task.resource.id, shape(file)));
            }
            if !grants.unknown() && grants.of("s3:GetBucketLocation").next().is_none() {
                report
                    .add(role.id, format!("{} cannot find {}: no s3:GetBucketLocation", task.resource.id, shape(file)));
            }
        }
    }
}

/// The execution role may fetch images of a private registry.
fn image_granted(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let Some(role) = role(template, task, "ExecutionRoleArn") else {
            continue;
        };
        let grants = grants(template, role);
        if !task.containers().known.into_iter().any(private_image) {
            continue;
        }
        for action in ["ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"] {
            if !grants.unknown() && grants.of(action).next().is_none() && !grants.execution() {
                report.add(role.id, format!("{} cannot fetch its images: no {action}", task.resource.id));
            }
        }
    }
}

/// ECS Exec opens its channels with the role of the task (ECS Developer Guide, "Task IAM role permissions for ECS
/// Exec").
fn execute_command_granted(template: &Template<'_>, report: &mut Report) {
    let channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
    for service in services(template) {
        if truth(service.resource.properties, "EnableExecuteCommand") != Some(true) {
            continue;
        }
        let Some(task) = service.task(template) else {
            continue;
        };
        if absent(task.resource.properties, "TaskRoleArn") {
            report.add(task.resource.id, "ECS Exec needs a task role");
        }
        let Some(role) = role(template, task, "TaskRoleArn") else {
            continue;
        };
        let grants = grants(template, role);
        for channel in channels {
            let action = format!("ssmmessages:{channel}");
            if !grants.unknown() && grants.of(&action).next().is_none() {
                report.add(role.id, format!("{} has ECS Exec without {action}", service.resource.id));
            }
        }
    }
}
