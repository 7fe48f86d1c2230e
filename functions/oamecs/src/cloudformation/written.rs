//! Maps of the template in their final text.
//!
//! In: anything that is written as a map, the typed properties of a resource above all. Out: its compact JSON, and a
//! [`Survey`] of it. Most of what is generated is never looked into again, so it is no tree between its types and its text;
//! what the author patches, or what refers to a declaration, becomes one again for as long as that takes.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Error, Map, Value as Json};

use super::Survey;

/// A map as the template has it.
#[derive(Clone, Debug)]
pub struct Written {
    text: Box<RawValue>,
    survey: Survey,
}

impl Written {
    /// Writes a map.
    ///
    /// # Errors
    /// Where a value of it has no JSON.
    pub fn new<T: Serialize + ?Sized>(map: &T) -> Result<Self, Error> {
        Ok(Self { text: to_raw_value(map)?, survey: Survey::of(map) })
    }

    /// What there is to know of it.
    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    /// Its compact JSON.
    pub fn text(&self) -> &str {
        self.text.get()
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.text.get() == "{}"
    }

    /// The text of the value under `key`, if there is one.
    pub fn property(&self, key: &str) -> Option<&str> {
        let mut entries: BTreeMap<&str, &RawValue> = serde_json::from_str(self.text.get()).ok()?;
        entries.remove(key).map(RawValue::get)
    }

    /// Its entries, read again.
    pub fn entries(&self) -> Map<String, Json> {
        serde_json::from_str(self.text.get()).unwrap_or_default()
    }
}

impl Default for Written {
    fn default() -> Self {
        Self::from(&Map::new())
    }
}

impl From<&Map<String, Json>> for Written {
    /// A tree always has its JSON.
    fn from(entries: &Map<String, Json>) -> Self {
        Self { text: to_raw_value(entries).unwrap_or_default(), survey: Survey::of(entries) }
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}
