//! How authors name secrets that exist: by name, by ARN, by part of an ARN, by a function.

use serde_json::{Map, Value as Json, json};

use crate::cloudformation::function::{call, substitution};
use crate::expression::{Deferred, Expr, Piece, concatenate};

/// What a name or an ARN of the author's is of.
#[derive(Debug, PartialEq)]
pub(super) enum Address {
    /// A secret by its whole ARN.
    Exact {
        /// The ARN up to the six characters that Secrets Manager ends it with.
        arn: Expr<String>,
        /// The same with what selects a part of it: `:key::`.
        selected: Expr<String>,
    },
    /// A secret by its name, or by an ARN without its last six characters: both have to be looked up.
    Named {
        /// The name, or the ARN.
        name: Expr<String>,
        /// What selects a part of it.
        selector: String,
    },
    /// A parameter, by its ARN.
    Parameter(Expr<String>),
    /// A function that gives one of these ARNs.
    Unknown(Expr<String>),
}

/// Why something is no address.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    /// What is wrong.
    pub(super) message: String,
    /// What to write.
    pub(super) fix: &'static str,
}

/// What stands for a function among pieces.
const FUNCTION: &str = "${}";

const NAME_OR_ARN: &str = "write the name or the ARN of a secret, or the ARN of a parameter of Systems Manager";

impl Address {
    /// The address of a secret, or of a parameter by its ARN.
    pub(super) fn of_secret(given: &Expr<String>) -> Result<Self, Fault> {
        let Some(notation) = Notation::of(given) else { return Ok(Self::Unknown(given.clone())) };
        let parts = notation.parts();
        let (first, service) = (parts.first().copied().unwrap_or_default(), parts.get(2).copied());
        if first.starts_with("${") {
            return Ok(Self::Unknown(given.clone()));
        }
        if first != "arn" {
            return match given.known().filter(|name| !is_name(name)) {
                Some(name) => Err(Fault { message: format!("`{name}` is no name of a secret"), fix: NAME_OR_ARN }),
                None => Ok(Self::Named { name: given.clone(), selector: String::new() }),
            };
        }
        match (service, parts.as_slice()) {
            (Some("ssm"), _) => Ok(Self::Parameter(given.clone())),
            (Some("secretsmanager"), [_, _, _, _, _, "secret", name, selectors @ ..]) => {
                let selector: String = selectors.iter().flat_map(|selector| [":", selector]).collect();
                let arn = notation.before(&selector);
                match is_whole(name) {
                    true => Ok(Self::Exact { arn, selected: given.clone() }),
                    false if selector.contains("${") => Err(Fault {
                        message: "this ARN ends before what tells the secret from others of its name".to_owned(),
                        fix: "write the whole ARN, with the six characters at its end",
                    }),
                    false => Ok(Self::Named { name: arn, selector }),
                }
            }
            (Some(service), _) if service.starts_with("${") => Ok(Self::Unknown(given.clone())),
            _ => Err(Fault { message: "this is the ARN of no secret".to_owned(), fix: NAME_OR_ARN }),
        }
    }

    /// The address of a parameter, by its name or ARN, or of a secret by its ARN.
    pub(super) fn of_parameter(given: &Expr<String>) -> Result<Self, Fault> {
        let is_named = Notation::of(given)
            .is_some_and(|notation| !notation.text.starts_with("arn:") && !notation.text.starts_with("${"));
        if !is_named {
            return Self::of_secret(given);
        }
        let function = |name: &str| Piece::Function(json!({ "Ref": name }));
        let literal = |text: &str| Piece::Literal(text.to_owned());
        let pieces = match given {
            Expr::Known(name) => vec![Piece::Literal(name.trim_start_matches('/').to_owned())],
            Expr::Deferred(name) => name.pieces().to_vec(),
        };
        let mut arn = vec![literal("arn:"), function("AWS::Partition"), literal(":ssm:"), function("AWS::Region")];
        arn.extend([literal(":"), function("AWS::AccountId"), literal(":parameter/")]);
        Ok(Self::Parameter(concatenate(arn.into_iter().chain(pieces))))
    }
}

/// Text whose functions are `${…}`, whoever wrote it so.
struct Notation<'a> {
    text: String,
    by: By<'a>,
}

enum By<'a> {
    /// Known text.
    Literal,
    /// `Fn::Sub` with these variables.
    Substitution(Option<&'a Map<String, Json>>),
    /// Pieces.
    Pieces(&'a Deferred),
}

impl<'a> Notation<'a> {
    /// The notation of an expression; `None` where it is a function that shows nothing of its value.
    fn of(given: &'a Expr<String>) -> Option<Self> {
        let deferred = match given {
            Expr::Known(text) => return Some(Self { text: text.clone(), by: By::Literal }),
            Expr::Deferred(deferred) => deferred,
        };
        if let Some(function) = deferred.alone() {
            let (_, argument) = call(function).filter(|(name, _)| *name == "Fn::Sub")?;
            let (text, variables) = substitution(argument)?;
            return Some(Self { text: text.to_owned(), by: By::Substitution(variables) });
        }
        let text = deferred.pieces().iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Function(_) => FUNCTION,
        });
        Some(Self { text: text.collect(), by: By::Pieces(deferred) })
    }

    /// The text between colons; those inside `${…}` divide nothing.
    fn parts(&self) -> Vec<&str> {
        let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_u32);
        for (index, character) in self.text.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                ':' if depth == 0 => {
                    parts.extend(self.text.get(start..index));
                    start = index + 1;
                }
                _ => {}
            }
        }
        parts.extend(self.text.get(start..));
        parts
    }

    /// The expression without its end.
    fn before(&self, end: &str) -> Expr<String> {
        let text = self.text.strip_suffix(end).unwrap_or(&self.text);
        match &self.by {
            By::Literal => Expr::Known(text.to_owned()),
            By::Substitution(None) => function(json!({ "Fn::Sub": text })),
            By::Substitution(Some(variables)) => {
                // One that nothing uses any more is a mistake to linters.
                let used = variables.iter().filter(|(name, _)| text.contains(&format!("${{{name}}}")));
                let used: Map<String, Json> = used.map(|(name, value)| (name.clone(), value.clone())).collect();
                function(json!({ "Fn::Sub": [text, used] }))
            }
            By::Pieces(deferred) => {
                let (mut left, mut kept) = (text.len(), Vec::new());
                for piece in deferred.pieces().iter().cloned() {
                    if left == 0 {
                        break;
                    }
                    let (length, piece) = match piece {
                        Piece::Literal(literal) => {
                            let literal = literal.get(..left).unwrap_or(&literal).to_owned();
                            (literal.len(), Piece::Literal(literal))
                        }
                        piece @ Piece::Function(_) => (FUNCTION.len(), piece),
                    };
                    left = left.saturating_sub(length);
                    kept.push(piece);
                }
                concatenate(kept)
            }
        }
    }
}

fn function(function: Json) -> Expr<String> {
    Expr::Deferred(Deferred::function(function))
}

/// Whether the name at the end of an ARN has the hyphen and the six characters that Secrets Manager adds.
fn is_whole(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(name, end)| {
        !name.is_empty() && end.len() == 6 && end.chars().all(|character| character.is_ascii_alphanumeric())
    })
}

fn is_name(name: &str) -> bool {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || "/_+=.@-!".contains(character);
    !name.is_empty() && name.len() <= 512 && name.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn literal(text: &str) -> Expr<String> {
        Expr::from(text)
    }

    fn sub(argument: impl Into<Json>) -> Expr<String> {
        let argument = argument.into();
        function(json!({ "Fn::Sub": argument }))
    }

    fn of(given: &Expr<String>) -> Address {
        Address::of_secret(given).unwrap()
    }

    #[test]
    fn whole_arns_are_taken_as_they_are() {
        let arn = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:prod/db-AbC1d2";
        assert_eq!(of(&literal(arn)), Address::Exact { arn: literal(arn), selected: literal(arn) });
        let selected = literal(&format!("{arn}:password::"));
        assert_eq!(of(&selected), Address::Exact { arn: literal(arn), selected: selected.clone() });
        let text = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${Name}-AbC1d2";
        let selected = sub(json!([format!("{text}:${{Key}}::"), {"Name": "a", "Key": "b"}]));
        let exact = |arn| Address::Exact { arn, selected: selected.clone() };
        assert_eq!(of(&selected), exact(sub(json!([text, {"Name": "a"}]))));
        let region = || Piece::Function(json!({"Ref": "AWS::Region"}));
        let piece = |text: &str| Piece::Literal(text.to_owned());
        let start = [piece("arn:aws-cn:secretsmanager:"), region(), piece(":1:secret:db-AbC1d2")];
        let selected = concatenate(start.iter().cloned().chain([piece(":"), region(), piece("::")]));
        assert_eq!(of(&selected), Address::Exact { arn: concatenate(start), selected: selected.clone() });
    }

    #[test]
    fn names_and_parts_of_arns_are_looked_up() {
        let named = |name: Expr<String>, selector: &str| Address::Named { name, selector: selector.to_owned() };
        assert_eq!(of(&literal("prod/db")), named(literal("prod/db"), ""));
        assert_eq!(of(&sub(json!("${Stage}-db"))), Address::Unknown(sub(json!("${Stage}-db"))));
        assert_eq!(of(&sub(json!("prod/${Stage}"))), named(sub(json!("prod/${Stage}")), ""));
        let part = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:prod/db";
        assert_eq!(of(&literal(&format!("{part}:password::"))), named(literal(part), ":password::"));
    }

    #[test]
    fn parameters_have_arns_of_their_own() {
        let arn = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/prod/db";
        assert_eq!(of(&literal(arn)), Address::Parameter(literal(arn)));
        let Address::Parameter(Expr::Deferred(arn)) = Address::of_parameter(&literal("/prod/db")).unwrap() else {
            panic!("a parameter")
        };
        assert_eq!(arn.pieces().last(), Some(&Piece::Literal(":parameter/prod/db".to_owned())));
        let reference = function(json!({"Ref": "Config"}));
        assert_eq!(Address::of_parameter(&reference).unwrap(), Address::Unknown(reference));
    }

    #[test]
    fn others_are_refused() {
        for text in ["", "my secret", "arn:aws-cn:s3:::bucket", "arn:aws-cn:secretsmanager:cn-north-1:1:db"] {
            assert!(Address::of_secret(&literal(text)).is_err(), "{text}");
        }
    }
}
