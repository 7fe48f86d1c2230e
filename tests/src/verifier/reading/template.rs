//! The resources of a template and who waits for whom.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::reference::{named, target};
use super::value::{elements, part};

/// A resource as the template has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource<'a> {
    /// Its logical id.
    pub(crate) id: &'a str,
    /// Its type.
    pub(crate) kind: &'a str,
    /// All of it.
    pub(crate) definition: &'a Value,
    /// Its properties.
    pub(crate) properties: &'a Value,
}

impl<'a> Resource<'a> {
    fn new(id: &'a str, definition: &'a Value) -> Option<Self> {
        Some(Self {
            id,
            kind: part(definition, "Type").as_str()?,
            definition,
            properties: part(definition, "Properties"),
        })
    }

    /// Whether the compiler wrote it, so that our own customs hold.
    pub(crate) fn ours(self) -> bool {
        !part(self.definition, "Metadata.OamEcs").is_null()
    }
}

/// What the author of the source wrote himself.
#[derive(Debug)]
pub(crate) struct Author {
    words: Option<String>,
}

impl Author {
    /// An author of whom nothing is known.
    pub(crate) fn unknown() -> Self {
        Self { words: None }
    }

    /// The author of a source template.
    pub(crate) fn of(source: &Value) -> Self {
        let mut words = String::new();
        gather(source, &mut words);
        Self { words: Some(words) }
    }

    /// Whether the source sets this key to this text, such as a deletion policy in a patch.
    pub(crate) fn chose(&self, key: &str, text: &str) -> bool {
        self.wrote(&format!("{key}\n{text}\n"))
    }

    /// Whether this text stands in the source.
    pub(crate) fn wrote(&self, text: &str) -> bool {
        self.words.as_ref().is_some_and(|words| words.contains(text))
    }
}

fn gather(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            words.push_str(text);
            words.push('\n');
        }
        Value::Array(list) => list.iter().for_each(|item| gather(item, words)),
        Value::Object(object) => object.iter().for_each(|(key, item)| {
            words.push_str(key);
            words.push('\n');
            gather(item, words);
        }),
        _ => {}
    }
}

/// A template under one combination of its conditions.
#[derive(Debug)]
pub(crate) struct Template<'a> {
    /// As it was handed in, with all branches.
    pub(crate) whole: &'a Value,
    /// Without `Fn::If`, `AWS::NoValue` and resources whose condition is not met.
    pub(crate) document: &'a Value,
    /// What the author of the source wrote himself.
    pub(crate) author: &'a Author,
    resources: BTreeMap<&'a str, Resource<'a>>,
    names: BTreeMap<&'a str, BTreeSet<&'a str>>,
    waits: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Template<'a> {
    /// Reads one scenario of a template.
    pub(crate) fn new(whole: &'a Value, document: &'a Value, author: &'a Author) -> Self {
        let resources: BTreeMap<_, _> = part(document, "Resources")
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(id, definition)| Some((id.as_str(), Resource::new(id, definition)?)))
            .collect();
        let here = |ids: &mut dyn Iterator<Item = &'a str>| ids.filter(|id| resources.contains_key(id)).collect();
        let names: BTreeMap<_, BTreeSet<_>> = resources
            .values()
            .map(|resource| (resource.id, here(&mut named(resource.properties).into_iter())))
            .collect();
        let waits = resources
            .values()
            .map(|resource| {
                let told = elements(resource.definition, "DependsOn").known.into_iter().filter_map(Value::as_str);
                let mentioned = names.get(resource.id).into_iter().flatten().copied();
                (resource.id, here(&mut mentioned.chain(told)))
            })
            .collect();
        Self { whole, document, author, resources, names, waits }
    }

    /// All resources, by id.
    pub(crate) fn resources(&self) -> impl Iterator<Item = Resource<'a>> {
        self.resources.values().copied()
    }

    /// The resources of one type.
    pub(crate) fn of(&self, kind: &str) -> impl Iterator<Item = Resource<'a>> {
        self.resources().filter(move |resource| resource.kind == kind)
    }

    /// The resource with this id.
    pub(crate) fn get(&self, id: &str) -> Option<Resource<'a>> {
        self.resources.get(id).copied()
    }

    /// The resource that a value names, when it is of this type.
    pub(crate) fn named(&self, value: &Value, kind: &str) -> Option<Resource<'a>> {
        let found = self.get(target(value)?.id)?;
        (found.kind == kind).then_some(found)
    }

    /// The resources whose properties name one.
    pub(crate) fn naming(&self, id: &str) -> impl Iterator<Item = Resource<'a>> {
        self.resources().filter(move |resource| self.names.get(resource.id).is_some_and(|names| names.contains(id)))
    }

    /// The resources that one waits for directly.
    pub(crate) fn waits(&self, id: &str) -> impl Iterator<Item = &'a str> {
        self.waits.get(id).into_iter().flatten().copied()
    }

    /// Whether CloudFormation creates one resource only after another.
    pub(crate) fn comes_after(&self, later: &str, earlier: &str) -> bool {
        let mut reached = BTreeSet::new();
        let mut ahead: Vec<&str> = self.waits(later).collect();
        while let Some(id) = ahead.pop() {
            if id == earlier {
                return true;
            }
            if reached.insert(id) {
                ahead.extend(self.waits(id));
            }
        }
        false
    }

    /// Whether something else still adds resources to this template, so that a missing one may yet appear.
    pub(crate) fn unfinished(&self) -> bool {
        let looped =
            part(self.whole, "Resources").as_object().into_iter().flatten().any(|(id, _)| id.starts_with("Fn::"));
        let transforms = elements(self.whole, "Transform").known;
        let others = transforms.iter().any(|name| name.as_str() != Some("OamEcs"));
        looped || others
    }
}
