//! The conditions under which generated resources are made.
//!
//! In: the `Condition` of the declarations, and who shares what. Out: the name of the condition of each owner, and the
//! conditions that the template needs besides its own.
//! Source: [Conditions](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html).

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::Declaration;
use super::spliced::Entry;
use crate::cloudformation::LogicalId;
use crate::gather::Gather;

/// The most conditions that `Fn::Or` takes.
const OR_LIMIT: usize = 10;

/// The conditions of the owners of resources.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    of: BTreeMap<String, String>,
    /// Conditions that the template does not have yet.
    added: Map<String, Json>,
}

impl Conditions {
    /// Works the conditions out. What several declarations share is made if one of them is; `existing` are the
    /// conditions of the template, whose names are taken.
    pub(super) fn new(
        declarations: &[Declaration],
        shared_by: &BTreeMap<String, BTreeSet<String>>,
        existing: &Map<String, Json>,
    ) -> Self {
        let mut conditions = Self::default();
        for declaration in declarations {
            if let Some(name) = &declaration.attributes.condition {
                conditions.of.insert(declaration.id.clone(), name.clone());
            }
        }
        for (owner, sharing) in shared_by {
            let names: BTreeSet<Option<&str>> = declarations
                .iter()
                .filter(|declaration| sharing.contains(&declaration.id))
                .map(|declaration| declaration.attributes.condition.as_deref())
                .gather();
            let Some(names) = names.into_iter().collect::<Option<Vec<&str>>>() else { continue };
            let name = match names.as_slice() {
                [] => continue,
                [only] => (*only).to_owned(),
                several => {
                    let items = several.iter().map(|name| json!({"Condition": name})).collect();
                    conditions.add(owner, one_of(items), existing)
                }
            };
            conditions.of.insert(owner.clone(), name);
        }
        conditions
    }

    /// The condition of everything that `owner` has.
    pub(super) fn of(&self, owner: &str) -> Option<&str> {
        self.of.get(owner).map(String::as_str)
    }

    /// The condition of a resource that has `own` and belongs to `owner`.
    pub(super) fn both(
        &mut self,
        id: &str,
        owner: &str,
        own: Option<String>,
        existing: &Map<String, Json>,
    ) -> Option<String> {
        match (own, self.of(owner)) {
            (None, None) => None,
            (Some(own), None) => Some(own),
            (None, Some(owners)) => Some(owners.to_owned()),
            (Some(own), Some(owners)) if own == owners => Some(own),
            (Some(own), Some(owners)) => {
                let all = json!({"Fn::And": [{"Condition": owners}, {"Condition": own}]});
                Some(self.add(id, all, existing))
            }
        }
    }

    /// The conditions that the template does not have yet, as far as any of `resources` or `outputs` has them.
    pub(super) fn needed(
        self,
        resources: &IndexMap<LogicalId, Entry>,
        outputs: &Map<String, Json>,
    ) -> Map<String, Json> {
        let generated = resources.values().filter_map(|entry| match entry {
            Entry::Author(..) => None,
            Entry::Generated(resource) => resource.condition.as_deref(),
        });
        let outputs = outputs.values().filter_map(|output| output.get("Condition")?.as_str());
        let named: BTreeSet<&str> = generated.chain(outputs).collect();
        // What a single resource has besides is made of what its owner has, and may be all that has it.
        let within = |name: &str| {
            let parts = self.added.iter().filter(|(other, _)| named.contains(other.as_str()));
            parts
                .filter_map(|(_, condition)| condition.get("Fn::And")?.as_array())
                .flatten()
                .any(|part| part["Condition"] == name)
        };
        self.added
            .iter()
            .filter(|(name, _)| named.contains(name.as_str()) || within(name))
            .map(|(name, condition)| (name.clone(), condition.clone()))
            .collect()
    }

    fn add(&mut self, of: &str, condition: Json, existing: &Map<String, Json>) -> String {
        let base = format!("{of}Condition");
        let mut name = base.clone();
        let mut number = 1;
        while existing.contains_key(&name) || self.added.contains_key(&name) {
            number += 1;
            name = format!("{base}{number}");
        }
        self.added.insert(name.clone(), condition);
        name
    }
}

/// `Fn::Or` over any number of conditions, nested where they are more than it takes.
fn one_of(mut items: Vec<Json>) -> Json {
    while items.len() > OR_LIMIT {
        items = items
            .chunks(OR_LIMIT)
            .map(|chunk| match chunk {
                [only] => only.clone(),
                several => json!({"Fn::Or": several}),
            })
            .collect();
    }
    json!({ "Fn::Or": items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_conditions_nest() {
        let items =
            |count: usize| (0..count).map(|index| json!({"Condition": format!("C{index}")})).collect::<Vec<_>>();
        let or = |count| one_of(items(count))["Fn::Or"].as_array().unwrap().len();
        assert_eq!([or(2), or(10), or(11), or(25), or(101)], [2, 10, 2, 3, 2]);
        assert_eq!(one_of(items(11))["Fn::Or"][1], json!({"Condition": "C10"}));
    }
}
