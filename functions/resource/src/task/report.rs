//! What the author reads of tasks that failed: which one, why, where its log is, and the last lines of that.
//!
//! In: faults, and the tasks they are of. Out: text of some 2 kB, whose beginning says what is wrong and whose end is the last
//! that was logged.

use std::time::Duration;

use super::definition::Definition;
use super::verdict::{Fault, Kind, Task};
use crate::work::Site;

/// The most lines, and the most bytes, of a log.
const MOST_LINES: u32 = 20;
const MOST_BYTES: usize = 1500;

/// For how long lines may be on their way.
const DELAY: Duration = Duration::from_secs(5);

/// The tasks of a report, and what is known of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    /// Their cluster.
    pub cluster: &'a str,
    /// What they are made from.
    pub definition: &'a Definition,
    /// As they were seen last.
    pub tasks: &'a [Task],
    /// The containers that had to end with 0.
    pub counting: &'a [String],
}

/// What is said of faults: the first in full, how many there are besides.
pub(super) async fn of_faults(faults: &[Fault], subject: Subject<'_>, site: &Site) -> String {
    let Some(first) = faults.first() else { return "tasks have failed".to_owned() };
    let mut text = sentence(first, subject.definition);
    if faults.len() > 1 {
        text.push_str(&format!(" {} of {} tasks failed.", faults.len(), subject.tasks.len()));
    }
    let container = first.container.as_ref().or(subject.counting.first());
    let log = match (first.kind, container) {
        (Kind::NotStarted, _) | (_, None) => None,
        (_, Some(container)) => of_log(&first.task, container, subject, site).await,
    };
    format!("{text} {}", log.unwrap_or_else(|| look(&first.task, subject.cluster)))
}

/// What a task logged last that was stopped, as it took too long.
pub(super) async fn of_task(task: &str, subject: Subject<'_>, site: &Site) -> String {
    let log = match subject.counting.first() {
        Some(container) => of_log(task, container, subject, site).await,
        None => None,
    };
    log.unwrap_or_else(|| look(task, subject.cluster))
}

fn sentence(fault: &Fault, definition: &Definition) -> String {
    let Fault { task, kind, container, reason } = fault;
    let container = container.as_deref().map(|name| format!("container `{name}`"));
    let what = match (kind, &container) {
        (Kind::ExitCode(code), Some(container)) => format!("its {container} exited with {code}"),
        (Kind::NoExitCode, Some(container)) => format!("its {container} never said how it ended"),
        (Kind::NotStarted, Some(container)) => format!("it did not start, for its {container}"),
        (Kind::NotStarted, None) => "it did not start".to_owned(),
        (Kind::TakenAway, _) => "AWS took its machine away".to_owned(),
        (Kind::Stopped, _) => "somebody stopped it".to_owned(),
        (Kind::Vanished, _) => "ECS does not know it any more".to_owned(),
        (Kind::ExitCode(_) | Kind::NoExitCode, None) => "it failed".to_owned(),
    };
    let reason = if reason.is_empty() { String::new() } else { format!(": {}", clean(reason).trim()) };
    let end = if reason.ends_with('.') { "" } else { "." };
    let advice = match kind {
        Kind::TakenAway => {
            " Deploy again, have it run once more by itself (`RetryOnInterruption`), or keep it off Spot."
        }
        _ => "",
    };
    format!("task {} of {} failed: {what}{reason}{end}{advice}", id(task), revision(&definition.arn))
}

/// Where the log of a container is, and its last lines; `None` if it is nowhere that is known.
async fn of_log(task: &str, container: &str, subject: Subject<'_>, site: &Site) -> Option<String> {
    let known = subject.definition.containers.iter().find(|known| known.name == container)?;
    let log = known.log.as_ref()?;
    let stream = if let Some(prefix) = &log.prefix {
        format!("{prefix}/{container}/{}", id(task))
    } else {
        let task = subject.tasks.iter().find(|seen| seen.arn == task)?;
        task.containers.iter().find(|seen| seen.name == container)?.runtime_id.clone()
    };
    let region = log.region.as_deref().filter(|region| *region != site.aws.region());
    let elsewhere = region.map(|region| format!(" --region {region}")).unwrap_or_default();
    let hint = format!("Its log: aws logs tail {} --log-stream-names {stream}{elsewhere}", log.group);
    // The function calls its own Region only.
    let lines = if region.is_some() { String::new() } else { lines(&log.group, &stream, site).await };
    Some(if lines.is_empty() { hint } else { format!("{hint}\nIts last lines:\n{lines}") })
}

async fn lines(group: &str, stream: &str, site: &Site) -> String {
    for attempt in 0..2 {
        if attempt > 0 {
            tokio::time::sleep(DELAY).await;
        }
        match site.aws.last_lines(group, stream, MOST_LINES).await {
            Ok(lines) if lines.is_empty() => {}
            Ok(lines) => return last(&clean(&lines.join("\n")), MOST_BYTES).to_owned(),
            Err(error) if error.code == "ResourceNotFoundException" => {}
            Err(error) => {
                tracing::warn!(%error, group, "the log of a task cannot be read");
                break;
            }
        }
    }
    String::new()
}

fn look(task: &str, cluster: &str) -> String {
    format!("See: aws ecs describe-tasks --cluster {cluster} --tasks {}", id(task))
}

/// The id of a task: the end of its ARN.
pub(super) fn id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// `migrate:3` of `…:task-definition/migrate:3`.
fn revision(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Text without what terminals are told by it.
fn clean(text: &str) -> String {
    let mut clean = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            // A sequence for a terminal, such as `ESC [ 31 m`: it ends with a letter.
            '\u{1b}' => {
                if characters.next() == Some('[') {
                    characters.by_ref().find(char::is_ascii_alphabetic);
                }
            }
            '\n' => clean.push('\n'),
            '\t' => clean.push(' '),
            other if other.is_control() => {}
            other => clean.push(other),
        }
    }
    clean
}

/// The end of a text in so many bytes, from the beginning of a line if there is one.
fn last(text: &str, most: usize) -> &str {
    let text = text.trim_end();
    let start = text.ceil_char_boundary(text.len().saturating_sub(most));
    let end = text.get(start..).unwrap_or_default();
    if start == 0 {
        return end;
    }
    end.split_once('\n').map_or(end, |(_, lines)| lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_whole_and_short() {
        assert_eq!(last("one\ntwo\nthree\n", 100), "one\ntwo\nthree");
        assert_eq!(last("one\ntwo\nthree", 8), "three");
        assert_eq!(last("日本語", 4), "語");
        assert_eq!(last(&"日".repeat(4000), 1500).len(), 1500);
        assert_eq!(last("", 10), "");
    }

    #[test]
    fn nothing_is_left_of_colours() {
        assert_eq!(clean("\u{1b}[1;31mERROR\u{1b}[0m\tno table\r\n\u{7}next"), "ERROR no table\nnext");
        assert_eq!(clean("\u{1b}"), "");
    }
}
