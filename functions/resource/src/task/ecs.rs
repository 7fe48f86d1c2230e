//! What the work asks of Amazon ECS about tasks.
//!
//! In: a cluster and tasks. Out: the tasks, as [`verdict`](super::verdict) reads them. A call that fails says whether the same
//! may go well later, as the SDK has tried for a minute when it fails.

use std::fmt::Debug;

use aws_sdk_ecs::types;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::verdict::{Container, Task};
use crate::aws::{Aws, code, explained};

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// Why, for the author.
    pub reason: String,
    /// Whether the same may go well later.
    pub may_pass: bool,
}

impl Trouble {
    /// What a call failed with.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let is_fault = error.raw_response().is_none_or(|response| matches!(response.status().as_u16(), 429 | 500..));
        let is_throttled = code(error).is_some_and(|code| code.contains("Throttl") || code == "ServerException");
        Self { reason: explained(error), may_pass: is_fault || is_throttled }
    }
}

/// Tasks as they are, and the ARNs of those that ECS does not know.
///
/// # Errors
/// Why they cannot be seen.
pub(super) async fn describe(aws: &Aws, cluster: &str, arns: &[String]) -> Result<(Vec<Task>, Vec<String>), Trouble> {
    if arns.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let call = aws.ecs().describe_tasks().cluster(cluster).set_tasks(Some(arns.to_vec()));
    let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
    let tasks: Vec<Task> = answer.tasks().iter().map(seen).collect();
    let missing = arns.iter().filter(|arn| !tasks.iter().any(|task| task.arn == **arn)).cloned().collect();
    Ok((tasks, missing))
}

/// Which tasks of a cluster run, of those that somebody started.
///
/// # Errors
/// Why they cannot be seen.
pub(super) async fn started_by(aws: &Aws, cluster: &str, who: &str) -> Result<Vec<String>, Trouble> {
    // Nothing else may be asked for beside it.
    let mut pages = aws.ecs().list_tasks().cluster(cluster).started_by(who).into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(arn) = pages.next().await {
        arns.push(arn.map_err(|error| Trouble::of(&error))?);
    }
    Ok(arns)
}

/// The same, without those that have ended by themselves: ECS lists a task for a while after its end.
///
/// # Errors
/// Why they cannot be seen.
pub(super) async fn running(aws: &Aws, cluster: &str, who: &str) -> Result<Vec<String>, Trouble> {
    let listed = started_by(aws, cluster, who).await?;
    let (seen, _) = describe(aws, cluster, &listed).await?;
    Ok(seen.into_iter().filter(|task| !task.is_stopped).map(|task| task.arn).collect())
}

/// Which tasks of a cluster run, of those of a family.
///
/// # Errors
/// Why they cannot be seen.
pub(super) async fn of_family(aws: &Aws, cluster: &str, family: &str) -> Result<Vec<String>, Trouble> {
    let call = aws.ecs().list_tasks().cluster(cluster).family(family).desired_status(types::DesiredStatus::Running);
    let mut pages = call.into_paginator().items().send();
    let mut arns = Vec::new();
    while let Some(arn) = pages.next().await {
        arns.push(arn.map_err(|error| Trouble::of(&error))?);
    }
    Ok(arns)
}

/// Stops tasks. One that cannot be stopped is logged: nobody could do more about it.
pub(super) async fn stop(aws: &Aws, cluster: &str, arns: &[String], reason: &str) {
    for arn in arns {
        let reason: String = reason.chars().take(LONGEST_REASON).collect();
        if let Err(error) = aws.ecs().stop_task().cluster(cluster).task(arn).reason(reason).send().await {
            tracing::warn!(task = arn, error = explained(&error), "a task cannot be stopped");
        }
    }
}

/// The most characters that ECS keeps of why a task was stopped.
const LONGEST_REASON: usize = 255;

fn seen(task: &types::Task) -> Task {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let containers = task.containers().iter().map(|container| Container {
        name: text(container.name()),
        exit_code: container.exit_code(),
        reason: text(container.reason()),
        runtime_id: text(container.runtime_id()),
    });
    Task {
        arn: text(task.task_arn()),
        is_stopped: task.last_status() == Some("STOPPED"),
        stop_code: text(task.stop_code().map(types::TaskStopCode::as_str)),
        reason: text(task.stopped_reason()),
        containers: containers.collect(),
        created_at: task.created_at().and_then(|at| u64::try_from(at.secs()).ok()).unwrap_or_default(),
        started_at: task.started_at().map(written).unwrap_or_default(),
        stopped_at: task.stopped_at().map(written).unwrap_or_default(),
    }
}

/// `2026-11-22T03:43:45Z`
fn written(time: &DateTime) -> String {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).unwrap_or_default()
}
