//! The section `Resources` on its way to what CloudFormation goes on with.
//!
//! In: resources, the author's and generated ones, in the order of the finished section. Out: the section, references to
//! declarations replaced in it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use crate::cloudformation::{LogicalId, Resource, Survey};
use crate::diagnostic::{Origin, source};
use crate::fragment::condition::Conditions;
use crate::fragment::order::without_implied;
use crate::fragment::place::Place;
use crate::fragment::rewrite::Rewriter;
use crate::fragment::spliced::{Entry, Generated};
use crate::fragment::{Declaration, overlay};

/// The section `Resources` as it grows, and what it takes to put resources into it.
pub(super) struct Splicer<'a> {
    /// By declaration, what `DependsOn` of it waits for.
    pub(super) awaited: BTreeMap<&'a str, Vec<LogicalId>>,
    /// What resources of the author wait for besides.
    pub(super) awaited_by: BTreeMap<String, BTreeSet<LogicalId>>,
    pub(super) conditions: Conditions,
    pub(super) written_conditions: &'a Map<String, Json>,
    pub(super) rewriter: Rewriter<'a>,
    /// The section as it grows.
    pub(super) resources: IndexMap<LogicalId, Entry>,
    /// The generated resources that are not in it yet.
    pub(super) waiting: Vec<Option<(LogicalId, Resource)>>,
    /// The place that the resource before follows from.
    pub(super) last_source: Option<(Origin, Rc<str>)>,
}

impl Splicer<'_> {
    /// Adds the resources of one owner, of `declaration` where it is one.
    pub(super) fn group(&mut self, group: &[usize], declaration: Option<&Declaration>) {
        for index in group {
            let Some((id, resource)) = self.waiting.get_mut(*index).and_then(Option::take) else { continue };
            let mut generated = self.generated(&id, resource, declaration);
            let place = Place::Generated(generated.origin);
            self.rewriter.rewrite_written(&mut generated.properties, &place);
            self.rewriter.rewrite_values(&mut generated.attributes, &place);
            self.rewriter.rewrite_values(&mut generated.metadata, &place);
            generated.beside = Survey::of(&[&generated.attributes, &generated.metadata]);
            self.follow(&mut generated.depends_on, generated.properties.survey());
            self.resources.insert(id, Entry::Generated(Box::new(generated)));
        }
    }

    /// Settles what stands beside the properties of a resource.
    fn generated(&mut self, id: &LogicalId, resource: Resource, declaration: Option<&Declaration>) -> Generated {
        let Resource {
            owner,
            role,
            origin,
            kind,
            properties,
            depends_on,
            condition,
            on_demand,
            keep,
            metadata: patched,
            mut attributes,
        } = resource;
        let given = declaration.map(|declaration| &declaration.attributes);
        let mut policy = |key: &str, kept: Option<&str>, given: Option<&Json>| {
            // A patch wins over the declaration, and its null leaves the policy out.
            let of_kept = || kept.map(|kept| given.cloned().unwrap_or_else(|| Json::from(kept)));
            attributes.shift_remove(key).or_else(of_kept).filter(|policy| !policy.is_null())
        };
        let deletion = given.and_then(|given| given.deletion_policy.as_ref());
        let replacement = given.and_then(|given| given.update_replace_policy.as_ref());
        let deletion_policy = policy("DeletionPolicy", keep.deletion_policy(), deletion);
        let update_replace_policy = policy("UpdateReplacePolicy", keep.update_replace_policy(), replacement);
        let mut metadata = given.map(|given| given.metadata.clone()).unwrap_or_default();
        overlay(&mut metadata, patched);
        Generated {
            origin,
            kind,
            condition: self.conditions.both(id.as_str(), &owner, condition, self.written_conditions),
            depends_on: depends_on.into_iter().collect(),
            deletion_policy,
            update_replace_policy,
            attributes,
            properties,
            metadata,
            beside: Survey::default(),
            role,
            source: self.source(origin, &owner),
            owner,
            on_demand,
        }
    }

    /// The place that a resource follows from, as text. Most resources follow from the same place as the one before.
    fn source(&mut self, origin: Origin, owner: &str) -> Rc<str> {
        match &self.last_source {
            Some((last, text)) if *last == origin => Rc::clone(text),
            _ => {
                let Some(text) = source(origin, self.rewriter.origins).map(Rc::<str>::from) else {
                    return owner.into();
                };
                self.last_source = Some((origin, Rc::clone(&text)));
                text
            }
        }
    }

    /// Adds a resource of the author, the references in it replaced.
    pub(super) fn of_author(&mut self, id: &str, mut resource: Json, section: Origin) {
        self.rewriter.rewrite(&mut resource, &Place::Key(&Place::Author(section), id));
        let names = match resource.get("DependsOn") {
            Some(Json::Array(names)) => names.as_slice(),
            Some(name) => std::slice::from_ref(name),
            None => &[],
        };
        let mut names: Vec<LogicalId> = names.iter().filter_map(Json::as_str).map(LogicalId::of_author).collect();
        let besides = self.awaited_by.remove(id).unwrap_or_default();
        if (!besides.is_empty() || names.iter().any(|name| self.awaited.contains_key(name.as_str())))
            && let Some(entries) = resource.as_object_mut()
        {
            let properties = entries.get("Properties").map(Survey::of).unwrap_or_default();
            names.extend(besides.into_iter().filter(|id| !names.contains(id)).collect::<Vec<_>>());
            self.follow(&mut names, &properties);
            if names.is_empty() {
                entries.shift_remove("DependsOn");
            } else {
                let names: Json = names.iter().map(LogicalId::as_str).collect();
                entries.insert("DependsOn".to_owned(), names);
            }
        }
        let survey = Survey::of(&resource);
        self.resources.insert(LogicalId::of_author(id), Entry::Author(resource, survey));
    }

    /// Replaces declarations in the `DependsOn` of a resource by what they wait for, and leaves out what its properties
    /// refer to anyway.
    fn follow(&self, depends_on: &mut Vec<LogicalId>, properties: &Survey) {
        if depends_on.iter().any(|id| self.awaited.contains_key(id.as_str())) {
            for id in std::mem::take(depends_on) {
                match self.awaited.get(id.as_str()) {
                    Some(awaited) => depends_on.extend(awaited.iter().cloned()),
                    None => depends_on.push(id),
                }
            }
            depends_on.sort_unstable();
            depends_on.dedup();
        }
        without_implied(depends_on, properties);
    }

    /// Replaces references in the author's outputs, and adds ours.
    pub(super) fn outputs(&mut self, written: &mut Map<String, Json>, outputs: IndexMap<String, (String, Json)>) {
        let section = self.rewriter.origins.key(Origin::TEMPLATE, "Outputs");
        for (key, output) in written.iter_mut() {
            self.rewriter.rewrite(output, &Place::Key(&Place::Author(section), key));
        }
        for (key, (owner, mut output)) in outputs {
            let place = self.rewriter.origins.key(section, &key);
            if written.contains_key(&key) {
                self.rewriter
                    .diagnostics
                    .error(place, format!("`{owner}` adds an output of this name"))
                    .fix(format!("rename the output `{key}`"));
                continue;
            }
            self.rewriter.rewrite(&mut output, &Place::Author(place));
            if let (Some(condition), Json::Object(output)) = (self.conditions.of(&owner), &mut output)
                && !output.contains_key("Condition")
            {
                output.insert("Condition".to_owned(), Json::from(condition));
            }
            written.insert(key, output);
        }
    }
}
