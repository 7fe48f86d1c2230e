//! The scalars of a text as they are written: a parser tells their values, but not whether they stood in quotes.
//!
//! In: YAML. Out: its scalars and aliases, each at its place; comments, tags and anchors are passed over. This is no parser:
//! it knows where scalars start and end, and takes for granted that the text is valid.

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is, on one line, as a value.
    Plain,
    /// As it is, as a key.
    Key,
    /// In quotes, with a tag, or over several lines: it is text whatever it looks like.
    Text,
    /// `*name`, which stands for a value elsewhere.
    Alias,
}

/// A scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scalar {
    /// What is written, quotes left out.
    pub(super) text: String,
    /// How it is written.
    pub(super) style: Style,
    /// Line and column, from 1, of its first character.
    pub(super) place: (usize, usize),
}

/// The scalars of `text`, in order. Block scalars are left out.
pub(super) fn scalars(text: &str) -> Vec<Scalar> {
    let mut scanner = Scanner::default();
    for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        scanner.line(index + 1, &line.chars().collect::<Vec<_>>());
    }
    scanner.scalars
}

#[derive(Default)]
struct Scanner {
    scalars: Vec<Scalar>,
    /// A quoted scalar that goes on in the next line.
    quoted: Option<(char, Scalar)>,
    block: Option<Block>,
    /// How many `[` and `{` are open.
    depth: usize,
    /// The column, from 0, of the last key or dash.
    entry: Option<usize>,
    /// Whether the last line ended in a plain scalar, which a deeper line goes on with.
    is_open: bool,
    /// Whether the next scalar has a tag.
    is_tagged: bool,
}

/// A block scalar that is passed over.
struct Block {
    /// The indentation of the entry that it is the value of.
    parent: Option<usize>,
    /// Its own, once its first line was seen.
    own: Option<usize>,
}

impl Scanner {
    fn line(&mut self, number: usize, line: &[char]) {
        let indentation = line.iter().take_while(|character| **character == ' ').count();
        let is_blank = line.iter().all(|character| character.is_whitespace());
        if self.is_in_block(indentation, is_blank) {
            return;
        }
        if is_blank {
            return;
        }
        if self.is_open && self.depth == 0 && self.entry.is_none_or(|entry| indentation > entry) && self.entry.is_some()
        {
            if let Some(last) = self.scalars.last_mut() {
                last.style = Style::Text;
            }
            return;
        }
        self.is_open = false;
        let mut at = 0;
        if let Some((mark, scalar)) = self.quoted.take() {
            at = self.quote(line, 0, mark, scalar);
        }
        while let Some(character) = line.get(at).copied() {
            let is_separated = at == 0 || line.get(at - 1).is_some_and(|before| before.is_whitespace());
            let is_indicator = line.get(at + 1).is_none_or(|next| next.is_whitespace());
            at = match character {
                '#' if is_separated => return,
                '[' | '{' => {
                    self.depth += 1;
                    at + 1
                }
                ']' | '}' => {
                    self.depth = self.depth.saturating_sub(1);
                    at + 1
                }
                '-' | '?' if is_indicator && self.depth == 0 => {
                    self.entry = Some(at);
                    at + 1
                }
                '"' | '\'' => {
                    let scalar = Scalar { text: String::new(), style: Style::Text, place: (number, at + 1) };
                    self.quote(line, at + 1, character, scalar)
                }
                '|' | '>' if self.depth == 0 => {
                    self.open_block(line, at);
                    return;
                }
                '!' | '&' | '*' => self.property(number, line, at),
                ',' | ':' => at + 1,
                character if character.is_whitespace() => at + 1,
                _ => self.plain(number, line, at),
            };
        }
    }

    /// Whether the line belongs to a block scalar.
    fn is_in_block(&mut self, indentation: usize, is_blank: bool) -> bool {
        let Some(block) = &mut self.block else { return false };
        if is_blank {
            return true;
        }
        let is_deeper = block.parent.is_none_or(|parent| indentation > parent);
        let own = *block.own.get_or_insert(indentation);
        if is_deeper && indentation >= own {
            return true;
        }
        self.block = None;
        false
    }

    fn open_block(&mut self, line: &[char], at: usize) {
        let digit = line.iter().skip(at + 1).take(2).find_map(|character| character.to_digit(10));
        let indicated = digit.and_then(|digit| usize::try_from(digit).ok());
        let own = indicated.map(|indicated| self.entry.unwrap_or_default() + indicated);
        self.block = Some(Block { parent: self.entry, own });
        self.is_tagged = false;
    }

    /// Reads a quoted scalar from behind its first quotation mark, or from the start of a line.
    fn quote(&mut self, line: &[char], mut at: usize, mark: char, mut scalar: Scalar) -> usize {
        while let Some(character) = line.get(at).copied() {
            let next = line.get(at + 1).copied();
            match character {
                '\\' if mark == '"' => {
                    scalar.text.extend(next);
                    at += 1;
                }
                '\'' if mark == '\'' && next == Some('\'') => {
                    scalar.text.push('\'');
                    at += 1;
                }
                _ if character == mark => {
                    self.is_tagged = false;
                    if self.depth == 0 && next == Some(':') {
                        self.entry = Some(scalar.place.1 - 1);
                    }
                    self.scalars.push(scalar);
                    return at + 1;
                }
                _ => scalar.text.push(character),
            }
            at += 1;
        }
        scalar.text.push(' ');
        self.quoted = Some((mark, scalar));
        at
    }

    /// Reads a tag, an anchor or an alias.
    fn property(&mut self, number: usize, line: &[char], at: usize) -> usize {
        let is_end = |character: &char| character.is_whitespace() || (self.depth > 0 && ",[]{}".contains(*character));
        let text: String = line.iter().skip(at).take_while(|character| !is_end(character)).collect();
        let end = at + text.chars().count().max(1);
        if text.starts_with('!') {
            self.is_tagged = true;
        }
        if let Some(name) = text.strip_prefix('*') {
            self.scalars.push(Scalar { text: name.to_owned(), style: Style::Alias, place: (number, at + 1) });
        }
        end
    }

    fn plain(&mut self, number: usize, line: &[char], at: usize) -> usize {
        let mut end = at;
        let mut is_key = false;
        let mut has_comment = false;
        while let Some(character) = line.get(end).copied() {
            let next = line.get(end + 1).copied();
            let in_flow = |character: char| self.depth > 0 && ",[]{}".contains(character);
            if character == ':' && next.is_none_or(|next| next.is_whitespace() || in_flow(next)) {
                is_key = true;
                break;
            }
            if character.is_whitespace() && next == Some('#') {
                has_comment = true;
                break;
            }
            if in_flow(character) {
                break;
            }
            end += 1;
        }
        let text: String = line.iter().skip(at).take(end - at).collect();
        let tagged = std::mem::take(&mut self.is_tagged);
        if is_key && self.depth == 0 {
            self.entry = Some(at);
        }
        let style = match (is_key, tagged) {
            (true, _) => Style::Key,
            (false, true) => Style::Text,
            (false, false) => Style::Plain,
        };
        self.is_open = !is_key && !has_comment && end >= line.len();
        self.scalars.push(Scalar { text: text.trim_end().to_owned(), style, place: (number, at + 1) });
        end.max(at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, scalars};

    fn read(text: &str) -> Vec<(String, Style, (usize, usize))> {
        scalars(text).into_iter().map(|scalar| (scalar.text, scalar.style, scalar.place)).collect()
    }

    #[test]
    fn plain_and_quoted_scalars_are_told_apart() {
        let text = "a: 22:22 # *no\n'b c': \"22:22\"\nd: [0123, '0123', {e: on}]\n- - !!str 07\n  - 08 # x\n";
        let expected = [
            ("a", Style::Key, (1, 1)),
            ("22:22", Style::Plain, (1, 4)),
            ("b c", Style::Text, (2, 1)),
            ("22:22", Style::Text, (2, 8)),
            ("d", Style::Key, (3, 1)),
            ("0123", Style::Plain, (3, 5)),
            ("0123", Style::Text, (3, 11)),
            ("e", Style::Key, (3, 20)),
            ("on", Style::Plain, (3, 23)),
            ("07", Style::Text, (4, 11)),
            ("08", Style::Plain, (5, 5)),
        ];
        let expected: Vec<_> = expected.map(|(text, style, place)| (text.to_owned(), style, place)).into();
        assert_eq!(read(text), expected);
    }

    #[test]
    fn what_is_in_texts_is_no_alias() {
        let text = "\
a: |
  *one
   *two

  *three
b: >-
    *four
  # a comment *five
c: \"x
  *six\"
d: some words
  *seven
e: 'it''s
  *eight'
f:
  - |2
      *nine
     *ten
  - *base
g: {h: *flow, i: &anchor x}
j: |
k: *last
";
        let aliases: Vec<_> = read(text).into_iter().filter(|(_, style, _)| *style == Style::Alias).collect();
        let expected = [("base", (19, 5)), ("flow", (20, 8)), ("last", (22, 4))];
        assert_eq!(aliases, expected.map(|(text, place)| (text.to_owned(), Style::Alias, place)));
    }
}
