//! [`command`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#command) and
//! [`entrypoint`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#entrypoint): a line becomes words.
//!
//! Compose splits a line as a shell would but runs no shell, and drops what follows an unquoted `;`, `&`, `|`, `<` or `>`.
//! Here that is an error, as its author meant something by it.

use serde_json::Value as Json;
use thiserror::Error;

use super::super::Loader;
use crate::diagnostic::Origin;
use crate::document::{Kind, Node};
use crate::expression::{Deferred, Expr, Piece, concatenate};

/// Why a line has no words.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(super) enum LineError {
    /// A quotation mark or a backslash at the end.
    #[error("a quotation mark in this line is not closed, or it ends with a backslash")]
    Unclosed,
    /// `&&` and its kin.
    #[error("no shell reads this line, so its `{0}` would have no effect")]
    Operator(char),
}

pub(super) fn canonical(node: Node, loader: &mut Loader<'_, '_, '_>) -> Node {
    let Node { origin, kind } = node;
    let pieces = match kind {
        Kind::Text(line) => vec![Piece::Literal(line)],
        Kind::Deferred(deferred) => match line(&deferred, origin, loader) {
            Some(pieces) => pieces,
            None => return Node::faulty(origin),
        },
        // `command: 8080` is a line of one word.
        kind @ (Kind::Number(_) | Kind::Bool(_)) => {
            return Node::new(origin, Kind::Sequence(vec![Node::new(origin, kind)]));
        }
        kind => return Node::new(origin, kind),
    };
    match words(&pieces) {
        Ok(words) => {
            let items = words.into_iter().map(|word| match word {
                Expr::Known(text) => Node::text(origin, text),
                Expr::Deferred(deferred) => Node::new(origin, Kind::Deferred(deferred)),
            });
            Node::new(origin, Kind::Sequence(items.collect()))
        }
        Err(error) => {
            let fix = match error {
                LineError::Unclosed => "close the quotation mark, or write the command as a list of words",
                LineError::Operator(_) => {
                    "put the line in the hands of a shell: `[\"sh\", \"-c\", \"…\"]`; or quote the character"
                }
            };
            loader.reader.diagnostics.error(origin, error.to_string()).fix(fix);
            Node::faulty(origin)
        }
    }
}

/// The pieces of a line. A function that is the whole line must be known now, as its words cannot be told otherwise;
/// one within a line is a part of a word.
fn line(deferred: &Deferred, origin: Origin, loader: &mut Loader<'_, '_, '_>) -> Option<Vec<Piece>> {
    let Some(function) = deferred.alone() else { return Some(deferred.pieces().to_vec()) };
    match loader.reader.early.resolve(function) {
        Ok(Json::String(text)) => Some(vec![Piece::Literal(text)]),
        Ok(other) => {
            let what = if other.is_array() { "a list" } else { "no text" };
            loader
                .reader
                .diagnostics
                .error(origin, format!("this must be a line or a list of words, but the function gives {what}"));
            None
        }
        Err(reason) => {
            loader
                .reader
                .diagnostics
                .error(origin, format!("a line is split into words when the template is expanded, but {reason}"))
                .fix("write the command as a list, each word a text or a function: `[\"sh\", \"-c\", { Ref: … }]`");
            None
        }
    }
}

/// The words of a line, as [go-shellwords](https://github.com/mattn/go-shellwords), which Compose uses, has them.
pub(super) fn words(pieces: &[Piece]) -> Result<Vec<Expr<String>>, LineError> {
    let mut words = Vec::new();
    let mut word = Word::default();
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for piece in pieces {
        let text = match piece {
            Piece::Literal(text) => text,
            Piece::Function(_) => {
                word.push_function(piece);
                continue;
            }
        };
        for character in text.chars() {
            if escaped {
                escaped = false;
                word.push(match character {
                    't' => '\t',
                    'n' => '\n',
                    other => other,
                });
                continue;
            }
            match (character, quote) {
                ('\'', Some('\'')) | ('"', Some('"')) => quote = None,
                ('\\', None | Some('"')) => escaped = true,
                ('\'' | '"', None) => {
                    quote = Some(character);
                    word.started = true;
                }
                (' ' | '\t' | '\r' | '\n', None) => word.end(&mut words),
                (';' | '&' | '|' | '<' | '>', None) => return Err(LineError::Operator(character)),
                _ => word.push(character),
            }
        }
    }
    if escaped || quote.is_some() {
        return Err(LineError::Unclosed);
    }
    word.end(&mut words);
    Ok(words)
}

/// A word being put together.
#[derive(Default)]
struct Word {
    pieces: Vec<Piece>,
    text: String,
    /// Whether there is one at all: `""` is an empty word.
    started: bool,
}

impl Word {
    fn push(&mut self, character: char) {
        self.text.push(character);
        self.started = true;
    }

    fn push_function(&mut self, function: &Piece) {
        self.pieces.push(Piece::Literal(std::mem::take(&mut self.text)));
        self.pieces.push(function.clone());
        self.started = true;
    }

    fn end(&mut self, words: &mut Vec<Expr<String>>) {
        if std::mem::take(&mut self.started) {
            let mut pieces = std::mem::take(&mut self.pieces);
            pieces.push(Piece::Literal(std::mem::take(&mut self.text)));
            words.push(concatenate(pieces));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn splits_as_a_shell_would() {
        let cases: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("  ", &[]),
            ("bundle exec thin -p 3000", &["bundle", "exec", "thin", "-p", "3000"]),
            ("a\n  b\t c", &["a", "b", "c"]),
            (r#"sh -c "echo 'a b' && c""#, &["sh", "-c", "echo 'a b' && c"]),
            (r#"'a "b' "" x''y"#, &["a \"b", "", "xy"]),
            (r"a\ b '\d' \t", &["a b", r"\d", "\t"]),
            ("--rule=Path(`/`)", &["--rule=Path(`/`)"]),
            ("'--default-plugin=x'", &["--default-plugin=x"]),
        ];
        for (line, expected) in cases {
            let words = words(&[Piece::Literal(line.to_owned())]).unwrap();
            let words: Vec<&str> = words.iter().map(|word| word.known().unwrap().as_str()).collect();
            assert_eq!(words, expected, "{line}");
        }
        for (line, error) in
            [("a 'b", LineError::Unclosed), ("a\\", LineError::Unclosed), ("a && b", LineError::Operator('&'))]
        {
            assert_eq!(words(&[Piece::Literal(line.to_owned())]), Err(error), "{line}");
        }
    }

    #[test]
    fn keeps_functions_within_their_word() {
        let function = Piece::Function(json!({"Ref": "Port"}));
        let words =
            words(&[Piece::Literal("serve --port=".to_owned()), function.clone(), Piece::Literal("0 x".to_owned())])
                .unwrap();
        let port = concatenate([Piece::Literal("--port=".to_owned()), function, Piece::Literal("0".to_owned())]);
        assert_eq!(words, [Expr::from("serve"), port, Expr::from("x")]);
    }
}
