//! Where a text has a key that its map has already.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::key::{Answer, KeySeed};

/// Line and column, from 1, of the first key of `text` that stands a second time in its map.
pub(super) fn duplicate(text: &str) -> Option<(usize, usize)> {
    let error = serde_yaml::Deserializer::from_str(text).find_map(|document| Unique.deserialize(document).err())?;
    error.location().map(|location| (location.line(), location.column()))
}

/// Any value whose maps have each key once.
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($($visit:ident($type:ty)),*) => {
        $(fn $visit<E: serde::de::Error>(self, _: $type) -> Result<(), E> {
            Ok(())
        })*
    };
}

impl<'de> Visitor<'de> for Unique {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    scalars! {
        visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_i128(i128), visit_u128(u128), visit_f64(f64), visit_str(&str)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        let mut look = |key: &str| if seen.insert(key.to_owned()) { Answer::Go(()) } else { Answer::Stop };
        while map.next_key_seed(KeySeed(&mut look))?.is_some() {
            map.next_value_seed(Unique)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(Unique)?.is_some() {}
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<(), A::Error> {
        let (_, variant) = data.variant::<IgnoredAny>()?;
        variant.newtype_variant_seed(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::duplicate;

    #[test]
    fn the_second_key_is_found() {
        assert_eq!(duplicate("a:\n  b: 1\n  c: {b: 1}\n  b: 2\n"), Some((4, 3)));
        assert_eq!(duplicate("- {a: 1, b: 2}\n- a: 1\n"), None);
        assert_eq!(duplicate("a: 1\n---\n1: x\n\"1\": y\n"), Some((4, 1)));
    }
}
