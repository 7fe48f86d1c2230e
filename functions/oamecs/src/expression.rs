//! Values that may be known only when CloudFormation makes the stack.
//!
//! In: what a document holds where a scalar stands. Out: the same, told apart by *when* it is known. A field whose
//! value decides which resources exist has a plain `T`; any other has an [`Expr<T>`].

use serde_json::Value as Json;

/// A value of type `T`: known while the template is expanded, or left to the deployment.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr<T> {
    /// Known now.
    Known(T),
    /// Known when the stack is made: never looked into, passed through untouched.
    Deferred(Deferred),
}

impl<T> Expr<T> {
    /// The value, where it is known now.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Deferred(_) => None,
        }
    }

    /// The same expression over another type.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Expr<U> {
        match self {
            Self::Known(value) => Expr::Known(change(value)),
            Self::Deferred(deferred) => Expr::Deferred(deferred),
        }
    }
}

impl From<&str> for Expr<String> {
    fn from(text: &str) -> Self {
        Self::Known(text.to_owned())
    }
}

impl From<String> for Expr<String> {
    fn from(text: String) -> Self {
        Self::Known(text)
    }
}

/// Text of which at least one piece is a function of the deployment system, such as `nginx:` followed by
/// `{"Ref": "Tag"}`. A single function piece is a function that stands alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferred(Vec<Piece>);

/// A piece of [`Deferred`] text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Characters that mean themselves; `${` in them is no substitution.
    Literal(String),
    /// A function as the template has it, in its long form: `{"Ref": "Tag"}`.
    Function(Json),
}

impl Deferred {
    /// A function that stands alone.
    pub fn function(function: Json) -> Self {
        Self(vec![Piece::Function(function)])
    }

    /// The pieces in their order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The function, where it stands alone.
    pub fn alone(&self) -> Option<&Json> {
        match self.0.as_slice() {
            [Piece::Function(function)] => Some(function),
            _ => None,
        }
    }
}

/// Text put together from pieces: known if all of them are. Neighbouring literals become one, so that equal texts
/// have equal pieces.
pub fn concatenate(pieces: impl IntoIterator<Item = Piece>) -> Expr<String> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (_, Piece::Literal(text)) if text.is_empty() => {}
            (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(&text),
            (_, piece) => joined.push(piece),
        }
    }
    match joined.as_slice() {
        [] => Expr::Known(String::new()),
        [Piece::Literal(_)] => match joined.pop() {
            Some(Piece::Literal(text)) => Expr::Known(text),
            _ => Expr::Known(String::new()),
        },
        _ => Expr::Deferred(Deferred(joined)),
    }
}

/// Splits text at the first occurrence of `separator` in a literal piece, as `KEY=${VALUE}` at `=`. The part before
/// must be known; `None` where there is no separator in the leading literal.
pub fn split_once(text: &Expr<String>, separator: char) -> Option<(String, Expr<String>)> {
    match text {
        Expr::Known(text) => {
            let (before, after) = text.split_once(separator)?;
            Some((before.to_owned(), Expr::Known(after.to_owned())))
        }
        Expr::Deferred(deferred) => match deferred.pieces() {
            [Piece::Literal(first), rest @ ..] => {
                let (before, after) = first.split_once(separator)?;
                let pieces = std::iter::once(Piece::Literal(after.to_owned())).chain(rest.iter().cloned());
                Some((before.to_owned(), concatenate(pieces)))
            }
            _ => None,
        },
    }
}
