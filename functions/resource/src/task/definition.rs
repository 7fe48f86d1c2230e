//! What of a task definition the work needs: its revision, its containers, and where they log.
//!
//! In: the properties. Out: a [`Definition`], of a copy where the properties ask for other images.

use aws_sdk_ecs::types::{self, LogDriver, NetworkMode};
use oamecs::cloudformation::resource::custom::{self, ExitPolicy};
use oamecs::cloudformation::value::{Resolved, Text};
use serde::{Deserialize, Serialize};

use super::Properties;
use super::ecs::Trouble;
use crate::aws::code;
use crate::copy::copy;
use crate::work::{Failure, Site};

/// A task definition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Definition {
    /// With its revision.
    pub arn: String,
    /// Its containers, in order.
    pub containers: Vec<Container>,
}

/// A container of a task definition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Whether the task ends when it does.
    pub is_essential: bool,
    /// Where it logs, if that is Amazon CloudWatch Logs.
    pub log: Option<Log>,
}

/// Where a container logs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Log {
    /// The log group.
    pub group: String,
    /// What the names of its streams begin with; without, they are what the machine calls the container.
    pub prefix: Option<String>,
    /// The Region of the group, where it is said.
    pub region: Option<String>,
}

impl Definition {
    /// The family: that of `…:task-definition/migrate:3` is `migrate`.
    pub fn family(&self) -> &str {
        let name = self.arn.rsplit('/').next().unwrap_or(&self.arn);
        name.split(':').next().unwrap_or(name)
    }

    /// The containers that have to end with 0.
    pub fn counting(&self, properties: &Properties) -> Vec<String> {
        let policy = properties.exit_policy.unwrap_or(ExitPolicy::Subject);
        if policy == ExitPolicy::Subject && !properties.subjects.is_empty() {
            return properties.subjects.clone();
        }
        let all = policy == ExitPolicy::Strict;
        let counting = self.containers.iter().filter(|container| all || container.is_essential);
        counting.map(|container| container.name.clone()).collect()
    }
}

/// The task definition that the properties ask for: copied where containers get other images.
///
/// # Errors
/// There is none, it lacks a container that is named, or it cannot be copied.
pub(super) async fn of(properties: &Properties, request_id: &str, site: &Site) -> Result<Definition, Failure> {
    let custom::Task { task_definition, containers, image_tag, .. } = properties;
    let name = if containers.is_empty() {
        task_definition.as_str().to_owned()
    } else {
        let image_tag = image_tag.as_ref().map(Text::as_str);
        copy(site, request_id, task_definition.as_str(), containers, image_tag).await?.arn
    };
    let answer = site.aws.ecs().describe_task_definition().task_definition(&name).send().await;
    let answer = answer.map_err(|error| {
        let reason = Trouble::of(&error).reason;
        Failure::new(match code(&error) {
            Some("ClientException") => format!("there is no task definition `{name}`: {reason}"),
            _ => format!("the task definition `{name}` cannot be read: {reason}"),
        })
    })?;
    let Some(definition) = answer.task_definition() else {
        return Err(Failure::new(format!("ECS says nothing of the task definition `{name}`")));
    };
    check(definition, properties, &name)?;
    let containers = definition.container_definitions().iter().map(|container| Container {
        name: container.name().unwrap_or_default().to_owned(),
        // ECS's own default.
        is_essential: container.essential().unwrap_or(true),
        log: container.log_configuration().and_then(log),
    });
    // The revision stays the same when a request is repeated, whatever is registered meanwhile.
    let arn = definition.task_definition_arn().unwrap_or(&name).to_owned();
    Ok(Definition { arn, containers: containers.collect() })
}

fn log(configuration: &types::LogConfiguration) -> Option<Log> {
    if *configuration.log_driver() != LogDriver::Awslogs {
        return None;
    }
    let option = |name: &str| configuration.options().and_then(|options| options.get(name)).cloned();
    Some(Log {
        group: option("awslogs-group")?,
        prefix: option("awslogs-stream-prefix"),
        region: option("awslogs-region"),
    })
}

/// What `RunTask` would say less clearly, or not at all.
fn check(definition: &types::TaskDefinition, properties: &Properties, name: &str) -> Result<(), Failure> {
    let there: Vec<&str> = definition.container_definitions().iter().filter_map(|container| container.name()).collect();
    let overrides = properties.overrides.iter().flat_map(|overrides| &overrides.container_overrides);
    let overrides = overrides.map(|container: &custom::ContainerOverride<Resolved>| &container.name);
    if let Some(unknown) = properties.subjects.iter().chain(overrides).find(|name| !there.contains(&name.as_str())) {
        return Err(Failure::new(format!(
            "the task definition `{name}` has no container `{unknown}`: its containers are `{}`",
            there.join("`, `")
        )));
    }
    if definition.network_mode() == Some(&NetworkMode::Awsvpc) && properties.network_configuration.is_none() {
        return Err(Failure::new(format!(
            "tasks of `{name}` have network interfaces of their own: say in which subnets, by `NetworkConfiguration`"
        )));
    }
    Ok(())
}
