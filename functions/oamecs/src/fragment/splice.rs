//! Puts generated resources into the author's template.
//!
//! In: the template with the places of its declarations, and what they were lowered to. Out: the fragment that
//! CloudFormation goes on with. What the author wrote stays where it was; a declaration's resources stand in its place;
//! references to it become what they stand for.

mod splicer;
#[cfg(test)]
pub(super) mod tests;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::additions::Additions;
use super::condition::Conditions;
use super::on_demand;
use super::order::{awaited, roots};
use super::rewrite::Rewriter;
use super::{Declaration, Spliced, Template};
use crate::cloudformation::{Keep, LogicalId, Lowered, Resources};
use crate::diagnostic::{Diagnostics, Origin, Origins};
use crate::gather::Gather;
use splicer::Splicer;

/// What stands in a template whose declarations ask for nothing.
const NOTHING: &str = "OamEcsNothing";

/// Puts `lowered` in the place of `declarations`.
///
/// A fragment without declarations comes back as it was. Errors: a logical id or an output that the template has
/// already, an attribute that a declaration does not have, `Ref` of a declaration.
pub fn splice(
    template: Template,
    declarations: &[Declaration],
    lowered: Lowered,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Spliced {
    let Template { mut fragment } = template;
    if declarations.is_empty() {
        return Spliced { fragment, ..Spliced::default() };
    }
    let Lowered { mut resources, attributes, outputs, awaited_by, shared_by } = lowered;
    let written = take_section(&mut fragment, "Resources");
    let mut written_outputs = take_section(&mut fragment, "Outputs");
    let mut written_conditions = take_section(&mut fragment, "Conditions");
    let mut written_mappings = take_section(&mut fragment, "Mappings");
    let mut additions = Additions::new(declarations, &written, &resources, diagnostics);
    for (name, section) in [
        ("Conditions", &mut written_conditions),
        ("Mappings", &mut written_mappings),
        ("Outputs", &mut written_outputs),
    ] {
        additions.put(name, section, diagnostics);
    }
    taken_ids(&resources, &written, diagnostics);

    let mut groups = groups(&resources);
    idle_policies(declarations, &resources, &groups, diagnostics);
    for declaration in declarations.iter().filter(|declaration| !declaration.attributes.depends_on.is_empty()) {
        for root in roots(&resources, groups.get(&declaration.id).map(Vec::as_slice).unwrap_or_default()) {
            if let Some((_, resource)) = resources.get_index_mut(root) {
                resource.depends_on.extend(declaration.attributes.depends_on.iter().map(|id| LogicalId::of_author(id)));
            }
        }
    }
    let declared: BTreeSet<String> = declarations.iter().map(|declaration| declaration.id.clone()).gather();
    let mut splicer = Splicer {
        awaited: declarations
            .iter()
            .map(|declaration| {
                let group = groups.get(&declaration.id).map(Vec::as_slice).unwrap_or_default();
                (declaration.id.as_str(), awaited(declaration.kind, &resources, group))
            })
            .gather(),
        awaited_by,
        conditions: Conditions::new(declarations, &shared_by, &written_conditions),
        written_conditions: &written_conditions,
        rewriter: Rewriter::new(&declared, &attributes, origins, diagnostics),
        resources: IndexMap::with_capacity(written.len() + resources.len()),
        waiting: resources.into_iter().map(Some).collect(),
        last_source: None,
    };

    let section = splicer.rewriter.origins.key(Origin::TEMPLATE, "Resources");
    let by_id: BTreeMap<&str, &Declaration> =
        declarations.iter().map(|declaration| (declaration.id.as_str(), declaration)).gather();
    for (id, resource) in written {
        let Some(declaration) = by_id.get(id.as_str()) else {
            splicer.of_author(&id, resource, section);
            continue;
        };
        groups.retain(|owner, group| {
            let shared = !declared.contains(owner)
                && shared_by.get(owner).is_none_or(|sharing| sharing.contains(&declaration.id));
            if shared {
                splicer.group(group, None);
            }
            !shared
        });
        splicer.group(groups.get(&declaration.id).map(Vec::as_slice).unwrap_or_default(), Some(declaration));
        for (id, resource) in additions.resources(&declaration.id) {
            splicer.of_author(&id, resource, section);
        }
    }
    splicer.outputs(&mut written_outputs, outputs);
    on_demand::leave_out(&mut splicer.resources, &written_outputs);
    if let (true, Some(declaration)) = (splicer.resources.is_empty(), declarations.first()) {
        // CloudFormation refuses a template without resources. This one is nothing but its name, and has no price.
        let nothing = json!({
            "Type": "AWS::CloudFormation::WaitConditionHandle",
            "Metadata": { "OamEcs": { "Role": "Nothing", "Source": declaration.id } },
        });
        splicer.of_author(NOTHING, nothing, section);
    }

    let Splicer { conditions, resources, rewriter, .. } = splicer;
    let refused = rewriter.refused;
    written_conditions.extend(conditions.needed(&resources, &written_outputs));
    put_section(&mut fragment, "Conditions", written_conditions);
    put_section(&mut fragment, "Mappings", written_mappings);
    put_section(&mut fragment, "Outputs", written_outputs);
    Spliced { fragment, resources, declared, refused }
}

/// The resources of each owner, by their positions.
fn groups(resources: &Resources) -> IndexMap<String, Vec<usize>> {
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, resource) in resources.values().enumerate() {
        match groups.get_mut(&resource.owner) {
            Some(group) => group.push(index),
            None => {
                groups.insert(resource.owner.clone(), vec![index]);
            }
        }
    }
    groups
}

/// Notes policies that nothing is under: they are for what holds data.
fn idle_policies(
    declarations: &[Declaration],
    resources: &Resources,
    groups: &IndexMap<String, Vec<usize>>,
    diagnostics: &mut Diagnostics,
) {
    for declaration in declarations {
        let given = &declaration.attributes;
        let mut group =
            groups.get(&declaration.id).into_iter().flatten().filter_map(|index| resources.get_index(*index));
        if (given.deletion_policy.is_some() || given.update_replace_policy.is_some())
            && !group.any(|(_, resource)| resource.keep != Keep::No)
        {
            diagnostics.note(
                declaration.origin,
                "`DeletionPolicy` and `UpdateReplacePolicy` have no effect, as they are for what holds data, and nothing here does",
            );
        }
    }
}

fn taken_ids(resources: &Resources, written: &Map<String, Json>, diagnostics: &mut Diagnostics) {
    for (id, resource) in resources {
        if written.contains_key(id.as_str()) {
            diagnostics
                .error(
                    resource.origin,
                    format!(
                        "`{}` of `{}` gets the logical id `{id}`, which the template has already",
                        resource.role, resource.owner
                    ),
                )
                .fix(format!("rename the resource `{id}` of the template, or `{}`", resource.owner));
        }
    }
}

/// Takes the entries of a section out, its place in the template kept.
fn take_section(fragment: &mut Map<String, Json>, name: &str) -> Map<String, Json> {
    fragment.get_mut(name).and_then(Json::as_object_mut).map(std::mem::take).unwrap_or_default()
}

/// Puts the entries of a section back; an empty one only where the template had it.
fn put_section(fragment: &mut Map<String, Json>, name: &str, entries: Map<String, Json>) {
    if !entries.is_empty() {
        fragment.insert(name.to_owned(), Json::Object(entries));
    }
}
