//! Services, whose deployments take the course that a test has written for them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::TaskDefinitions;
use crate::stand_in::Refusal;

/// What becomes of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It is complete after so long; what it replaces has ended half a minute later.
    Completes(Duration),
    /// The circuit breaker finds it failed after so long, and rolls it back or not.
    Fails {
        /// How long that takes.
        after: Duration,
        /// Whether there is another deployment then, of what ran before.
        rolls_back: bool,
    },
    /// Its tasks are never placed.
    Hangs,
}

/// A deployment.
#[derive(Clone, Debug)]
struct Deployed {
    number: usize,
    task_definition: String,
    created: SystemTime,
    course: Course,
    /// `IN_PROGRESS`, `COMPLETED`, `FAILED`.
    state: &'static str,
    ended: Option<SystemTime>,
    reason: String,
    /// The service deployment that it is part of, by the number of its first.
    part_of: usize,
}

/// A service deployment.
#[derive(Clone, Debug)]
struct History {
    number: usize,
    created: SystemTime,
    status: &'static str,
    reason: String,
}

/// A service that runs.
#[derive(Clone, Debug)]
pub struct Running {
    /// `ACTIVE`, `DRAINING`, `INACTIVE`.
    pub status: &'static str,
    /// `ECS`, `CODE_DEPLOY`, `EXTERNAL`; `None` where ECS does not say.
    pub controller: Option<&'static str>,
    /// What becomes of the next deployments; one that is not here is complete after a minute.
    pub courses: VecDeque<Course>,
    /// Whether ECS keeps service deployments.
    pub has_history: bool,
    /// What ECS says of it, oldest first.
    pub events: Vec<(SystemTime, String)>,
    /// Tasks that have stopped, as `DescribeTasks` describes them.
    pub stopped: Vec<Value>,
    /// Newest first.
    deployments: Vec<Deployed>,
    history: Vec<History>,
    count: usize,
}

impl Running {
    /// A service that has run this for long.
    pub fn new(task_definition: &str) -> Self {
        let mut service = Self::beginning(task_definition, UNIX_EPOCH, Course::Completes(Duration::ZERO));
        service.advance(UNIX_EPOCH + Duration::from_mins(10));
        service
    }

    /// A service in its first deployment.
    pub fn beginning(task_definition: &str, now: SystemTime, course: Course) -> Self {
        let mut service = Self {
            status: "ACTIVE",
            controller: Some("ECS"),
            courses: VecDeque::from([course]),
            has_history: true,
            events: Vec::new(),
            stopped: Vec::new(),
            deployments: Vec::new(),
            history: Vec::new(),
            count: 0,
        };
        service.deploy(task_definition, now, None);
        service
    }

    /// What it runs, or is to run.
    pub fn task_definition(&self) -> &str {
        self.deployments.first().map_or("", |deployed| &deployed.task_definition)
    }

    /// The id of its primary deployment.
    pub fn primary(&self) -> String {
        format!("ecs-svc/{}", self.deployments.first().map_or(0, |deployed| deployed.number))
    }

    /// How many deployments there have been.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Somebody deploys something.
    pub fn deploy_now(&mut self, task_definition: &str, now: SystemTime) {
        self.advance(now);
        self.deploy(task_definition, now, None);
    }

    fn deploy(&mut self, task_definition: &str, now: SystemTime, part_of: Option<usize>) {
        self.count += 1;
        if part_of.is_none() {
            for entry in self.history.iter_mut().filter(|entry| entry.status == "IN_PROGRESS") {
                entry.status = "STOPPED";
            }
            self.history
                .insert(0, History { number: self.count, created: now, status: "IN_PROGRESS", reason: String::new() });
        }
        let course = match part_of {
            Some(_) => Course::Completes(Duration::from_mins(1)),
            None => self.courses.pop_front().unwrap_or(Course::Completes(Duration::from_mins(1))),
        };
        self.deployments.insert(
            0,
            Deployed {
                number: self.count,
                task_definition: task_definition.to_owned(),
                created: now,
                course,
                state: "IN_PROGRESS",
                ended: None,
                reason: "ECS deployment in progress.".to_owned(),
                part_of: part_of.unwrap_or(self.count),
            },
        );
    }

    fn advance(&mut self, now: SystemTime) {
        let Some(primary) = self.deployments.first_mut() else { return };
        let entry = self.history.iter_mut().find(|entry| entry.number == primary.part_of);
        match (primary.state, primary.course) {
            ("IN_PROGRESS", Course::Completes(after)) if primary.created + after <= now => {
                primary.state = "COMPLETED";
                primary.ended = Some(primary.created + after);
                primary.reason = "ECS deployment completed.".to_owned();
                if let Some(entry) = entry {
                    entry.status = match entry.status {
                        "IN_PROGRESS" => "SUCCESSFUL",
                        "ROLLBACK_IN_PROGRESS" => "ROLLBACK_SUCCESSFUL",
                        other => other,
                    };
                }
            }
            ("IN_PROGRESS", Course::Fails { after, rolls_back }) if primary.created + after <= now => {
                primary.state = "FAILED";
                primary.reason = "ECS deployment circuit breaker: tasks failed to start.".to_owned();
                let at = primary.created + after;
                if rolls_back {
                    self.roll_back(
                        at,
                        "Service deployment rolled back because the circuit breaker threshold was exceeded.",
                    );
                } else if let Some(entry) = entry {
                    entry.status = "STOPPED";
                    entry.reason = "the circuit breaker threshold was exceeded.".to_owned();
                }
            }
            _ => {}
        }
        if let Some(ended) = self.deployments.first().and_then(|primary| primary.ended)
            && ended + Duration::from_secs(30) <= now
        {
            self.deployments.truncate(1);
        }
    }

    /// Whether there is something to go back to.
    fn roll_back(&mut self, at: SystemTime, reason: &str) -> bool {
        let earlier = self.deployments.iter().skip(1).find(|deployed| deployed.state == "COMPLETED");
        let (Some(earlier), Some(primary)) =
            (earlier.map(|earlier| earlier.task_definition.clone()), self.deployments.first())
        else {
            return false;
        };
        let part_of = primary.part_of;
        if let Some(entry) = self.history.iter_mut().find(|entry| entry.number == part_of) {
            entry.status = "ROLLBACK_IN_PROGRESS";
            entry.reason = reason.to_owned();
        }
        self.deploy(&earlier, at, Some(part_of));
        if let Some(primary) = self.deployments.first_mut() {
            primary.reason = reason.to_owned();
        }
        true
    }

    fn described(&self, arn: &str) -> Value {
        let mut service = json!({
            "serviceArn": arn,
            "serviceName": arn.rsplit('/').next(),
            "status": self.status,
            "taskDefinition": self.task_definition(),
            "desiredCount": 2,
            "deployments": self.deployments.iter().enumerate().map(|(place, deployed)| json!({
                "id": format!("ecs-svc/{}", deployed.number),
                "status": if place == 0 { "PRIMARY" } else { "ACTIVE" },
                "taskDefinition": deployed.task_definition,
                "desiredCount": 2,
                "runningCount": if deployed.state == "COMPLETED" { 2 } else { 0 },
                "createdAt": seconds(deployed.created),
                "rolloutState": deployed.state,
                "rolloutStateReason": deployed.reason,
            })).collect::<Vec<_>>(),
            "events": self.events.iter().rev().enumerate().map(|(number, (at, message))| json!({
                "id": number.to_string(), "createdAt": seconds(*at), "message": message,
            })).collect::<Vec<_>>(),
        });
        if let Some(controller) = self.controller {
            service["deploymentController"] = json!({ "type": controller });
        }
        service
    }
}

/// The services of an account.
#[derive(Debug, Default)]
pub struct Services {
    /// By the name of the cluster and the service: `main/web`.
    pub services: BTreeMap<String, Running>,
}

const ARN: &str = "arn:aws:ecs:eu-west-1:123456789012";

impl Services {
    /// One of them.
    ///
    /// # Panics
    /// There is none.
    pub fn of(&mut self, key: &str) -> &mut Running {
        self.services.get_mut(key).unwrap_or_else(|| panic!("no service {key}"))
    }

    pub(super) fn call(
        &mut self,
        operation: &str,
        input: &Value,
        definitions: &TaskDefinitions,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        for service in self.services.values_mut() {
            service.advance(now);
        }
        match operation {
            "DescribeServices" => self.describe(input),
            "UpdateService" => self.update(input, definitions, now),
            "ListServiceDeployments" => {
                let key = key(input, &input["service"]);
                let service = self.services.get(&key).ok_or_else(|| missing("ServiceNotFoundException"))?;
                if !service.has_history {
                    return Err(Refusal::new("UnsupportedFeatureException", "The specified feature is not supported."));
                }
                let after = input["createdAt"]["after"].as_f64().unwrap_or_default();
                let entries = service.history.iter().filter(|entry| seconds(entry.created).as_f64() >= Some(after));
                let listed: Vec<Value> = entries
                    .map(|entry| {
                        json!({
                            "serviceDeploymentArn": format!("{ARN}:service-deployment/{key}/{}", entry.number),
                            "serviceArn": format!("{ARN}:service/{key}"),
                            "createdAt": seconds(entry.created),
                            "status": entry.status,
                            "statusReason": entry.reason,
                        })
                    })
                    .collect();
                Ok(json!({ "serviceDeployments": listed }))
            }
            "StopServiceDeployment" => {
                assert_eq!(input["stopType"], "ROLLBACK", "the only type that ECS takes");
                let arn = input["serviceDeploymentArn"].as_str().unwrap_or_default();
                let path = arn.split_once(":service-deployment/").and_then(|(_, path)| path.rsplit_once('/'));
                let found = path.and_then(|(key, _)| self.services.get_mut(key));
                let service = found.ok_or_else(|| missing("ServiceDeploymentNotFoundException"))?;
                if !service.roll_back(now, "Service deployment rolled back by a request.") {
                    return Err(Refusal::new("ConflictException", "There is no service revision to roll back to."));
                }
                Ok(json!({ "serviceDeploymentArn": arn }))
            }
            _ => panic!("no stand-in for ecs {operation}"),
        }
    }

    fn describe(&self, input: &Value) -> Result<Value, Refusal> {
        let cluster = name(input["cluster"].as_str().unwrap_or("default"));
        if !self.services.keys().any(|key| key.starts_with(&format!("{cluster}/"))) {
            return Err(missing("ClusterNotFoundException"));
        }
        let mut answer = json!({ "services": [], "failures": [] });
        for asked in input["services"].as_array().into_iter().flatten() {
            let key = key(input, asked);
            let arn = format!("{ARN}:service/{key}");
            let (list, item) = match self.services.get(&key) {
                Some(service) => ("services", service.described(&arn)),
                None => ("failures", json!({ "arn": arn, "reason": "MISSING" })),
            };
            answer[list].as_array_mut().into_iter().for_each(|list| list.push(item.clone()));
        }
        Ok(answer)
    }

    fn update(&mut self, input: &Value, definitions: &TaskDefinitions, now: SystemTime) -> Result<Value, Refusal> {
        let key = key(input, &input["service"]);
        let service = self.services.get_mut(&key).ok_or_else(|| missing("ServiceNotFoundException"))?;
        if service.status != "ACTIVE" {
            return Err(missing("ServiceNotActiveException"));
        }
        let asked = input["taskDefinition"].as_str().unwrap_or_default();
        let Some((definition, _)) = definitions.find(asked) else {
            return Err(Refusal::new("ClientException", "TaskDefinition not found."));
        };
        if definition["status"] != "ACTIVE" {
            return Err(Refusal::new("ClientException", "TaskDefinition is inactive"));
        }
        let target = definition["taskDefinitionArn"].as_str().unwrap_or_default();
        if service.task_definition() != target || input["forceNewDeployment"] == true {
            service.deploy(target, now, None);
        }
        Ok(json!({ "service": service.described(&format!("{ARN}:service/{key}")) }))
    }

    pub(super) fn stopped_tasks(&self, input: &Value) -> Value {
        let service = self.services.get(&key(input, &input["serviceName"]));
        let stopped = service.map(|service| service.stopped.as_slice()).unwrap_or_default();
        json!({ "taskArns": stopped.iter().map(|task| task["taskArn"].clone()).collect::<Vec<_>>() })
    }

    pub(super) fn knows_task(&self, input: &Value) -> bool {
        self.tasks().any(|task| input["tasks"].as_array().is_some_and(|asked| asked.contains(&task["taskArn"])))
    }

    pub(super) fn described_tasks(&self, input: &Value) -> Value {
        let asked = input["tasks"].as_array().cloned().unwrap_or_default();
        let tasks: Vec<&Value> = self.tasks().filter(|task| asked.contains(&task["taskArn"])).collect();
        json!({ "tasks": tasks, "failures": [] })
    }

    fn tasks(&self) -> impl Iterator<Item = &Value> {
        self.services.values().flat_map(|service| &service.stopped)
    }
}

/// The cluster's and the service's name, each given so or by ARN.
fn key(input: &Value, service: &Value) -> String {
    let cluster = name(input["cluster"].as_str().unwrap_or("default"));
    format!("{cluster}/{}", name(service.as_str().unwrap_or_default()))
}

fn name(name_or_arn: &str) -> &str {
    name_or_arn.rsplit('/').next().unwrap_or(name_or_arn)
}

fn missing(code: &str) -> Refusal {
    Refusal::new(code, "It was not found.")
}

fn seconds(time: SystemTime) -> Value {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().into()
}
