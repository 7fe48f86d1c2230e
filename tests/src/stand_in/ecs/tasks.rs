//! Tasks, which do what a test has written for their family.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::TaskDefinitions;
use crate::stand_in::{Logs, Refusal};

/// What a task does.
#[derive(Clone, Debug)]
pub struct Script {
    /// For how long `DescribeTasks` does not know it yet.
    pub is_missing_for: Duration,
    /// When it runs, from its request on.
    pub runs_after: Duration,
    /// When it has ended, from its request on, and how; `None` for one that runs for ever.
    pub ends: Option<(Duration, Ending)>,
    /// For how long it still goes on when it is stopped.
    pub stops_in: Duration,
    /// When `DescribeTasks` does not know it any more.
    pub vanishes_after: Option<Duration>,
    /// What its containers log.
    pub logs: BTreeMap<String, Vec<String>>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            is_missing_for: Duration::ZERO,
            runs_after: Duration::from_secs(20),
            ends: Some((Duration::from_mins(1), Ending::default())),
            stops_in: Duration::from_secs(10),
            vanishes_after: None,
            logs: BTreeMap::new(),
        }
    }
}

/// How a task ends.
#[derive(Clone, Debug)]
pub struct Ending {
    /// `EssentialContainerExited`.
    pub stop_code: &'static str,
    /// What ECS says of it.
    pub reason: String,
    /// Exit codes, and what is said of a container, by container: 0 for those that are not named.
    pub containers: BTreeMap<&'static str, (Option<i32>, &'static str)>,
}

impl Default for Ending {
    fn default() -> Self {
        Self::new("EssentialContainerExited", "Essential container in task exited")
    }
}

impl Ending {
    /// With a code and a reason, all containers with 0.
    pub fn new(stop_code: &'static str, reason: &str) -> Self {
        Self { stop_code, reason: reason.to_owned(), containers: BTreeMap::new() }
    }

    /// With the exit code of a container.
    #[must_use]
    pub fn with(mut self, container: &'static str, code: impl Into<Option<i32>>, reason: &'static str) -> Self {
        self.containers.insert(container, (code.into(), reason));
        self
    }
}

/// What becomes of a request to run tasks.
#[derive(Clone, Debug)]
pub struct Placement {
    /// How many are placed.
    pub placed: usize,
    /// Why the others are not.
    pub reason: String,
}

/// A task.
#[derive(Clone, Debug)]
struct Task {
    arn: String,
    cluster: String,
    definition: Value,
    started_by: Value,
    created: SystemTime,
    stopped: Option<(SystemTime, String)>,
    script: Script,
}

/// The tasks of an account.
#[derive(Debug, Default)]
pub struct Tasks {
    /// By family, what each next task does; the last is done by all that follow. One that is not here ends well after a minute.
    pub scripts: BTreeMap<String, VecDeque<Script>>,
    /// What becomes of the next requests; all is placed when there is none left.
    pub placements: VecDeque<Placement>,
    /// The most tasks on a page of a list: 100 when 0.
    pub page: usize,
    all: Vec<Task>,
    /// By cluster and client token, the request and its answer.
    requests: BTreeMap<(String, String), (Value, Vec<String>, Value)>,
}

impl Tasks {
    /// How many tasks there have ever been.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// How many have not come to their end.
    pub fn running(&self, now: SystemTime) -> usize {
        self.all.iter().filter(|task| task.status(now) != "STOPPED").count()
    }

    pub(super) fn run(
        &mut self,
        input: &Value,
        definitions: &TaskDefinitions,
        logs: &mut Logs,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        let cluster = name(input["cluster"].as_str().unwrap_or("default")).to_owned();
        let token = input["clientToken"].as_str().unwrap_or_default().to_owned();
        assert!((1..=64).contains(&token.len()), "a token of 1 to 64 characters: {token}");
        if let Some((before, tasks, failures)) = self.requests.get(&(cluster.clone(), token.clone())) {
            if before != input {
                let mut refusal = Refusal::new("ConflictException", "The clientToken is in use with another request.");
                refusal.details = json!({ "resourceIds": tasks });
                return Err(refusal);
            }
            let tasks: Vec<Value> = self.of(tasks).map(|task| task.described(now)).collect();
            return Ok(json!({ "tasks": tasks, "failures": failures }));
        }
        let Some((definition, _)) = definitions.find(input["taskDefinition"].as_str().unwrap_or_default()) else {
            return Err(Refusal::new("ClientException", "TaskDefinition not found."));
        };
        let started_by = input["startedBy"].as_str().unwrap_or_default();
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-/_".contains(c);
        assert!(started_by.len() <= 128 && started_by.chars().all(is_allowed), "{started_by}");
        let count = input["count"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(1);
        assert!((1..=10).contains(&count), "1 to 10 tasks: {count}");

        let placement = self.placements.pop_front().unwrap_or(Placement { placed: count, reason: String::new() });
        let mut arns = Vec::new();
        for _ in 0..placement.placed.min(count) {
            let task = self.start(&cluster, definition, input, now);
            task.log(logs);
            arns.push(task.arn.clone());
            self.all.push(task);
        }
        let missing = count - arns.len();
        let failures: Value = (0..missing).map(|_| json!({ "reason": placement.reason })).collect();
        self.requests.insert((cluster, token), (input.clone(), arns.clone(), failures.clone()));
        let tasks: Vec<Value> = self.of(&arns).map(|task| task.described(now)).collect();
        Ok(json!({ "tasks": tasks, "failures": failures }))
    }

    fn start(&mut self, cluster: &str, definition: &Value, input: &Value, now: SystemTime) -> Task {
        let scripts = self.scripts.entry(definition["family"].as_str().unwrap_or_default().to_owned()).or_default();
        let script = if scripts.len() > 1 { scripts.pop_front() } else { scripts.front().cloned() };
        let id = self.all.len() + 1;
        Task {
            arn: format!("arn:aws:ecs:eu-west-1:123456789012:task/{cluster}/{id:032x}"),
            cluster: cluster.to_owned(),
            definition: definition.clone(),
            started_by: input["startedBy"].clone(),
            created: now,
            stopped: None,
            script: script.unwrap_or_default(),
        }
    }

    fn of<'a>(&'a self, arns: &'a [String]) -> impl Iterator<Item = &'a Task> {
        self.all.iter().filter(|task| arns.contains(&task.arn))
    }

    pub(super) fn call(&mut self, operation: &str, input: &Value, now: SystemTime) -> Result<Value, Refusal> {
        let cluster = name(input["cluster"].as_str().unwrap_or("default")).to_owned();
        match operation {
            "DescribeTasks" => {
                let asked = input["tasks"].as_array().cloned().unwrap_or_default();
                assert!((1..=100).contains(&asked.len()), "1 to 100 tasks");
                let mut answer = json!({ "tasks": [], "failures": [] });
                for arn in &asked {
                    let found = self.all.iter().find(|task| *arn == *task.arn && task.is_known(now));
                    let (list, item) = match found {
                        Some(task) => ("tasks", task.described(now)),
                        None => ("failures", json!({ "arn": arn, "reason": "MISSING" })),
                    };
                    answer[list].as_array_mut().into_iter().for_each(|list| list.push(item.clone()));
                }
                Ok(answer)
            }
            "ListTasks" => self.list(&cluster, input, now),
            "StopTask" => {
                let found = self.all.iter_mut().find(|task| input["task"] == *task.arn);
                let Some(task) = found else {
                    return Err(Refusal::new("InvalidParameterException", "The referenced task was not found."));
                };
                if task.stopped.is_none() && task.status(now) != "STOPPED" {
                    task.stopped = Some((now, input["reason"].as_str().unwrap_or("Task stopped by user").to_owned()));
                }
                Ok(json!({ "task": task.described(now) }))
            }
            _ => panic!("no stand-in for ecs {operation}"),
        }
    }

    fn list(&self, cluster: &str, input: &Value, now: SystemTime) -> Result<Value, Refusal> {
        let others = ["family", "desiredStatus", "serviceName", "launchType", "containerInstance"];
        if !input["startedBy"].is_null() && others.iter().any(|other| !input[*other].is_null()) {
            return Err(Refusal::new("InvalidParameterException", "startedBy must be the only filter."));
        }
        let desired = input["desiredStatus"].as_str().unwrap_or("RUNNING");
        let fits = |task: &&Task| {
            task.cluster == cluster
                && task.desired(now) == desired
                && (input["startedBy"].is_null() || input["startedBy"] == task.started_by)
                && (input["family"].is_null() || input["family"] == task.definition["family"])
        };
        let found: Vec<&str> = self.all.iter().filter(fits).map(|task| task.arn.as_str()).collect();
        let first: usize = input["nextToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0);
        let page = if self.page == 0 { 100 } else { self.page };
        let mut answer = json!({ "taskArns": found.iter().skip(first).take(page).collect::<Vec<_>>() });
        if found.len() > first + page {
            answer["nextToken"] = (first + page).to_string().into();
        }
        Ok(answer)
    }
}

impl Task {
    fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.created).unwrap_or_default()
    }

    /// When it came to its end by itself, if it has.
    fn ended(&self, now: SystemTime) -> Option<(SystemTime, &Ending)> {
        let (after, ending) = self.script.ends.as_ref()?;
        let end = self.created + *after;
        let is_first = self.stopped.as_ref().is_none_or(|(stop, _)| end <= *stop);
        (end <= now && is_first).then_some((end, ending))
    }

    fn status(&self, now: SystemTime) -> &'static str {
        if self.ended(now).is_some() {
            return "STOPPED";
        }
        match &self.stopped {
            Some((stop, _)) if *stop + self.script.stops_in <= now => "STOPPED",
            Some(_) => "STOPPING",
            None if self.age(now) < self.script.runs_after => "PENDING",
            None => "RUNNING",
        }
    }

    fn desired(&self, now: SystemTime) -> &'static str {
        if self.stopped.is_some() || self.ended(now).is_some() { "STOPPED" } else { "RUNNING" }
    }

    fn is_known(&self, now: SystemTime) -> bool {
        let age = self.age(now);
        age >= self.script.is_missing_for && self.script.vanishes_after.is_none_or(|after| age < after)
    }

    fn described(&self, now: SystemTime) -> Value {
        let status = self.status(now);
        let mut task = json!({
            "taskArn": self.arn,
            "clusterArn": format!("arn:aws:ecs:eu-west-1:123456789012:cluster/{}", self.cluster),
            "taskDefinitionArn": self.definition["taskDefinitionArn"],
            "group": format!("family:{}", self.definition["family"].as_str().unwrap_or_default()),
            "startedBy": self.started_by,
            "lastStatus": status,
            "desiredStatus": self.desired(now),
            "createdAt": seconds(self.created),
        });
        if self.age(now) >= self.script.runs_after {
            task["startedAt"] = seconds(self.created + self.script.runs_after);
        }
        let ended = self.ended(now);
        match (&ended, &self.stopped) {
            (Some((end, ending)), _) => {
                task["stopCode"] = ending.stop_code.into();
                task["stoppedReason"] = ending.reason.as_str().into();
                task["stoppedAt"] = seconds(*end);
                if ending.stop_code == "TaskFailedToStart" {
                    task.as_object_mut().map(|task| task.remove("startedAt"));
                }
            }
            (None, Some((stop, reason))) => {
                task["stopCode"] = "UserInitiated".into();
                task["stoppedReason"] = reason.as_str().into();
                if status == "STOPPED" {
                    task["stoppedAt"] = seconds(*stop + self.script.stops_in);
                }
            }
            (None, None) => {}
        }
        let containers = self.definition["containerDefinitions"].as_array().cloned().unwrap_or_default();
        let containers = containers.iter().map(|container| {
            let name = container["name"].as_str().unwrap_or_default();
            let mut described = json!({
                "containerArn": format!("{}/{name}", self.arn.replacen(":task/", ":container/", 1)),
                "taskArn": self.arn,
                "name": name,
                "lastStatus": status,
                "runtimeId": format!("{}-{name}", self.arn.rsplit('/').next().unwrap_or_default()),
            });
            let (code, reason) = match &ended {
                Some((_, ending)) => ending.containers.get(name).copied().unwrap_or((Some(0), "")),
                None if status == "STOPPED" => (Some(137), ""),
                None => (None, ""),
            };
            if let Some(code) = code {
                described["exitCode"] = code.into();
            }
            if !reason.is_empty() {
                described["reason"] = reason.into();
            }
            described
        });
        task["containers"] = containers.collect();
        task
    }

    /// What its containers write, all at once.
    fn log(&self, logs: &mut Logs) {
        for container in self.definition["containerDefinitions"].as_array().into_iter().flatten() {
            let name = container["name"].as_str().unwrap_or_default();
            let options = &container["logConfiguration"]["options"];
            let (Some(group), Some(lines)) = (options["awslogs-group"].as_str(), self.script.logs.get(name)) else {
                continue;
            };
            let id = self.arn.rsplit('/').next().unwrap_or_default();
            let stream = match options["awslogs-stream-prefix"].as_str() {
                Some(prefix) => format!("{prefix}/{name}/{id}"),
                None => format!("{id}-{name}"),
            };
            logs.streams.insert((group.to_owned(), stream), lines.clone());
        }
    }
}

/// A cluster's name, from that or its ARN.
fn name(cluster: &str) -> &str {
    cluster.rsplit('/').next().unwrap_or(cluster)
}

fn seconds(time: SystemTime) -> Value {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().into()
}
