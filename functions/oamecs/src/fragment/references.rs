//! Reads references out of template values: `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::If`.
//!
//! Sources: [Ref](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html),
//! [Fn::GetAtt](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html),
//! [Fn::Sub](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html).

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use crate::cloudformation::function;

/// A piece of the text of `Fn::Sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// What means itself.
    Text(&'a str),
    /// `Literal` of `${!Literal}`.
    Escape(&'a str),
    /// `Id` or `Id.Attribute` of `${…}`.
    Name(&'a str),
}

/// The pieces of the text of `Fn::Sub`, in order.
pub(super) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text, state: State::Outside }
}

pub(super) struct Pieces<'a> {
    rest: &'a str,
    state: State,
}

enum State {
    Outside,
    /// After `${`.
    Inside,
    /// After a `${` that nothing closes.
    Unclosed,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let State::Inside = self.state {
            let Some((name, rest)) = self.rest.split_once('}') else {
                self.state = State::Unclosed;
                return Some(Piece::Text("${"));
            };
            (self.rest, self.state) = (rest, State::Outside);
            return Some(name.strip_prefix('!').map_or(Piece::Name(name), Piece::Escape));
        }
        if self.rest.is_empty() {
            return None;
        }
        match self.rest.split_once("${") {
            Some((before, rest)) if matches!(self.state, State::Outside) => {
                (self.rest, self.state) = (rest, State::Inside);
                if before.is_empty() { self.next() } else { Some(Piece::Text(before)) }
            }
            _ => Some(Piece::Text(std::mem::take(&mut self.rest))),
        }
    }
}

/// The text and the variables of the argument of `Fn::Sub`.
pub(super) fn substitution(argument: &Json) -> Option<(&str, Option<&Map<String, Json>>)> {
    match argument {
        Json::String(text) => Some((text, None)),
        Json::Array(items) => match items.as_slice() {
            [Json::String(text), Json::Object(variables)] => Some((text, Some(variables))),
            _ => None,
        },
        _ => None,
    }
}

/// The argument of `Fn::GetAtt` in one spelling, `Shop.Services.web.Name`; `None` where a part of it is a function.
pub(super) fn attribute(argument: &Json) -> Option<Cow<'_, str>> {
    match argument {
        Json::String(text) => Some(Cow::Borrowed(text)),
        Json::Array(parts) => {
            let mut text = String::new();
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    text.push('.');
                }
                text.push_str(part.as_str()?);
            }
            Some(Cow::Owned(text))
        }
        _ => None,
    }
}

/// What a value refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reference<'a> {
    /// A resource, parameter or pseudo parameter, by `Ref`.
    Ref(&'a str),
    /// A resource, by `Fn::GetAtt`.
    Attribute(&'a str),
    /// A condition, by `Fn::If`.
    Condition(&'a str),
}

/// Visits everything that `value` refers to; the flag says whether an `Fn::If` decides about it.
pub(super) fn each<'a>(value: &'a Json, visit: &mut impl FnMut(Reference<'a>, bool)) {
    walk(value, false, visit);
}

fn walk<'a>(value: &'a Json, optional: bool, visit: &mut impl FnMut(Reference<'a>, bool)) {
    match value {
        Json::Array(items) => {
            for item in items {
                walk(item, optional, visit);
            }
        }
        Json::Object(entries) => match function::call(value) {
            Some(("Ref", Json::String(id))) => visit(Reference::Ref(id), optional),
            Some(("Fn::GetAtt", argument)) => {
                if let Some(id) = resource_of(argument) {
                    visit(Reference::Attribute(id), optional);
                }
                // The attribute's name may be a function where `AWS::LanguageExtensions` works it out.
                if argument.is_array() {
                    walk(argument, optional, visit);
                }
            }
            Some(("Fn::Sub", argument)) => match substitution(argument) {
                Some((text, variables)) => {
                    for piece in pieces(text) {
                        let Piece::Name(name) = piece else { continue };
                        if variables.is_some_and(|variables| variables.contains_key(name)) {
                            continue;
                        }
                        match name.split_once('.') {
                            Some((id, _)) => visit(Reference::Attribute(id), optional),
                            None => visit(Reference::Ref(name), optional),
                        }
                    }
                    for value in variables.into_iter().flat_map(Map::values) {
                        walk(value, optional, visit);
                    }
                }
                None => walk(argument, optional, visit),
            },
            Some(("Fn::If", argument @ Json::Array(items))) => {
                if let Some(Json::String(condition)) = items.first() {
                    visit(Reference::Condition(condition), optional);
                }
                walk(argument, true, visit);
            }
            _ => {
                for value in entries.values() {
                    walk(value, optional, visit);
                }
            }
        },
        _ => {}
    }
}

/// The logical id in the argument of `Fn::GetAtt`: ids have no dots.
fn resource_of(argument: &Json) -> Option<&str> {
    let text = match argument {
        Json::Array(parts) => parts.first()?.as_str()?,
        other => other.as_str()?,
    };
    Some(text.split_once('.').map_or(text, |(id, _)| id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_falls_into_pieces() {
        use Piece::{Escape, Name, Text};
        for (text, expected) in [
            ("", vec![]),
            ("a", vec![Text("a")]),
            ("a${B}${C.D}e", vec![Text("a"), Name("B"), Name("C.D"), Text("e")]),
            ("${!A}", vec![Escape("A")]),
            ("a${b", vec![Text("a"), Text("${"), Text("b")]),
            ("${", vec![Text("${")]),
            ("$ {a} $", vec![Text("$ {a} $")]),
        ] {
            assert_eq!(pieces(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        use Reference::{Attribute, Condition, Ref};
        let value = json!({
            "A": {"Ref": "R1"},
            "B": [{"Fn::GetAtt": ["G1", "Arn"]}, {"Fn::GetAtt": "G2.Arn"}, {"Fn::GetAtt": ["G3.Sub", {"Ref": "R2"}]}],
            "C": {"Fn::Sub": ["${S1}${S2.Arn}${V}${!N}", {"V": {"Ref": "R3"}}]},
            "D": {"Fn::If": ["C1", {"Ref": "R4"}, {"Fn::Sub": "${S3}"}]},
            "E": {"Ref": "R5", "Other": "a map that is no function"},
        });
        let mut found = Vec::new();
        each(&value, &mut |reference, optional| found.push((reference, optional)));
        assert_eq!(
            found,
            [
                (Ref("R1"), false),
                (Attribute("G1"), false),
                (Attribute("G2"), false),
                (Attribute("G3"), false),
                (Ref("R2"), false),
                (Ref("S1"), false),
                (Attribute("S2"), false),
                (Ref("R3"), false),
                (Condition("C1"), false),
                (Ref("R4"), true),
                (Ref("S3"), true),
            ]
        );
    }
}
