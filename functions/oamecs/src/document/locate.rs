//! Where in a text a path leads: looked up only when a diagnostic is shown.

use std::cell::Cell;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, Error as _, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::key::{self, KeySeed};
use crate::diagnostic::Segment;

/// Merge keys on the way to a value, one in the other, that are followed.
const MERGES: usize = 8;
/// The key whose value is merged.
const MERGE: &str = "<<";

/// Line and column, from 1, of what `path` leads to in document `index` of `text`: of the key where the path ends in one,
/// of the item where it ends in an index. What came through a merge is where it was merged from; where a path leads to
/// nothing, the place is that of its last step that is there.
pub fn locate(text: &str, index: usize, path: &[Segment]) -> Option<(usize, usize)> {
    let mut path = path.to_vec();
    for _ in 0..MERGES {
        let (reached, place) = walk(text, index, &path, Aim::Step);
        if reached == path.len() {
            return place;
        }
        let merged = with_merge(&path, reached);
        match merged.filter(|merged| walk(text, index, merged, Aim::Step).0 > reached + 1) {
            Some(merged) => path = merged,
            None => path.truncate(reached),
        }
    }
    None
}

/// Line and column, from 1, of the first character of the value that `path` leads to in document `index` of `text`.
pub fn locate_value(text: &str, index: usize, path: &[Segment]) -> Option<(usize, usize)> {
    let (reached, place) = walk(text, index, path, Aim::Value);
    place.filter(|_| reached == path.len())
}

/// The path that looks for the step at `depth` in what is merged there.
fn with_merge(path: &[Segment], depth: usize) -> Option<Vec<Segment>> {
    let merge = Segment::Key(MERGE.into());
    if !matches!(path.get(depth), Some(Segment::Key(_))) {
        return None;
    }
    let mut merged = path.to_vec();
    merged.insert(depth, merge);
    Some(merged)
}

/// What of a value is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// The last step to it: its key, or itself as an item.
    Step,
    /// Itself.
    Value,
}

/// How many steps of `path` the text has, and where the walk ended.
fn walk(text: &str, index: usize, path: &[Segment], aim: Aim) -> (usize, Option<(usize, usize)>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let left = Cell::new(path.len());
    let document = serde_yaml::Deserializer::from_str(text).nth(index);
    // The place travels in an error's location: descending ends in an error at what was looked for.
    let error = document.and_then(|document| Descent { path, aim, left: &left }.deserialize(document).err());
    let place = error.and_then(|error| error.location()).map(|location| (location.line(), location.column()));
    (path.len() - left.get(), place)
}

#[derive(Clone, Copy)]
struct Descent<'a> {
    path: &'a [Segment],
    aim: Aim,
    /// How many steps were not found so far.
    left: &'a Cell<usize>,
}

impl Descent<'_> {
    fn arrived<E: serde::de::Error>() -> E {
        E::custom("")
    }
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
            Err(Self::arrived())
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
        Err(Self::arrived())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Segment::Key(wanted), rest)) = self.path.split_first() else {
            return Err(Self::arrived());
        };
        let is_last = rest.is_empty() && self.aim == Aim::Step;
        let look = |text: &str| {
            let is_wanted = text == &**wanted;
            if is_wanted {
                self.left.set(rest.len());
            }
            if is_wanted && is_last { key::Answer::Stop } else { key::Answer::Go(is_wanted) }
        };
        while let Some(is_wanted) = map.next_key_seed(KeySeed(look))? {
            if is_wanted {
                return map.next_value_seed(Descent { path: rest, ..self });
            }
            map.next_value::<IgnoredAny>()?;
        }
        Err(Self::arrived())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let Some((Segment::Index(wanted), rest)) = self.path.split_first() else {
            return Err(Self::arrived());
        };
        for _ in 0..*wanted {
            if sequence.next_element::<IgnoredAny>()?.is_none() {
                return Err(Self::arrived());
            }
        }
        sequence.next_element_seed(Item { descent: Descent { path: rest, ..self } })?;
        Err(A::Error::custom(""))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<(), A::Error> {
        let (_, variant) = data.variant::<IgnoredAny>()?;
        variant.newtype_variant_seed(self)
    }
}

/// An item that was looked for, and is there.
struct Item<'a> {
    descent: Descent<'a>,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.descent.left.set(self.descent.path.len());
        self.descent.deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{locate, locate_value};
    use crate::diagnostic::Segment;

    fn path(text: &str) -> Vec<Segment> {
        let segment = |word: &str| word.parse().map_or_else(|_| Segment::Key(word.into()), Segment::Index);
        text.split('/').filter(|word| !word.is_empty()).map(segment).collect()
    }

    const TEXT: &str = "\
x-base: &base
  prots: [80]
services:
  web:
    <<: *base
    ports:
      - \"80:80\"
      -
        target: 80
    env: {A: 1}
  on: !Tag
    a: b
";

    #[test]
    fn a_key_is_where_it_is_written_and_an_item_where_it_starts() {
        for (to, place) in [
            ("services", (3, 1)),
            ("services/web", (4, 3)),
            ("services/web/ports", (6, 5)),
            ("services/web/ports/0", (7, 9)),
            ("services/web/ports/1", (9, 9)),
            ("services/web/ports/1/target", (9, 9)),
            ("services/web/env/A", (10, 11)),
            ("services/on/a", (12, 5)),
            ("", (1, 1)),
        ] {
            assert_eq!(locate(TEXT, 0, &path(to)), Some(place), "{to}");
        }
        assert_eq!(locate("a: 1\n---\nb: 2\n", 1, &path("b")), Some((3, 1)));
        assert_eq!(locate_value(TEXT, 0, &path("services/web/env/A")), Some((10, 14)));
        assert_eq!(locate_value(TEXT, 0, &path("services/web/missing")), None);
    }

    #[test]
    fn what_was_merged_is_where_it_was_merged_from() {
        assert_eq!(locate(TEXT, 0, &path("services/web/prots")), Some((2, 3)));
        assert_eq!(locate(TEXT, 0, &path("services/web/prots/0")), Some((2, 11)));
    }

    #[test]
    fn what_is_not_there_is_at_the_last_step_that_is() {
        assert_eq!(locate(TEXT, 0, &path("services/web/healthcheck/test")), Some((4, 3)));
        assert_eq!(locate(TEXT, 0, &path("services/web/ports/7")), Some((6, 5)));
        assert_eq!(locate(TEXT, 0, &path("volumes")), Some((1, 1)));
    }
}
