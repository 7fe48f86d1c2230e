//! Where in a text a path leads: looked up only when a diagnostic is shown.

use serde::de::{DeserializeSeed, EnumAccess, Error as _, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

use crate::diagnostic::Segment;

/// Line and column, from 1, of the value that `path` leads to in document `index` of `text`. Where a key came through a
/// merge or an alias, the place is the nearest map or list that the text has.
pub(crate) fn locate(text: &str, index: usize, path: &[Segment]) -> Option<(usize, usize)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = serde_yaml::Deserializer::from_str(text).nth(index)?;
    // The place travels in an error's location: descending ends in an error at the value that was looked for.
    let location = Descent { path }.deserialize(document).err()?.location()?;
    Some((location.line(), location.column()))
}

struct Descent<'a> {
    path: &'a [Segment],
}

impl<'de> DeserializeSeed<'de> for Descent<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! arrive {
    ($($visit:ident($type:ty)),*) => {
        $(fn $visit<E: serde::de::Error>(self, _: $type) -> Result<(), E> {
            Err(E::custom(""))
        })*
    };
}

impl<'de> Visitor<'de> for Descent<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    arrive! {
        visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_i128(i128), visit_u128(u128), visit_f64(f64), visit_str(&str)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Err(E::custom(""))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Segment::Key(wanted), rest)) = self.path.split_first() else {
            return Err(A::Error::custom(""));
        };
        while let Some(key) = map.next_key::<KeyText>()? {
            if key.0 == **wanted {
                return map.next_value_seed(Descent { path: rest });
            }
            map.next_value::<IgnoredAny>()?;
        }
        Err(A::Error::custom(""))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let Some((Segment::Index(wanted), rest)) = self.path.split_first() else {
            return Err(A::Error::custom(""));
        };
        for _ in 0..*wanted {
            sequence.next_element::<IgnoredAny>()?;
        }
        sequence.next_element_seed(Descent { path: rest })?;
        Err(A::Error::custom(""))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<(), A::Error> {
        let (_, variant) = data.variant::<IgnoredAny>()?;
        variant.newtype_variant_seed(Descent { path: self.path })
    }
}

/// A key as the tree has it: text, or a scalar that is written as text.
struct KeyText(String);

impl<'de> Deserialize<'de> for KeyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_yaml::Value::deserialize(deserializer)?;
        Ok(Self(match value {
            serde_yaml::Value::String(text) => text,
            serde_yaml::Value::Number(number) => number.to_string(),
            serde_yaml::Value::Bool(value) => value.to_string(),
            _ => String::new(),
        }))
    }
}
