//! The notation of [`Fn::Sub`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html):
//! `${Id}`, `${Id.Attribute}` and `${!Literal}` in a text.

/// A piece of the text of `Fn::Sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// What means itself.
    Text(&'a str),
    /// `Literal` of `${!Literal}`.
    Escape(&'a str),
    /// `Id` or `Id.Attribute` of `${…}`.
    Name(&'a str),
}

/// The pieces of the text of `Fn::Sub`, in order.
pub(crate) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text, state: State::Outside }
}

pub(crate) struct Pieces<'a> {
    rest: &'a str,
    state: State,
}

enum State {
    Outside,
    /// After `${`.
    Inside,
    /// After a `${` that nothing closes.
    Unclosed,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let State::Inside = self.state {
            let Some((name, rest)) = self.rest.split_once('}') else {
                self.state = State::Unclosed;
                return Some(Piece::Text("${"));
            };
            (self.rest, self.state) = (rest, State::Outside);
            return Some(name.strip_prefix('!').map_or(Piece::Name(name), Piece::Escape));
        }
        if self.rest.is_empty() {
            return None;
        }
        match self.rest.split_once("${") {
            Some((before, rest)) if matches!(self.state, State::Outside) => {
                (self.rest, self.state) = (rest, State::Inside);
                if before.is_empty() { self.next() } else { Some(Piece::Text(before)) }
            }
            _ => Some(Piece::Text(std::mem::take(&mut self.rest))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Piece::{Escape, Name, Text};
    use super::pieces;

    #[test]
    fn text_falls_into_pieces() {
        for (text, expected) in [
            ("", vec![]),
            ("a", vec![Text("a")]),
            ("a${B}${C.D}e", vec![Text("a"), Name("B"), Name("C.D"), Text("e")]),
            ("${!A}", vec![Escape("A")]),
            ("a${b", vec![Text("a"), Text("${"), Text("b")]),
            ("${", vec![Text("${")]),
            ("$ {a} $", vec![Text("$ {a} $")]),
        ] {
            assert_eq!(pieces(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
