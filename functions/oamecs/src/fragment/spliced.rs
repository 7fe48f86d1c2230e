//! The finished template as values: what the author wrote, and generated resources among it.
//!
//! Most of a template is the properties of generated resources, whose text is there already: it is counted as it is, and
//! goes into the template as it is.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::rc::Rc;

use indexmap::IndexMap;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value as Json};

use super::limits::{INLINE_BYTES, TEMPLATE_BYTES};
use crate::cloudformation::{LogicalId, Survey, Written};
use crate::diagnostic::{Diagnostics, Origin};
use crate::gather::Gather;

/// How long a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Bytes of its compact JSON.
    pub bytes: usize,
}

impl Size {
    /// Whether a caller can send it along in a request, without a bucket: at most [`INLINE_BYTES`].
    pub fn fits_inline(self) -> bool {
        self.bytes <= INLINE_BYTES
    }

    /// Whether it is a template at all: at most [`TEMPLATE_BYTES`].
    pub fn fits(self) -> bool {
        self.bytes <= TEMPLATE_BYTES
    }
}

/// A finished template.
#[derive(Debug, Default)]
pub struct Spliced {
    /// The sections. Where there are declarations, `Resources` is empty and only holds its place.
    pub(super) fragment: Map<String, Json>,
    /// The resources, where there are declarations.
    pub(super) resources: IndexMap<LogicalId, Entry>,
    /// The logical ids that the declarations had.
    pub(super) declared: BTreeSet<String>,
    /// Those of them that something still refers to, as an error has said.
    pub(super) refused: BTreeSet<String>,
}

/// A resource of the finished template.
#[derive(Debug)]
pub(super) enum Entry {
    /// As the author wrote it, references to declarations replaced; and what it refers to.
    Author(Json, Survey),
    /// Made for a declaration.
    Generated(Box<Generated>),
}

/// A generated resource, all of what stands beside its properties settled.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) owner: String,
    pub(super) origin: Origin,
    pub(super) kind: &'static str,
    pub(super) on_demand: Option<LogicalId>,
    pub(super) condition: Option<String>,
    pub(super) depends_on: Vec<LogicalId>,
    pub(super) deletion_policy: Option<Json>,
    pub(super) update_replace_policy: Option<Json>,
    pub(super) attributes: Map<String, Json>,
    pub(super) properties: Written,
    pub(super) metadata: Map<String, Json>,
    /// What `attributes` and `metadata` refer to.
    pub(super) beside: Survey,
    pub(super) role: String,
    pub(super) source: Rc<str>,
}

impl Spliced {
    /// The generated resources: the owner and the type of each.
    pub fn generated(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.resources.values().filter_map(|entry| match entry {
            Entry::Author(..) => None,
            Entry::Generated(resource) => Some((resource.owner.as_str(), resource.kind)),
        })
    }

    /// How long the template is before [`annotate`](Self::annotate). A template with declarations that is longer than
    /// [`TEMPLATE_BYTES`] is an error.
    pub fn measure(&self, diagnostics: &mut Diagnostics) -> Size {
        let mut counter = Counter(0);
        // Maps with text keys cannot fail to be written, and counting cannot either.
        let _ = serde_json::to_writer(&mut counter, self);
        let size = Size { bytes: counter.0 };
        if !self.declared.is_empty() && !size.fits() {
            diagnostics
                .error(
                    Origin::TEMPLATE,
                    format!(
                        "the finished template has {} bytes, and at most {TEMPLATE_BYTES} are possible",
                        size.bytes
                    ),
                )
                .fix("divide the applications between several stacks that share an environment");
        }
        size
    }

    /// The template as compact JSON.
    pub fn write(&self) -> Box<RawValue> {
        to_raw_value(self).unwrap_or_default()
    }

    /// Adds notes to `Metadata.OamEcs.Notes`, where they stay sorted and each stands once. Without any, nothing changes.
    pub fn annotate(&mut self, notes: impl IntoIterator<Item = String>) {
        let mut notes: BTreeSet<String> = notes.into_iter().gather();
        if notes.is_empty() {
            return;
        }
        // A section that is no map is not ours to replace: the notes are in the log too.
        let metadata = self.fragment.entry("Metadata").or_insert_with(|| Json::Object(Map::new()));
        let Some(metadata) = metadata.as_object_mut() else { return };
        let Some(ours) = metadata.entry("OamEcs").or_insert_with(|| Json::Object(Map::new())).as_object_mut() else {
            return;
        };
        if let Some(Json::Array(before)) = ours.get("Notes") {
            notes.extend(before.iter().filter_map(Json::as_str).map(str::to_owned));
        }
        ours.insert("Notes".to_owned(), notes.into_iter().map(Json::String).collect());
    }
}

impl Serialize for Spliced {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fragment.len()))?;
        for (name, section) in &self.fragment {
            if name == "Resources" && !self.declared.is_empty() {
                map.serialize_entry(name, &Section(&self.resources))?;
            } else {
                map.serialize_entry(name, section)?;
            }
        }
        map.end()
    }
}

/// Counts what is written.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The section `Resources`.
struct Section<'a>(&'a IndexMap<LogicalId, Entry>);

impl Serialize for Section<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0)
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Author(resource, _) => resource.serialize(serializer),
            Self::Generated(resource) => resource.serialize(serializer),
        }
    }
}

impl Serialize for Generated {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Type", self.kind)?;
        if let Some(condition) = &self.condition {
            map.serialize_entry("Condition", condition)?;
        }
        if !self.depends_on.is_empty() {
            map.serialize_entry("DependsOn", &self.depends_on)?;
        }
        if let Some(policy) = &self.deletion_policy {
            map.serialize_entry("DeletionPolicy", policy)?;
        }
        if let Some(policy) = &self.update_replace_policy {
            map.serialize_entry("UpdateReplacePolicy", policy)?;
        }
        for (key, value) in &self.attributes {
            map.serialize_entry(key, value)?;
        }
        if !self.properties.is_empty() {
            map.serialize_entry("Properties", &self.properties)?;
        }
        map.serialize_entry("Metadata", &Metadata(self))?;
        map.end()
    }
}

/// The author's metadata, and where the resource comes from.
struct Metadata<'a>(&'a Generated);

impl Serialize for Metadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.0.metadata.iter().filter(|(key, _)| *key != "OamEcs") {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("OamEcs", &Provenance { role: &self.0.role, source: &self.0.source })?;
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Provenance<'a> {
    role: &'a str,
    source: &'a str,
}
