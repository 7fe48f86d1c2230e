//! The health check of a container, within the bounds of
//! [ECS](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html).
//!
//! Rarer or more patient checks than asked for are noted. Less patience would stop healthy containers, so that is an error,
//! whose fix keeps the time until a container counts as unhealthy.

use std::ops::RangeInclusive;

use crate::cloudformation::resource::ecs::HealthCheck;
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located};
use crate::document::list;
use crate::program::Probe;
use crate::program::probe::Command;

const INTERVAL: RangeInclusive<u32> = 5..=300;
const TIMEOUT: RangeInclusive<u32> = 2..=60;
const RETRIES: RangeInclusive<u32> = 1..=10;
const START_PERIOD: RangeInclusive<u32> = 0..=300;

/// What ECS takes where nothing is said.
const DEFAULT_INTERVAL: u32 = 30;
const DEFAULT_RETRIES: u32 = 3;

/// Lowers a probe.
pub(super) fn health_check(probe: &Probe, diagnostics: &mut Diagnostics) -> HealthCheck {
    // What the probe asks of HTTP is for the load balancer: `load_balancer/target_group.rs`.
    let Probe { origin: _, command, interval, timeout, retries, start_period, http: _ } = probe;
    let command: Vec<Text> = match command {
        Command::Program(words) => std::iter::once("CMD".into()).chain(words.iter().map(Text::from)).collect(),
        Command::Shell(line) => vec!["CMD-SHELL".into(), line.into()],
    };
    let patience = Patience::of(interval.as_ref(), retries.as_ref(), start_period.as_ref());
    HealthCheck {
        command,
        interval: fit(interval.as_ref(), &INTERVAL, diagnostics, |value| {
            (format!("ECS checks every 5 to 300 seconds, not every {value}"), patience.fix())
        }),
        timeout: fit(timeout.as_ref(), &TIMEOUT, diagnostics, |value| {
            (format!("ECS gives a check 2 to 60 seconds, not {value}"), "write `timeout: 60s`".to_owned())
        }),
        retries: fit(retries.as_ref(), &RETRIES, diagnostics, |value| {
            (format!("ECS takes 1 to 10 retries, not {value}"), patience.fix())
        }),
        start_period: fit(start_period.as_ref(), &START_PERIOD, diagnostics, |value| {
            (format!("ECS takes a start period of at most 300 seconds, not {value}"), patience.fix())
        }),
    }
}

/// The nearest value that ECS takes; `fault` says what is wrong with one above, and what to write.
fn fit(
    value: Option<&Located<u32>>,
    bounds: &RangeInclusive<u32>,
    diagnostics: &mut Diagnostics,
    fault: impl FnOnce(u32) -> (String, String),
) -> Option<u32> {
    let Located { origin, value } = *value?;
    let fitting = value.clamp(*bounds.start(), *bounds.end());
    if value > fitting {
        let (message, fix) = fault(value);
        diagnostics.error(origin, message).fix(fix);
    } else if value < fitting {
        diagnostics.note(origin, format!("ECS takes {fitting} seconds at least, so `{value}s` becomes `{fitting}s`"));
    }
    Some(fitting)
}

/// How long a container is waited for, in the numbers that ECS takes.
struct Patience {
    interval: u32,
    retries: u32,
    /// Whether these differ from what the author wrote.
    changed: bool,
    /// Whether the start period must be written anew.
    start_period: bool,
    /// Whether ECS waits less than the author asked for, even so.
    shorter: bool,
}

impl Patience {
    fn of(
        interval: Option<&Located<u32>>,
        retries: Option<&Located<u32>>,
        start_period: Option<&Located<u32>>,
    ) -> Self {
        let value = |located: Option<&Located<u32>>, default: u32| located.map_or(default, |located| located.value);
        let (given_interval, given_retries) = (value(interval, DEFAULT_INTERVAL), value(retries, DEFAULT_RETRIES));
        // What the start cannot be given, the failures in a row must make good.
        let missing = value(start_period, 0).saturating_sub(*START_PERIOD.end());
        let needed = u64::from(given_interval) * u64::from(given_retries) + u64::from(missing);
        let mut retries = u64::from(given_retries).clamp(1, u64::from(*RETRIES.end()));
        let mut interval = needed.div_ceil(retries);
        if interval > u64::from(*INTERVAL.end()) {
            retries = needed.div_ceil(u64::from(*INTERVAL.end())).min(u64::from(*RETRIES.end()));
            interval = needed.div_ceil(retries).min(u64::from(*INTERVAL.end()));
        }
        let interval = u32::try_from(interval).unwrap_or(*INTERVAL.end()).max(*INTERVAL.start());
        let retries = u32::try_from(retries).unwrap_or(*RETRIES.end());
        Self {
            interval,
            retries,
            changed: (interval, retries) != (given_interval, given_retries),
            start_period: missing > 0,
            shorter: u64::from(interval) * u64::from(retries) < needed,
        }
    }

    fn fix(&self) -> String {
        let mut keys = Vec::new();
        if self.start_period {
            keys.push("start_period: 300s".to_owned());
        }
        if self.changed {
            keys.push(format!("retries: {}", self.retries));
            keys.push(format!("interval: {}s", self.interval));
        }
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let limit = if self.shorter { ", the longest that ECS waits" } else { "" };
        format!("write {}{limit}", list(&keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Origin;
    use crate::expression::Expr;

    fn told(interval: Option<u32>, retries: Option<u32>, start_period: Option<u32>) -> Vec<(String, Option<String>)> {
        let located = |value: Option<u32>| value.map(|value| Located::new(Origin::TEMPLATE, value));
        let probe = Probe {
            origin: Origin::TEMPLATE,
            command: Command::Shell(Expr::from("true")),
            interval: located(interval),
            timeout: None,
            retries: located(retries),
            start_period: located(start_period),
            http: None,
        };
        let mut diagnostics = Diagnostics::default();
        health_check(&probe, &mut diagnostics);
        diagnostics.entries().iter().map(|entry| (entry.message.clone(), entry.fix.clone())).collect()
    }

    #[test]
    fn fixes_keep_the_patience() {
        for (interval, retries, start_period, fix) in [
            (Some(10), Some(30), None, "write `retries: 10` and `interval: 30s`"),
            (None, Some(12), None, "write `retries: 10` and `interval: 36s`"),
            (Some(600), None, None, "write `retries: 6` and `interval: 300s`"),
            (Some(300), Some(20), None, "write `retries: 10` and `interval: 300s`, the longest that ECS waits"),
            (None, None, Some(600), "write `start_period: 300s`, `retries: 3` and `interval: 130s`"),
        ] {
            let told = told(interval, retries, start_period);
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told.first().unwrap().1.as_deref(), Some(fix));
        }
        assert_eq!(told(Some(10), Some(10), Some(300)), []);
        assert!(told(Some(1), Some(3), None).first().unwrap().0.starts_with("ECS takes 5 seconds at least"));
    }
}
