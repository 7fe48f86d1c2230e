//! What the compiler says about its work, in `Metadata.OamEcs`.

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::part;

pub(super) const RULES: &[Rule] =
    &[Rule::new("notes-well-formed", notes_well_formed), Rule::new("marker-well-formed", marker_well_formed)];

/// The notes are texts in alphabetical order, each once, so that the same template always has the same.
fn notes_well_formed(template: &Template<'_>, report: &mut Report) {
    let ours = part(template.whole, "Metadata.OamEcs");
    if ours.is_null() {
        return;
    }
    if !ours.is_object() {
        report.add("Metadata", "OamEcs is no object");
        return;
    }
    let notes = part(ours, "Notes");
    let Value::Array(list) = notes else {
        if !notes.is_null() {
            report.add("Metadata", "Notes is no list");
        }
        return;
    };
    let texts: Option<Vec<_>> = list.iter().map(Value::as_str).collect();
    match texts {
        None => report.add("Metadata", "a note is no text"),
        Some(texts) if !texts.is_sorted_by(|before, after| before < after) => {
            report.add("Metadata", "the notes are not in order, or one is there twice");
        }
        Some(_) => {}
    }
}

/// The marker of a generated resource is an object.
fn marker_well_formed(template: &Template<'_>, report: &mut Report) {
    for resource in template.resources().filter(|resource| resource.ours()) {
        if !part(resource.definition, "Metadata.OamEcs").is_object() {
            report.add(resource.id, "Metadata.OamEcs is no object");
        }
    }
}
