//! Keys of a map in a text, looked at one by one: a walk may stop at one, and its error then stands where the key is.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};

/// What a walk does with a key.
pub(super) enum Answer<T> {
    /// It goes on, and remembers something.
    Go(T),
    /// It ends here.
    Stop,
}

/// A key as the tree has it, text or a scalar that is written as text, handed to a function. Lists and maps as keys are
/// passed over with the empty text.
pub(super) struct KeySeed<F>(pub(super) F);

impl<T, F: FnOnce(&str) -> Answer<T>> KeySeed<F> {
    fn answer<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        match self.0(text) {
            Answer::Go(value) => Ok(value),
            Answer::Stop => Err(E::custom(text)),
        }
    }
}

impl<'de, T, F: FnOnce(&str) -> Answer<T>> DeserializeSeed<'de> for KeySeed<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! scalars {
    ($($visit:ident($type:ty)),*) => {
        $(fn $visit<E: serde::de::Error>(self, value: $type) -> Result<T, E> {
            self.answer(&value.to_string())
        })*
    };
}

impl<'de, T, F: FnOnce(&str) -> Answer<T>> Visitor<'de> for KeySeed<F> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    scalars! { visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_i128(i128), visit_u128(u128) }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<T, E> {
        self.answer(&serde_yaml::Number::from(value).to_string())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        self.answer(text)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<T, E> {
        self.answer("")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.answer("")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<T, A::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        self.answer("")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<T, A::Error> {
        let (_, variant) = data.variant::<IgnoredAny>()?;
        variant.newtype_variant_seed(self)
    }
}
