//! Who names whom: `Ref`, `Fn::GetAtt`, and both inside `Fn::Sub`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::value::{part, shape};

/// What `Ref` knows besides parameters and resources.
pub(crate) const PSEUDO_PARAMETERS: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// A name that a function gives for a parameter or a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    /// The parameter or the resource.
    pub(crate) id: &'a str,
    /// The attribute of the resource, if it is not what `Ref` gives.
    pub(crate) attribute: Option<&'a str>,
}

/// The one thing that a value is, when it is nothing but a reference.
pub(crate) fn target(value: &Value) -> Option<Target<'_>> {
    if let Some(id) = part(value, "Ref").as_str() {
        return Some(Target { id, attribute: None });
    }
    match part(value, "Fn::GetAtt") {
        Value::String(dotted) => return split(dotted),
        Value::Array(list) => {
            if let [Value::String(id), Value::String(attribute)] = list.as_slice() {
                return Some(Target { id, attribute: Some(attribute) });
            }
        }
        _ => {}
    }
    let inner = part(value, "Fn::Sub").as_str()?.strip_prefix("${")?.strip_suffix('}')?;
    let plain = !inner.contains(['$', '{', '}', '!']);
    let target = if inner.contains('.') { split(inner)? } else { Target { id: inner, attribute: None } };
    plain.then_some(target)
}

/// All references anywhere inside a value.
pub(crate) fn references(value: &Value) -> Vec<Target<'_>> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

/// The ids that a value names, without pseudo parameters.
pub(crate) fn named(value: &Value) -> BTreeSet<&str> {
    references(value).into_iter().map(|target| target.id).filter(|id| !id.starts_with("AWS::")).collect()
}

/// The text of `Fn::Sub`, with its own variables put in.
pub(crate) fn substituted(value: &Value) -> Option<String> {
    match part(value, "Fn::Sub") {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => {
            let [Value::String(text), Value::Object(variables)] = list.as_slice() else {
                return None;
            };
            let put_in = variables
                .iter()
                .fold(text.clone(), |text, (name, value)| text.replace(&format!("${{{name}}}"), &shape(value)));
            Some(put_in)
        }
        _ => None,
    }
}

/// The names between `${` and `}`, without `${!literal}`.
pub(crate) fn placeholders(text: &str) -> Vec<&str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.trim())
        .filter(|name| !name.starts_with('!'))
        .collect()
}

fn split(dotted: &str) -> Option<Target<'_>> {
    let (id, attribute) = dotted.split_once('.')?;
    Some(Target { id, attribute: Some(attribute) })
}

fn collect<'a>(value: &'a Value, found: &mut Vec<Target<'a>>) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| collect(item, found)),
        Value::Object(object) => {
            if object.len() == 1 {
                if let Some(target) = target(value) {
                    found.push(target);
                    return;
                }
                substitution(value, found);
                // The attribute is a function itself.
                if let Some([Value::String(id), _]) = part(value, "Fn::GetAtt").as_array().map(Vec::as_slice) {
                    found.push(Target { id, attribute: Some("") });
                }
            }
            object.values().for_each(|item| collect(item, found));
        }
        _ => {}
    }
}

fn substitution<'a>(value: &'a Value, found: &mut Vec<Target<'a>>) {
    let (text, variables) = match part(value, "Fn::Sub") {
        Value::String(text) => (text, None),
        Value::Array(list) => match list.as_slice() {
            [Value::String(text), Value::Object(variables)] => (text, Some(variables)),
            _ => return,
        },
        _ => return,
    };
    found.extend(
        placeholders(text)
            .into_iter()
            .filter(|name| variables.is_none_or(|variables| !variables.contains_key(*name)))
            .map(|name| split(name).unwrap_or(Target { id: name, attribute: None })),
    );
}
