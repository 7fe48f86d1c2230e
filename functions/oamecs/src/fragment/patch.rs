//! Lays the author's `Patches` over generated resources.
//!
//! In: the patches of the declarations, by role. Out: the changed resources. A patch that hits nothing is an error, so
//! that none of them is lost when a service is renamed.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::attributes::{DELETION, REPLACEMENT, names, retention};
use super::{Declaration, document_overlay, overlay};
use crate::cloudformation::{LogicalId, Lowered, Resource, Written};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{list, suggestion};
use crate::gather::Gather;

/// The attributes of a resource that a patch may hold.
const ATTRIBUTES: [&str; 9] = [
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "UpdatePolicy",
    "CreationPolicy",
    "Metadata",
];

/// The most roles that a message lists.
const LISTED: usize = 8;

/// Applies the patches of all declarations, taking them out.
///
/// A patch is laid over the resource as the template has it, by [`overlay`]; `DependsOn` adds to what the resource needs
/// (null removes all of it). Errors: a role that the declaration has no resource of, something that is no attribute of a
/// resource, another `Type`.
pub fn patch(declarations: &mut [Declaration], lowered: &mut Lowered, diagnostics: &mut Diagnostics) {
    for declaration in declarations {
        document_overlay::settle(declaration, lowered, diagnostics);
        for (role, patch) in std::mem::take(&mut declaration.patches) {
            let found = position(|other| other == role.value, declaration, lowered)
                .and_then(|index| lowered.resources.get_index_mut(index).map(|(_, resource)| resource));
            match (found, patch) {
                (Some(resource), Json::Object(patch)) => {
                    apply(resource, patch, role.origin, diagnostics);
                    // Whoever lays something over it wants it.
                    if let Some(unit) = resource.on_demand.take() {
                        demand(&unit, lowered);
                    }
                }
                (Some(_), _) => {
                    diagnostics
                        .error(role.origin, "this must be a map of what is different in the resource")
                        .fix("write `Properties: { … }` below it");
                }
                (None, _) => missing(&declaration.id, &role, lowered, diagnostics),
            }
        }
    }
}

/// Where the only resource of a declaration is, among all, whose role is meant; one of an environment that the declaration
/// shares with no other counts as its own, where it has none itself.
pub(super) fn position(is_meant: impl Fn(&str) -> bool, declaration: &Declaration, lowered: &Lowered) -> Option<usize> {
    let is_own = |resource: &Resource| resource.owner == declaration.id;
    let is_alone = |resource: &Resource| {
        let sharing = lowered.shared_by.get(&resource.owner);
        sharing.is_some_and(|sharing| sharing.len() == 1 && sharing.contains(&declaration.id))
    };
    let meant = || lowered.resources.values().enumerate().filter(|(_, resource)| is_meant(&resource.role));
    let only = |is_of: &dyn Fn(&Resource) -> bool| {
        let mut found = meant().filter(|(_, resource)| is_of(resource)).map(|(index, _)| index);
        found.next().filter(|_| found.next().is_none())
    };
    only(&is_own).or_else(|| only(&is_alone))
}

/// Makes what is made together with `unit` in any case.
fn demand(unit: &LogicalId, lowered: &mut Lowered) {
    for resource in lowered.resources.values_mut().filter(|resource| resource.on_demand.as_ref() == Some(unit)) {
        resource.on_demand = None;
    }
}

fn apply(resource: &mut Resource, patch: Map<String, Json>, origin: Origin, diagnostics: &mut Diagnostics) {
    for (key, value) in patch {
        match (key.as_str(), value) {
            ("Type", Json::String(kind)) if kind == resource.kind => {}
            ("Type", _) => {
                diagnostics
                    .error(
                        origin,
                        format!("a patch cannot change the type of a resource, which is `{}`", resource.kind),
                    )
                    .fix("leave `Type` out");
            }
            ("Properties", Json::Object(properties)) => {
                let mut below = resource.properties.entries();
                overlay(&mut below, properties);
                resource.properties = Written::from(&below);
            }
            ("Metadata", Json::Object(metadata)) => overlay(&mut resource.metadata, metadata),
            ("Metadata", Json::Null) => resource.metadata.clear(),
            ("Properties" | "Metadata", _) => {
                diagnostics.error(origin, format!("`{key}` must be a map")).fix(format!("write `{key}: {{ … }}`"));
            }
            ("DependsOn", Json::Null) => resource.depends_on.clear(),
            ("DependsOn", value) => match names(value) {
                Some(ids) => resource.depends_on.extend(ids.iter().map(|id| LogicalId::of_author(id))),
                None => {
                    diagnostics
                        .error(origin, "`DependsOn` must be a logical id, or a list of them")
                        .fix("write `DependsOn: Queue` or `DependsOn: [Queue, Topic]`");
                }
            },
            ("Condition", Json::Null) => resource.condition = None,
            ("Condition", Json::String(name)) => resource.condition = Some(name),
            ("Condition", _) => {
                diagnostics
                    .error(origin, "`Condition` must be the name of a condition")
                    .fix("name one of the template's `Conditions`");
            }
            // Null stays here, so that splice leaves the policy out where data has one by default.
            ("DeletionPolicy" | "UpdateReplacePolicy", Json::Null) => {
                resource.attributes.insert(key, Json::Null);
            }
            ("DeletionPolicy" | "UpdateReplacePolicy", value) => {
                let allowed: &[&str] = if key == "DeletionPolicy" { &DELETION } else { &REPLACEMENT };
                if let Some(value) = retention(value, allowed, origin, diagnostics) {
                    resource.attributes.insert(key, value);
                }
            }
            ("UpdatePolicy" | "CreationPolicy", value) => {
                overlay(&mut resource.attributes, Map::from_iter([(key, value)]));
            }
            (_, _) => {
                let fix = match suggestion(&key, ATTRIBUTES) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("write it below `Properties`: `Properties: {{ {key}: … }}`"),
                };
                diagnostics.error(origin, format!("`{key}` is no attribute of a resource")).fix(fix);
            }
        }
    }
}

fn missing(declaration: &str, role: &Located<String>, lowered: &Lowered, diagnostics: &mut Diagnostics) {
    let shared = lowered.resources.values().find(|resource| {
        resource.role == role.value
            && lowered.shared_by.get(&resource.owner).is_some_and(|sharing| sharing.contains(declaration))
    });
    if shared.is_some() {
        diagnostics
            .error(
                role.origin,
                format!("`{}` belongs to the environment that the applications of this template share", role.value),
            )
            .fix("declare one of type `OamEcs::Environment`, name it under `Environment`, and write the patch there");
        return;
    }
    let roles: BTreeSet<&str> = lowered
        .resources
        .values()
        .filter(|resource| resource.owner == declaration)
        .map(|resource| resource.role.as_str())
        .gather();
    let near = suggestion(&role.value, roles.iter().copied());
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    diagnostics
        .error(role.origin, format!("`{declaration}` has no resource in the role `{}`", role.value))
        .fix(format!("{near}its roles are {}", listed(roles)));
}

/// The first names of many, and how many more there are.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.split_at_checked(LISTED) {
        Some((first, rest)) if !rest.is_empty() => {
            let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} and {} more", first.join(", "), rest.len())
        }
        _ => list(&names),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::{Origins, render};
    use crate::fragment::find;
    use crate::fragment::splice::tests::{lowered, object};

    fn run(patches: &Json) -> (Lowered, Vec<String>) {
        let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
        let fragment = object(json!({"Resources": {
            "Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": {"services": {}}, "Patches": patches}}}}));
        let (_, mut declarations) = find(fragment, &mut origins, &mut diagnostics);
        let mut lowered = lowered(&[
            ("ShopWebService", "Shop", "web.Service", "AWS::ECS::Service", json!({"DesiredCount": 1})),
            ("ShopLogs", "Shop", "Logs", "AWS::Logs::LogGroup", json!({})),
            ("OamEcsVpc", "OamEcs", "Vpc", "AWS::EC2::VPC", json!({})),
        ]);
        lowered.shared_by.insert("OamEcs".to_owned(), BTreeSet::from(["Blog".to_owned(), "Shop".to_owned()]));
        patch(&mut declarations, &mut lowered, &mut diagnostics);
        (lowered, render(&diagnostics, &origins).iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_patch_changes_its_resource() {
        let (lowered, lines) = run(&json!({"web.Service": {
            "Type": "AWS::ECS::Service", "Properties": {"DesiredCount": 2}, "DependsOn": "Queue", "Condition": "C",
            "DeletionPolicy": "Retain", "UpdateReplacePolicy": null, "Metadata": {"a": 1}, "UpdatePolicy": {"b": 2}}}));
        assert_eq!(lines, Vec::<String>::new());
        let resource = &lowered.resources[0];
        assert_eq!(resource.properties.entries()["DesiredCount"], 2);
        assert_eq!(resource.depends_on.iter().map(LogicalId::as_str).collect::<Vec<_>>(), ["Queue"]);
        assert_eq!(resource.condition.as_deref(), Some("C"));
        assert_eq!(Json::from(resource.metadata.clone()), json!({"a": 1}));
        assert_eq!(
            Json::from(resource.attributes.clone()),
            json!({"DeletionPolicy": "Retain", "UpdateReplacePolicy": null, "UpdatePolicy": {"b": 2}})
        );
    }

    #[test]
    fn mistakes_are_named_with_what_to_write() {
        for (patches, text) in [
            (
                json!({"web.Servic": {}}),
                "`Shop` has no resource in the role `web.Servic`. Fix: did you mean `web.Service`? its roles are `Logs` and `web.Service`",
            ),
            (json!({"Vpc": {}}), "`Vpc` belongs to the environment that the applications of this template share"),
            (
                json!({"Logs": {"Type": "AWS::S3::Bucket"}}),
                "a patch cannot change the type of a resource, which is `AWS::Logs::LogGroup`",
            ),
            (
                json!({"Logs": {"RetentionInDays": 7}}),
                "`RetentionInDays` is no attribute of a resource. Fix: write it below `Properties`: `Properties: { RetentionInDays: … }`",
            ),
            (json!({"Logs": {"Propertys": {}}}), "did you mean `Properties`?"),
            (json!({"Logs": 7}), "this must be a map of what is different in the resource"),
            (json!({"Logs": {"DependsOn": 7}}), "`DependsOn` must be a logical id"),
            (json!({"Logs": {"DeletionPolicy": "Snapshot"}}), "`Snapshot` is not possible"),
        ] {
            let (_, lines) = run(&patches);
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].contains(text), "{lines:?}");
            assert!(lines[0].starts_with("Properties.Patches"), "{lines:?}");
        }
    }
}
