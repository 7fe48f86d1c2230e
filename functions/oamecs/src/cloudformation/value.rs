//! The value of a property: a literal, or a function that CloudFormation works out.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::Function;
use crate::expression::Expr;

/// A property's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<T> {
    /// As it is.
    Literal(T),
    /// Worked out when the stack is made.
    Function(Function),
}

/// A string, the most common property.
pub type Text = Value<Cow<'static, str>>;

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

impl<T: Serialize> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(value) => value.serialize(serializer),
            Self::Function(function) => function.serialize(serializer),
        }
    }
}
