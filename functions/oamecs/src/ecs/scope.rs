//! The resources of one declaration while they are lowered.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::role::Role;
use crate::cloudformation::function::escape;
use crate::cloudformation::resource::{Tag, tags_property};
use crate::cloudformation::template::Properties;
use crate::cloudformation::{Function, Keep, LogicalId, Resource, Resources, Written};
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::Tags;

/// Where the resources of a declaration go, and what they have in common.
pub(crate) struct Scope<'a> {
    /// The declaration's logical id, or the prefix of an environment that nobody declared.
    pub(crate) owner: &'a str,
    /// The labels of all resources made from here on.
    pub(crate) tags: Tags,
    /// The name that the console shows for them, after the stack's.
    pub(crate) name: Option<&'a str>,
    pub(crate) resources: &'a mut Resources,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

impl Scope<'_> {
    /// The same declaration with more labels.
    pub(crate) fn tagged(&mut self, tags: &Tags) -> Scope<'_> {
        let mut all = self.tags.clone();
        all.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        Scope { tags: all, ..self.again() }
    }

    /// The same declaration, for a resource that the console shows by this name.
    pub(crate) fn named<'s>(&'s mut self, name: &'s str) -> Scope<'s> {
        Scope { tags: self.tags.clone(), name: Some(name), ..self.again() }
    }

    /// A place for what belongs to another declaration, or to the environment.
    pub(crate) fn of<'s>(&'s mut self, owner: &'s str) -> Scope<'s> {
        Scope { tags: self.tags.clone(), owner, ..self.again() }
    }

    fn again(&mut self) -> Scope<'_> {
        Scope {
            owner: self.owner,
            tags: Tags::new(),
            name: self.name,
            resources: self.resources,
            diagnostics: self.diagnostics,
        }
    }

    /// The tags of a resource of this type, under the property that holds them.
    fn tags_of(&self, kind: &str) -> BTreeMap<&'static str, Vec<Tag>> {
        let Some(property) = tags_property(kind) else { return BTreeMap::new() };
        let mut tags: Vec<Tag> =
            self.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.into() }).collect();
        let name = self.name.filter(|_| !self.tags.contains_key("Name"));
        tags.extend(name.map(|name| Tag {
            key: "Name".to_owned(),
            value: Function::Sub(format!("${{AWS::StackName}} {}", escape(name)).into()).into(),
        }));
        if tags.is_empty() { BTreeMap::new() } else { BTreeMap::from([(property, tags)]) }
    }

    /// Makes all resources from this position on in demand of each other: where something else refers to one of them.
    pub(crate) fn on_demand(&mut self, from: usize) {
        let first = self.resources.get_index(from).map(|(id, _)| id.clone());
        self.resources.values_mut().skip(from).for_each(|resource| resource.on_demand.clone_from(&first));
    }

    /// Adds a resource of the declaration itself.
    pub(crate) fn add<P: Properties>(&mut self, role: Role, origin: Origin, properties: &P) -> Added<'_> {
        self.insert(role, None, origin, properties)
    }

    /// Adds a resource of what is called `name` in the declaration.
    pub(crate) fn add_for<P: Properties>(
        &mut self,
        name: &str,
        role: Role,
        origin: Origin,
        properties: &P,
    ) -> Added<'_> {
        self.insert(role, Some(name), origin, properties)
    }

    /// The same where there may be a name: without one, the role stands alone.
    pub(crate) fn add_of<P: Properties>(
        &mut self,
        name: Option<&str>,
        role: Role,
        origin: Origin,
        properties: &P,
    ) -> Added<'_> {
        self.insert(role, name, origin, properties)
    }

    fn insert<P: Properties>(&mut self, role: Role, name: Option<&str>, origin: Origin, properties: &P) -> Added<'_> {
        let written = Written::new(&Tagged { properties, tags: self.tags_of(P::TYPE) });
        self.put(role, name, origin, P::TYPE, written)
    }

    /// What is the same for all types of resources, apart from [`Self::insert`] so that there is one of it.
    fn put(
        &mut self,
        role: Role,
        name: Option<&str>,
        origin: Origin,
        kind: &'static str,
        written: Result<Written, serde_json::Error>,
    ) -> Added<'_> {
        let id = role.id(self.owner, name);
        let role = match name {
            Some(name) => format!("{name}.{}", role.name()),
            None => role.name().into_owned(),
        };
        let properties = written.unwrap_or_else(|_| {
            self.diagnostics.error(origin, format!("`{role}` cannot be written as JSON: this is a fault of OamEcs"));
            Written::default()
        });
        let resource = Resource {
            owner: self.owner.to_owned(),
            role,
            origin,
            kind,
            properties,
            depends_on: BTreeSet::new(),
            condition: None,
            on_demand: None,
            keep: Keep::No,
            metadata: Map::new(),
            attributes: Map::new(),
        };
        if let Some(other) = self.resources.get(&id) {
            let message = format!(
                "`{}` of `{}` and `{}` of `{}` would both have the logical id `{id}`",
                resource.role, resource.owner, other.role, other.owner
            );
            self.diagnostics.error(origin, message).fix("rename one of the two");
        }
        let resource = self.resources.entry(id.clone()).insert_entry(resource).into_mut();
        Added { id, resource }
    }
}

/// A resource that was just added, for what stands beside its properties.
pub(crate) struct Added<'a> {
    id: LogicalId,
    resource: &'a mut Resource,
}

impl Added<'_> {
    /// Says what must be there first, beyond what the properties refer to.
    pub(crate) fn after<'i>(self, ids: impl IntoIterator<Item = &'i LogicalId>) -> Self {
        self.resource.depends_on.extend(ids.into_iter().cloned());
        self
    }

    /// Says that it is made where something else refers to it.
    pub(crate) fn on_demand(self) -> Self {
        self.resource.on_demand = Some(self.id.clone());
        self
    }

    /// Says that it is made where `other` is, which is made on demand.
    pub(crate) fn made_with(self, other: &LogicalId) -> Self {
        self.resource.on_demand = Some(other.clone());
        self
    }

    /// Says what becomes of it when the stack goes.
    pub(crate) fn kept(self, keep: Keep) -> Self {
        self.resource.keep = keep;
        self
    }

    /// Sets an attribute beside its properties, such as `UpdatePolicy`.
    pub(crate) fn with_attribute(self, name: &str, value: Json) -> Self {
        self.resource.attributes.insert(name.to_owned(), value);
        self
    }

    /// Its logical id.
    pub(crate) fn id(self) -> LogicalId {
        self.id
    }
}

/// Properties, and the tags after them.
#[derive(Serialize)]
struct Tagged<'a, P> {
    #[serde(flatten)]
    properties: &'a P,
    /// Under the property that holds them; none where there are none.
    #[serde(flatten)]
    tags: BTreeMap<&'static str, Vec<Tag>>,
}
