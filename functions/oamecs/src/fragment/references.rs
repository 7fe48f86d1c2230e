//! What resources refer to: whether it is there, and what must be there before them.
//!
//! In: a finished template, resource by resource. Out: the resources that each needs, and errors for what generated resources
//! refer to and is not there, and for declarations that something still refers to.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::Spliced;
use super::spliced::Entry;
use crate::cloudformation::{LogicalId, Reference};
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::suggestion;

/// What is found out on the way through the resources.
pub(super) struct References<'a> {
    resources: &'a IndexMap<LogicalId, Entry>,
    parameters: Option<&'a Map<String, Json>>,
    conditions: Option<&'a Map<String, Json>>,
    declared: &'a BTreeSet<String>,
    refused: &'a BTreeSet<String>,
    /// What is not there, and the generated resources that refer to it.
    missing: BTreeMap<Reference<'a>, Vec<(&'a str, Origin)>>,
    /// Declarations that something still refers to, and one place that does.
    left_over: BTreeMap<&'a str, String>,
}

impl<'a> References<'a> {
    /// Of a finished template, of which nothing was looked at yet.
    pub(super) fn of(spliced: &'a Spliced) -> Self {
        let Spliced { fragment, resources, declared, refused } = spliced;
        Self {
            resources,
            parameters: fragment.get("Parameters").and_then(Json::as_object),
            conditions: fragment.get("Conditions").and_then(Json::as_object),
            declared,
            refused,
            missing: BTreeMap::new(),
            left_over: BTreeMap::new(),
        }
    }

    /// Checks the references of a resource, and gives the resources that must be there before it, by index. What an
    /// `Fn::If` decides about is no certain need.
    pub(super) fn entry(&mut self, id: &'a str, entry: &'a Entry) -> Vec<usize> {
        let mut needs = Vec::with_capacity(8);
        let origin = match entry {
            Entry::Generated(resource) => Some(resource.origin),
            Entry::Author(..) => None,
        };
        let mut visit = |reference: Reference<'a>, optional: bool| {
            if let Reference::Ref(name) | Reference::Attribute(name) = reference
                && let Some(index) = self.resources.get_index_of(name)
            {
                if !optional {
                    needs.push(index);
                }
                return;
            }
            self.left_over(id, reference);
            if let Some(origin) = origin
                && !self.exists(reference)
            {
                self.missing.entry(reference).or_default().push((id, origin));
            }
        };
        match entry {
            Entry::Generated(resource) => {
                for id in &resource.depends_on {
                    visit(Reference::Attribute(id.as_str()), false);
                }
                if let Some(name) = &resource.condition {
                    visit(Reference::Condition(name), false);
                }
                for (reference, optional) in
                    resource.properties.survey().references().chain(resource.beside.references())
                {
                    visit(reference, optional);
                }
            }
            Entry::Author(resource, survey) => {
                match resource.get("DependsOn") {
                    Some(Json::String(name)) => visit(Reference::Attribute(name), false),
                    Some(Json::Array(names)) => {
                        for name in names.iter().filter_map(Json::as_str) {
                            visit(Reference::Attribute(name), false);
                        }
                    }
                    _ => {}
                }
                for (reference, optional) in survey.references() {
                    visit(reference, optional);
                }
            }
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    fn exists(&self, reference: Reference<'_>) -> bool {
        let has =
            |section: Option<&Map<String, Json>>, name: &str| section.is_some_and(|section| section.contains_key(name));
        match reference {
            // Resources were looked at before.
            Reference::Ref(name) => has(self.parameters, name),
            Reference::Attribute(_) => false,
            Reference::Condition(name) => has(self.conditions, name),
        }
    }

    pub(super) fn left_over(&mut self, of: &str, reference: Reference<'_>) {
        let (Reference::Ref(name) | Reference::Attribute(name)) = reference else { return };
        let Some(name) = self.declared.get(name) else { return };
        if !self.refused.contains(name) && !self.resources.contains_key(name.as_str()) {
            self.left_over.entry(name).or_insert_with(|| of.to_owned());
        }
    }

    pub(super) fn report(&self, complete: bool, diagnostics: &mut Diagnostics) {
        for (declaration, place) in &self.left_over {
            diagnostics
                .error(
                    Origin::TEMPLATE,
                    format!("`{place}` refers to `{declaration}` in a way that this macro does not follow"),
                )
                .fix(format!("write the reference as `!GetAtt {declaration}.<attribute>`"));
        }
        for (reference, places) in &self.missing {
            let Some((id, origin)) = places.first() else { continue };
            let others = match places.len() - 1 {
                0 => String::new(),
                1 => " and another resource".to_owned(),
                count => format!(" and {count} other resources"),
            };
            let is_written = |entry: &Entry| matches!(entry, Entry::Author(..));
            let resources = || self.resources.iter().filter(|(_, entry)| is_written(entry)).map(|(id, _)| id.as_str());
            let names =
                |section: Option<&'a Map<String, Json>>| section.into_iter().flat_map(Map::keys).map(String::as_str);
            let (message, near) = match reference {
                // `Fn::ForEach` makes resources, and conditions too.
                Reference::Condition(_) if names(self.conditions).any(|name| name.starts_with("Fn::ForEach::")) => {
                    continue;
                }
                Reference::Condition(name) => (
                    format!(
                        "`{id}`{others} would be made under the condition `{name}`, which the template does not have"
                    ),
                    suggestion(name, names(self.conditions)),
                ),
                _ if !complete => continue,
                Reference::Ref(name) if self.declared.contains(*name) => continue,
                Reference::Attribute(name) if self.declared.contains(*name) => continue,
                Reference::Ref(name) => (
                    format!(
                        "`{id}`{others} would refer to `{name}`, which is neither a resource nor a parameter of the template"
                    ),
                    suggestion(name, resources().chain(names(self.parameters))),
                ),
                Reference::Attribute(name) => (
                    format!("`{id}`{others} would refer to `{name}`, which is no resource of the template"),
                    suggestion(name, resources()),
                ),
            };
            diagnostics.error(*origin, message).fix(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add it to the template, or take the reference to it out".to_owned(),
            });
        }
    }
}
