//! How containers start and stop: `lifecycle`, `startup-probe`.

use super::super::super::Loader;
use super::super::super::model::{Component, Pod};
use crate::diagnostic::Located;
use crate::document::Fields;
use crate::expression::Expr;

/// Seconds that ECS and Kubernetes wait from the request to stop to the end by force, where nothing is said.
const STOP: u32 = 30;

/// Seconds that Fargate waits at most from the request to stop to the end by force.
const LONGEST_STOP: u32 = 120;

/// What shells are called.
const SHELLS: [&str; 3] = ["sh", "bash", "ash"];

impl Loader<'_, '_, '_> {
    /// Reads what is to happen before a container stops. On Kubernetes most often it sleeps, until no requests come any more.
    /// `None`: it does something else, which was reported, or nothing.
    pub(in crate::oam) fn lifecycle(&mut self, mut fields: Fields) -> Option<Located<u32>> {
        let mut hook = self.map(fields.take("preStop"), "a map with `exec`")?;
        let mut exec = self.map(hook.take("exec"), "a map with `command`")?;
        let Located { origin, value: words } = self.words(exec.take("command"))?;
        if let Some(seconds) = slept(&words) {
            return Some(Located::new(origin, seconds));
        }
        self.reader
            .diagnostics
            .error(origin, "`preStop` is not available on ECS: it runs no command in a container that is to stop")
            .fix("do it in the program, when it gets `SIGTERM`");
        None
    }

    /// Has a container that is to sleep before it stops have the time for what it does meanwhile.
    pub(in crate::oam) fn sleep(&mut self, seconds: &Located<u32>, pod: &mut Pod) {
        let Located { origin, value: seconds } = *seconds;
        if seconds > STOP {
            pod.termination_grace.get_or_insert(Located::new(origin, seconds.min(LONGEST_STOP)));
        }
        let grace = pod.termination_grace.as_ref().map_or(STOP, |grace| grace.value);
        let message = format!(
            "a container that is to stop gets `SIGTERM` at once, and has {grace} seconds from then on; a load balancer sends it no more requests before that"
        );
        self.reader.diagnostics.note(origin, message);
    }

    /// Sets the probes of containers that tell whether they have started.
    pub(super) fn startup_probe(&mut self, fields: Fields, component: &mut Component) {
        for (index, fields) in self.of_containers(fields, "probes", component) {
            let Some(container) = component.pod.containers.get_mut(index) else { continue };
            if let Some(probe) = self.probe_of(fields, &container.ports) {
                container.startup = Some(probe);
            }
        }
    }
}

/// The seconds that a command waits, and does nothing else.
fn slept(words: &[Expr<String>]) -> Option<u32> {
    let words: Option<Vec<&str>> = words.iter().map(|word| word.known().map(String::as_str)).collect();
    let words = words.unwrap_or_default();
    let is_sleep = |program: &str| program.rsplit('/').next() == Some("sleep");
    match words.as_slice() {
        [program, seconds] if is_sleep(program) => whole(seconds),
        [shell, "-c", script] if SHELLS.contains(&shell.rsplit('/').next().unwrap_or(shell)) => {
            let parts: Vec<&str> = script.split_whitespace().collect();
            match parts.as_slice() {
                [program, seconds] if is_sleep(program) => whole(seconds),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Seconds as `sleep` takes them, rounded up: `90`, `0.5`, `90s`, `2m`.
fn whole(text: &str) -> Option<u32> {
    let (number, factor) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let (seconds, rest) = number.split_once('.').unwrap_or((number, ""));
    let seconds: u32 = if seconds.is_empty() { 0 } else { seconds.parse().ok()? };
    let is_more = rest.chars().any(|digit| digit != '0');
    Some(seconds.saturating_add(u32::from(is_more)).saturating_mul(factor))
}
