//! Why a text is no YAML, in the words of who wrote it: libyaml's are those of a parser.

use std::fmt;

use super::duplicate::duplicate;

/// A fault of a text, where it is and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, and why.
    pub message: String,
    /// What to write instead.
    pub fix: Option<String>,
    /// Line and column, from 1, where the parser tells them.
    pub position: Option<(usize, usize)>,
}

impl fmt::Display for Fault {
    /// `… Fix: …`, without the position: who shows it knows in which file.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        match &self.fix {
            Some(fix) => write!(formatter, ". Fix: {fix}"),
            None => Ok(()),
        }
    }
}

impl Fault {
    fn new(message: impl Into<String>, fix: impl Into<String>, position: Option<(usize, usize)>) -> Self {
        Self { message: message.into(), fix: Some(fix.into()), position }
    }

    /// The fault that `error` is of, which the parser found in `text`.
    pub fn of(error: &serde_yaml::Error, text: &str) -> Self {
        let words = error.to_string();
        let position = error.location().map(|location| (location.line(), location.column()));
        let line = position.and_then(|(line, _)| text.lines().nth(line - 1)).unwrap_or_default();
        if words.contains("duplicate entry with key") {
            let second = duplicate(text).or(position);
            return Self::new("this key stands in its map a second time", "keep one of the two", second);
        }
        if indentation(line).contains('\t') {
            let message = "a tab indents this line, and YAML takes only spaces";
            return Self::new(message, "indent the line with spaces", position);
        }
        if words.contains("mapping values are not allowed") {
            return colon(line, position);
        }
        let rest: String = line.chars().skip(position.map_or(0, |(_, column)| column - 1)).collect();
        if words.contains("unknown anchor") {
            return alias(&rest, position);
        }
        if let Some(first) = rest.chars().next().filter(|_| words.contains("cannot start any token")) {
            return Self::new(format!("a value cannot start with `{first}`"), "put the value in quotes", position);
        }
        let is_said = |says: &&Saying| says.words.iter().all(|part| words.contains(part));
        if let Some(Saying { message, fix, at, .. }) = SAYINGS.iter().find(is_said) {
            let position = match at {
                At::Problem => position,
                At::Opening => opening(&words),
            };
            return Self::new(*message, *fix, position);
        }
        let problem = words.split(" at line ").next().unwrap_or(&words);
        Self { message: format!("this is not valid YAML: {problem}"), fix: None, position }
    }
}

/// What a parser says, and what it means to who wrote the text.
struct Saying {
    words: &'static [&'static str],
    message: &'static str,
    fix: &'static str,
    at: At,
}

/// Which of the parser's places helps.
enum At {
    /// Where it could not go on.
    Problem,
    /// Where what it was reading starts.
    Opening,
}

/// The first that fits counts.
const SAYINGS: [Saying; 11] = [
    Saying {
        words: &["as u128"],
        message: "this number is too large: numbers have at most 64 bits",
        fix: "write it in quotes, if its digits are meant",
        at: At::Problem,
    },
    Saying {
        words: &["as i128"],
        message: "this number is too small: numbers have at most 64 bits",
        fix: "write it in quotes, if its digits are meant",
        at: At::Problem,
    },
    Saying {
        words: &["while scanning an alias"],
        message: "a `*` starts an alias, and no name follows",
        fix: "put the value in quotes, if it is text",
        at: At::Problem,
    },
    Saying {
        words: &["while scanning a quoted scalar", "end of stream"],
        message: "the quotation mark that stands here is not closed",
        fix: "close it at the end of the value",
        at: At::Opening,
    },
    Saying {
        words: &["unknown escape character"],
        message: "a backslash in double quotes starts an escape, and there is none of this letter",
        fix: "write `\\\\` for the backslash itself, or put the value in single quotes",
        at: At::Problem,
    },
    Saying {
        words: &["while parsing a flow sequence"],
        message: "the list that starts here with `[` is not closed, or lacks a comma between two items",
        fix: "write `]` after its last item",
        at: At::Opening,
    },
    Saying {
        words: &["while parsing a flow mapping"],
        message: "the map that starts here with `{` is not closed, or lacks a comma between two entries",
        fix: "write `}` after its last entry",
        at: At::Opening,
    },
    Saying {
        words: &["could not find expected ':'"],
        message: "this line is neither a key, which ends with `:`, nor an item, which starts with `- `",
        fix: "write `key: value` or `- item`",
        at: At::Opening,
    },
    Saying {
        words: &["did not find expected"],
        message: "what stands here fits neither the value before it nor the lines around it",
        fix: "indent the entries of a map, or the items of a list, alike, and put a value in quotes as a whole",
        at: At::Problem,
    },
    Saying {
        words: &["repetition limit exceeded"],
        message: "its aliases stand for too many values, one in the other",
        fix: "write what they stand for, or use fewer",
        at: At::Problem,
    },
    Saying {
        words: &["recursion limit exceeded"],
        message: "values are nested too deep here",
        fix: "nest them less deep",
        at: At::Problem,
    },
];

/// An alias without its anchor.
fn alias(rest: &str, position: Option<(usize, usize)>) -> Fault {
    let name: String =
        rest.chars().skip(1).take_while(|next| !next.is_whitespace() && !",[]{}".contains(*next)).collect();
    Fault::new(
        format!("the alias `*{name}` stands for nothing, as there is no anchor `&{name}` before it"),
        format!("write `&{name}` before the value that it stands for, or put it in quotes if it is text"),
        position,
    )
}

/// Two values on a line, or a line within the value of the one before.
fn colon(line: &str, position: Option<(usize, usize)>) -> Fault {
    let is_second = line.match_indices(": ").count() + usize::from(line.trim_end().ends_with(':')) > 1;
    if is_second {
        return Fault::new(
            "a second `: ` on a line would make a map of the value",
            "put the value in quotes, or remove the space after `:`",
            position,
        );
    }
    Fault::new(
        "this line starts an entry of a map within the value of the line before",
        "indent the entries of a map alike, and end a key with `:`",
        position,
    )
}

/// The second place in the parser's words: where what it was reading starts.
fn opening(words: &str) -> Option<(usize, usize)> {
    let (_, place) = words.split_once(", while ")?.1.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

fn indentation(line: &str) -> &str {
    line.split(|character: char| !character.is_whitespace()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::YamlError;
    use super::super::yaml::parse;

    #[test]
    fn faults_are_told_in_the_authors_words() {
        for (text, place, words) in [
            ("a:\n\tb: 1\n", Some((2, 1)), "a tab indents this line"),
            ("a:\n  \tb: 1\n", Some((2, 3)), "a tab indents this line"),
            ("image: nginx: 1.27\n", Some((1, 13)), "Fix: put the value in quotes, or remove the space after `:`"),
            ("web: x\n  image: n\n", Some((2, 8)), "within the value of the line before"),
            ("web\n  image: n\n", Some((2, 8)), "end a key with `:`"),
            ("a: 1\nb: 2\na: 3\n", Some((3, 1)), "this key stands in its map a second time"),
            ("a: 99999999999999999999\n", Some((1, 4)), "this number is too large"),
            ("a: *base\n", Some((1, 4)), "no anchor `&base` before it"),
            ("a: *\n", Some((1, 5)), "no name follows"),
            ("a: @x\n", Some((1, 4)), "a value cannot start with `@`"),
            ("a: \"x\nb: 1\n", Some((1, 4)), "the quotation mark that stands here is not closed"),
            ("a: \"\\q\"\n", Some((1, 5)), "a backslash in double quotes"),
            ("a: [1\nb: 2\n", Some((1, 4)), "the list that starts here with `[`"),
            ("a: {b: 1\nc: 2", Some((1, 4)), "the map that starts here with `{`"),
            ("a: 1\nb\nc", Some((2, 1)), "this line is neither a key"),
            ("a:\n  - b\n c: 1\n", Some((3, 2)), "indent the entries of a map"),
        ] {
            match parse(text) {
                Err(YamlError::Syntax(fault)) => {
                    assert_eq!(fault.position, place, "{text}: {fault}");
                    assert!(fault.to_string().contains(words), "{text}: {fault}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
