//! Finds the pseudo resources of a template.
//!
//! In: the fragment. Out: a [`Declaration`] for each resource whose `Type` starts with `OamEcs::`, in the author's order,
//! and the fragment itself, in which an empty value holds the place of each. Nothing is copied: documents move.

use serde_json::{Map, Value as Json};

use indexmap::IndexMap;

use super::{Declaration, Kind, attributes, documents};
use crate::cloudformation::function;
use crate::diagnostic::{Diagnostics, Located, Origin, Origins, Policy, Root};
use crate::document::{Fields, from_json, list, suggestion};

/// What the types of pseudo resources start with.
pub(super) const PREFIX: &str = "OamEcs::";

/// The types that are announced and not here yet.
const ANNOUNCED: [&str; 3] = ["OamEcs::Application", "OamEcs::Stackfile", "OamEcs::Rollout"];

/// The author's template, in which the places of the declarations are remembered.
#[derive(Debug)]
pub struct Template {
    /// The fragment; the value of a declaration is null.
    pub(super) fragment: Map<String, Json>,
}

/// Takes the declarations out of a fragment.
///
/// What is not ours is left as it is: resources of other types, `Fn::ForEach` blocks, resources that are no maps,
/// `Resources` that are a list or not there at all. Errors: a type that does not exist, a logical id that is not letters
/// and digits, a document that cannot be read, anything beside `Properties` that is no resource attribute, and a
/// declaration within `Fn::ForEach`, which is not expanded yet.
pub fn find(
    mut fragment: Map<String, Json>,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> (Template, Vec<Declaration>) {
    let mut declarations = Vec::new();
    if let Some(Json::Object(resources)) = fragment.get_mut("Resources") {
        for (id, resource) in resources.iter_mut() {
            if id.starts_with("Fn::ForEach::") {
                if holds_declaration(resource) {
                    loop_error(id, origins, diagnostics);
                }
                continue;
            }
            let Some(name) = type_of(resource).filter(|name| name.starts_with(PREFIX)) else { continue };
            let origin = origins.root(Origin::TEMPLATE, Root::Declaration(id.clone()));
            let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == name) else {
                type_error(name, origin, diagnostics);
                continue;
            };
            if !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                diagnostics
                    .error(origin, format!("`{id}` is no logical id: the ids of its resources are made from it"))
                    .fix("name the resource with letters and digits only");
            }
            if let Json::Object(body) = std::mem::take(resource) {
                declarations.push(declaration(id, origin, kind, body, origins, diagnostics));
            }
        }
    }
    (Template { fragment }, declarations)
}

/// The type's name of a resource, where it has one.
pub(super) fn type_of(resource: &Json) -> Option<&str> {
    resource.get("Type")?.as_str()
}

fn declaration(
    id: &str,
    origin: Origin,
    kind: Kind,
    mut body: Map<String, Json>,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Declaration {
    body.shift_remove("Type");
    let place = origins.key(origin, "Properties");
    let mut properties = match body.shift_remove("Properties") {
        None | Some(Json::Null) => Map::new(),
        Some(value) if function::call(&value).is_none() && value.is_object() => match value {
            Json::Object(properties) => properties,
            _ => Map::new(),
        },
        Some(_) => {
            diagnostics
                .error(place, "this must be a map")
                .fix("write the properties below `Properties:`, each by its name");
            Map::new()
        }
    };
    let policy = policy(&mut properties, place, origins, diagnostics);
    origins.set_policy(origin, policy);
    let patches = patches(&mut properties, place, origins, diagnostics);
    let documents = match kind {
        Kind::Environment => Vec::new(),
        Kind::Compose => match properties.shift_remove("Document") {
            None | Some(Json::Null) => {
                diagnostics
                    .error(place, "`Document` is missing")
                    .fix("write the document below `Document:`, or its text below `Document: |`");
                Vec::new()
            }
            Some(document) => {
                let place = origins.key(place, "Document");
                documents::read(document, place, origins, diagnostics)
            }
        },
    };
    let entries: IndexMap<_, _> = properties
        .into_iter()
        .map(|(key, value)| {
            let place = origins.key(place, &key);
            let node = from_json(value, place, origins);
            (key, node)
        })
        .collect();
    Declaration {
        id: id.to_owned(),
        origin,
        kind,
        documents,
        properties: Fields::new(place, entries),
        patches,
        attributes: attributes::read(body, origin, origins, diagnostics),
    }
}

fn policy(
    properties: &mut Map<String, Json>,
    place: Origin,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Policy {
    let mut policy = Policy::default();
    // CloudFormation may hand booleans on as text.
    let strict = properties.shift_remove("Strict");
    match strict.as_ref().map(|value| value.as_str().unwrap_or_default()) {
        None | Some("false") => {}
        Some("true") => policy.strict = true,
        Some(_) => match strict {
            Some(Json::Bool(value)) => policy.strict = value,
            Some(Json::Null) | None => {}
            Some(_) => {
                let place = origins.key(place, "Strict");
                diagnostics.error(place, "this must be `true` or `false`").fix("write `Strict: true`, or leave it out");
            }
        },
    }
    match properties.shift_remove("Unknown") {
        None | Some(Json::Null) => {}
        Some(Json::String(text)) if text == "error" => {}
        Some(Json::String(text)) if text == "note" => policy.unknown_is_note = true,
        Some(_) => {
            let place = origins.key(place, "Unknown");
            diagnostics.error(place, "this must be `note` or `error`").fix("write `Unknown: note`, or leave it out");
        }
    }
    policy
}

fn patches(
    properties: &mut Map<String, Json>,
    place: Origin,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Vec<(Located<String>, Json)> {
    let value = match properties.shift_remove("Patches") {
        None | Some(Json::Null) => return Vec::new(),
        Some(value) => value,
    };
    let place = origins.key(place, "Patches");
    match value {
        Json::Object(patches) if !patches.keys().any(|key| key == "Ref" || key.starts_with("Fn::")) => {
            patches.into_iter().map(|(role, patch)| (Located::new(origins.key(place, &role), role), patch)).collect()
        }
        _ => {
            diagnostics
                .error(place, "this must be a map from roles to what is laid over the resource")
                .fix("write `Patches: { web.Service: { Properties: { … } } }`");
            Vec::new()
        }
    }
}

fn type_error(name: &str, origin: Origin, diagnostics: &mut Diagnostics) {
    let names = Kind::ALL.map(Kind::name);
    if ANNOUNCED.contains(&name) {
        diagnostics
            .error(origin, format!("the type `{name}` is not supported by this version yet"))
            .fix(format!("the types of this version are {}", list(&names)));
        return;
    }
    let near = suggestion(name, names.into_iter().chain(ANNOUNCED));
    diagnostics.error(origin, format!("there is no type `{name}`")).fix(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the types are {}", list(&names)),
    });
}

fn loop_error(id: &str, origins: &mut Origins, diagnostics: &mut Diagnostics) {
    let section = origins.key(Origin::TEMPLATE, "Resources");
    let place = origins.key(section, id);
    diagnostics
        .error(
            place,
            "this loop makes resources of `OamEcs` types, but it is not expanded yet, as `AWS::LanguageExtensions` has not run",
        )
        .fix("list it first: `Transform: [AWS::LanguageExtensions, OamEcs]`");
}

/// Whether the body of an `Fn::ForEach`, which may hold others, makes one of our types.
fn holds_declaration(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(holds_declaration),
        Json::Object(map) => {
            type_of(value).is_some_and(|name| name.starts_with(PREFIX)) || map.values().any(holds_declaration)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::render;
    use crate::document::Form;

    fn run(fragment: Json) -> (Template, Vec<Declaration>, Vec<String>) {
        let Json::Object(fragment) = fragment else { panic!("a fragment is a map") };
        let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
        let (template, declarations) = find(fragment, &mut origins, &mut diagnostics);
        let lines = render(&diagnostics, &origins).iter().map(ToString::to_string).collect();
        (template, declarations, lines)
    }

    fn resource(body: &Json) -> Vec<String> {
        run(json!({"Resources": {"Shop": body}})).2
    }

    #[test]
    fn what_is_not_ours_is_left_as_it_is() {
        for fragment in [
            json!({}),
            json!({"Resources": ["AWS::S3::Bucket"]}),
            json!({"Resources": null}),
            json!({"Resources": {"A": 1, "B": [], "C": {"Type": 7}, "D": {"Type": "Boto3::S3"}, "E": null,
                "Fn::ForEach::Topics": ["T", ["a"], {"T${T}": {"Type": "AWS::SNS::Topic"}}]}}),
        ] {
            let (template, declarations, lines) = run(fragment.clone());
            assert_eq!((Json::Object(template.fragment), declarations.len(), lines.len()), (fragment, 0, 0));
        }
    }

    #[test]
    fn documents_are_maps_texts_or_lists_of_either() {
        for (document, forms) in [
            (json!({"services": {}}), vec![Form::Map]),
            (json!("services: {}"), vec![Form::Text]),
            (json!("services: {}\n---\nservices: {}"), vec![Form::Text, Form::Text]),
            (json!([{"services": {}}, "services: {}"]), vec![Form::Map, Form::Text]),
        ] {
            let fragment =
                json!({"Resources": {"Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": document}}}});
            let (_, declarations, lines) = run(fragment);
            assert_eq!(lines, Vec::<String>::new());
            assert_eq!(declarations[0].documents.iter().map(|document| document.form).collect::<Vec<_>>(), forms);
        }
    }

    #[test]
    fn policies_patches_and_attributes_are_taken_out() {
        let (template, mut declarations, lines) = run(json!({"Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Shop": {"Type": "OamEcs::Compose", "DependsOn": "Queue", "Condition": "IsProd", "DeletionPolicy": "Delete",
                "UpdateReplacePolicy": {"Fn::If": ["IsProd", "Retain", "Delete"]}, "Metadata": {"Team": "a"},
                "Properties": {"Document": {}, "Strict": "true", "Unknown": "note", "Images": {"web": {"Ref": "Web"}},
                    "Patches": {"web.Service": {"Properties": {}}}}},
        }}));
        assert_eq!(lines, Vec::<String>::new());
        assert_eq!(template.fragment["Resources"]["Shop"], Json::Null);
        let declaration = &mut declarations[0];
        assert_eq!(declaration.attributes.depends_on, ["Queue"]);
        assert_eq!(declaration.attributes.condition.as_deref(), Some("IsProd"));
        assert_eq!(declaration.attributes.deletion_policy, Some(json!("Delete")));
        assert_eq!(declaration.patches[0].0.value, "web.Service");
        let (documents, properties) = declaration.take();
        assert_eq!(documents.len(), 1);
        assert_eq!(properties.rest().keys().collect::<Vec<_>>(), ["Images"]);
    }

    #[test]
    fn mistakes_are_named_with_what_to_write() {
        let ours = |mut body: Json| {
            body["Type"] = json!("OamEcs::Compose");
            resource(&body)
        };
        for (lines, text) in [
            (
                resource(&json!({"Type": "OamEcs::Compos"})),
                "there is no type `OamEcs::Compos`. Fix: did you mean `OamEcs::Compose`?",
            ),
            (
                resource(&json!({"Type": "OamEcs::Rollout"})),
                "the type `OamEcs::Rollout` is not supported by this version yet",
            ),
            (ours(json!({})), "Properties: `Document` is missing"),
            (ours(json!({"Properties": {"Document": {"Fn::Sub": "x"}}})), "Properties.Document: `Fn::Sub` is not"),
            (
                ours(json!({"Properties": {"Document": {"Fn::Transform": "x"}}})),
                "Properties.Document: `Fn::Transform` was not expanded",
            ),
            (ours(json!({"Properties": {"Document": ""}})), "Properties.Document: the text holds no document"),
            (ours(json!({"Properties": {"Document": 7}})), "Properties.Document: this must be"),
            (
                ours(json!({"Properties": {"Document": {}}, "Variables": {}})),
                "Variables: `Variables` is no resource attribute",
            ),
            (ours(json!({"Properties": {"Document": {}}, "DependOn": "A"})), "did you mean `DependsOn`?"),
            (
                ours(json!({"Properties": {"Document": {}}, "UpdatePolicy": {}})),
                "UpdatePolicy: `UpdatePolicy` is for a single resource",
            ),
            (ours(json!({"Properties": {"Document": {}}, "DeletionPolicy": "Snapshot"})), "DeletionPolicy: `Snapshot`"),
            (
                ours(json!({"Properties": {"Document": {}, "Strict": "maybe"}})),
                "Properties.Strict: this must be `true` or `false`",
            ),
            (
                ours(json!({"Properties": {"Document": {}, "Unknown": "warn"}})),
                "Properties.Unknown: this must be `note` or `error`",
            ),
            (ours(json!({"Properties": {"Document": {}, "Patches": []}})), "Properties.Patches: this must be a map"),
            (run(json!({"Resources": {"my-shop": {"Type": "OamEcs::Environment"}}})).2, "`my-shop` is no logical id"),
            (
                run(json!({"Resources": {"Fn::ForEach::S": ["S", ["a"], {"A${S}": {"Type": "OamEcs::Compose"}}]}})).2,
                "Resources.Fn::ForEach::S: this loop makes resources of `OamEcs` types",
            ),
        ] {
            assert_eq!(lines.len(), 1, "{text}: {lines:?}");
            assert!(lines[0].contains(text), "{text}: {lines:?}");
        }
    }
}
