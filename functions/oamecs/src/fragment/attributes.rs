//! What stands beside `Properties` of a pseudo resource.
//!
//! Source: [resource attributes](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html).

use serde_json::{Map, Value as Json};

use super::Attributes;
use super::verify::makes_more;
use crate::cloudformation::function;
use crate::diagnostic::{Diagnostics, Origin, Origins};
use crate::document::{list, suggestion};

const KNOWN: [&str; 6] = ["Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"];

/// Values of [`DeletionPolicy`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
pub(super) const DELETION: [&str; 3] = ["Delete", "Retain", "RetainExceptOnCreate"];
/// Values of [`UpdateReplacePolicy`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html).
pub(super) const REPLACEMENT: [&str; 2] = ["Delete", "Retain"];

/// What an attribute of a declaration can name.
pub(super) struct Names {
    resources: Vec<String>,
    conditions: Vec<String>,
    /// Whether other macros, modules or loops make more resources.
    are_more_resources: bool,
}

impl Names {
    /// Those of a template that is not taken apart yet.
    pub(super) fn of(fragment: &Map<String, Json>) -> Self {
        let section = |name: &str| fragment.get(name).and_then(Json::as_object);
        let keys = |name: &str| section(name).into_iter().flat_map(Map::keys).cloned().collect();
        Self {
            resources: keys("Resources"),
            conditions: keys("Conditions"),
            are_more_resources: section("Resources")
                .into_iter()
                .flatten()
                .any(|(id, resource)| makes_more(id, resource)),
        }
    }

    /// The ids that `DependsOn` names and that are there; for others there is an error.
    fn resources(&self, mut ids: Vec<String>, place: Origin, diagnostics: &mut Diagnostics) -> Vec<String> {
        ids.retain(|id| {
            let exists = self.are_more_resources || self.resources.contains(id);
            if !exists {
                let near = suggestion(id, self.resources.iter().map(String::as_str));
                diagnostics.error(place, format!("the template has no resource `{id}`")).fix(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add it to the template, or take `{id}` out of `DependsOn`"),
                });
            }
            exists
        });
        ids
    }

    /// The condition, where it is there; else there is an error.
    fn condition(&self, name: String, place: Origin, diagnostics: &mut Diagnostics) -> Option<String> {
        // Loops make conditions, too.
        if self.conditions.contains(&name) || self.conditions.iter().any(|name| name.starts_with("Fn::")) {
            return Some(name);
        }
        let near = suggestion(&name, self.conditions.iter().map(String::as_str));
        diagnostics.error(place, format!("the template has no condition `{name}`")).fix(match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to `Conditions`, or take `Condition` out".to_owned(),
        });
        None
    }
}

/// Reads the attributes of the declaration at `origin`, its `Type` and `Properties` taken out.
pub(super) fn read(
    body: Map<String, Json>,
    origin: Origin,
    known: &Names,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Attributes {
    let mut attributes = Attributes::default();
    for (key, value) in body {
        if value.is_null() {
            continue;
        }
        let place = origins.key(origin, &key);
        match key.as_str() {
            "DependsOn" => match names(value) {
                Some(ids) => attributes.depends_on = known.resources(ids, place, diagnostics),
                None => {
                    diagnostics
                        .error(place, "this must be a logical id, or a list of them")
                        .fix("write `DependsOn: Queue` or `DependsOn: [Queue, Topic]`");
                }
            },
            "Condition" => match value {
                Json::String(name) => attributes.condition = known.condition(name, place, diagnostics),
                _ => {
                    diagnostics
                        .error(place, "this must be the name of a condition")
                        .fix("name one of the template's `Conditions`: `Condition: IsProduction`");
                }
            },
            "DeletionPolicy" => attributes.deletion_policy = retention(value, &DELETION, place, diagnostics),
            "UpdateReplacePolicy" => {
                attributes.update_replace_policy = retention(value, &REPLACEMENT, place, diagnostics);
            }
            "Metadata" => match value {
                Json::Object(metadata) => {
                    if metadata.contains_key("OamEcs") {
                        diagnostics
                            .error(
                                place,
                                "the key `OamEcs` is written by this macro into the metadata of every resource",
                            )
                            .fix("give yours another name");
                    }
                    attributes.metadata = metadata;
                }
                _ => {
                    diagnostics.error(place, "this must be a map").fix("write the metadata below `Metadata:`, by name");
                }
            },
            _ => misplaced(&key, place, diagnostics),
        }
    }
    attributes
}

/// One name, or a list of names.
pub(super) fn names(value: Json) -> Option<Vec<String>> {
    let name = |value| match value {
        Json::String(name) => Some(name),
        _ => None,
    };
    match value {
        Json::Array(items) => items.into_iter().map(name).collect(),
        other => name(other).map(|name| vec![name]),
    }
}

/// A policy that says what stays: one of `allowed`, or a function, which `AWS::LanguageExtensions` works out.
pub(super) fn retention(value: Json, allowed: &[&str], place: Origin, diagnostics: &mut Diagnostics) -> Option<Json> {
    if function::call(&value).is_some() || value.as_str().is_some_and(|text| allowed.contains(&text)) {
        return Some(value);
    }
    let message = match value {
        Json::String(text) if text == "Snapshot" => {
            "`Snapshot` is not possible: what holds data here are file systems, log groups and secrets, of which \
             CloudFormation takes no snapshots"
                .to_owned()
        }
        Json::String(text) => format!("`{text}` is not a value of this attribute"),
        _ => "this must be text".to_owned(),
    };
    diagnostics.error(place, message).fix(format!("write one of {}", list(allowed)));
    None
}

fn misplaced(key: &str, place: Origin, diagnostics: &mut Diagnostics) {
    if matches!(key, "CreationPolicy" | "UpdatePolicy") {
        diagnostics
            .error(place, format!("`{key}` is for a single resource, while this declaration becomes many"))
            .fix(format!("name the resource under `Properties`: `Patches: {{ <role>: {{ {key}: … }} }}`"));
        return;
    }
    let fix = match suggestion(key, KNOWN) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write `{key}` below `Properties`"),
    };
    diagnostics.error(place, format!("`{key}` is no resource attribute")).fix(fix);
}
