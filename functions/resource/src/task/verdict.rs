//! Whether tasks have done what they were run for.
//!
//! In: tasks as ECS describes them, and the containers whose exit codes count. Out: a [`Verdict`]. It asks nobody anything.

use serde::{Deserialize, Serialize};

/// A task, as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Task {
    /// Its ARN.
    pub arn: String,
    /// Whether it has come to its end.
    pub is_stopped: bool,
    /// Why it ended: [`stopCode`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html).
    pub stop_code: String,
    /// The same for people.
    pub reason: String,
    /// Its containers.
    pub containers: Vec<Container>,
    /// When it was asked for, in seconds since 1970.
    pub created_at: u64,
    /// When its containers began, in ISO 8601; empty if they did not.
    pub started_at: String,
    /// When it had ended, in ISO 8601; empty if it has not.
    pub stopped_at: String,
}

/// A container of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Container {
    /// Its name.
    pub name: String,
    /// `None`: it does not run any more, and never said how it ended, or it has not ended.
    pub exit_code: Option<i32>,
    /// What ECS says of it.
    pub reason: String,
    /// What the machine calls it; empty before it is there.
    pub runtime_id: String,
}

/// What became of tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not all have ended.
    Running,
    /// All have done what they were run for.
    Succeeded,
    /// These have not, one fault each.
    Failed(Vec<Fault>),
}

/// Why a task has not done what it was run for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Fault {
    /// The task's ARN.
    pub task: String,
    /// What happened.
    pub kind: Kind,
    /// The container that it happened to, where it is one's fault.
    pub container: Option<String>,
    /// What ECS says of it.
    pub reason: String,
}

/// What happened to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Kind {
    /// It never ran.
    NotStarted,
    /// AWS took its machine away.
    TakenAway,
    /// Somebody stopped it.
    Stopped,
    /// A container that counts has ended, or never begun, without an exit code.
    NoExitCode,
    /// A container that counts has ended with this.
    ExitCode(i32),
    /// ECS does not know it any more.
    Vanished,
}

/// What became of tasks, where these containers have to end with 0.
pub(super) fn of(tasks: &[Task], counting: &[String]) -> Verdict {
    if tasks.iter().any(|task| !task.is_stopped) {
        return Verdict::Running;
    }
    let faults: Vec<Fault> = tasks.iter().filter_map(|task| fault(task, counting)).collect();
    if faults.is_empty() { Verdict::Succeeded } else { Verdict::Failed(faults) }
}

fn fault(task: &Task, counting: &[String]) -> Option<Fault> {
    let Task { arn, is_stopped: _, stop_code, reason, containers, created_at: _, started_at: _, stopped_at: _ } = task;
    let whole = |kind| Some(Fault { task: arn.clone(), kind, container: None, reason: reason.clone() });
    match stop_code.as_str() {
        "TaskFailedToStart" => {
            // Why an image cannot be pulled is said of the container.
            let container = containers.iter().find(|container| !container.reason.is_empty());
            let told = container.filter(|container| !reason.contains(&container.reason));
            let reason = match told {
                Some(container) => joined(&[reason, &container.reason]),
                None => reason.clone(),
            };
            let container = container.map(|container| container.name.clone());
            Some(Fault { task: arn.clone(), kind: Kind::NotStarted, container, reason })
        }
        // A container that is told to end may well end with 0, and is not done.
        "SpotInterruption" | "TerminationNotice" | "InfrastructureHealth" => whole(Kind::TakenAway),
        "UserInitiated" | "ServiceSchedulerInitiated" => whole(Kind::Stopped),
        // EssentialContainerExited, none, and what ECS may say one day.
        _ => counting.iter().find_map(|name| {
            let container = containers.iter().find(|container| container.name == *name);
            let kind = match container.and_then(|container| container.exit_code) {
                Some(0) => return None,
                Some(code) => Kind::ExitCode(code),
                None => Kind::NoExitCode,
            };
            let told = container.map(|container| container.reason.as_str()).unwrap_or_default();
            Some(Fault { task: arn.clone(), kind, container: Some(name.clone()), reason: joined(&[told, reason]) })
        }),
    }
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A container's name, its exit code, and what ECS says of it.
    type Seen<'a> = (&'a str, Option<i32>, &'a str);

    /// What a row shows, the stop code, the containers, those that count, and the fault.
    type Row<'a> = (&'a str, &'a str, &'a [Seen<'a>], &'a [&'a str], Option<(Kind, Option<&'a str>, &'a str)>);

    fn task(stop_code: &str, containers: &[Seen<'_>]) -> Task {
        let containers = containers.iter().map(|(name, exit_code, reason)| Container {
            name: (*name).to_owned(),
            exit_code: *exit_code,
            reason: (*reason).to_owned(),
            runtime_id: String::new(),
        });
        Task {
            arn: "arn:task/1".to_owned(),
            is_stopped: true,
            stop_code: stop_code.to_owned(),
            reason: "why".to_owned(),
            containers: containers.collect(),
            ..Task::default()
        }
    }

    /// TK-13 to TK-16, and each stop code.
    #[test]
    fn every_ending_has_its_verdict() {
        let ended = "EssentialContainerExited";
        let table: [Row<'_>; 17] = [
            ("all well", ended, &[("app", Some(0), "")], &["app"], None),
            ("no code of a stop", "", &[("app", Some(0), "")], &["app"], None),
            ("a code of tomorrow", "Tomorrow", &[("app", Some(0), "")], &["app"], None),
            ("an exit code", ended, &[("app", Some(3), "")], &["app"], Some((Kind::ExitCode(3), Some("app"), "why"))),
            (
                "out of memory",
                ended,
                &[("app", Some(137), "OutOfMemoryError")],
                &["app"],
                Some((Kind::ExitCode(137), Some("app"), "OutOfMemoryError; why")),
            ),
            (
                "no exit code",
                ended,
                &[("app", None, "CannotStartContainerError")],
                &["app"],
                Some((Kind::NoExitCode, Some("app"), "CannotStartContainerError; why")),
            ),
            ("no such container", ended, &[], &["app"], Some((Kind::NoExitCode, Some("app"), "why"))),
            ("a killed sidecar", ended, &[("app", Some(0), ""), ("log", Some(137), "")], &["app"], None),
            (
                "a killed sidecar that counts",
                ended,
                &[("app", Some(0), ""), ("log", Some(137), "")],
                &["app", "log"],
                Some((Kind::ExitCode(137), Some("log"), "why")),
            ),
            ("a sidecar without a code", ended, &[("app", Some(0), ""), ("log", None, "")], &["app"], None),
            ("an agent of AWS's", ended, &[("app", Some(0), ""), ("aws-guardduty-agent", None, "")], &["app"], None),
            (
                "no image",
                "TaskFailedToStart",
                &[("app", None, "CannotPullContainerError: not found")],
                &["app"],
                Some((Kind::NotStarted, Some("app"), "why; CannotPullContainerError: not found")),
            ),
            ("no secret", "TaskFailedToStart", &[("app", None, "")], &["app"], Some((Kind::NotStarted, None, "why"))),
            ("Spot", "SpotInterruption", &[("app", Some(0), "")], &["app"], Some((Kind::TakenAway, None, "why"))),
            (
                "a notice",
                "TerminationNotice",
                &[("app", Some(143), "")],
                &["app"],
                Some((Kind::TakenAway, None, "why")),
            ),
            ("a bad machine", "InfrastructureHealth", &[], &["app"], Some((Kind::TakenAway, None, "why"))),
            ("somebody", "UserInitiated", &[("app", Some(0), "")], &["app"], Some((Kind::Stopped, None, "why"))),
        ];
        for (name, stop_code, containers, counting, expected) in table {
            let counting: Vec<String> = counting.iter().map(|name| (*name).to_owned()).collect();
            let expected = expected.map(|(kind, container, reason)| Fault {
                task: "arn:task/1".to_owned(),
                kind,
                container: container.map(str::to_owned),
                reason: reason.to_owned(),
            });
            let expected = expected.map_or(Verdict::Succeeded, |fault| Verdict::Failed(vec![fault]));
            assert_eq!(of(&[task(stop_code, containers)], &counting), expected, "{name}");
        }
    }

    #[test]
    fn all_tasks_have_to_end_before_there_is_a_verdict() {
        let counting = ["app".to_owned()];
        let well = task("EssentialContainerExited", &[("app", Some(0), "")]);
        let ill = task("EssentialContainerExited", &[("app", Some(1), "")]);
        let running = Task { is_stopped: false, ..well.clone() };
        assert_eq!(of(&[ill.clone(), running], &counting), Verdict::Running);
        let Verdict::Failed(faults) = of(&[well, ill.clone(), ill], &counting) else { panic!("two have failed") };
        assert_eq!(faults.len(), 2);
    }
}
