//! Scalars as CloudFormation reads them: its YAML is of version 1.1, ours of 1.2.
//!
//! The preview must show what a deployment does to a document that is written as a map: an unquoted `22:22` is the number
//! 1342, `on` is true. Quoted, both are text, and so they are in a block string.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value as Json};

use super::scalars::{Scalar, Style};
use crate::diagnostic::Segment;
use crate::document::locate_value;

/// How many scalars are looked up in the text, which takes a walk through it each; others of their kind stay text.
const LOOKED_UP: usize = 100;

/// A number that an author may have meant as text, or as another number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// Where it is in the template.
    pub(super) path: Vec<Segment>,
    /// What is written.
    pub(super) written: String,
    /// What CloudFormation reads.
    pub(super) read: Json,
}

/// The template with each plain scalar as YAML 1.1 reads it, and which of them became other numbers than they look.
/// Booleans are not told: whoever writes `yes` may well mean it.
pub(super) fn as_cloudformation_reads(template: Json, text: &str, scalars: &[Scalar]) -> (Json, Vec<Change>) {
    let mut reader = Reader { text, left: LOOKED_UP, ..Reader::default() };
    for scalar in scalars {
        match scalar.style {
            Style::Plain => {
                reader.plain.insert(scalar.place, &scalar.text);
                reader.plain_texts.insert(&scalar.text);
                if let Some(number) = prefixed(&scalar.text) {
                    reader.prefixed.insert(number, &scalar.text);
                }
            }
            Style::Text => {
                reader.quoted_texts.insert(&scalar.text);
            }
            Style::Key | Style::Alias => {}
        }
    }
    let template = reader.value(template, &mut Vec::new());
    (template, reader.changes)
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    /// Plain scalars by their places.
    plain: BTreeMap<(usize, usize), &'a str>,
    plain_texts: BTreeSet<&'a str>,
    quoted_texts: BTreeSet<&'a str>,
    /// Numbers that are written in another base, with one way in which they are.
    prefixed: BTreeMap<u64, &'a str>,
    changes: Vec<Change>,
    left: usize,
}

impl Reader<'_> {
    fn value(&mut self, value: Json, path: &mut Vec<Segment>) -> Json {
        match value {
            Json::String(scalar) => match reading(&scalar).filter(|_| self.is_plain(&scalar, path)) {
                Some(read) => self.change(path, scalar, read),
                None => Json::String(scalar),
            },
            Json::Number(number) => {
                let written = number.as_u64().filter(|number| self.prefixed.contains_key(number));
                match written.and_then(|_| self.written(path)).map(str::to_owned) {
                    Some(written) if written.starts_with("0x") => self.change(path, written, Json::Number(number)),
                    // `0o17` is a number in YAML 1.2 only.
                    Some(written) if written.starts_with("0o") => Json::String(written),
                    _ => Json::Number(number),
                }
            }
            Json::Array(items) => {
                let item = |(index, item)| {
                    path.push(Segment::Index(index));
                    let item = self.value(item, path);
                    path.pop();
                    item
                };
                Json::Array(items.into_iter().enumerate().map(item).collect())
            }
            Json::Object(entries) => {
                let entry = |(key, value): (String, Json)| {
                    path.push(Segment::Key(key.as_str().into()));
                    let value = self.value(value, path);
                    path.pop();
                    (key, value)
                };
                Json::Object(entries.into_iter().map(entry).collect())
            }
            other => other,
        }
    }

    fn change(&mut self, path: &[Segment], written: String, read: Json) -> Json {
        if read.is_number() {
            self.changes.push(Change { path: path.to_vec(), written, read: read.clone() });
        }
        read
    }

    /// Whether the scalar at `path` is not quoted. Its place is looked up only where the text has it in both ways.
    fn is_plain(&mut self, scalar: &str, path: &[Segment]) -> bool {
        self.plain_texts.contains(scalar) && (!self.quoted_texts.contains(scalar) || self.written(path) == Some(scalar))
    }

    /// The plain scalar at `path`.
    fn written(&mut self, path: &[Segment]) -> Option<&str> {
        self.left = self.left.checked_sub(1)?;
        self.plain.get(&locate_value(self.text, 0, path)?).copied()
    }
}

/// What YAML 1.1 makes of a plain scalar that 1.2 leaves text.
fn reading(scalar: &str) -> Option<Json> {
    match scalar {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Json::Bool(true)),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Json::Bool(false)),
        _ => {}
    }
    let number = sexagesimal(scalar).or_else(|| octal(scalar)).or_else(|| grouped(scalar));
    number.map(|number| Json::Number(Number::from(number)))
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

/// `0644`.
fn octal(scalar: &str) -> Option<u64> {
    let digits = scalar.strip_prefix('0').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    u64::from_str_radix(digits, 8).ok()
}

/// `1_000`.
fn grouped(scalar: &str) -> Option<u64> {
    let is_number = scalar.starts_with(|first: char| first.is_ascii_digit() && first != '0')
        && scalar.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if !is_number || !scalar.contains('_') {
        return None;
    }
    scalar.replace('_', "").parse().ok()
}

/// `0x1f` and `0o17`.
fn prefixed(scalar: &str) -> Option<u64> {
    let hexadecimal = scalar.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    hexadecimal.or_else(|| scalar.strip_prefix("0o").and_then(|digits| u64::from_str_radix(digits, 8).ok()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scalars::scalars;
    use super::as_cloudformation_reads;

    #[test]
    fn plain_scalars_change_and_quoted_ones_do_not() {
        let text =
            "a: 22:22\nb: '22:22'\nc: on\nd: \"on\"\ne: 80:80\nf: [no, 0644]\ng: 0x1F\nh: 31\ni: 1_000\nj: 0o17\n";
        let read = json!({"a": "22:22", "b": "22:22", "c": "on", "d": "on", "e": "80:80", "f": ["no", "0644"], "g": 31,
            "h": 31, "i": "1_000", "j": 15});
        let expected = json!({"a": 1342, "b": "22:22", "c": true, "d": "on", "e": "80:80", "f": [false, 420], "g": 31,
            "h": 31, "i": 1000, "j": "0o17"});
        let (read, changes) = as_cloudformation_reads(read, text, &scalars(text));
        assert_eq!(read, expected);
        let written: Vec<_> = changes.iter().map(|change| change.written.as_str()).collect();
        assert_eq!(written, ["22:22", "0644", "0x1F", "1_000"]);
    }
}
