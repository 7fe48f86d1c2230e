//! [Intrinsic functions](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html),
//! those that the lowering writes and those that the author wrote.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::LogicalId;
use super::value::Text;
use crate::expression::{Deferred, Piece};
use crate::gather::Gather;

/// A function in a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// `Ref` of a resource.
    Ref(LogicalId),
    /// `Ref` of a pseudo parameter.
    Pseudo(&'static str),
    /// `Fn::GetAtt`: an attribute of a resource.
    GetAtt(LogicalId, &'static str),
    /// `Fn::Sub` of text in CloudFormation's notation: `${Id}`, `${Id.Attribute}`, `${!Literal}`.
    Sub(Cow<'static, str>),
    /// `Fn::Sub` with variables of its own.
    SubWith(String, Vec<(String, Json)>),
    /// `Fn::Join`: values with a delimiter between them.
    Join(&'static str, Vec<Text>),
    /// `Fn::Join` of a list that is itself a function.
    JoinList(&'static str, Box<Function>),
    /// `Fn::Select`: the item at an index, from 0, of a list.
    Select(usize, Box<Function>),
    /// `Fn::Split`: text taken apart at a delimiter.
    Split(&'static str, Box<Text>),
    /// `Fn::ImportValue`: an export of another stack.
    ImportValue(Box<Text>),
    /// `Fn::GetAZs` of the region that the stack is made in.
    AvailabilityZones,
    /// `Fn::Base64` of text.
    Base64(Box<Text>),
    /// `Fn::Cidr`: the address block divided into `count` blocks of `bits` host bits.
    Cidr(Box<Text>, usize, u8),
    /// What the author wrote, untouched.
    Author(Json),
}

impl Function {
    /// `Ref` of a resource.
    pub fn reference(id: &LogicalId) -> Self {
        Self::Ref(id.clone())
    }
}

/// Escapes text for `Fn::Sub`, so that a literal `${` never becomes a substitution.
pub fn escape(text: &str) -> String {
    text.replace("${", "${!")
}

/// The name and the argument of a function in its long form: `("Ref", "Tag")` of `{"Ref": "Tag"}`. `None` for any other
/// value. `Condition`, which is a function within conditions only, is none here.
pub fn call(value: &Json) -> Option<(&str, &Json)> {
    let (name, argument) = value.as_object().filter(|map| map.len() == 1)?.iter().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}

impl From<&Deferred> for Function {
    /// A function alone passes through; text around functions becomes `Fn::Sub`.
    fn from(deferred: &Deferred) -> Self {
        if let Some(function) = deferred.alone() {
            return Self::Author(function.clone());
        }
        let functions = deferred.pieces().iter().filter_map(|piece| match piece {
            Piece::Function(function) => Some(function),
            Piece::Literal(_) => None,
        });
        // A variable of ours would hide what the author calls the same.
        let taken: BTreeSet<String> = functions.filter_map(plain_reference).gather();
        let mut names = (1..).map(|number| format!("Value{number}")).filter(|name| !taken.contains(name));
        let mut text = String::new();
        let mut variables: Vec<(String, Json)> = Vec::new();
        for piece in deferred.pieces() {
            let function = match piece {
                Piece::Literal(literal) => {
                    text.push_str(&escape(literal));
                    continue;
                }
                Piece::Function(function) => function,
            };
            let known = variables.iter().find(|(_, value)| value == function).map(|(name, _)| name.clone());
            let name = plain_reference(function).or(known).unwrap_or_else(|| {
                let name = names.next().unwrap_or_default();
                variables.push((name.clone(), function.clone()));
                name
            });
            text.push_str("${");
            text.push_str(&name);
            text.push('}');
        }
        if variables.is_empty() { Self::Sub(text.into()) } else { Self::SubWith(text, variables) }
    }
}

/// `Tag` of `{"Ref": "Tag"}`, `Queue.Arn` of `{"Fn::GetAtt": ["Queue", "Arn"]}`: what `Fn::Sub` can name itself.
pub(crate) fn plain_reference(function: &Json) -> Option<String> {
    let (name, argument) = function.as_object().filter(|map| map.len() == 1)?.iter().next()?;
    match (name.as_str(), argument) {
        ("Ref", Json::String(id)) => Some(id.clone()),
        ("Fn::GetAtt", Json::String(attribute)) => Some(attribute.clone()),
        ("Fn::GetAtt", Json::Array(parts)) => {
            let parts: Option<Vec<&str>> = parts.iter().map(Json::as_str).collect();
            parts.map(|parts| parts.join("."))
        }
        _ => None,
    }
}

/// The text and the variables of the argument of `Fn::Sub`.
pub(crate) fn substitution(argument: &Json) -> Option<(&str, Option<&Map<String, Json>>)> {
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
pub(crate) fn attribute(argument: &Json) -> Option<Cow<'_, str>> {
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

impl Serialize for Function {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match self {
            Self::Author(function) => return function.serialize(serializer),
            _ => serializer.serialize_map(Some(1))?,
        };
        match self {
            Self::Ref(id) => map.serialize_entry("Ref", id)?,
            Self::Pseudo(name) => map.serialize_entry("Ref", name)?,
            Self::GetAtt(id, attribute) => map.serialize_entry("Fn::GetAtt", &(id, attribute))?,
            Self::Sub(text) => map.serialize_entry("Fn::Sub", text)?,
            Self::SubWith(text, variables) => {
                let variables: Map<String, Json> = variables.iter().cloned().collect();
                map.serialize_entry("Fn::Sub", &(text, variables))?;
            }
            Self::Join(delimiter, values) => map.serialize_entry("Fn::Join", &(delimiter, values))?,
            Self::JoinList(delimiter, list) => map.serialize_entry("Fn::Join", &(delimiter, list))?,
            Self::Select(index, list) => map.serialize_entry("Fn::Select", &(index, list))?,
            Self::Split(delimiter, text) => map.serialize_entry("Fn::Split", &(delimiter, text))?,
            Self::ImportValue(name) => map.serialize_entry("Fn::ImportValue", name)?,
            Self::Base64(text) => map.serialize_entry("Fn::Base64", text)?,
            Self::AvailabilityZones => map.serialize_entry("Fn::GetAZs", "")?,
            Self::Cidr(block, count, bits) => map.serialize_entry("Fn::Cidr", &(block, count, bits.to_string()))?,
            Self::Author(_) => {}
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::Function;
    use crate::expression::{Expr, Piece, concatenate, split_once};

    fn written(pieces: Vec<Piece>) -> Json {
        match concatenate(pieces) {
            Expr::Known(text) => Json::String(text),
            Expr::Deferred(deferred) => serde_json::to_value(Function::from(&deferred)).unwrap(),
        }
    }

    fn literal(text: &str) -> Piece {
        Piece::Literal(text.to_owned())
    }

    #[test]
    fn text_around_functions_is_a_substitution() {
        let tag = || Piece::Function(json!({"Ref": "Tag"}));
        let import = |name: &str| Piece::Function(json!({ "Fn::ImportValue": name }));
        assert_eq!(written(vec![tag()]), json!({"Ref": "Tag"}));
        assert_eq!(written(vec![literal("a"), literal("b")]), json!("ab"));
        assert_eq!(written(vec![literal("nginx:"), tag()]), json!({"Fn::Sub": "nginx:${Tag}"}));
        assert_eq!(written(vec![literal("${Tag} "), tag()]), json!({"Fn::Sub": "${!Tag} ${Tag}"}));
        let attribute = Piece::Function(json!({"Fn::GetAtt": ["Queue", "Arn"]}));
        assert_eq!(written(vec![attribute, literal("/")]), json!({"Fn::Sub": "${Queue.Arn}/"}));
        assert_eq!(
            written(vec![import("a"), literal("-"), import("b"), literal("-"), import("a")]),
            json!({"Fn::Sub": ["${Value1}-${Value2}-${Value1}", {
                "Value1": {"Fn::ImportValue": "a"}, "Value2": {"Fn::ImportValue": "b"},
            }]})
        );
    }

    #[test]
    fn a_variable_hides_nothing_of_the_authors() {
        let pieces = vec![
            Piece::Function(json!({"Ref": "Value1"})),
            literal("-"),
            Piece::Function(json!({"Fn::ImportValue": "x"})),
        ];
        assert_eq!(written(pieces), json!({"Fn::Sub": ["${Value1}-${Value2}", {"Value2": {"Fn::ImportValue": "x"}}]}));
    }

    #[test]
    fn text_is_split_in_its_leading_literal_only() {
        let deferred = concatenate([literal("KEY=a="), Piece::Function(json!({"Ref": "B"}))]);
        let (key, value) = split_once(&deferred, '=').unwrap();
        assert_eq!(key, "KEY");
        assert_eq!(value, concatenate([literal("a="), Piece::Function(json!({"Ref": "B"}))]));
        assert!(split_once(&concatenate([Piece::Function(json!({"Ref": "B"})), literal("=c")]), '=').is_none());
    }
}
