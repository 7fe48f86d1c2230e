//! Tags and digests, as far as they are known now.

use crate::diagnostic::Located;
use crate::document::{Kind, Node, Reader};
use crate::expression::Expr;

/// The most characters of a tag.
const LONGEST: usize = 128;

/// Reads a tag, or a digest as `sha256:…`.
pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Located<Expr<String>>> {
    let tag = reader.text(node)?;
    if let Kind::Number(number) = &node.kind
        && !number.is_u64()
    {
        reader
            .diagnostics
            .note(node.origin, format!("this is the number {number}: zeros at its end are lost"))
            .fix("write the tag in quotes");
    }
    let Expr::Known(text) = &tag.value else { return Some(tag) };
    // A dynamic reference is text until the stack is made.
    if text.contains("{{resolve:") || is_tag(text) || is_digest(text) {
        return Some(tag);
    }
    reader
        .diagnostics
        .error(tag.origin, format!("`{text}` is no tag of an image, nor a digest"))
        .fix("write up to 128 letters, digits, `_`, `.` and `-`, or `sha256:` with 64 hexadecimal digits");
    // It was meant to be one, so that nothing is missing besides.
    Some(tag)
}

fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= LONGEST
        && text.bytes().next().is_some_and(is_word)
        && text.bytes().all(|byte| is_word(byte) || byte == b'.' || byte == b'-')
}

fn is_digest(text: &str) -> bool {
    let is_hexadecimal = |digits: &str| digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    match text.strip_prefix('@').unwrap_or(text).split_once(':') {
        Some(("sha256", digits)) => digits.len() == 64 && is_hexadecimal(digits),
        Some(("sha512", digits)) => digits.len() == 128 && is_hexadecimal(digits),
        _ => false,
    }
}
