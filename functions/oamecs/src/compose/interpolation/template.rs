//! The notation of [interpolation](https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md):
//! `$NAME`, `${NAME}`, `${NAME:-default}` and its kin, `$$`.
//!
//! In: the text of a scalar. Out: its parts.

use std::iter::Peekable;
use std::str::Chars;

use thiserror::Error;

/// Defaults may hold variables with defaults: beyond this, no person wrote them.
const DEPTH_LIMIT: usize = 16;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Characters that mean themselves; `$$` is a `$` here.
    Text(String),
    /// A variable.
    Variable(Variable),
}

/// A variable in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// Its name.
    pub(crate) name: String,
    /// What stands after the name.
    pub(crate) rule: Rule,
}

/// What a variable becomes when it is set, unset or empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// `${NAME}`: its value.
    Value,
    /// `${NAME-default}`, `${NAME:-default}`: its value, or the default.
    Default(Empty, Vec<Part>),
    /// `${NAME?message}`, `${NAME:?message}`: its value, or an error.
    Required(Empty, Vec<Part>),
    /// `${NAME+alternative}`, `${NAME:+alternative}`: the alternative, or nothing.
    Alternative(Empty, Vec<Part>),
}

/// Whether a variable that is set to nothing counts as set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    /// It does: the operator has no colon.
    Set,
    /// It does not: the operator has a colon.
    Unset,
}

/// Why a text has no parts.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum TemplateError {
    /// `$1`, `$ `, a `$` at the end.
    #[error("a `$` starts a variable, but `{0}` is no variable's name")]
    Stray(String),
    /// `${` without its `}`: what stands between, `…` for a default.
    #[error("`${{{0}` has no closing `}}`")]
    Unclosed(String),
    /// `${NAME*…}`.
    #[error("`${{{0}}}` is not a variable: a name is followed by `}}` or by one of `:-`, `-`, `:?`, `?`, `:+` and `+`")]
    Operator(String),
    /// `${AWS::Region}`, `${Queue.Arn}`.
    #[error("`${{{0}}}` is CloudFormation's notation, which is read in `Fn::Sub` only")]
    CloudFormation(String),
    /// Defaults in defaults in defaults …
    #[error("variables are nested more than {DEPTH_LIMIT} levels deep")]
    Depth,
}

/// The parts of `text`.
///
/// # Errors
/// Where a `$` starts no variable.
pub(crate) fn parse(text: &str) -> Result<Vec<Part>, TemplateError> {
    parts(&mut text.chars().peekable(), 0)
}

/// Parts up to the end or, within a variable, up to its `}`, which is taken.
fn parts(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Result<Vec<Part>, TemplateError> {
    if depth > DEPTH_LIMIT {
        return Err(TemplateError::Depth);
    }
    let mut parts = Vec::new();
    let mut text = String::new();
    loop {
        match chars.next() {
            None if depth == 0 => break,
            None => return Err(TemplateError::Unclosed(String::new())),
            Some('}') if depth > 0 => break,
            Some('$') if chars.next_if_eq(&'$').is_some() => text.push('$'),
            Some('$') => {
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Variable(variable(chars, depth)?));
            }
            Some(character) => text.push(character),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

fn variable(chars: &mut Peekable<Chars<'_>>, depth: usize) -> Result<Variable, TemplateError> {
    if chars.next_if_eq(&'{').is_none() {
        let name = name(chars);
        if name.is_empty() {
            return Err(TemplateError::Stray(chars.next().map_or_else(|| "$".to_owned(), |next| format!("${next}"))));
        }
        return Ok(Variable { name, rule: Rule::Value });
    }
    let name = name(chars);
    if name.is_empty() {
        return Err(match inside(chars) {
            (inside, true) => TemplateError::Operator(inside),
            (_, false) => TemplateError::Unclosed("…".to_owned()),
        });
    }
    let colon = chars.next_if_eq(&':').is_some();
    let empty = if colon { Empty::Unset } else { Empty::Set };
    let next = chars.next();
    let unclosed =
        |operator: &str| TemplateError::Unclosed(format!("{name}{}{operator}…", if colon { ":" } else { "" }));
    let mut nested = |operator: &str| {
        parts(chars, depth + 1).map_err(|error| match error {
            TemplateError::Unclosed(inside) if inside.is_empty() => unclosed(operator),
            other => other,
        })
    };
    let rule = match next {
        None => return Err(TemplateError::Unclosed(name)),
        Some('}') if !colon => Rule::Value,
        Some('-') => Rule::Default(empty, nested("-")?),
        Some('?') => Rule::Required(empty, nested("?")?),
        Some('+') => Rule::Alternative(empty, nested("+")?),
        Some('}') => return Err(TemplateError::Operator(format!("{name}:"))),
        Some(other) => return Err(foreign(name, colon, other, chars)),
    };
    Ok(Variable { name, rule })
}

/// What is wrong with a variable whose name is followed by `next`.
fn foreign(name: String, colon: bool, next: char, chars: &mut Peekable<Chars<'_>>) -> TemplateError {
    let (rest, is_closed) = inside(chars);
    if !is_closed {
        return TemplateError::Unclosed(name);
    }
    let inside = format!("{name}{}{next}{rest}", if colon { ":" } else { "" });
    let is_pseudo_parameter = name == "AWS" && colon && next == ':';
    if is_pseudo_parameter || next == '.' {
        TemplateError::CloudFormation(inside)
    } else {
        TemplateError::Operator(inside)
    }
}

/// What is left before the closing brace, which is taken, and whether there is one.
fn inside(chars: &mut Peekable<Chars<'_>>) -> (String, bool) {
    let mut inside = String::new();
    for character in chars {
        if character == '}' {
            return (inside, true);
        }
        inside.push(character);
    }
    (inside, false)
}

fn name(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut name = String::new();
    while let Some(character) =
        chars.next_if(|next| next.is_ascii_alphabetic() || *next == '_' || (next.is_ascii_digit() && !name.is_empty()))
    {
        name.push(character);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn variable(name: &str, rule: Rule) -> Part {
        Part::Variable(Variable { name: name.to_owned(), rule })
    }

    #[test]
    fn reads_every_notation() {
        let cases = [
            ("plain", vec![text("plain")]),
            ("", vec![]),
            ("a$$b", vec![text("a$b")]),
            ("$$NAME", vec![text("$NAME")]),
            ("$NAME/x", vec![variable("NAME", Rule::Value), text("/x")]),
            ("a${A_1}b", vec![text("a"), variable("A_1", Rule::Value), text("b")]),
            ("${A:-b}", vec![variable("A", Rule::Default(Empty::Unset, vec![text("b")]))]),
            ("${A-}", vec![variable("A", Rule::Default(Empty::Set, vec![]))]),
            ("${A:?no a}", vec![variable("A", Rule::Required(Empty::Unset, vec![text("no a")]))]),
            ("${A?}", vec![variable("A", Rule::Required(Empty::Set, vec![]))]),
            ("${A:+b}", vec![variable("A", Rule::Alternative(Empty::Unset, vec![text("b")]))]),
            ("${A+b}", vec![variable("A", Rule::Alternative(Empty::Set, vec![text("b")]))]),
            ("${A:-$$}", vec![variable("A", Rule::Default(Empty::Unset, vec![text("$")]))]),
            (
                "${A:-x${B:-c}}d",
                vec![
                    variable(
                        "A",
                        Rule::Default(
                            Empty::Unset,
                            vec![text("x"), variable("B", Rule::Default(Empty::Unset, vec![text("c")]))],
                        ),
                    ),
                    text("d"),
                ],
            ),
            ("{}", vec![text("{}")]),
            ("${A:-http://h:1/?q}", vec![variable("A", Rule::Default(Empty::Unset, vec![text("http://h:1/?q")]))]),
        ];
        for (input, expected) in cases {
            assert_eq!(parse(input), Ok(expected), "{input}");
        }
    }

    #[test]
    fn refuses_what_is_no_variable() {
        let cases = [
            ("$1", TemplateError::Stray("$1".to_owned())),
            ("cost: 5$", TemplateError::Stray("$".to_owned())),
            ("${A", TemplateError::Unclosed("A".to_owned())),
            ("${A:-b", TemplateError::Unclosed("A:-…".to_owned())),
            ("${A-${B:+c", TemplateError::Unclosed("B:+…".to_owned())),
            ("${A nginx", TemplateError::Unclosed("A".to_owned())),
            ("${", TemplateError::Unclosed("…".to_owned())),
            ("${}", TemplateError::Operator(String::new())),
            ("${A:}", TemplateError::Operator("A:".to_owned())),
            ("${A*2}", TemplateError::Operator("A*2".to_owned())),
            ("${AWS::Region}", TemplateError::CloudFormation("AWS::Region".to_owned())),
            ("${Queue.Arn}", TemplateError::CloudFormation("Queue.Arn".to_owned())),
        ];
        for (input, expected) in cases {
            assert_eq!(parse(input), Err(expected), "{input}");
        }
        assert_eq!(parse(&"${A:-".repeat(100_000)), Err(TemplateError::Depth));
    }
}
