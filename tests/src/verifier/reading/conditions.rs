//! Which combinations of conditions a template can meet, and what is left of it in each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::value::{elements, is_function, part, shape};

/// More combinations than this are not tried one by one.
const MOST: usize = 64;

/// A value of a compared parameter that no condition mentions.
const OTHER: &str = "\u{0}";

type Assignment = BTreeMap<String, String>;

/// The template without `Fn::If`, `AWS::NoValue` and absent resources, once for each combination of values that its
/// conditions compare. Where there are very many, each compared value comes up at least twice.
pub(crate) fn scenarios(template: &Value) -> Vec<Value> {
    let Some(conditions) = part(template, "Conditions").as_object() else {
        return vec![reduced(template, &BTreeMap::new())];
    };
    let mut seen = BTreeSet::new();
    assignments(&domains(template, conditions))
        .iter()
        .map(|assignment| {
            conditions
                .iter()
                .map(|(name, condition)| (name.as_str(), holds(condition, conditions, assignment, 0)))
                .collect::<BTreeMap<_, _>>()
        })
        .filter(|truths| seen.insert(truths.clone()))
        .map(|truths| reduced(template, &truths))
        .collect()
}

/// For each thing that is compared, the values that can make a difference.
fn domains(template: &Value, conditions: &Map<String, Value>) -> BTreeMap<String, Vec<String>> {
    let mut domains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for condition in conditions.values() {
        comparisons(condition, &mut |subject, value| {
            let allowed = subject
                .strip_prefix("${")
                .and_then(|rest| rest.strip_suffix('}'))
                .map(|parameter| elements(part(part(template, "Parameters"), parameter), "AllowedValues"))
                .filter(|allowed| !allowed.known.is_empty());
            let domain = domains.entry(subject).or_insert_with(|| {
                allowed.map_or_else(|| vec![OTHER.to_owned()], |allowed| allowed.known.into_iter().map(shape).collect())
            });
            // An allowed value is in it already, another one is never met.
            if domain.iter().any(|known| known == OTHER) && !domain.contains(&value) {
                domain.push(value);
            }
        });
    }
    domains
}

fn comparisons(condition: &Value, found: &mut impl FnMut(String, String)) {
    if let Some([left, right]) = part(condition, "Fn::Equals").as_array().map(Vec::as_slice) {
        match (is_function(left), is_function(right)) {
            (true, false) => found(shape(left), shape(right)),
            (false, true) => found(shape(right), shape(left)),
            (true, true) => found(pair(left, right), "equal".to_owned()),
            (false, false) => {}
        }
        return;
    }
    let parts: Vec<_> =
        ["Fn::And", "Fn::Or", "Fn::Not"].into_iter().flat_map(|key| elements(condition, key).known).collect();
    if parts.is_empty() && part(condition, "Condition").is_null() {
        // Such as Fn::Contains: it may be true or false.
        found(shape(condition), "true".to_owned());
    }
    for inner in parts {
        comparisons(inner, found);
    }
}

fn pair(left: &Value, right: &Value) -> String {
    format!("{} = {}", shape(left), shape(right))
}

fn assignments(domains: &BTreeMap<String, Vec<String>>) -> Vec<Assignment> {
    let product = domains.values().try_fold(1_usize, |product, domain| product.checked_mul(domain.len()));
    if product.is_some_and(|product| product <= MOST) {
        return domains.iter().fold(vec![Assignment::new()], |made, (subject, domain)| {
            made.iter().flat_map(|before| domain.iter().map(move |value| with(before, subject, value))).collect()
        });
    }
    let base = |pick: fn(&[String]) -> Option<&String>| -> Assignment {
        domains.iter().filter_map(|(subject, domain)| Some((subject.clone(), pick(domain)?.clone()))).collect()
    };
    [base(<[String]>::first), base(<[String]>::last)]
        .iter()
        .flat_map(|base| {
            domains.iter().flat_map(move |(subject, domain)| domain.iter().map(move |value| with(base, subject, value)))
        })
        .collect()
}

fn with(before: &Assignment, subject: &str, value: &str) -> Assignment {
    let mut after = before.clone();
    after.insert(subject.to_owned(), value.to_owned());
    after
}

fn holds(condition: &Value, all: &Map<String, Value>, assignment: &Assignment, depth: usize) -> bool {
    // Conditions that name each other in a circle are reported as references; here they only must come to an end.
    if depth > 64 {
        return false;
    }
    let inner = |condition: &Value| holds(condition, all, assignment, depth + 1);
    if let Some([left, right]) = part(condition, "Fn::Equals").as_array().map(Vec::as_slice) {
        return match (is_function(left), is_function(right)) {
            (true, false) => assignment.get(&shape(left)) == Some(&shape(right)),
            (false, true) => assignment.get(&shape(right)) == Some(&shape(left)),
            (true, true) => assignment.get(&pair(left, right)).is_some_and(|value| value == "equal"),
            (false, false) => shape(left) == shape(right),
        };
    }
    if let Some(name) = part(condition, "Condition").as_str() {
        return all.get(name).is_some_and(inner);
    }
    if !part(condition, "Fn::And").is_null() {
        return elements(condition, "Fn::And").known.into_iter().all(inner);
    }
    if !part(condition, "Fn::Or").is_null() {
        return elements(condition, "Fn::Or").known.into_iter().any(inner);
    }
    if !part(condition, "Fn::Not").is_null() {
        return !elements(condition, "Fn::Not").known.into_iter().all(inner);
    }
    assignment.get(&shape(condition)).is_some_and(|value| value == "true")
}

fn reduced(template: &Value, truths: &BTreeMap<&str, bool>) -> Value {
    let Some(sections) = template.as_object() else {
        return template.clone();
    };
    let keep =
        |entry: &Value| part(entry, "Condition").as_str().and_then(|name| truths.get(name)).copied().unwrap_or(true);
    sections
        .iter()
        .map(|(name, section)| {
            let section = match (name.as_str(), section) {
                ("Resources" | "Outputs", Value::Object(entries)) => entries
                    .iter()
                    .filter(|(_, entry)| keep(entry))
                    .filter_map(|(id, entry)| Some((id.clone(), chosen(entry, truths)?)))
                    .collect::<Map<_, _>>()
                    .into(),
                (_, section) => section.clone(),
            };
            (name.clone(), section)
        })
        .collect::<Map<_, _>>()
        .into()
}

/// The value that is left when the conditions are decided; none is `AWS::NoValue`.
fn chosen(value: &Value, truths: &BTreeMap<&str, bool>) -> Option<Value> {
    match value {
        Value::Array(list) => Some(list.iter().filter_map(|item| chosen(item, truths)).collect()),
        Value::Object(object) => {
            if part(value, "Ref").as_str() == Some("AWS::NoValue") {
                return None;
            }
            if let Some([Value::String(name), met, unmet]) = part(value, "Fn::If").as_array().map(Vec::as_slice)
                && let Some(truth) = truths.get(name.as_str())
            {
                return chosen(if *truth { met } else { unmet }, truths);
            }
            let kept: Map<_, _> =
                object.iter().filter_map(|(key, item)| Some((key.clone(), chosen(item, truths)?))).collect();
            Some(kept.into())
        }
        literal => Some(literal.clone()),
    }
}
