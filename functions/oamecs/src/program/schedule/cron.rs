//! Times as crontabs have them, in the words of
//! [EventBridge Scheduler](https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based).
//!
//! In: `minute hour day-of-month month day-of-week`, or a nickname such as `@daily`. Out: `cron(…)` with a sixth field for the
//! year, a `?` where the days are told by the other field, and days of the week by name, as both count them differently.

/// The names that stand for five fields.
const NICKNAMES: [(&str, &str); 7] = [
    ("@annually", "0 0 1 1 *"),
    ("@daily", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
    ("@midnight", "0 0 * * *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@yearly", "0 0 1 1 *"),
];

const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Why a line of a crontab is no schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub fix: String,
}

/// Whether this is meant as the line of a crontab, not as one of AWS's expressions.
pub fn is_crontab(text: &str) -> bool {
    text.starts_with('@') || text.split_whitespace().count() == 5 && !text.contains('(')
}

/// The times of a crontab's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// `cron(0 3 * * ? *)` for `0 3 * * *`.
    pub expression: String,
    /// The same for days of the week, where the line names days of the month too: a crontab runs on both.
    pub further: Option<String>,
}

/// `cron(0 3 * * ? *)` for `0 3 * * *`, where one expression says it all.
///
/// # Errors
/// Where it is no crontab's line, or one that takes two expressions.
pub fn expression(line: &str) -> Result<String, Fault> {
    match times(line)? {
        Times { expression, further: None } => Ok(expression),
        Times { expression, further: Some(further) } => Err(Fault {
            message: format!(
                "`{line}` names days of the month and of the week: a crontab runs on both, and this knows only one of the two"
            ),
            fix: format!("write `{expression}` or `{further}`"),
        }),
    }
}

/// The times of a crontab's line.
///
/// # Errors
/// Where it is none.
pub fn times(line: &str) -> Result<Times, Fault> {
    let fields = match NICKNAMES.iter().find(|(name, _)| line.trim().eq_ignore_ascii_case(name)) {
        Some((_, fields)) => fields,
        None => line,
    };
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return Err(Fault {
            message: format!("`{line}` is no line of a crontab"),
            fix: "write five fields, for example `0 3 * * *`, or `rate(1 hour)`".to_owned(),
        });
    };
    let minute = field(minute, "minute", 0..=59, &[])?;
    let hour = field(hour, "hour", 0..=23, &[])?;
    let month = field(month, "month", 1..=12, &MONTHS)?;
    let every_day = is_all(day);
    let day = field(day, "day of the month", 1..=31, &[])?;
    let weekday = weekdays(weekday)?;
    let by_day = format!("cron({minute} {hour} {day} {month} ? *)");
    let by_weekday = weekday.map(|weekday| format!("cron({minute} {hour} ? {month} {weekday} *)"));
    Ok(match by_weekday {
        Some(expression) if every_day => Times { expression, further: None },
        further => Times { expression: by_day, further },
    })
}

fn is_all(field: &str) -> bool {
    matches!(field, "*" | "?" | "*/1")
}

/// A field but that for the days of the week: each part is checked, and a step through a range becomes a list.
fn field(text: &str, what: &str, bounds: std::ops::RangeInclusive<u32>, names: &[&str]) -> Result<String, Fault> {
    if is_all(text) {
        return Ok("*".to_owned());
    }
    let fault = || out_of(text, what, &bounds);
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse::<u32>().ok().filter(|step| *step > 0).ok_or_else(fault)?)),
            None => (part, None),
        };
        let number = |text: &str| number(text, names, *bounds.start()).filter(|number| bounds.contains(number));
        match (range.split_once('-'), step) {
            (None, Some(step)) if range == "*" => parts.push(format!("*/{step}")),
            (None, None) => parts.push(number(range).ok_or_else(fault)?.to_string()),
            (None, Some(step)) => parts.push(format!("{}/{step}", number(range).ok_or_else(fault)?)),
            (Some((from, to)), step) => {
                let (from, to) = number(from).zip(number(to)).filter(|(from, to)| from <= to).ok_or_else(fault)?;
                match step {
                    None => parts.push(format!("{from}-{to}")),
                    Some(step) => {
                        let steps = (from..=to).step_by(usize::try_from(step).unwrap_or(usize::MAX));
                        parts.extend(steps.map(|number| number.to_string()));
                    }
                }
            }
        }
    }
    Ok(parts.join(","))
}

/// The days of the week by name; `None` for all of them.
fn weekdays(text: &str) -> Result<Option<String>, Fault> {
    if is_all(text) {
        return Ok(None);
    }
    let fault = || out_of(text, "day of the week", &(0..=7));
    let mut days = [false; 7];
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<u32>().ok().filter(|step| *step > 0).ok_or_else(fault)?),
            None => (part, 1),
        };
        let number = |text: &str| number(text, &DAYS, 0).filter(|number| *number <= 7);
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => number(from).zip(number(to)).filter(|(from, to)| from <= to).ok_or_else(fault)?,
            None if range == "*" => (0, 6),
            None => {
                let day = number(range).ok_or_else(fault)?;
                (day, day)
            }
        };
        for day in (from..=to).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            // Sunday is 0 and 7.
            if let Some(entry) = days.get_mut(usize::try_from(day % 7).unwrap_or_default()) {
                *entry = true;
            }
        }
    }
    let names: Vec<&str> = DAYS.into_iter().zip(days).filter(|(_, set)| *set).map(|(name, _)| name).collect();
    Ok(match names.as_slice() {
        [] => return Err(fault()),
        [_, _, _, _, _, _, _] => None,
        ["MON", "TUE", "WED", "THU", "FRI"] => Some("MON-FRI".to_owned()),
        names => Some(names.join(",")),
    })
}

/// A number, or the place of a name in a list that starts with `first`.
fn number(text: &str, names: &[&str], first: u32) -> Option<u32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let place = names.iter().position(|name| text.eq_ignore_ascii_case(name))?;
    Some(u32::try_from(place).ok()? + first)
}

fn out_of(text: &str, what: &str, bounds: &std::ops::RangeInclusive<u32>) -> Fault {
    Fault {
        message: format!("`{text}` is no {what} of a crontab"),
        fix: format!("write `*`, numbers from {} to {}, or ranges of them", bounds.start(), bounds.end()),
    }
}

#[cfg(test)]
mod tests {
    use super::{expression, is_crontab, times};

    #[test]
    fn days_of_the_month_and_of_the_week_are_two_expressions() {
        let both = times("0 3 1,15 * 1").unwrap();
        assert_eq!(both.expression, "cron(0 3 1,15 * ? *)");
        assert_eq!(both.further.as_deref(), Some("cron(0 3 ? * MON *)"));
    }

    #[test]
    fn lines_of_crontabs_become_expressions() {
        for (line, translated) in [
            ("0 3 * * *", "cron(0 3 * * ? *)"),
            ("*/15 * * * *", "cron(*/15 * * * ? *)"),
            ("*/1 9-17 * * 1-5", "cron(* 9-17 ? * MON-FRI *)"),
            ("0 0 1 jan,JUL *", "cron(0 0 1 1,7 ? *)"),
            ("30 4 * * 0", "cron(30 4 ? * SUN *)"),
            ("30 4 * * 7", "cron(30 4 ? * SUN *)"),
            ("30 4 * * 5-7", "cron(30 4 ? * SUN,FRI,SAT *)"),
            ("30 4 * * */2", "cron(30 4 ? * SUN,TUE,THU,SAT *)"),
            ("30 4 * * 0-6", "cron(30 4 * * ? *)"),
            ("0-30/10 0 * * *", "cron(0,10,20,30 0 * * ? *)"),
            ("5/20 * * * *", "cron(5/20 * * * ? *)"),
            ("@daily", "cron(0 0 * * ? *)"),
            ("@Weekly", "cron(0 0 ? * SUN *)"),
            ("@hourly", "cron(0 * * * ? *)"),
        ] {
            assert!(is_crontab(line), "{line}");
            assert_eq!(expression(line).as_deref(), Ok(translated), "{line}");
        }
    }

    #[test]
    fn what_no_schedule_says_is_told() {
        for (line, part) in [
            ("0 3 1 * 1", "names days of the month and of the week"),
            ("60 * * * *", "`60` is no minute"),
            ("0 24 * * *", "`24` is no hour"),
            ("0 0 0 * *", "`0` is no day of the month"),
            ("0 0 * 13 *", "`13` is no month"),
            ("0 0 * * 8", "`8` is no day of the week"),
            ("0 0 * * 3-1", "`3-1` is no day of the week"),
            ("*/0 * * * *", "`*/0` is no minute"),
            ("@every 1h", "is no line of a crontab"),
            ("@reboot", "is no line of a crontab"),
        ] {
            let fault = expression(line).unwrap_err();
            assert!(fault.message.contains(part), "{line}: {fault:?}");
        }
    }
}
