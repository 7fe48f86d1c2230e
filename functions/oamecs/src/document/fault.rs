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
        let rest = position.map(|(_, column)| line.chars().skip(column - 1).collect::<String>()).unwrap_or_default();
        let problem = words.split(" at line ").next().unwrap_or_default();
        let opened = opening(&words);
        let says = |part: &str| words.contains(part);
        if says("duplicate entry with key") {
            return Self::new(
                "this key stands in its map a second time",
                "keep one of the two",
                duplicate(text).or(position),
            );
        }
        if indentation(line).contains('\t') {
            return Self::new(
                "a tab indents this line, and YAML takes only spaces",
                "indent the line with spaces",
                position,
            );
        }
        if says("as u128") || says("as i128") {
            return Self::new(
                "this number is too large: numbers have at most 64 bits",
                "write it in quotes, if its digits are meant",
                position,
            );
        }
        if says("mapping values are not allowed") {
            return colon(line, position);
        }
        if says("unknown anchor") {
            let name: String = rest.chars().skip(1).take_while(|next| !next.is_whitespace()).collect();
            return Self::new(
                format!("the alias `*{name}` stands for nothing, as there is no anchor `&{name}` before it"),
                format!("write `&{name}` before the value that it stands for, or in quotes if it is text"),
                position,
            );
        }
        if says("while scanning an alias") {
            return Self::new(
                "a `*` starts an alias, and no name follows",
                "put the value in quotes, if it is text",
                position,
            );
        }
        if says("cannot start any token")
            && let Some(first) = rest.chars().next()
        {
            return Self::new(format!("a value cannot start with `{first}`"), "put the value in quotes", position);
        }
        if says("while scanning a quoted scalar") && says("end of stream") {
            return Self::new(
                "the quotation mark that stands here is not closed",
                "close it at the end of the value",
                opened,
            );
        }
        if says("unknown escape character") {
            return Self::new(
                "a backslash in double quotes starts an escape, and there is none of this letter",
                "write `\\\\` for the backslash itself, or put the value in single quotes",
                position,
            );
        }
        if says("while parsing a flow sequence") {
            return Self::new(
                "the list that starts here with `[` is not closed, or lacks a comma between two items",
                "write `]` after its last item",
                opened,
            );
        }
        if says("while parsing a flow mapping") {
            return Self::new(
                "the map that starts here with `{` is not closed, or lacks a comma between two entries",
                "write `}` after its last entry",
                opened,
            );
        }
        if says("could not find expected ':'") {
            return Self::new(
                "this line is neither a key, which ends with `:`, nor an item, which starts with `- `",
                "write `key: value` or `- item`",
                opened,
            );
        }
        if says("did not find expected key") || says("did not find expected '-' indicator") {
            return Self::new(
                "what stands here fits neither the value before it nor the lines around it",
                "indent the entries of a map, or the items of a list, alike; put a value that starts with a quotation mark or a bracket in quotes as a whole",
                position,
            );
        }
        if says("repetition limit exceeded") {
            return Self::new(
                "its aliases stand for too many values, one in the other",
                "write what they stand for, or use fewer",
                None,
            );
        }
        if says("recursion limit exceeded") {
            return Self::new("values are nested too deep here", "nest them less deep", position);
        }
        let problem = if problem.is_empty() { words.as_str() } else { problem };
        Self { message: format!("this is not valid YAML: {problem}"), fix: None, position }
    }
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
