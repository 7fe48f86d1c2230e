//! Logs that go elsewhere than to CloudWatch: `FireLens` and the drivers of others.
//!
//! Sources: ECS Developer Guide, "Send Amazon ECS logs to an AWS service or AWS Partner" and "Amazon ECS task definition
//! parameters" (`logConfiguration`, `firelensConfiguration`); Docker, "Splunk logging driver".

use super::{Report, Rule};
use crate::verifier::reading::task::{Container, tasks};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, is_function, objects, part, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("log-router", log_router),
    Rule::new("log-router-file", log_router_file),
    Rule::new("log-options", log_options),
    Rule::new("log-option-in-clear", log_option_in_clear),
];

fn driver(container: Container<'_>) -> Option<&str> {
    text(container.0, "LogConfiguration.LogDriver")
}

fn is_router(container: Container<'_>) -> bool {
    !absent(container.0, "FirelensConfiguration")
}

/// What logs by `FireLens` has one container in its task that takes the logs, and that one logs in another way.
fn log_router(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        let containers = task.containers();
        let routers: Vec<_> = containers.known.iter().copied().filter(|found| is_router(*found)).collect();
        let routed = containers.known.iter().any(|container| driver(*container) == Some("awsfirelens"));
        if routed && routers.is_empty() && containers.complete {
            report.add(task.resource.id, "nobody takes the logs that go by FireLens");
        }
        if routers.len() > 1 {
            report.add(task.resource.id, "two containers route its logs");
        }
        for router in routers {
            if driver(router) == Some("awsfirelens") {
                report.add(task.resource.id, format!("container {} routes its own logs to itself", router.label()));
            }
        }
    }
}

/// On Fargate the router's own configuration is a file of its image: it fetches none from S3.
fn log_router_file(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for router in task.containers().known.into_iter().filter(|found| is_router(*found)) {
            let options = part(router.0, "FirelensConfiguration.Options");
            let kind = text(options, "config-file-type");
            if task.on_fargate() && kind.is_some_and(|kind| kind != "file") {
                report.add(task.resource.id, format!("container {} may not fetch its configuration", router.label()));
            }
            if absent(options, "config-file-type") != absent(options, "config-file-value") {
                report.add(task.resource.id, format!("container {} has half of a file's place", router.label()));
            }
        }
    }
}

/// What a driver cannot do without, as an option or from a secret.
fn log_options(template: &Template<'_>, report: &mut Report) {
    for task in tasks(template) {
        for container in task.containers().known {
            let wanted: &[&str] = match driver(container) {
                Some("splunk") => &["splunk-token", "splunk-url"],
                Some("fluentd") => &["fluentd-address"],
                Some("gelf") => &["gelf-address"],
                _ => continue,
            };
            let configuration = part(container.0, "LogConfiguration");
            let secrets = objects(configuration, "SecretOptions");
            for option in wanted {
                let plain =
                    is_function(part(configuration, "Options")) || !absent(part(configuration, "Options"), option);
                let secret = secrets.known.iter().any(|secret| text(secret, "Name") == Some(option));
                if !plain && !secret && secrets.complete {
                    report.add(task.resource.id, format!("container {} logs without {option}", container.label()));
                }
            }
        }
    }
}

/// A credential for logs comes from a secret; the options of a task definition are for all to read.
fn log_option_in_clear(template: &Template<'_>, report: &mut Report) {
    let secret = ["token", "apikey", "api_key", "api-key", "passwd", "password", "license_key", "licensekey"];
    for task in tasks(template) {
        for container in task.containers().known {
            let options = part(container.0, "LogConfiguration.Options").as_object().into_iter().flatten();
            for (name, value) in options {
                let lower = name.to_lowercase();
                let literal = value.as_str().is_some_and(|value| !template.author.wrote(value));
                if literal && secret.iter().any(|ending| lower.ends_with(ending)) {
                    report.add(task.resource.id, format!("container {} shows {name}", container.label()));
                }
            }
        }
    }
}
