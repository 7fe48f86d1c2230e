//! The resources of one declaration while they are lowered.

use serde_json::{Map, Value as Json, json};

use super::role::Role;
use crate::cloudformation::resource::tags_property;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;
use crate::cloudformation::{LogicalId, Resource, Resources};
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::Tags;

/// Where the resources of a declaration go, and what they have in common.
pub(crate) struct Scope<'a> {
    /// The declaration's logical id, or the prefix of an environment that nobody declared.
    pub(crate) owner: &'a str,
    /// The labels of all resources made from here on.
    pub(crate) tags: Tags,
    pub(crate) resources: &'a mut Resources,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

impl Scope<'_> {
    /// The same declaration with more labels.
    pub(crate) fn tagged(&mut self, tags: &Tags) -> Scope<'_> {
        let mut all = self.tags.clone();
        all.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        Scope { owner: self.owner, tags: all, resources: self.resources, diagnostics: self.diagnostics }
    }

    /// Adds a resource of the declaration itself.
    pub(crate) fn add<P: Properties>(&mut self, role: Role, origin: Origin, properties: &P) -> Added<'_> {
        self.insert(role, None, origin, properties)
    }

    /// Adds a resource of what is called `name` in the declaration.
    pub(crate) fn add_for<P: Properties>(&mut self, name: &str, role: Role, origin: Origin, properties: &P) -> Added<'_> {
        self.insert(role, Some(name), origin, properties)
    }

    fn insert<P: Properties>(&mut self, role: Role, name: Option<&str>, origin: Origin, properties: &P) -> Added<'_> {
        let id = role.id(self.owner, name);
        let role = match name {
            Some(name) => format!("{name}.{}", role.name()),
            None => role.name().into_owned(),
        };
        let properties = match serde_json::to_value(properties) {
            Ok(Json::Object(properties)) => properties,
            Ok(_) | Err(_) => {
                self.diagnostics.error(origin, format!("`{role}` cannot be written as JSON: this is a fault of OamEcs"));
                Map::new()
            }
        };
        let mut resource = Resource {
            owner: self.owner.to_owned(),
            role,
            origin,
            kind: P::TYPE,
            properties,
            depends_on: std::collections::BTreeSet::new(),
            condition: None,
            holds_data: false,
            metadata: Map::new(),
            attributes: Map::new(),
        };
        if let Some(property) = tags_property(P::TYPE)
            && !self.tags.is_empty()
        {
            let tags = self.tags.iter().map(|(key, value)| tag(key, &Text::from(value))).collect();
            resource.properties.insert(property.to_owned(), Json::Array(tags));
        }
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

    /// Says that it holds what the author cannot make again.
    pub(crate) fn holding_data(self) -> Self {
        self.resource.holds_data = true;
        self
    }

    /// Gives it the name that the console shows, after the stack's.
    pub(crate) fn named(self, name: &str) -> Self {
        if let Some(property) = tags_property(self.resource.kind) {
            let name = json!({"Key": "Name", "Value": {"Fn::Sub": format!("${{AWS::StackName}} {name}")}});
            match self.resource.properties.get_mut(property) {
                Some(Json::Array(tags)) => tags.push(name),
                _ => {
                    self.resource.properties.insert(property.to_owned(), Json::Array(vec![name]));
                }
            }
        }
        self
    }

    /// Its logical id.
    pub(crate) fn id(self) -> LogicalId {
        self.id
    }
}

fn tag(key: &str, value: &Text) -> Json {
    json!({"Key": key, "Value": value})
}
