//! What is told of a key that is no attribute where it stands.

use super::{Owner, Table, attributes, synonyms};
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::suggestion;

/// Reports `key` of a map with the attributes of `table`.
pub(super) fn report(
    key: &str,
    origin: Origin,
    table: &'static Table,
    owner: Option<Owner<'_>>,
    diagnostics: &mut Diagnostics,
) {
    let is_service = owner.is_some_and(|owner| owner.section == "services" && owner.is_direct);
    let near = Some(key)
        .filter(|_| is_service)
        .and_then(synonyms::meaning)
        .or_else(|| suggestion(key, table.iter().map(|attribute| attribute.name)));
    let documented = synonyms::documented(key, table);
    let place = elsewhere(key, owner).filter(|_| documented.is_none());
    let fix = match (documented.or(near), place) {
        (Some(near), None) => format!("did you mean `{near}`?"),
        (Some(near), Some(place)) => format!("did you mean `{near}`? Otherwise it belongs {place}"),
        (None, Some(place)) => format!("it belongs {place}"),
        (None, None) if key.starts_with("x-") => {
            "remove it; `x-aws-…` keys are read here, so a misspelt one would be lost".to_owned()
        }
        (None, None) => "remove it, or start it with `x-` if another tool reads it".to_owned(),
    };
    diagnostics.unknown(origin, format!("unknown key `{key}`")).fix(fix);
}

/// Where there is an attribute of this name, if at one place only: what the map is of goes first.
fn elsewhere(key: &str, owner: Option<Owner<'_>>) -> Option<String> {
    let paths: Vec<String> =
        attributes().into_iter().filter(|(_, attribute)| attribute.name == key).map(|(path, _)| path).collect();
    let section = owner.map(|owner| format!("{}.*.", owner.section));
    let own: Vec<&String> =
        paths.iter().filter(|path| section.as_ref().is_some_and(|own| path.starts_with(own))).collect();
    // An attribute of the service itself is likelier meant than one of its ports, say.
    let direct = own.iter().find(|path| section.as_ref().and_then(|section| path.strip_prefix(section)) == Some(key));
    let path = match (direct, own.as_slice(), paths.as_slice()) {
        (Some(only), _, _) | (None, [only], _) => only,
        (None, [], [only]) => only,
        _ => return None,
    };
    let parent = path.strip_suffix(key)?.trim_end_matches('.');
    Some(place(parent, owner))
}

/// What an author is told of `services.*.deploy`: that it is below `deploy` of `web`.
fn place(path: &str, owner: Option<Owner<'_>>) -> String {
    let (section, below) = path.split_once(".*").unwrap_or((path, ""));
    let below = below.trim_start_matches('.');
    let name = match owner.filter(|owner| owner.section == section) {
        Some(owner) => format!("`{}`", owner.name),
        None if section == "services" => "a service".to_owned(),
        None => format!("an entry of `{section}` at the top"),
    };
    match (section, below) {
        ("", _) => "at the top of the document".to_owned(),
        (_, "") => format!("directly below {name}"),
        (_, below) => match below.strip_suffix("[]") {
            Some(list) => format!("into an item of `{list}` of {name}"),
            None => format!("below `{}` of {name}", below.replace(".*", ".<name>")),
        },
    }
}
