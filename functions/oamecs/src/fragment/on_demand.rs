//! Leaves out what nothing needs: a network in which nothing is, a log group that nobody writes to.
//!
//! In: the resources of a template, in which every reference is what it stands for. Out: those of them that are made. A
//! resource may be made [on demand](crate::cloudformation::Resource::on_demand), alone or together with others; whether
//! there is any is known last, as the author may refer to it from anywhere in the template.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::spliced::Entry;
use crate::cloudformation::{LogicalId, Reference, Survey};

/// Takes out of `resources` what is made on demand, and for which there is none in the others and in `outputs`.
pub(super) fn leave_out(resources: &mut IndexMap<LogicalId, Entry>, outputs: &Map<String, Json>) {
    let mut units: BTreeMap<LogicalId, Vec<usize>> = BTreeMap::new();
    let mut open: Vec<usize> = Vec::new();
    for (index, entry) in resources.values().enumerate() {
        match unit(entry) {
            Some(unit) => units.entry(unit.clone()).or_default().push(index),
            None => open.push(index),
        }
    }
    // What a loop refers to is known when it is worked out, which is later.
    let mut names = resources.keys().map(LogicalId::as_str).chain(outputs.keys().map(String::as_str));
    if units.is_empty() || names.any(|name| name.starts_with("Fn::ForEach::")) {
        return;
    }
    let mut demand = |id: &str, open: &mut Vec<usize>| {
        if let Some(unit) = resources.get(id).and_then(unit) {
            open.extend(units.remove(unit).unwrap_or_default());
        }
    };
    each_of(&Survey::of(outputs), &mut |id| demand(id, &mut open));
    while let Some(index) = open.pop() {
        let Some((_, entry)) = resources.get_index(index) else { continue };
        match entry {
            Entry::Author(resource, survey) => {
                each_of(survey, &mut |id| demand(id, &mut open));
                let names = match resource.get("DependsOn") {
                    Some(Json::Array(names)) => names.as_slice(),
                    Some(name) => std::slice::from_ref(name),
                    None => &[],
                };
                names.iter().filter_map(Json::as_str).for_each(|id| demand(id, &mut open));
            }
            Entry::Generated(resource) => {
                each_of(resource.properties.survey(), &mut |id| demand(id, &mut open));
                each_of(&resource.beside, &mut |id| demand(id, &mut open));
                resource.depends_on.iter().for_each(|id| demand(id.as_str(), &mut open));
            }
        }
    }
    resources.retain(|_, entry| unit(entry).is_none_or(|unit| !units.contains_key(unit)));
}

/// What a resource is made together with, if it is made on demand.
fn unit(entry: &Entry) -> Option<&LogicalId> {
    match entry {
        Entry::Author(..) => None,
        Entry::Generated(resource) => resource.on_demand.as_ref(),
    }
}

/// The resources that a value refers to.
fn each_of(survey: &Survey, visit: &mut impl FnMut(&str)) {
    for (reference, _) in survey.references() {
        if let Reference::Ref(id) | Reference::Attribute(id) = reference {
            visit(id);
        }
    }
}
