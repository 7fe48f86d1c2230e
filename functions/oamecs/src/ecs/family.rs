//! The families of task definitions, where their names are the author's.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::program::Application;

/// Reports names that ECS does not take, and those that two workloads would have: each of the two would number the
/// revisions of the other.
pub(super) fn check(application: &Application, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, workload) in &application.workloads {
        let Some(family) = &workload.platform.family else { continue };
        let Some(text) = family.value.known() else { continue };
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        if text.is_empty() || text.len() > 255 || !text.chars().all(is_allowed) {
            diagnostics
                .error(family.origin, format!("`{text}` is no name for a family of task definitions"))
                .fix("write letters, digits, hyphens and underscores, 255 at most");
        }
        if let Some(other) = seen.insert(text, name) {
            diagnostics
                .error(family.origin, format!("`{other}` and `{name}` would have task definitions of the same family"))
                .fix("give each a family of its own, under `Workloads`");
        }
    }
}
