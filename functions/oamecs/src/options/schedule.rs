//! `Schedule`: times at which a workload runs to its end.
//!
//! In: an expression (`rate(1 hour)`, `cron(0 3 * * ? *)`, `at(2027-01-01T00:00:00)`, or a crontab's `0 3 * * *`), or a map with
//! it and more. Out: a [`Schedule`] in the words of `EventBridge` Scheduler.

use super::Given;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{Kind, Reader};
use crate::expression::Expr;
use crate::program::schedule::Schedule;
use crate::program::schedule::cron::{self, Times};

const KEYS: [&str; 3] = ["Enabled", "Expression", "Timezone"];

const EXAMPLE: &str =
    "write `rate(1 hour)`, `cron(0 3 * * ? *)`, `at(2027-01-01T00:00:00)`, or a crontab's `0 3 * * *`";

/// Reads the option.
pub(super) fn read(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Schedule>> {
    let node = given.take("Schedule")?;
    let origin = node.origin;
    let (text, time_zone, enabled) = if let Kind::Mapping(_) = &node.kind {
        let mut map = given.map(node, "an expression, or a map with it", reader)?;
        let text = map.text("Expression", reader);
        let time_zone = map.text("Timezone", reader);
        let enabled = map.known("Enabled", "`true` or `false`", "true", reader).is_none_or(|enabled| enabled.value);
        let key = map.spelled("Expression");
        map.finish(&KEYS, reader.diagnostics);
        if text.is_none() {
            reader.diagnostics.error(origin, format!("the schedule has no `{key}`")).fix(EXAMPLE);
        }
        (text?, time_zone, enabled)
    } else {
        (reader.text(&node)?, None, true)
    };
    let (expression, further) = match text.value {
        Expr::Known(known) => {
            let Times { expression, further } = times(&known, text.origin, reader.diagnostics)?;
            (Expr::Known(expression), further.map(Expr::Known))
        }
        late @ Expr::Deferred(_) => (late, None),
    };
    Some(Located::new(origin, Schedule { expression, further, time_zone, enabled, deadline: None }))
}

/// The times that a text names, as AWS takes them.
pub(crate) fn times(text: &str, origin: Origin, diagnostics: &mut Diagnostics) -> Option<Times> {
    if !cron::is_crontab(text.trim()) {
        return Some(Times { expression: expression(text, origin, diagnostics)?, further: None });
    }
    match cron::times(text.trim()) {
        Ok(times) => {
            if times.further.is_some() {
                diagnostics.advice(origin, "days of the month and of the week stand in the crontab, and each is a schedule of its own: on days that are both it runs twice, as often as the hours and minutes say");
            }
            Some(times)
        }
        Err(cron::Fault { message, fix }) => {
            diagnostics.error(origin, message).fix(fix);
            None
        }
    }
}

/// The expression as AWS takes it.
pub(super) fn expression(text: &str, origin: Origin, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = text.trim();
    if cron::is_crontab(text) {
        return match cron::expression(text) {
            Ok(expression) => Some(expression),
            Err(cron::Fault { message, fix }) => {
                diagnostics.error(origin, message).fix(fix);
                None
            }
        };
    }
    let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(str::trim);
    if let Some(fields) = inside("cron") {
        return cron_fields(text, fields, origin, diagnostics);
    }
    let is_valid = match (inside("rate"), inside("at")) {
        (Some(rate), _) => is_rate(rate),
        (None, Some(time)) => is_time(time),
        (None, None) => false,
    };
    if !is_valid {
        diagnostics.error(origin, format!("`{text}` is no schedule")).fix(EXAMPLE);
    }
    is_valid.then(|| text.to_owned())
}

/// Six fields, with a `?` for the days of the month or those of the week.
fn cron_fields(text: &str, fields: &str, origin: Origin, diagnostics: &mut Diagnostics) -> Option<String> {
    let words: Vec<&str> = fields.split_whitespace().collect();
    match words.as_slice() {
        [_, _, day, _, weekday, _] if (*day == "?") != (*weekday == "?") => Some(text.to_owned()),
        [minute, hour, day, month, weekday, year] => {
            let day = if *weekday == "*" { day } else { &"?" };
            let weekday = if *weekday == "*" { &"?" } else { weekday };
            diagnostics
                .error(origin, "either the days of the month or those of the week are `?` in a `cron(…)`")
                .fix(format!("write `cron({minute} {hour} {day} {month} {weekday} {year})`"));
            None
        }
        _ => {
            let error = diagnostics.error(
                origin,
                "`cron(…)` has six fields: minutes, hours, days of the month, months, days of the week, years",
            );
            match cron::expression(fields) {
                Ok(expression) => error.fix(format!("write `{expression}`")),
                Err(_) => error.fix("for example `cron(0 3 * * ? *)`, every day at three"),
            }
            None
        }
    }
}

/// `5 minutes`.
fn is_rate(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [number, unit] = words.as_slice() else { return false };
    number.parse::<u32>().is_ok_and(|number| number > 0)
        && ["minute", "minutes", "hour", "hours", "day", "days"].contains(unit)
}

/// `2027-01-01T00:00:00`.
fn is_time(text: &str) -> bool {
    text.len() == 19
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_checked() {
        let read = |text: &str| {
            let mut diagnostics = Diagnostics::default();
            let expression = expression(text, Origin::TEMPLATE, &mut diagnostics);
            expression.ok_or_else(|| diagnostics.entries().iter().filter_map(|entry| entry.fix.clone()).collect())
        };
        for text in ["rate(1 hour)", "rate(5 minutes)", "at(2027-01-01T00:00:00)", "cron(0 3 ? * MON-FRI *)"] {
            assert_eq!(read(text).as_deref(), Ok(text));
        }
        assert_eq!(read("0 3 * * *").as_deref(), Ok("cron(0 3 * * ? *)"));
        for (text, fix) in [
            ("cron(0 3 * * *)", "write `cron(0 3 * * ? *)`"),
            ("cron(0 3 * * MON *)", "write `cron(0 3 ? * MON *)`"),
            ("rate(0 hours)", EXAMPLE),
            ("rate(1 week)", EXAMPLE),
            ("at(tomorrow)", EXAMPLE),
            ("hourly", EXAMPLE),
        ] {
            let fixes: String = read(text).unwrap_err();
            assert_eq!(fixes, fix, "{text}");
        }
    }
}
