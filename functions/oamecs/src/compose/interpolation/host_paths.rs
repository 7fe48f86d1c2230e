//! Variables in the host paths of mounts, such as `${MEDIA}/films:/films`.
//!
//! In: the tree as written. Out: the tree in which such a variable stands for itself, where it has no value: no task has the
//! path, whatever it is, so that nobody should have to find a value for it first.

use super::Variables;
use super::template::{Part, Rule, parse};
use crate::document::{Kind, Node};

/// What is in the name of a variable that holds a path.
const PATHS: [&str; 8] = ["PATH", "DIR", "ROOT", "HOME", "FOLDER", "LOCATION", "PWD", "WORKSPACE"];

/// Leaves the unset variables of host paths as they are written.
pub(in super::super) fn keep(document: &mut Node, variables: &Variables<'_>) {
    let Kind::Mapping(top) = &mut document.kind else { return };
    let Some(Node { kind: Kind::Mapping(services), .. }) = top.get_mut("services") else { return };
    for service in services.values_mut().map(Node::untagged_mut) {
        let Kind::Mapping(attributes) = &mut service.kind else { continue };
        let Some(mounts) = attributes.get_mut("volumes").map(Node::untagged_mut) else { continue };
        let Kind::Sequence(mounts) = &mut mounts.kind else { continue };
        for mount in mounts {
            keep_in(mount, variables);
        }
    }
}

fn keep_in(mount: &mut Node, variables: &Variables<'_>) {
    let is_bind = mount.get("type").is_some_and(|kind| matches!(&kind.kind, Kind::Text(kind) if kind == "bind"));
    match &mut mount.kind {
        Kind::Text(text) => {
            let Some((source, rest)) = source(text) else { return };
            if let Some(source) = kept(source, false, variables) {
                *text = source + rest;
            }
        }
        Kind::Mapping(entries) if is_bind => {
            if let Some(Node { kind: Kind::Text(source), .. }) = entries.get_mut("source")
                && let Some(kept) = kept(source, true, variables)
            {
                *source = kept;
            }
        }
        _ => {}
    }
}

/// The source of a short form, and the rest with its colon.
fn source(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_u32;
    for (index, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return text.split_at_checked(index),
            _ => {}
        }
    }
    None
}

/// The source with its variables for themselves, if it is a path and one of them has no value.
fn kept(source: &str, is_path: bool, variables: &Variables<'_>) -> Option<String> {
    let parts = parse(source).ok()?;
    let mut text = String::new();
    let mut is_path = is_path || source.starts_with(['.', '/', '~']);
    let mut is_unset = false;
    for part in &parts {
        match part {
            Part::Text(literal) => {
                is_path |= literal.contains('/');
                text.push_str(&literal.replace('$', "$$"));
            }
            Part::Variable(variable) => {
                is_path |= PATHS.iter().any(|path| variable.name.to_ascii_uppercase().contains(path));
                is_unset |= !variables.has(&variable.name) && matches!(variable.rule, Rule::Value | Rule::Required(..));
                text += &format!("$${{{}}}", variable.name);
            }
        }
    }
    (is_path && is_unset).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn unset_variables_of_paths_are_kept() {
        let given = BTreeMap::new();
        let variables = Variables::new("Shop", &given, true);
        let kept = |text: &str| source(text).and_then(|(source, _)| super::kept(source, false, &variables));
        assert_eq!(kept("${MEDIA_PATH}:/media").as_deref(), Some("$${MEDIA_PATH}"));
        assert_eq!(kept("${A:?no a}/b$$:/media").as_deref(), Some("$${A}/b$$"));
        assert_eq!(kept("./${A}:/b").as_deref(), Some("./$${A}"));
        assert_eq!(kept("${VOLUME}:/data"), None);
        assert_eq!(kept("${DIR:-./a}:/data"), None);
        assert_eq!(kept("./a:/data"), None);
        assert_eq!(kept("/data"), None);
    }
}
