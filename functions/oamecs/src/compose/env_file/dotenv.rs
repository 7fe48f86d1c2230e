//! The notation of [env files](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#env_file-format).
//!
//! In: the text of a file. Out: its assignments, each value as it is or with variables still to be replaced, and what is
//! wrong with which line.

use thiserror::Error;

/// An assignment of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) name: String,
    pub(super) value: Value,
    /// Where it starts, from 1.
    pub(super) line: usize,
}

/// What a name is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Characters that mean themselves.
    Literal(String),
    /// Text in the notation of interpolation.
    Template(String),
    /// Nothing stands after the name: the value is that of the variable of this name.
    Inherited,
}

/// What is wrong with a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum LineError {
    /// `A B=c`.
    #[error("`{0}` is no name of a variable")]
    Name(String),
    /// A quotation mark without the one that closes it.
    #[error("the quotation mark before the value of `{0}` is not closed")]
    Unclosed(String),
    /// `A="b" c`.
    #[error("`{1}` follows the closing quotation mark of `{0}`")]
    Rest(String, String),
}

impl LineError {
    /// What to write instead.
    pub(super) fn fix(&self) -> &'static str {
        match self {
            Self::Name(_) => "write `NAME=value`, the name in letters, digits and `_`",
            Self::Unclosed(_) => "close it at the end of the value, or remove it",
            Self::Rest(..) => "put the whole value in quotation marks, and start a comment with `#`",
        }
    }
}

/// What a file says, and what is wrong with which of its lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) assignments: Vec<Assignment>,
    pub(super) faults: Vec<(usize, LineError)>,
}

/// The assignments of a file in Compose's notation.
pub(super) fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut lines = Lines { rest: text.strip_prefix('\u{feff}').unwrap_or(text), number: 0 };
    while let Some(line) = lines.next() {
        let number = lines.number;
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(line);
        // `NAME: value` is taken too, as Compose does.
        let (name, value) = match line.split_once(['=', ':']) {
            Some((name, value)) => (name.trim(), Some(value)),
            None => (line.trim(), None),
        };
        if !is_name(name) {
            read.faults.push((number, LineError::Name(name.to_owned())));
            continue;
        }
        match value.map_or(Ok(Value::Inherited), |value| of(name, value, &mut lines)) {
            Ok(value) => read.assignments.push(Assignment { name: name.to_owned(), value, line: number }),
            Err(error) => read.faults.push((number, error)),
        }
    }
    read
}

/// The assignments of a file in the format `raw`, in which everything after `=` means itself.
pub(super) fn read_raw(text: &str) -> Read {
    let mut read = Read::default();
    for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name, Value::Literal(value.to_owned())),
            None => (line.trim_end(), Value::Inherited),
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            read.faults.push((index + 1, LineError::Name(name.to_owned())));
        } else {
            read.assignments.push(Assignment { name: name.to_owned(), value, line: index + 1 });
        }
    }
    read
}

/// Letters and digits, and what stands in the names of labels.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || "_.-/[]".contains(character))
}

struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.number += 1;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }
}

/// The value that starts with `text`; one in quotation marks may go on over further lines.
fn of(name: &str, text: &str, lines: &mut Lines<'_>) -> Result<Value, LineError> {
    let whole = text;
    let text = text.trim_start();
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"')) else {
        let value = whole.split_once(" #").map_or(whole, |(value, _)| value);
        return Ok(Value::Template(value.trim().to_owned()));
    };
    let mut value = String::new();
    let mut line = text.get(1..).unwrap_or_default();
    // A quotation mark that nothing closes spoils its own line only.
    let start = (lines.rest, lines.number);
    let rest = loop {
        if let Some(rest) = quoted(line, quote, &mut value) {
            break rest;
        }
        value.push('\n');
        let Some(next) = lines.next() else {
            (lines.rest, lines.number) = start;
            return Err(LineError::Unclosed(name.to_owned()));
        };
        line = next;
    };
    let rest = rest.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        if lines.number > start.1 {
            // What closes it stands in another value.
            (lines.rest, lines.number) = start;
            return Err(LineError::Unclosed(name.to_owned()));
        }
        return Err(LineError::Rest(name.to_owned(), rest.to_owned()));
    }
    Ok(if quote == '"' { Value::Template(value) } else { Value::Literal(value) })
}

/// Puts what stands before the closing quotation mark of a line into `value`. Out: what stands after it, if it is there.
fn quoted<'a>(line: &'a str, quote: char, value: &mut String) -> Option<&'a str> {
    let mut chars = line.char_indices();
    while let Some((index, character)) = chars.next() {
        if character == quote {
            return line.get(index + 1..);
        }
        if character != '\\' {
            value.push(character);
            continue;
        }
        let next = chars.clone().next().map(|(_, next)| next);
        let meant = match next {
            Some(next) if next == quote => Some(next.to_string()),
            Some(next) if quote == '"' => escape(next),
            _ => None,
        };
        match meant {
            Some(meant) => {
                value.push_str(&meant);
                chars.next();
            }
            None => value.push('\\'),
        }
    }
    None
}

/// What a backslash and a letter are in double quotes, in the notation of interpolation.
fn escape(letter: char) -> Option<String> {
    Some(match letter {
        'n' => "\n".to_owned(),
        'r' => "\r".to_owned(),
        't' => "\t".to_owned(),
        'a' => "\u{7}".to_owned(),
        'f' => "\u{c}".to_owned(),
        'v' => "\u{b}".to_owned(),
        '\\' => "\\".to_owned(),
        '$' => "$$".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Value {
        Value::Template(text.to_owned())
    }

    fn literal(text: &str) -> Value {
        Value::Literal(text.to_owned())
    }

    #[test]
    fn every_notation_is_read() {
        for (text, name, value) in [
            ("VAR=VAL", "VAR", template("VAL")),
            ("VAR=\"VAL\"", "VAR", template("VAL")),
            ("VAR='VAL'", "VAR", literal("VAL")),
            ("VAR=VAL # comment", "VAR", template("VAL")),
            ("VAR=VAL# not a comment", "VAR", template("VAL# not a comment")),
            ("VAR=\"VAL # not a comment\"", "VAR", template("VAL # not a comment")),
            ("VAR=\"VAL\" # comment", "VAR", template("VAL")),
            ("VAR='${OTHER}'", "VAR", literal("${OTHER}")),
            (r"VAR='Let\'s go!'", "VAR", literal("Let's go!")),
            (r#"VAR="{\"hello\": \"json\"}""#, "VAR", template(r#"{"hello": "json"}"#)),
            (r#"VAR="some\tvalue""#, "VAR", template("some\tvalue")),
            (r"VAR='some\tvalue'", "VAR", literal(r"some\tvalue")),
            (r"VAR=some\tvalue", "VAR", template(r"some\tvalue")),
            (r#"VAR="a\\b\n\$c\q""#, "VAR", template("a\\b\n$$c\\q")),
            ("VAR=\"one\ntwo\"", "VAR", template("one\ntwo")),
            ("VAR=", "VAR", template("")),
            ("VAR= # comment", "VAR", template("")),
            ("VAR=#ff0000 #", "VAR", template("#ff0000")),
            ("VAR", "VAR", Value::Inherited),
            ("  export VAR = a=b ", "VAR", template("a=b")),
            ("exported=1\r\n", "exported", template("1")),
            ("VAR: value", "VAR", template("value")),
            ("a.b-c=1", "a.b-c", template("1")),
        ] {
            let expected = Assignment { name: name.to_owned(), value, line: 1 };
            assert_eq!(read(text), Read { assignments: vec![expected], faults: vec![] }, "{text}");
        }
        assert_eq!(read("\n# comment\n   \n"), Read::default());
    }

    #[test]
    fn raw_values_mean_themselves() {
        let read = read_raw("# c\nA=\"b\" # $C\n B=\nC\n");
        let values: Vec<_> = read.assignments.into_iter().map(|each| (each.name, each.value, each.line)).collect();
        let expected = [("A", literal("\"b\" # $C"), 2), ("B", literal(""), 3), ("C", Value::Inherited, 4)];
        assert_eq!(values, expected.map(|(name, value, line)| (name.to_owned(), value, line)));
    }

    #[test]
    fn a_faulty_line_spoils_no_other() {
        let read = read("A B=1\nC=\"x\nD='y' z\nE=\"1\"\n");
        let name = |text: &str| text.to_owned();
        let expected = [
            (1, LineError::Name(name("A B"))),
            (2, LineError::Unclosed(name("C"))),
            (3, LineError::Rest(name("D"), name("z"))),
        ];
        assert_eq!(read.faults, expected);
        assert_eq!(read.assignments.len(), 1);
        assert_eq!(read_raw("A B=1").faults, [(1, LineError::Name(name("A B")))]);
    }
}
