//! [Names](https://github.com/oam-dev/spec/blob/4af9e65/2.overview_and_terminology.md#metadata) and references to types.

use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::oam::Loader;

/// The most characters of a name.
const LONGEST: usize = 63;

/// The name under `key` of a map, which must be there; `what` says whose: `a container`.
pub(in crate::oam) fn required(
    fields: &mut Fields,
    key: &str,
    what: &str,
    loader: &mut Loader<'_, '_, '_>,
) -> Option<Located<String>> {
    let Some(node) = fields.take(key) else {
        loader
            .reader
            .diagnostics
            .error(fields.origin, format!("`{key}` is missing: it is the name of {what}"))
            .fix(format!("write `{key}: …`"));
        return None;
    };
    name(&node, loader)
}

/// A name by the rules of the specification.
pub(in crate::oam) fn name(node: &Node, loader: &mut Loader<'_, '_, '_>) -> Option<Located<String>> {
    let text = loader.reader.known_text(node)?;
    is_name(&text, loader).then_some(text)
}

/// Whether a text is a name by the rules of the specification; reports it if not.
pub(in crate::oam) fn is_name(text: &Located<String>, loader: &mut Loader<'_, '_, '_>) -> bool {
    let name = &text.value;
    let is_end = |character: Option<char>| character.is_some_and(|character| character.is_ascii_alphanumeric());
    let is_name = name.len() <= LONGEST
        && is_end(name.chars().next())
        && is_end(name.chars().next_back())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character));
    if !is_name {
        let (message, fix) = if name.contains("{{") {
            (format!("`{name}` is part of a chart that was not rendered"), "embed what `helm template` makes of it")
        } else {
            (
                format!("`{name}` is no name"),
                "write at most 63 letters, digits, `-`, `_` and `.`, with a letter or a digit at both ends",
            )
        };
        loader.reader.diagnostics.error(text.origin, message).fix(fix);
    }
    is_name
}

/// The kind of a type that is written `GROUP/VERSION.KIND`, or as its kind alone.
pub(in crate::oam) fn kind_of(reference: &str) -> &str {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    if reference.contains('/') { name.rsplit('.').next().unwrap_or(name) } else { reference }
}

/// A word without what tells its spellings apart: `manual-scaler` and `ManualScaler` are `manualscaler`.
pub(in crate::oam) fn folded(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_lowercase()).collect()
}

/// Reports the second of two things of one name.
pub(in crate::oam) fn twice(name: &Located<String>, what: &str, loader: &mut Loader<'_, '_, '_>) {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    loader
        .reader
        .diagnostics
        .error(name.origin, format!("there is {article} {what} `{}` already", name.value))
        .fix("give one of the two another name, or remove it");
}
