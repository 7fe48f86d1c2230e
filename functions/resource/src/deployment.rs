//! Services of ECS, and the deployments that they are in: what a rollout and a watchdog know of them.
//!
//! In: a cluster and a service. Out: what ECS says of the service, how far a deployment is, and why it does not get on. ECS says it
//! in two ways: the deployments of a service, of which one is primary, and, where it has them, service deployments with a history.
//! The second says more, but neither every service nor every partition has them.

use std::fmt::Write as _;
use std::time::SystemTime;

use aws_sdk_ecs::types::{
    CreatedAt, Deployment, DeploymentRolloutState, DesiredStatus, Service, ServiceDeploymentBrief,
    ServiceDeploymentStatus, StopServiceDeploymentStopType, Task,
};
use aws_smithy_types::DateTime;

use crate::aws::{code, explained};
use crate::work::Site;

/// How many of a service's last events a failure tells.
const EVENTS: usize = 5;

/// How many different reasons of stopped tasks it tells.
const STOPS: usize = 3;

/// A service, by the names that ECS takes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The cluster's name or ARN.
    pub cluster: &'a str,
    /// The service's name or ARN.
    pub service: &'a str,
}

/// How far a deployment is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Its tasks run, and are healthy. Whether those of earlier ones have ended.
    Completed {
        /// No other deployment is left.
        is_alone: bool,
    },
    /// It goes on.
    UnderWay,
    /// It ends without success, for this reason.
    Failed(String),
}

impl Place<'_> {
    /// The service; `None` where there is none that runs anything.
    ///
    /// # Errors
    /// Why it cannot be known.
    pub async fn find(&self, site: &Site) -> Result<Option<Service>, String> {
        let Self { cluster, service } = self;
        let described = site.aws.ecs().describe_services().cluster(*cluster).services(*service).send().await;
        let described = described.map_err(|error| match code(&error) {
            Some("ClusterNotFoundException") => format!("there is no cluster `{cluster}`: correct the name"),
            _ => format!("the service `{service}` cannot be read: {}", explained(&error)),
        })?;
        Ok(described.services.unwrap_or_default().into_iter().find(|service| service.status() == Some("ACTIVE")))
    }

    /// Of the service deployments, the oldest that began then or later; `None` where ECS keeps none, or does not tell.
    pub async fn service_deployment(&self, site: &Site, since: SystemTime) -> Option<ServiceDeploymentBrief> {
        // It is older by a moment than what it does to the service.
        let since = DateTime::from_secs(DateTime::from(since).secs() - 2);
        let asked = site.aws.ecs().list_service_deployments().cluster(self.cluster).service(self.service);
        let listed = match asked.created_at(CreatedAt::builder().after(since).build()).send().await {
            Ok(listed) => listed.service_deployments.unwrap_or_default(),
            Err(error) => {
                tracing::info!(error = explained(&error), "no service deployments are told");
                return None;
            }
        };
        let began = |deployment: &ServiceDeploymentBrief| deployment.created_at().map_or(0, DateTime::secs);
        listed.into_iter().filter(|deployment| began(deployment) >= since.secs()).min_by_key(began)
    }

    /// Has a service deployment go back to the revision before it. Whether ECS does so.
    pub async fn stop(&self, site: &Site, deployment: &ServiceDeploymentBrief) -> bool {
        use ServiceDeploymentStatus as Status;
        if !matches!(deployment.status(), Some(Status::Pending | Status::InProgress | Status::StopRequested)) {
            return matches!(
                deployment.status(),
                Some(Status::RollbackRequested | Status::RollbackInProgress | Status::RollbackSuccessful)
            );
        }
        let stopping = site
            .aws
            .ecs()
            .stop_service_deployment()
            .set_service_deployment_arn(deployment.service_deployment_arn.clone())
            .stop_type(StopServiceDeploymentStopType::Rollback);
        match stopping.send().await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(error = explained(&error), "the deployment cannot be stopped");
                false
            }
        }
    }

    /// What a failure tells besides: the last events since then, and why tasks of the deployment stopped. Empty where nothing
    /// can be found out.
    pub async fn evidence(
        &self,
        site: &Site,
        service: Option<&Service>,
        since: SystemTime,
        id: Option<&str>,
    ) -> String {
        let mut text = String::new();
        let since = DateTime::from(since).secs();
        let events = service.map(Service::events).unwrap_or_default().iter();
        let recent = events.filter(|event| event.created_at().is_none_or(|at| at.secs() >= since));
        let events: Vec<&str> = recent.take(EVENTS).filter_map(|event| event.message()).collect();
        if !events.is_empty() {
            let _ = write!(text, "; its last events: {}", events.join(" "));
        }
        let stops = self.stops(site, id).await;
        if !stops.is_empty() {
            let _ = write!(text, "; tasks stopped: {}", stops.join("; "));
        }
        text
    }

    async fn stops(&self, site: &Site, id: Option<&str>) -> Vec<String> {
        let ecs = site.aws.ecs();
        let listing = ecs.list_tasks().cluster(self.cluster).service_name(name(self.service));
        let listed = listing.desired_status(DesiredStatus::Stopped).max_results(20).send().await;
        let arns = listed.ok().and_then(|listed| listed.task_arns).unwrap_or_default();
        if arns.is_empty() {
            return Vec::new();
        }
        let described = ecs.describe_tasks().cluster(self.cluster).set_tasks(Some(arns)).send().await;
        let mut tasks = described.ok().and_then(|described| described.tasks).unwrap_or_default();
        tasks.retain(|task| id.is_none() || task.started_by() == id);
        tasks.sort_by_key(|task| std::cmp::Reverse(task.stopped_at().map_or(0, DateTime::secs)));
        let mut told: Vec<String> = Vec::new();
        for stop in tasks.iter().filter_map(stop) {
            if told.len() < STOPS && !told.contains(&stop) {
                told.push(stop);
            }
        }
        told
    }
}

/// Why a task stopped.
fn stop(task: &Task) -> Option<String> {
    let mut text = task.stopped_reason()?.to_owned();
    for container in task.containers() {
        let name = container.name().unwrap_or_default();
        match (container.exit_code(), container.reason()) {
            (_, Some(reason)) => write!(text, " (container {name}: {reason})"),
            (Some(code), None) if code != 0 => write!(text, " (container {name} ended with {code})"),
            _ => Ok(()),
        }
        .ok()?;
    }
    Some(text)
}

/// The deployment that a service is in, or has come to.
pub fn primary(service: &Service) -> Option<&Deployment> {
    service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY"))
}

/// How far the deployment with this id is.
pub fn progress(service: &Service, id: &str, known: Option<&ServiceDeploymentBrief>) -> Progress {
    use ServiceDeploymentStatus as Status;
    let is_alone = service.deployments().len() == 1;
    if let Some(known) = known {
        let reason = known.status_reason().unwrap_or_default();
        match known.status() {
            Some(Status::Successful) => return Progress::Completed { is_alone },
            Some(
                Status::RollbackRequested
                | Status::RollbackInProgress
                | Status::RollbackSuccessful
                | Status::RollbackFailed,
            ) => {
                return Progress::Failed(with(
                    "ECS rolls it back: a circuit breaker or an alarm did, or somebody",
                    reason,
                ));
            }
            Some(Status::StopRequested | Status::Stopped) => {
                return Progress::Failed(with("it was stopped", reason));
            }
            _ => {}
        }
    }
    let Some(ours) = service.deployments().iter().find(|deployment| deployment.id() == Some(id)) else {
        return other_is_primary(service);
    };
    let reason = ours.rollout_state_reason().unwrap_or_default();
    match (ours.rollout_state(), ours.status()) {
        (Some(DeploymentRolloutState::Failed), _) => {
            Progress::Failed(with("the circuit breaker found it failed", reason))
        }
        (_, Some("PRIMARY")) => match ours.rollout_state() {
            Some(DeploymentRolloutState::Completed) => Progress::Completed { is_alone },
            // Without that word it is over when all tasks run, and no others.
            None if is_alone && ours.running_count() == ours.desired_count() => Progress::Completed { is_alone },
            Some(_) | None => Progress::UnderWay,
        },
        _ => other_is_primary(service),
    }
}

fn other_is_primary(service: &Service) -> Progress {
    let primary = primary(service);
    let id = primary.and_then(Deployment::id).unwrap_or("none");
    let definition = primary.and_then(Deployment::task_definition).unwrap_or("no task definition");
    let reason = primary.and_then(Deployment::rollout_state_reason).unwrap_or_default();
    let text = format!(
        "another deployment took its place ({id}, with {definition}): the circuit breaker rolled it back, or somebody else \
         deployed meanwhile"
    );
    Progress::Failed(with(&text, reason))
}

fn with(text: &str, reason: &str) -> String {
    if reason.is_empty() { text.to_owned() } else { format!("{text}: {}", reason.trim_end_matches('.')) }
}

/// What something is called, from that or its ARN.
pub fn name(name_or_arn: &str) -> &str {
    name_or_arn.rsplit('/').next().unwrap_or(name_or_arn)
}
