//! Scalars as CloudFormation reads them: its YAML is of version 1.1, ours of 1.2.
//!
//! The preview must show what a deployment does to a document that is written as a map: an unquoted `22:22` is the number
//! 1342, `on` is true. Quoted, both are text, and so they are in a block string.

use serde_json::{Number, Value as Json};

use crate::diagnostic::Segment;
use crate::document::locate_value;

/// The template with each plain scalar as YAML 1.1 reads it.
pub(super) fn as_cloudformation_reads(template: Json, text: &str) -> Json {
    let lines: Vec<&str> = text.lines().collect();
    convert(template, &mut Vec::new(), text, &lines)
}

fn convert(value: Json, path: &mut Vec<Segment>, text: &str, lines: &[&str]) -> Json {
    match value {
        Json::String(scalar) => match reading(&scalar) {
            Some(reading) if is_plain(path, text, lines) => reading,
            _ => Json::String(scalar),
        },
        Json::Array(items) => {
            let convert_item = |(index, item)| {
                path.push(Segment::Index(index));
                let item = convert(item, path, text, lines);
                path.pop();
                item
            };
            Json::Array(items.into_iter().enumerate().map(convert_item).collect())
        }
        Json::Object(entries) => {
            let convert_entry = |(key, value): (String, Json)| {
                path.push(Segment::Key(key.as_str().into()));
                let value = convert(value, path, text, lines);
                path.pop();
                (key, value)
            };
            Json::Object(entries.into_iter().map(convert_entry).collect())
        }
        other => other,
    }
}

/// What YAML 1.1 makes of a plain scalar that 1.2 leaves text.
fn reading(scalar: &str) -> Option<Json> {
    match scalar {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Json::Bool(true)),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Json::Bool(false)),
        _ => {}
    }
    sexagesimal(scalar).or_else(|| octal(scalar)).map(|number| Json::Number(Number::from(number)))
}

/// `22:22` is 22 × 60 + 22: a number in base 60, whose places after the first are below 60.
fn sexagesimal(scalar: &str) -> Option<u64> {
    let mut places = scalar.split(':');
    let first = places.next()?;
    if first.starts_with('0') || first.is_empty() || !first.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut number: u64 = first.parse().ok()?;
    let mut count = 0;
    for place in places {
        if place.len() > 2 || place.is_empty() || !place.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let place: u64 = place.parse().ok().filter(|place| *place < 60)?;
        number = number.checked_mul(60)?.checked_add(place)?;
        count += 1;
    }
    (count > 0).then_some(number)
}

fn octal(scalar: &str) -> Option<u64> {
    let digits = scalar.strip_prefix('0').filter(|digits| !digits.is_empty())?;
    u64::from_str_radix(digits, 8).ok()
}

fn is_plain(path: &[Segment], text: &str, lines: &[&str]) -> bool {
    let Some((line, column)) = locate_value(text, 0, path) else { return false };
    let line = lines.get(line.saturating_sub(1));
    let first = line.and_then(|line| line.chars().nth(column.saturating_sub(1)));
    first.is_some_and(|first| !matches!(first, '"' | '\'' | '|' | '>' | '!'))
}

#[cfg(test)]
mod tests {
    use super::as_cloudformation_reads;
    use serde_json::json;

    #[test]
    fn plain_scalars_change_and_quoted_ones_do_not() {
        let text = "a: 22:22\nb: '22:22'\nc: on\nd: \"on\"\ne: 80:80\nf: [no, 0644]\n";
        let read = json!({"a": "22:22", "b": "22:22", "c": "on", "d": "on", "e": "80:80", "f": ["no", "0644"]});
        let expected = json!({"a": 1342, "b": "22:22", "c": true, "d": "on", "e": "80:80", "f": [false, 420]});
        assert_eq!(as_cloudformation_reads(read, text), expected);
    }
}
