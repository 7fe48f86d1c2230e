//! When something happens again and again: `rate(…)`, `cron(…)` and `at(…)`.

/// What is wrong with a schedule, as `EventBridge` Scheduler and Application Auto Scaling read it; nothing where it is good.
///
/// Sources: `EventBridge` Scheduler User Guide, "Schedule types"; Application Auto Scaling User Guide, "Schedule recurring
/// scaling actions using cron expressions".
pub(crate) fn mistake(expression: &str) -> Option<&'static str> {
    let inner = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(fields) = inner("cron") {
        return cron(&fields.split_whitespace().collect::<Vec<_>>());
    }
    if let Some(rate) = inner("rate") {
        return self::rate(rate);
    }
    if let Some(time) = inner("at") {
        let shape: String = time.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
        return (shape != "0000-00-00T00:00:00").then_some("at(…) takes a time such as 2030-01-31T12:00:00");
    }
    Some("is neither rate(…) nor cron(…) nor at(…)")
}

fn rate(rate: &str) -> Option<&'static str> {
    let Some((value, unit)) = rate.split_once(' ') else {
        return Some("rate(…) takes a number and a unit");
    };
    let units: &[&str] = match value.parse::<u32>() {
        Ok(0) | Err(_) => return Some("rate(…) takes a whole number above zero"),
        // The plural is accepted for one too.
        Ok(1) => &["minute", "hour", "day", "minutes", "hours", "days"],
        Ok(_) => &["minutes", "hours", "days"],
    };
    (!units.contains(&unit)).then_some("rate(…) takes minutes, hours or days, in the plural where there are several")
}

fn cron(fields: &[&str]) -> Option<&'static str> {
    let [minutes, hours, day_of_month, month, day_of_week, year] = fields else {
        return Some("cron(…) has six fields: minutes, hours, day of month, month, day of week, year");
    };
    // One of the two days says nothing, or both would have to hold.
    if (*day_of_month == "?") == (*day_of_week == "?") {
        return Some("exactly one of day of month and day of week is ?");
    }
    let ranges = [(minutes, 0, 59), (hours, 0, 23), (day_of_month, 1, 31), (month, 1, 12), (day_of_week, 1, 7)];
    let outside = |field: &str, least: u32, most: u32| {
        let steps_apart = field.split(',').map(|item| item.split_once('/').map_or(item, |(start, _)| start));
        steps_apart
            .flat_map(|item| item.split('-'))
            .filter_map(|number| number.parse::<u32>().ok())
            .any(|number| !(least..=most).contains(&number))
    };
    if ranges.into_iter().any(|(field, least, most)| outside(field, least, most)) || outside(year, 1970, 2199) {
        return Some("a field of cron(…) is out of its range");
    }
    None
}
