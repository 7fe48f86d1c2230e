//! What documents lay over the template, put in the terms of patches and additions.
//!
//! In: the [`Overlay`] of a declaration, and the resources. Out: a patch for each entry that means a
//! generated resource, an [`Addition`] for each that is new; other logical ids of generated resources become their own,
//! wherever they are referred to.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::patch::{listed, position};
use super::{Addition, Declaration};
use crate::cloudformation::substitution::{Piece, pieces};
use crate::cloudformation::{Lowered, Overlay};
use crate::diagnostic::{Diagnostics, Located};
use crate::document::suggestion;

/// Takes the overlay of a declaration apart.
pub(super) fn settle(declaration: &mut Declaration, lowered: &Lowered, diagnostics: &mut Diagnostics) {
    let Overlay { aliases, sections } = std::mem::take(&mut declaration.overlay);
    if sections.is_empty() {
        return;
    }
    let mut roles: BTreeMap<String, &str> = BTreeMap::new();
    let mut ids: BTreeMap<String, &str> = BTreeMap::new();
    for (alias, meant) in aliases {
        let found = meant.iter().find_map(|meant| {
            let is_there = |role: &String| position(|other| other == role, declaration, lowered).is_some();
            meant.beside.as_ref().is_none_or(is_there).then(|| position(|role| meant.is(role), declaration, lowered))?
        });
        if let Some((id, resource)) = found.and_then(|index| lowered.resources.get_index(index)) {
            roles.insert(alias.clone(), &resource.role);
            ids.insert(alias, id.as_str());
        }
    }
    for (section, entries) in sections {
        for (key, mut value) in entries {
            rename(&mut value, &ids);
            let own = lowered.resources.iter().find(|(id, resource)| {
                id.as_str() == key.value
                    && (resource.owner == declaration.id || roles.values().any(|role| *role == resource.role))
            });
            let role = own.map(|(_, resource)| resource.role.as_str()).or_else(|| roles.get(&key.value).copied());
            match role.filter(|_| section == "Resources") {
                Some(role) => {
                    declaration.patches.push((Located::new(key.origin, role.to_owned()), without_directives(value)));
                }
                None if section == "Resources" && value.get("Type").is_none() => {
                    report_unknown(&key, &roles, diagnostics);
                }
                None => declaration.additions.push(Addition { section, key, value }),
            }
        }
    }
}

/// `$patch: merge` is what a map means anyway; `delete` and `replace` are read where values are laid over each other.
fn without_directives(mut value: Json) -> Json {
    if let Json::Object(entries) = &mut value
        && entries.get("$patch").is_some_and(|directive| directive == "merge")
    {
        entries.shift_remove("$patch");
    }
    value
}

fn report_unknown(key: &Located<String>, roles: &BTreeMap<String, &str>, diagnostics: &mut Diagnostics) {
    let name = &key.value;
    let names = || roles.keys().map(String::as_str);
    let near = suggestion(name, names());
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    diagnostics
        .error(key.origin, format!("no resource is called `{name}`, and without a `Type` it is not a new one"))
        .fix(format!("{near}those that there are: {}", listed(names())));
}

/// Replaces the other ids of resources by their own, in whatever refers to them.
fn rename(value: &mut Json, ids: &BTreeMap<String, &str>) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| rename(item, ids)),
        Json::Object(entries) => {
            let alone = entries.len() == 1;
            for (key, argument) in entries.iter_mut() {
                match (key.as_str(), argument) {
                    ("Ref" | "DependsOn", Json::String(id)) => replace(id, ids),
                    ("Fn::GetAtt", argument @ Json::String(_)) if alone => {
                        // Only YAML has the short form, and the template is JSON from here on.
                        let text = argument.as_str().unwrap_or_default();
                        let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                        let id = ids.get(id).copied().unwrap_or(id);
                        *argument = serde_json::json!([id, attribute]);
                    }
                    ("Fn::GetAtt", Json::Array(items)) if alone => {
                        if let Some(Json::String(id)) = items.first_mut() {
                            replace_first(id, ids);
                        }
                    }
                    ("Fn::Sub", Json::String(text)) if alone => *text = renamed_text(text, ids, &Map::new()),
                    ("Fn::Sub", Json::Array(items)) if alone => {
                        let [Json::String(text), Json::Object(names), ..] = items.as_mut_slice() else { continue };
                        *text = renamed_text(text, ids, names);
                        names.values_mut().for_each(|value| rename(value, ids));
                    }
                    ("DependsOn", Json::Array(items)) => {
                        for item in items {
                            match item {
                                Json::String(id) => replace(id, ids),
                                // That of a container.
                                item => rename(item, ids),
                            }
                        }
                    }
                    (_, argument) => rename(argument, ids),
                }
            }
        }
        _ => {}
    }
}

fn replace(id: &mut String, ids: &BTreeMap<String, &str>) {
    if let Some(own) = ids.get(id) {
        *id = (*own).to_owned();
    }
}

/// The id before the first dot, if there is one.
fn replace_first(name: &mut String, ids: &BTreeMap<String, &str>) {
    match name.split_once('.') {
        Some((id, attribute)) => {
            if let Some(own) = ids.get(id) {
                *name = format!("{own}.{attribute}");
            }
        }
        None => replace(name, ids),
    }
}

/// The text of `Fn::Sub` with other names in it; those of its own map are none of ours.
fn renamed_text(text: &str, ids: &BTreeMap<String, &str>, names: &Map<String, Json>) -> String {
    pieces(text)
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Escape(literal) => format!("${{!{literal}}}"),
            Piece::Name(name) if names.contains_key(name) => format!("${{{name}}}"),
            Piece::Name(name) => {
                let mut name = name.to_owned();
                replace_first(&mut name, ids);
                format!("${{{name}}}")
            }
        })
        .collect()
}
