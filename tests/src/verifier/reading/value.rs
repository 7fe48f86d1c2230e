//! What can be said of a value before it is deployed: a literal says itself, a function only whom it names.

use serde_json::Value;

use super::reference;

static ABSENT: Value = Value::Null;

/// The value at a dotted path; null where there is none.
pub(crate) fn part<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |inner, key| inner.get(key).unwrap_or(&ABSENT))
}

/// The literal text at a dotted path.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    part(value, path).as_str()
}

/// The literal whole number at a dotted path; CloudFormation takes `"80"` for 80.
pub(crate) fn number(value: &Value, path: &str) -> Option<i64> {
    let value = part(value, path);
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
}

/// The literal truth value at a dotted path; CloudFormation takes `"true"` for true.
pub(crate) fn truth(value: &Value, path: &str) -> Option<bool> {
    let value = part(value, path);
    value.as_bool().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// Whether nothing at all is given at a dotted path, not even a function.
pub(crate) fn absent(value: &Value, path: &str) -> bool {
    part(value, path).is_null()
}

/// Whether a value is a function whose result is not known yet.
pub(crate) fn is_function(value: &Value) -> bool {
    value.as_object().is_some_and(|object| {
        object.len() == 1 && object.keys().all(|key| key == "Ref" || key == "Condition" || key.starts_with("Fn::"))
    })
}

/// The elements of a list, as far as they are known.
#[derive(Debug)]
pub(crate) struct Elements<'a> {
    /// Those written down, functions included.
    pub(crate) known: Vec<&'a Value>,
    /// Whether there can be no others.
    pub(crate) complete: bool,
}

/// The elements of the list at a dotted path; a single value is a list of one, as in policies.
pub(crate) fn elements<'a>(value: &'a Value, path: &str) -> Elements<'a> {
    let value = part(value, path);
    match value {
        Value::Null => Elements { known: Vec::new(), complete: true },
        Value::Array(list) => Elements { known: list.iter().collect(), complete: true },
        // A function may give one value or many.
        other => Elements { known: vec![other], complete: !is_function(other) },
    }
}

/// The objects in the list at a dotted path; an element that a function gives may be any object.
pub(crate) fn objects<'a>(value: &'a Value, path: &str) -> Elements<'a> {
    let Elements { known, complete } = elements(value, path);
    let (functions, known): (Vec<_>, Vec<_>) = known.into_iter().partition(|item| is_function(item));
    Elements { known, complete: complete && functions.is_empty() }
}

/// One text for all spellings of the same value: `${Id}` for `Ref`, `${Id.Attribute}` for `Fn::GetAtt`, and what
/// `Fn::Sub` and `Fn::Join` would put together.
pub(crate) fn shape(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if let Some(target) = reference::target(value) {
        return match target.attribute {
            Some(attribute) => format!("${{{}.{attribute}}}", target.id),
            None => format!("${{{}}}", target.id),
        };
    }
    if let Some(text) = reference::substituted(value) {
        return text;
    }
    if let Some([separator, Value::Array(list)]) = part(value, "Fn::Join").as_array().map(Vec::as_slice) {
        let pieces: Vec<_> = list.iter().map(shape).collect();
        return pieces.join(separator.as_str().unwrap_or_default());
    }
    value.to_string()
}
