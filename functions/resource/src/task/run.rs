//! Tasks from their start to their end.
//!
//! In: a [`Run`]. Out: a [`Stride`]: what to wait for, or how it ended.

use std::time::{Duration, SystemTime};

use oamecs::cloudformation::resource::custom;
use tokio::time::timeout;

use super::ecs::{self, Trouble};
use super::ending::{Ended, Failed};
use super::request::{self, SETTLING};
use super::verdict::{self, Fault, Kind, Verdict};
use super::{Phase, Properties, Run, Why, count, definition, identity, report, until};
use crate::clock::{seconds, time};
use crate::stack::turned;
use crate::work::{Event, Site};

/// For how long tasks run, where nothing is said.
const TIMEOUT: u32 = 900;

/// How often it is looked whether others of the family have ended.
const QUEUEING: Duration = Duration::from_secs(15);

/// How much the clock of ECS may differ from that of the function.
const SKEW: Duration = Duration::from_secs(5);

/// For how long ECS may not know a task: right after its start it is not everywhere.
const MISSING: Duration = Duration::from_mins(1);

/// For how long it is waited until what was stopped has ended: what a task holds is free then.
const STOPPING: Duration = Duration::from_secs(45);

/// The pause between two looks at tasks: short while they may end soon, longer the longer they run.
const SHORTEST: Duration = Duration::from_secs(3);
const LONGEST: Duration = Duration::from_secs(15);

/// What is to be run, and for whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'a> {
    /// What CloudFormation asks.
    pub event: &'a Event<Properties>,
    /// What to run.
    pub properties: &'a Properties,
    /// The world.
    pub site: &'a Site,
}

/// How far a step came.
#[derive(Debug)]
pub(super) enum Stride {
    /// There is another one after a while.
    Waits(Run, Phase, Duration),
    /// It was the last.
    Ends(Result<Ended, Failed>),
}

impl Job<'_> {
    /// Finds out what to run, and starts.
    pub(super) async fn begin(&self, why: Why) -> Stride {
        match definition::of(self.properties, &self.event.request_id, self.site).await {
            Ok(definition) => self.queue(Run::new(why, definition)).await,
            Err(failure) => failed(failure.reason),
        }
    }

    /// Waits for others of the family, where it has to be alone.
    pub(super) async fn queue(&self, run: Run) -> Stride {
        if self.properties.exclusive != Some(true) {
            return self.start(run).await;
        }
        let family = run.definition.family().to_owned();
        let reason = match self.others(&run, &family).await {
            Ok(others) => match others.first() {
                None => return self.start(run).await,
                Some(other) => {
                    format!("task {} of {family} still runs, and this one has to be alone", report::id(other))
                }
            },
            Err(Trouble { reason, may_pass: false }) => {
                return failed(format!("whether other tasks of {family} run cannot be known: {reason}"));
            }
            Err(Trouble { reason, may_pass: true }) => reason,
        };
        if self.now() >= self.limit() {
            return failed(format!("it has not begun in {} s: {reason}", self.timeout()));
        }
        if let Some(reason) = self.is_called_off(&run).await {
            return failed(reason);
        }
        Stride::Waits(run, Phase::Queueing, self.pause(QUEUEING))
    }

    async fn others(&self, run: &Run, family: &str) -> Result<Vec<String>, Trouble> {
        let running = ecs::of_family(&self.site.aws, self.cluster(), family).await?;
        if running.is_empty() {
            return Ok(running);
        }
        // Those of an earlier run for the same request, of which there is nothing but the time to tell them from those of an
        // earlier request.
        let who = identity::started_by(self.event, run.why);
        let same = ecs::started_by(&self.site.aws, self.cluster(), &who).await?;
        let (same, _) = ecs::describe(&self.site.aws, self.cluster(), &same).await?;
        let is_own = |task: &verdict::Task| time(task.created_at) + SKEW >= self.event.started;
        let own: Vec<&str> = same.iter().filter(|task| is_own(task)).map(|task| task.arn.as_str()).collect();
        Ok(running.into_iter().filter(|arn| !own.contains(&arn.as_str())).collect())
    }

    /// Asks for the tasks that are not there.
    pub(super) async fn start(&self, mut run: Run) -> Stride {
        // The first request follows the event at once. Later the stack may have given up.
        if run.asked.is_some()
            && let Some(reason) = self.is_called_off(&run).await
        {
            return self.stop(run, reason).await;
        }
        let now = self.now();
        let since = run.asked.map_or(seconds(now), |(since, _)| since);
        run.asked = Some((since, seconds(now)));
        let answer = request::run_tasks(self.event, self.properties, &run, self.site).await;
        for task in answer.tasks {
            if !run.tasks.contains(&task) {
                run.tasks.push(task);
            }
        }
        run.requests += u32::from(answer.is_taken);
        run.is_unsure |= answer.is_unsure;
        let missing = run.missing(self.properties);
        if missing == 0 {
            return Stride::Waits(run, Phase::Watching, self.pause(SHORTEST));
        }
        let (reason, patience) = answer
            .lack
            .map_or_else(|| ("ECS does not say why".to_owned(), SETTLING), |lack| (lack.reason, lack.patience));
        let limit = (time(since) + patience).min(self.limit());
        if self.now() < limit {
            tracing::warn!(missing, reason, "tasks cannot be started yet");
            let pause =
                (now.duration_since(time(since)).unwrap_or_default() / 4).clamp(Duration::from_secs(5), LONGEST);
            return Stride::Waits(run, Phase::Starting, self.pause(pause));
        }
        let all = count(self.properties);
        let which = if all == 1 { "the task".to_owned() } else { format!("{missing} of {all} tasks") };
        let name = run.definition.arn.clone();
        self.stop(run, format!("{which} of {name} could not be started: {reason}")).await
    }

    /// Looks how the tasks are.
    pub(super) async fn watch(&self, mut run: Run) -> Stride {
        let (tasks, missing) = match ecs::describe(&self.site.aws, self.cluster(), &run.tasks).await {
            Ok(seen) => seen,
            Err(Trouble { reason, may_pass }) => {
                if may_pass && self.now() < self.limit() {
                    return self.later(run);
                }
                return self.stop(run, format!("how the tasks are cannot be known: {reason}")).await;
            }
        };
        let mut vanished = Vec::new();
        if missing.is_empty() {
            run.missing_since = None;
        } else {
            let since = *run.missing_since.get_or_insert(seconds(self.now()));
            if self.now() < time(since) + MISSING {
                return self.later(run);
            }
            vanished = missing;
        }
        let counting = run.definition.counting(self.properties);
        let mut faults = match verdict::of(&tasks, &counting) {
            Verdict::Running if self.now() >= self.limit() => {
                return self.stop(run, format!("it has not ended in {} s, and was stopped", self.timeout())).await;
            }
            Verdict::Running => return self.later(run),
            Verdict::Succeeded => Vec::new(),
            Verdict::Failed(faults) => faults,
        };
        faults.extend(vanished.into_iter().map(|task| Fault {
            task,
            kind: Kind::Vanished,
            container: None,
            reason: String::new(),
        }));
        let ended = Ended::of(&tasks, &run.tasks, &counting);
        if faults.is_empty() {
            return Stride::Ends(Ok(ended));
        }
        if self.is_worth_another(&run, &faults) {
            tracing::warn!(?faults, "these tasks are run once more");
            run.tasks.retain(|task| !faults.iter().any(|fault| fault.task == *task));
            run.is_second |= faults.iter().any(|fault| fault.kind == Kind::TakenAway);
            run.missing_since = None;
            return Stride::Waits(run, Phase::Starting, self.pause(SHORTEST));
        }
        let subject = report::Subject {
            cluster: self.cluster(),
            definition: &run.definition,
            tasks: &tasks,
            counting: &counting,
        };
        let reason = report::of_faults(&faults, subject, self.site).await;
        Stride::Ends(Err(Failed { reason, ended, is_left: false }))
    }

    /// Whether it is no fault of the tasks' own: AWS took the machine away, or does not know yet a role that is new.
    fn is_worth_another(&self, run: &Run, faults: &[Fault]) -> bool {
        let is_new = run.asked.is_some_and(|(_, last)| time(last) < self.event.started + SETTLING);
        let retries = self.properties.retry_on_interruption == Some(true) && !run.is_second;
        let is_passing = |fault: &Fault| match fault.kind {
            Kind::TakenAway => retries,
            Kind::NotStarted => is_new && request::speaks_of_role(&fault.reason),
            Kind::Stopped | Kind::NoExitCode | Kind::ExitCode(_) | Kind::Vanished => false,
        };
        self.now() < self.limit() && faults.iter().all(is_passing)
    }

    /// Stops what runs, as it has failed.
    async fn stop(&self, mut run: Run, reason: String) -> Stride {
        self.stop_tasks(&mut run, &reason).await;
        if run.tasks.is_empty() {
            return failed(reason);
        }
        let until = until(self.event, self.site, STOPPING);
        Stride::Waits(run, Phase::Stopping { reason, until }, SHORTEST)
    }

    async fn stop_tasks(&self, run: &mut Run, reason: &str) {
        let (aws, cluster) = (&self.site.aws, self.cluster());
        if run.is_unsure
            && let Ok(found) = ecs::started_by(aws, cluster, &identity::started_by(self.event, run.why)).await
        {
            let unknown: Vec<String> = found.into_iter().filter(|task| !run.tasks.contains(task)).collect();
            run.tasks.extend(unknown);
        }
        ecs::stop(aws, cluster, &run.tasks, &format!("OamEcs: {reason}")).await;
    }

    /// Waits until what was stopped has ended, for a while.
    pub(super) async fn stopping(&self, run: Run, reason: String, until: u64) -> Stride {
        let seen = ecs::describe(&self.site.aws, self.cluster(), &run.tasks).await;
        let (tasks, missing) = seen.unwrap_or_else(|_| (Vec::new(), run.tasks.clone()));
        let is_left = !missing.is_empty() || tasks.iter().any(|task| !task.is_stopped);
        if is_left && self.now() < time(until) {
            return Stride::Waits(run, Phase::Stopping { reason, until }, SHORTEST);
        }
        let counting = run.definition.counting(self.properties);
        let ended = Ended::of(&tasks, &run.tasks, &counting);
        let subject = report::Subject {
            cluster: self.cluster(),
            definition: &run.definition,
            tasks: &tasks,
            counting: &counting,
        };
        let log = match run.tasks.first() {
            Some(task) => report::of_task(task, subject, self.site).await,
            None => String::new(),
        };
        Stride::Ends(Err(Failed { reason: format!("{reason}. {log}"), ended, is_left }))
    }

    /// There is no time left: what runs is stopped, and not waited for.
    pub(super) async fn give_up(&self, mut run: Run) -> Failed {
        let reason = format!("it has not ended in time, and was stopped; `Timeout` is {} s", self.timeout());
        // A part of what there is for this at all: the answer must not come from somebody who knows less.
        let stopped = timeout(self.event.margin / 3, self.stop_tasks(&mut run, &reason)).await;
        if stopped.is_err() {
            tracing::error!(tasks = ?run.tasks, "tasks may still run");
        }
        let is_left = !run.tasks.is_empty();
        Failed { reason, ended: Ended::default(), is_left }
    }

    /// Why nothing more is started, where the stack has given up meanwhile: CloudFormation does not take an event back.
    async fn is_called_off(&self, run: &Run) -> Option<String> {
        if run.why != Why::Forward {
            return None;
        }
        let status = turned(self.event, self.site).await?;
        Some(format!("the stack is {status} now, so nothing more is started"))
    }

    fn later(&self, run: Run) -> Stride {
        let since = run.asked.map_or(self.event.started, |(_, last)| time(last));
        let pause = (self.now().duration_since(since).unwrap_or_default() / 10).clamp(SHORTEST, LONGEST);
        let pause = self.pause(pause);
        Stride::Waits(run, Phase::Watching, pause)
    }

    /// A pause that does not go beyond the time of the tasks.
    fn pause(&self, pause: Duration) -> Duration {
        pause.min(self.site.clock.until(self.limit())).max(Duration::from_secs(1))
    }

    /// When tasks that still run are stopped: after their time, and while there is time left to stop them.
    pub(super) fn limit(&self) -> SystemTime {
        let Event { started, deadline, .. } = self.event;
        let margin = (deadline.duration_since(*started).unwrap_or_default() / 4).min(Duration::from_mins(1));
        (*started + Duration::from_secs(self.timeout().into())).min(*deadline - margin)
    }

    fn timeout(&self) -> u32 {
        let custom::Task { timeout, .. } = self.properties;
        timeout.unwrap_or(TIMEOUT)
    }

    fn cluster(&self) -> &str {
        self.properties.cluster.as_str()
    }

    fn now(&self) -> SystemTime {
        self.site.clock.now()
    }
}

fn failed(reason: String) -> Stride {
    Stride::Ends(Err(Failed { reason, ended: Ended::default(), is_left: false }))
}
