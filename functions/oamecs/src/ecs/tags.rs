//! Labels as [tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules), by the rules of IAM, which
//! are the narrowest of the services that resources are made of.

use std::borrow::Cow;

use crate::cloudformation::Value;
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::Tags;

const KEY_LENGTH: usize = 128;
const VALUE_LENGTH: usize = 256;

/// The labels that can be tags. Others are left out with a note: what reads them reads the container's own labels.
pub(super) fn fit(tags: &Tags, origin: Origin, diagnostics: &mut Diagnostics) -> Tags {
    let mut fitting = Tags::new();
    for (key, value) in tags {
        let known = match Text::from(value) {
            Value::Literal(text) => text,
            Value::Function(_) => Cow::Borrowed(""),
        };
        let reason = if key.to_ascii_lowercase().starts_with("aws:") {
            "tags that start with `aws:` are AWS's own"
        } else if key.chars().count() > KEY_LENGTH || known.chars().count() > VALUE_LENGTH {
            "tags have 128 characters at most, and their values 256"
        } else if key.is_empty() || !key.chars().chain(known.chars()).all(is_allowed) {
            "tags hold letters, digits, spaces and `_.:/=+-@` only"
        } else {
            fitting.insert(key.clone(), value.clone());
            continue;
        };
        diagnostics.note(origin, format!("the label `{key}` is no tag of the resources, as {reason}"));
    }
    fitting
}

fn is_allowed(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || "_.:/=+-@".contains(character)
}

#[cfg(test)]
mod tests {
    use super::fit;
    use crate::diagnostic::{Diagnostics, Origin};
    use crate::program::Tags;

    #[test]
    fn what_aws_refuses_is_left_out() {
        let tags = [("team", "shop"), ("rule", "Host(`example.com`)"), ("aws:foo", "1"), ("", "x"), ("größe", "ß 1")];
        let tags: Tags = tags.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        let mut diagnostics = Diagnostics::default();
        let fitting = fit(&tags, Origin::TEMPLATE, &mut diagnostics);
        assert_eq!(fitting.keys().collect::<Vec<_>>(), ["größe", "team"]);
        assert_eq!(diagnostics.entries().len(), 3);
    }
}
