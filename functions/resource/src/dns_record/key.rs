//! What makes a record the one that it is.
//!
//! In: a zone, a name in any of its spellings, a type, an identifier. Out: a [`Key`], which is what the resource is called:
//! `Z123|www.example.com.|A|`.

use std::fmt;

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

/// What makes a record the one that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The zone's id.
    pub(super) zone: String,
    /// In its canonical spelling.
    pub(super) name: String,
    pub(super) kind: RrType,
    pub(super) set_identifier: Option<String>,
}

impl Key {
    /// That of a record in a zone.
    pub(super) fn of(zone: &str, record: &ResourceRecordSet) -> Self {
        Self {
            zone: zone.to_owned(),
            name: canonical(record.name()),
            kind: record.r#type().clone(),
            set_identifier: record.set_identifier().map(str::to_owned),
        }
    }

    /// That of a resource; `None` for what is none.
    pub(super) fn read(physical_id: &str) -> Option<Self> {
        let mut parts = physical_id.splitn(4, '|').map(str::to_owned);
        let (zone, name, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let set_identifier = parts.next()?;
        let set_identifier = (!set_identifier.is_empty()).then_some(set_identifier);
        Some(Self { zone, name, kind: RrType::from(kind.as_str()), set_identifier })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { zone, name, kind, set_identifier } = self;
        write!(text, "{zone}|{name}|{}|{}", kind.as_str(), set_identifier.as_deref().unwrap_or_default())
    }
}

/// A name in lower case, with a dot at its end, and `*` for `\052`, as Route 53 has it.
pub(super) fn canonical(name: &str) -> String {
    let mut written = String::with_capacity(name.len() + 1);
    let mut rest = name.trim_end_matches('.');
    while let Some(character) = rest.chars().next() {
        let escaped = rest.strip_prefix('\\').and_then(|rest| rest.get(..3));
        let code = escaped.and_then(|digits| u8::from_str_radix(digits, 8).ok()).map(char::from);
        let (character, length) = match code.filter(char::is_ascii_graphic) {
            Some(code) => (code, 4),
            None => (character, character.len_utf8()),
        };
        written.push(character.to_ascii_lowercase());
        rest = rest.get(length..).unwrap_or_default();
    }
    written.push('.');
    written
}

/// Whether a name is in a zone; both canonical.
pub(super) fn is_in(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_spelling() {
        for (given, expected) in [
            ("WWW.Example.com", "www.example.com."),
            ("www.example.com.", "www.example.com."),
            ("\\052.example.com.", "*.example.com."),
            ("*.example.com", "*.example.com."),
            ("a\\040b.example.com", "a\\040b.example.com."),
            ("tr\\ail\\", "tr\\ail\\."),
        ] {
            assert_eq!(canonical(given), expected, "{given}");
        }
    }

    #[test]
    fn a_zone_ends_at_a_label() {
        assert!(is_in("www.example.com.", "example.com."));
        assert!(is_in("example.com.", "example.com."));
        assert!(!is_in("myexample.com.", "example.com."));
        assert!(!is_in("com.", "example.com."));
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for text in ["Z1|www.example.com.|A|", "Z1|*.example.com.|CNAME|blue|green"] {
            assert_eq!(Key::read(text).unwrap().to_string(), text);
        }
        assert_eq!(Key::read("shop-Record-1A2B"), None);
    }
}
