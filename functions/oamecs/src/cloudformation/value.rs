//! The value of a property: a literal, or a function that CloudFormation works out.

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
pub type Text = Value<String>;

impl<T> From<Function> for Value<T> {
    fn from(function: Function) -> Self {
        Self::Function(function)
    }
}

impl From<&str> for Value<String> {
    fn from(text: &str) -> Self {
        Self::Literal(text.to_owned())
    }
}

impl From<String> for Value<String> {
    fn from(text: String) -> Self {
        Self::Literal(text)
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
