//! Environment variables, and what `$(NAME)` stands for in texts: Kubernetes replaces it, and ECS does not.

use std::collections::BTreeMap;

use super::texts::literals;
use super::{Lowering, secrets};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::{Expr, Piece, concatenate};
use crate::oam::model::{Variable, VariableValue};
use crate::program::secret::Part;

/// The variables of a container.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// Those whose values anybody may see.
    pub(super) texts: BTreeMap<String, Located<Expr<String>>>,
    /// Those whose values are secret.
    pub(super) secrets: BTreeMap<String, Located<Part>>,
}

/// The variables of a container: the last of a name counts, and one may stand for those before it.
pub(super) fn lower(variables: Vec<Variable>, lowering: &mut Lowering<'_>) -> Environment {
    let mut environment = Environment::default();
    for Variable { name: Located { origin, value: name }, value } in variables {
        let had_text = environment.texts.remove(&name).is_some();
        if environment.secrets.remove(&name).is_some() || had_text {
            lowering.diagnostics.note(origin, format!("`{name}` is there twice: this value counts"));
        }
        match value {
            VariableValue::Text(text) => {
                environment.refuse_secrets(&text, Some(&name), origin, lowering.diagnostics);
                let text = environment.expand(text);
                environment.texts.insert(name, Located::new(origin, text));
            }
            VariableValue::Secret { name: secret, key } => {
                if let Some(part) = secrets::part(&secret, key, origin, lowering) {
                    environment.secrets.insert(name, Located::new(origin, part));
                }
            }
        }
    }
    environment
}

impl Environment {
    /// The text with the values of variables for `$(NAME)`; `$$(NAME)` is `$(NAME)`, and what names no variable stays.
    pub(super) fn expand(&self, text: Expr<String>) -> Expr<String> {
        let pieces = match &text {
            Expr::Known(known) if !known.contains("$(") => return text,
            Expr::Known(known) => self.pieces(known),
            Expr::Deferred(deferred) => {
                let pieces = deferred.pieces().iter();
                let expanded = pieces.flat_map(|piece| match piece {
                    Piece::Literal(literal) => self.pieces(literal),
                    Piece::Function(_) => vec![piece.clone()],
                });
                expanded.collect()
            }
        };
        concatenate(pieces)
    }

    /// Reports a text that holds secrets by `$(NAME)`: whoever reads the template would read them. `variable` is what it is the
    /// value of; `None`: of none.
    pub(super) fn refuse_secrets(
        &self,
        text: &Expr<String>,
        variable: Option<&str>,
        origin: Origin,
        diagnostics: &mut Diagnostics,
    ) {
        let literals = literals(text);
        let is_held = |name: &&String| literals.iter().any(|literal| refers_to(literal, name));
        let Some(secret) = self.secrets.keys().find(is_held) else { return };
        let (what, fix) = match variable {
            Some(variable) => (
                format!("`{variable}` is to hold the secret `{secret}`"),
                format!("keep the whole text of `{variable}` in a secret, or have the program put it together"),
            ),
            None => (
                format!("a command is to hold the secret `{secret}`"),
                format!(
                    "have the program read the variable `{secret}`, or a shell: `sh -c 'exec web --password=\"${secret}\"'`"
                ),
            ),
        };
        let message = format!("{what}, and ECS replaces no `$({secret})`: the value is known only in the container");
        diagnostics.error(origin, message).fix(fix);
    }

    fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("$(") {
            let (name, end) = after.split_once(')').unwrap_or(("", ""));
            if let Some(before) = before.strip_suffix('$') {
                literal.push_str(before);
                literal.push_str("$(");
                rest = after;
                continue;
            }
            literal.push_str(before);
            match self.texts.get(name).map(|value| &value.value) {
                Some(Expr::Known(value)) => literal.push_str(value),
                Some(Expr::Deferred(deferred)) => {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    pieces.extend(deferred.pieces().iter().cloned());
                }
                None => {
                    literal.push_str("$(");
                    rest = after;
                    continue;
                }
            }
            rest = end;
        }
        literal.push_str(rest);
        pieces.push(Piece::Literal(literal));
        pieces
    }
}

/// Whether a text has the value of a variable in it, by `$(NAME)`.
fn refers_to(text: &str, name: &str) -> bool {
    let reference = format!("$({name})");
    text.match_indices(&reference).any(|(at, _)| !text.get(..at).is_some_and(|before| before.ends_with('$')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_parentheses_stand_for_values() {
        let mut environment = Environment::default();
        let host = Located::new(Origin::TEMPLATE, Expr::from("db"));
        environment.texts.insert("HOST".to_owned(), host);
        let cases = [
            ("postgres://$(HOST):5432", "postgres://db:5432"),
            ("$(HOST)$(HOST)", "dbdb"),
            ("$$(HOST)", "$(HOST)"),
            ("$(PORT)", "$(PORT)"),
            ("$(HOST", "$(HOST"),
            ("$ (HOST)", "$ (HOST)"),
            ("none", "none"),
        ];
        for (text, expected) in cases {
            assert_eq!(environment.expand(Expr::from(text)), Expr::from(expected), "{text}");
        }
    }
}
