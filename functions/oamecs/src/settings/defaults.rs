//! What holds for all declarations of a template where they are silent.
//!
//! In: options of the platform and `Tags` as the template gives them in `Parameters` of its transform or in `Mappings.OamEcs`, and as
//! the installation does; what comes first wins, key by key. Out: the options in the `Defaults` of each declaration that says
//! nothing under their keys, where the same readers find them, at their own places; and the tags on applications and
//! environments.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::tags;
use crate::diagnostic::{Diagnostics, Origin, Origins};
use crate::document::{Fields, Kind, Node, Reader, from_json, suggestion};
use crate::options::KEYS;
use crate::program::{Program, Tags};

/// The mapping of a template, and the key beside those of options.
const MAPPING: &str = "OamEcs";
const TAGS: &str = "Tags";
const DEFAULTS: &str = "Defaults";

/// Options and tags of all declarations.
#[derive(Debug, Default)]
pub(crate) struct Defaults {
    options: IndexMap<String, Node>,
    tags: IndexMap<String, Node>,
}

impl Defaults {
    /// Reads what a template says besides its declarations, and the installation's JSON. Errors: what is no map, and keys that are
    /// neither options nor `Tags`.
    pub(crate) fn read(
        parameters: Map<String, Json>,
        fragment: &Map<String, Json>,
        installation: Option<&str>,
        origins: &mut Origins,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut defaults = Self::default();
        if !parameters.is_empty() {
            let place = way(&["Transform", "Parameters"], origins);
            let node = from_json(Json::Object(parameters), place, origins);
            defaults.add(node, diagnostics);
        }
        if let Some(mapping) = fragment.get("Mappings").and_then(|mappings| mappings.get(MAPPING)) {
            let place = way(&["Mappings", MAPPING], origins);
            let node = from_json(mapping.clone(), place, origins);
            defaults.add_mapping(node, diagnostics);
        }
        if let Some(text) = installation {
            let place = way(&["Installation", DEFAULTS], origins);
            match serde_json::from_str(text) {
                Ok(json) => {
                    let node = from_json(json, place, origins);
                    defaults.add(node, diagnostics);
                }
                Err(error) => {
                    diagnostics
                        .error(place, format!("the defaults of the installation are not valid JSON: {error}"))
                        .fix("whoever installed the macro gives its parameter `Defaults` a map: `{\"LogRetention\": 14}`");
                }
            }
        }
        defaults
    }

    /// The boundary of all roles, where it is said.
    pub(crate) fn permissions_boundary(&self) -> Option<String> {
        match &self.options.get("PermissionsBoundary")?.kind {
            Kind::Text(boundary) => Some(boundary.clone()),
            _ => None,
        }
    }

    /// Puts the options that a declaration does not give itself into its `Defaults`.
    pub(crate) fn fill(&self, fields: &mut Fields) {
        if self.options.is_empty() {
            return;
        }
        let silent = || Node::new(fields.origin, Kind::Mapping(IndexMap::new()));
        let mut given = fields.get(DEFAULTS).cloned().unwrap_or_else(silent);
        if let Kind::Mapping(entries) = &mut given.kind {
            for (key, node) in &self.options {
                entries.entry(key.clone()).or_insert_with(|| node.clone());
            }
        }
        fields.put(DEFAULTS, given);
    }

    /// Tags what a program makes, where it does not say otherwise.
    pub(crate) fn tag(self, program: &mut Program, reader: &mut Reader<'_>) {
        let tagged = IndexMap::from([(TAGS.to_owned(), Node::new(Origin::TEMPLATE, Kind::Mapping(self.tags)))]);
        let given = tags(&mut Fields::new(Origin::TEMPLATE, tagged), reader);
        let add = |tags: &mut Tags| {
            for (key, value) in &given {
                tags.entry(key.clone()).or_insert_with(|| value.clone());
            }
        };
        program.environments.values_mut().for_each(|environment| add(&mut environment.tags));
        program.applications.values_mut().for_each(|application| add(&mut application.tags));
    }

    /// Adds what one place says: options, and `Tags` below them.
    fn add(&mut self, node: Node, diagnostics: &mut Diagnostics) {
        for (key, node) in entries(node, "a map of options", diagnostics) {
            if key == TAGS {
                self.add_tags(node, diagnostics);
            } else if KEYS.binary_search(&key.as_str()).is_ok() {
                self.options.entry(key).or_insert(node);
            } else {
                unknown(&key, node.origin, &KEYS, "write an option of `Defaults`, or `Tags`", diagnostics);
            }
        }
    }

    /// A mapping has two levels.
    fn add_mapping(&mut self, node: Node, diagnostics: &mut Diagnostics) {
        for (key, node) in entries(node, "a map with `Defaults` and `Tags`", diagnostics) {
            match key.as_str() {
                DEFAULTS => self.add(node, diagnostics),
                TAGS => self.add_tags(node, diagnostics),
                _ => unknown(&key, node.origin, &[DEFAULTS, TAGS], "write `Defaults` or `Tags`", diagnostics),
            }
        }
    }

    fn add_tags(&mut self, node: Node, diagnostics: &mut Diagnostics) {
        for (key, node) in entries(node, "a map of tags", diagnostics) {
            self.tags.entry(key).or_insert(node);
        }
    }
}

fn way(keys: &[&str], origins: &mut Origins) -> Origin {
    keys.iter().fold(Origin::TEMPLATE, |parent, key| origins.key(parent, key))
}

fn entries(node: Node, what: &str, diagnostics: &mut Diagnostics) -> IndexMap<String, Node> {
    if let Kind::Mapping(entries) = node.kind {
        return entries;
    }
    diagnostics.error(node.origin, format!("this must be {what}, not {}", node.description()));
    IndexMap::new()
}

fn unknown(key: &str, origin: Origin, known: &[&str], fix: &str, diagnostics: &mut Diagnostics) {
    let entry = diagnostics.unknown(origin, format!("unknown key `{key}`"));
    match suggestion(key, known.iter().copied()) {
        Some(near) => entry.fix(format!("did you mean `{near}`?")),
        None => entry.fix(fix),
    }
}
