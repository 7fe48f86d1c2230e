//! [Intrinsic functions](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html),
//! those that the lowering writes and those that the author wrote.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::{LogicalId, Value};
use crate::expression::{Deferred, Piece};

/// A function in a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// `Ref` of a resource, a parameter or a pseudo parameter.
    Ref(String),
    /// `Fn::GetAtt`: an attribute of a resource.
    GetAtt(LogicalId, &'static str),
    /// `Fn::Sub` of text in CloudFormation's notation: `${Id}`, `${Id.Attribute}`, `${!Literal}`.
    Sub(String),
    /// `Fn::Sub` with variables of its own.
    SubWith(String, Vec<(String, Json)>),
    /// `Fn::Join`: values with a delimiter between them.
    Join(&'static str, Vec<Value<String>>),
    /// `Fn::Join` of a list that is itself a function.
    JoinList(&'static str, Box<Function>),
    /// `Fn::Select`: the item at an index, from 0, of a list.
    Select(usize, Box<Function>),
    /// `Fn::Split`: text taken apart at a delimiter.
    Split(&'static str, Box<Value<String>>),
    /// `Fn::ImportValue`: an export of another stack.
    ImportValue(Box<Value<String>>),
    /// `Fn::GetAZs` of the region that the stack is made in.
    AvailabilityZones,
    /// `Fn::Cidr`: the address block divided into `count` blocks of `bits` host bits.
    Cidr(Box<Value<String>>, usize, u8),
    /// What the author wrote, untouched.
    Author(Json),
}

impl Function {
    /// `Ref` of a resource.
    pub fn reference(id: &LogicalId) -> Self {
        Self::Ref(id.to_string())
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
        let mut text = String::new();
        let mut variables: Vec<(String, Json)> = Vec::new();
        for piece in deferred.pieces() {
            match piece {
                Piece::Literal(literal) => text.push_str(&escape(literal)),
                Piece::Function(function) => {
                    if let Some(name) = plain_reference(function) {
                        text.push_str("${");
                        text.push_str(&name);
                        text.push('}');
                    } else {
                        let known = variables.iter().position(|(_, value)| value == function);
                        let index = known.unwrap_or_else(|| {
                            variables.push((format!("Value{}", variables.len() + 1), function.clone()));
                            variables.len() - 1
                        });
                        text.push_str("${Value");
                        text.push_str(&(index + 1).to_string());
                        text.push('}');
                    }
                }
            }
        }
        if variables.is_empty() { Self::Sub(text) } else { Self::SubWith(text, variables) }
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
            Self::AvailabilityZones => map.serialize_entry("Fn::GetAZs", "")?,
            Self::Cidr(block, count, bits) => map.serialize_entry("Fn::Cidr", &(block, count, bits.to_string()))?,
            Self::Author(_) => {}
        }
        map.end()
    }
}
