//! `Autoscaling`: how the number of tasks follows what they have to do.
//!
//! In: `{ Max: 10, Cpu: 75, Schedule: […], Metrics: […] }`. Out: a [`Scaling`].

use std::collections::BTreeMap;

use super::{Given, schedule};
use crate::diagnostic::{Diagnostics, Located};
use crate::document::{Kind, Node, Reader, list, suggestion};
use crate::expression::Expr;
use crate::program::scaling::{Change, Goal, Measure, Metric, Scaling, Statistic};

const KEYS: [&str; 10] = [
    "Cooldown",
    "Cpu",
    "Max",
    "Memory",
    "Metrics",
    "Min",
    "Requests",
    "ScaleInCooldown",
    "ScaleOutCooldown",
    "Schedule",
];

const CHANGE_KEYS: [&str; 4] = ["Expression", "Max", "Min", "Timezone"];

const METRIC_KEYS: [&str; 5] = ["Dimensions", "Name", "Namespace", "Statistic", "Target"];

const STATISTICS: [(&str, Statistic); 5] = [
    ("Average", Statistic::Average),
    ("Maximum", Statistic::Maximum),
    ("Minimum", Statistic::Minimum),
    ("SampleCount", Statistic::Count),
    ("Sum", Statistic::Sum),
];

/// Words for measures that are called otherwise here: the predecessor's documentation said `mem`.
const SYNONYMS: [(&str, &str); 4] =
    [("mem", "Memory"), ("maximum", "Max"), ("minimum", "Min"), ("request_count", "Requests")];

const TASKS: &str = "a whole number of tasks";
const SECONDS: &str = "a whole number of seconds";

/// Reads the option under `name`.
pub fn read(given: &mut Given, name: &str, reader: &mut Reader<'_>) -> Option<Located<Scaling>> {
    let node = given.take(name)?;
    let origin = node.origin;
    let mut map = given.map(node, "a map with `max`, `cpu` and the like", reader)?;
    let is_misspelt = report_synonyms(&mut map, reader.diagnostics);
    let minimum = map.value("Min", TASKS, "2", reader);
    let maximum_key = map.spelled("Max");
    let has_maximum = map.has("Max");
    let maximum = map.value("Max", TASKS, "10", reader);
    // What is there and could not be read was reported.
    let has_others = ["Cpu", "Memory", "Metrics", "Requests", "Schedule"].iter().any(|key| map.has(key));
    let mut goals = Vec::new();
    for (key, what, measure, most) in [
        ("Cpu", "a percentage", Measure::Processor, Some(100.0)),
        ("Memory", "a percentage", Measure::Memory, Some(100.0)),
        ("Requests", "a number of requests a minute", Measure::Requests, None),
    ] {
        if let Some(target) = map.value(key, what, "75", reader) {
            check_target(&target, most, reader.diagnostics);
            goals.push(Goal { origin: target.origin, measure, target: target.value });
        }
    }
    let metrics = map.take("Metrics").and_then(|node| reader.items(node, "a list of metrics"));
    for node in metrics.into_iter().flatten() {
        goals.extend(metric(&map, node, reader));
    }
    let cooldown = map.known("Cooldown", SECONDS, "60", reader);
    let scaling = Scaling {
        minimum,
        maximum: maximum.clone().unwrap_or(Located::new(origin, Expr::Known(u32::MAX))),
        goals,
        schedule: changes(&mut map, reader),
        pause_after_removal: map.known("ScaleInCooldown", SECONDS, "60", reader).or(cooldown.clone()),
        pause_after_addition: map.known("ScaleOutCooldown", SECONDS, "60", reader).or(cooldown),
    };
    if !has_maximum {
        let fix = format!("write the most tasks that there may be, for example `{maximum_key}: 10`");
        reader.diagnostics.error(origin, format!("autoscaling needs `{maximum_key}`")).fix(fix);
    }
    if scaling.goals.is_empty() && scaling.schedule.is_empty() && !is_misspelt && !has_others {
        let keys: Vec<String> = ["Cpu", "Memory", "Requests", "Schedule"].map(|key| map.spelled(key)).into();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        reader.diagnostics.error(origin, "autoscaling has nothing that it could follow").fix(format!(
            "write at least one of {}, for example `{}: 75`",
            list(&keys),
            map.spelled("Cpu")
        ));
    }
    map.finish(&KEYS, reader.diagnostics);
    maximum.map(|_| Located::new(origin, scaling))
}

/// Whether there was any.
fn report_synonyms(map: &mut Given, diagnostics: &mut Diagnostics) -> bool {
    let mut any = false;
    for (synonym, meant) in SYNONYMS {
        if let Some(node) = map.take_as_written(synonym) {
            any = true;
            let meant = map.spelled(meant);
            diagnostics.unknown(node.origin, format!("unknown key `{synonym}`")).fix(format!("write `{meant}`"));
        }
    }
    any
}

/// A target that no measure ever has would scale to the most or the fewest tasks for good.
fn check_target(target: &Located<Expr<f64>>, most: Option<f64>, diagnostics: &mut Diagnostics) {
    let Some(value) = target.value.known() else { return };
    if !(*value > 0.0 && value.is_finite()) {
        diagnostics
            .error(target.origin, "a target must be greater than 0, or there would always be as many tasks as may be")
            .fix("write a number greater than 0");
    } else if let Some(most) = most.filter(|most| value > most) {
        diagnostics
            .error(target.origin, format!("tasks never use {value} percent of what they have"))
            .fix(format!("write a number up to {most}"));
    }
}

fn metric(parent: &Given, node: Node, reader: &mut Reader<'_>) -> Option<Goal> {
    let origin = node.origin;
    let mut map = parent.map(node, "a map with `Namespace`, `Name` and `Target`", reader)?;
    let missing: Vec<String> =
        ["Name", "Namespace", "Target"].iter().filter(|key| !map.has(key)).map(|key| map.spelled(key)).collect();
    let namespace = map.text("Namespace", reader);
    let name = map.text("Name", reader);
    let target = map.value("Target", "a number", "100", reader);
    let statistic = map.take("Statistic").and_then(|node| statistic(&node, reader));
    let dimensions = map.take("Dimensions").map(|node| dimensions(node, reader)).unwrap_or_default();
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
        reader
            .diagnostics
            .error(origin, format!("the metric has no {}", list(&missing)))
            .fix("write for example `{ Namespace: AWS/SQS, Name: ApproximateNumberOfMessagesVisible, Dimensions: { QueueName: orders }, Target: 100 }`");
    }
    map.finish(&METRIC_KEYS, reader.diagnostics);
    let target = target?;
    check_target(&target, None, reader.diagnostics);
    let metric =
        Metric { namespace: namespace?.value, name: name?.value, dimensions, statistic: statistic.unwrap_or_default() };
    Some(Goal { origin, measure: Measure::Metric(metric), target: target.value })
}

fn statistic(node: &Node, reader: &mut Reader<'_>) -> Option<Statistic> {
    let text = reader.known_text(node)?;
    if let Some((_, statistic)) = STATISTICS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text.value)) {
        return Some(*statistic);
    }
    let names = STATISTICS.map(|(name, _)| name);
    let error = reader.diagnostics.error(node.origin, format!("`{}` is no statistic of a metric", text.value));
    match suggestion(&text.value, names) {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None => error.fix(format!("write one of {}", list(&names))),
    }
    None
}

/// A map, or CloudFormation's list of `Name` and `Value`.
fn dimensions(node: Node, reader: &mut Reader<'_>) -> BTreeMap<String, Expr<String>> {
    let mut dimensions = BTreeMap::new();
    let Kind::Sequence(items) = node.kind else {
        let entries = reader.fields(node, "a map of dimensions").map(crate::document::Fields::rest).unwrap_or_default();
        for (name, node) in entries {
            dimensions.extend(reader.text(&node).map(|value| (name, value.value)));
        }
        return dimensions;
    };
    for item in items {
        let Some(mut pair) = reader.fields(item, "a map with `Name` and `Value`") else { continue };
        let name = pair.take("Name").and_then(|name| reader.known_text(&name));
        let value = pair.take("Value").and_then(|value| reader.text(&value));
        pair.finish(&["Name", "Value"], reader.diagnostics);
        if let (Some(name), Some(value)) = (name, value) {
            dimensions.insert(name.value, value.value);
        }
    }
    dimensions
}

fn changes(map: &mut Given, reader: &mut Reader<'_>) -> Vec<Change> {
    let Some(node) = map.take("Schedule") else { return Vec::new() };
    let items = match node.kind {
        Kind::Mapping(_) => vec![node],
        _ => reader.items(node, "a list of times, each with its bounds").unwrap_or_default(),
    };
    items.into_iter().filter_map(|item| change(map, item, reader)).collect()
}

fn change(parent: &Given, node: Node, reader: &mut Reader<'_>) -> Option<Change> {
    let origin = node.origin;
    let mut map = parent.map(node, "a map with `Expression` and `Min` or `Max`", reader)?;
    let expression = map.text("Expression", reader);
    let change = Change {
        origin,
        expression: Expr::from(""),
        time_zone: map.text("Timezone", reader),
        minimum: map.value("Min", TASKS, "2", reader),
        maximum: map.value("Max", TASKS, "10", reader),
    };
    let (key, min, max) = (map.spelled("Expression"), map.spelled("Min"), map.spelled("Max"));
    map.finish(&CHANGE_KEYS, reader.diagnostics);
    if change.minimum.is_none() && change.maximum.is_none() {
        reader
            .diagnostics
            .error(origin, "nothing changes at this time")
            .fix(format!("write `{min}`, `{max}` or both, for example `{min}: 2`"));
    }
    let Some(expression) = expression else {
        reader
            .diagnostics
            .error(origin, format!("the time has no `{key}`"))
            .fix(format!("write for example `{key}: cron(0 8 ? * MON-FRI *)`"));
        return None;
    };
    let expression = match expression.value {
        Expr::Known(text) => Expr::Known(schedule::expression(&text, expression.origin, reader.diagnostics)?),
        late @ Expr::Deferred(_) => late,
    };
    Some(Change { expression, ..change })
}
