//! The value of a property: a literal, or a function that CloudFormation works out.
//!
//! What the function of our own types reads is worked out already: there is no [`Value::Function`] to those who read a
//! `Value<T, Resolved>`, and the compiler of Rust knows it.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Function;
use crate::expression::Expr;

/// A property's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<T, F = Function> {
    /// As it is.
    Literal(T),
    /// Worked out when the stack is made.
    Function(F),
}

/// A string, the most common property.
pub type Text<F = Function> = Value<Cow<'static, str>, F>;

/// The functions in what CloudFormation hands to a custom resource: none are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {}

impl Serialize for Resolved {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        match *self {}
    }
}

impl<'de> Deserialize<'de> for Resolved {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("CloudFormation leaves no function"))
    }
}

/// A value that is read is a literal: nobody reads functions but the fragment's own reader, which knows their places.
impl<'de, T: Deserialize<'de>, F> Deserialize<'de> for Value<T, F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Literal)
    }
}

impl<T> Value<T, Resolved> {
    /// What it is.
    pub fn get(&self) -> &T {
        match self {
            Self::Literal(value) => value,
            Self::Function(resolved) => match *resolved {},
        }
    }
}

impl Text<Resolved> {
    /// What it is.
    pub fn as_str(&self) -> &str {
        self.get()
    }
}

impl<T> From<Function> for Value<T> {
    fn from(function: Function) -> Self {
        Self::Function(function)
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Literal(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Literal(text.into())
    }
}

impl From<&Expr<String>> for Text {
    fn from(expression: &Expr<String>) -> Self {
        match expression {
            Expr::Known(text) => Self::Literal(text.clone().into()),
            Expr::Deferred(deferred) => Self::Function(Function::from(deferred)),
        }
    }
}

impl<T: Clone> From<&Expr<T>> for Value<T> {
    fn from(expression: &Expr<T>) -> Self {
        match expression {
            Expr::Known(value) => Self::Literal(value.clone()),
            Expr::Deferred(deferred) => Self::Function(Function::from(deferred)),
        }
    }
}

impl<T: Serialize, F: Serialize> Serialize for Value<T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(value) => value.serialize(serializer),
            Self::Function(function) => function.serialize(serializer),
        }
    }
}
