//! [Logical ids](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html): letters
//! and digits, a function of names alone.
//!
//! An id is a contract: a changed id is a resource that is deleted and made anew. So it never holds a position, and
//! nothing is renamed when a sibling appears.

use std::borrow::Borrow;
use std::fmt;
use std::rc::Rc;

use serde::{Serialize, Serializer};

/// A logical id. It stands in every reference to its resource, so that copies of it share their text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalId(Rc<str>);

impl LogicalId {
    /// `<parent><name><role>`: `ShopWebService` of the declaration `Shop`, the name `web` and the role `Service`.
    ///
    /// A name of lower-case letters and digits with single hyphens before letters (`web`, `front-end`) turns into Pascal
    /// case. Any other carries a hash of itself besides, so that two names never meet: `my_app` is `MyappX1B2C3D`.
    pub fn new(parent: &str, name: Option<&str>, role: &str) -> Self {
        let mut id = String::with_capacity(parent.len() + name.map_or(0, str::len) + role.len() + 7);
        id.push_str(parent);
        if let Some(name) = name {
            push_pascal_case(&mut id, name);
        }
        id.push_str(role);
        Self(id.into())
    }

    /// An id that the author chose.
    pub fn of_author(id: &str) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<LogicalId> for String {
    fn from(id: LogicalId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl Borrow<str> for LogicalId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogicalId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for LogicalId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn push_pascal_case(text: &mut String, name: &str) {
    let mut plain = name.starts_with(|c: char| c.is_ascii_lowercase());
    let mut upper = true;
    let mut after_hyphen = false;
    for character in name.chars() {
        if character == '-' {
            plain &= !after_hyphen;
            after_hyphen = true;
            upper = true;
            continue;
        }
        plain &= character.is_ascii_lowercase() || (character.is_ascii_digit() && !after_hyphen);
        after_hyphen = false;
        if character.is_ascii_alphanumeric() {
            text.push(if upper { character.to_ascii_uppercase() } else { character });
            upper = false;
        }
    }
    plain &= !after_hyphen;
    if !plain {
        text.push('X');
        text.push_str(&hash(name));
    }
}

/// Six hexadecimal digits of FNV-1a, which is short, has no seed and never changes.
pub(crate) fn hash(name: &str) -> String {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in name.bytes() {
        state ^= u64::from(byte);
        state = state.wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{:06X}", (state ^ (state >> 24) ^ (state >> 48)) & 0x00ff_ffff)
}

#[cfg(test)]
mod tests {
    use super::LogicalId;

    #[test]
    fn plain_names_are_readable_and_others_carry_a_hash() {
        let id = |name| LogicalId::new("Shop", Some(name), "Service").to_string();
        assert_eq!(id("web"), "ShopWebService");
        assert_eq!(id("front-end"), "ShopFrontEndService");
        for other in ["Web", "front_end", "front--end", "front-", "front-2", "2web", "front.end", "frontEnd"] {
            assert!(id(other).contains('X'), "{other} became {}", id(other));
            assert!(id(other).chars().all(|c| c.is_ascii_alphanumeric()));
        }
        assert_ne!(id("my_app"), id("my.app"));
    }
}
