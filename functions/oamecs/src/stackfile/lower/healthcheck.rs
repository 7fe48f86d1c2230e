//! The health check of a container.

use super::super::model::Healthcheck;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::program::Probe;
use crate::program::probe::Command;

/// The probe of a container; `None` where nothing is to be run.
pub(super) fn lower(healthcheck: Healthcheck, diagnostics: &mut Diagnostics) -> Option<Probe> {
    let Healthcheck { origin, command, interval, timeout, retries, start_period } = healthcheck;
    let Some(words) = command else {
        diagnostics
            .note(origin, "the container is not checked: `healthcheck` has no `command`")
            .fix("add `command: [CMD-SHELL, …]`, or remove `healthcheck`");
        return None;
    };
    let first = words.first().map(|word| (word.origin, word.value.clone()));
    let mut rest: Vec<Expr<String>> = words.into_iter().map(|word: Located<Expr<String>>| word.value).collect();
    let (place, first) = first?;
    let command = match first.known().map(String::as_str) {
        Some("NONE") => return None,
        Some("CMD-SHELL") if rest.len() == 2 => Command::Shell(rest.pop()?),
        Some("CMD-SHELL") => {
            diagnostics
                .error(place, "a single line for the shell follows `CMD-SHELL`")
                .fix("write the whole command as one text, or `CMD` and its words");
            return None;
        }
        Some("CMD") if rest.len() > 1 => Command::Program(rest.split_off(1)),
        Some("CMD") => {
            diagnostics.error(place, "no command follows `CMD`").fix("add the words of the command");
            return None;
        }
        _ => {
            diagnostics
                .note(place, "the words are taken for a command without a shell, as `CMD` before them says")
                .fix("write `CMD` or `CMD-SHELL` first");
            Command::Program(rest)
        }
    };
    Some(Probe {
        origin,
        command,
        interval: Some(interval),
        timeout: Some(timeout),
        retries: Some(retries),
        start_period: Some(start_period),
        // A load balancer has a health check of its own.
        http: None,
    })
}
