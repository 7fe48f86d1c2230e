//! What an expansion must not touch.
//!
//! Source: CloudFormation User Guide, "Perform custom processing with template macros": a macro that changes the
//! parameters makes the change set fail.

use serde_json::Value;

use crate::verifier::Finding;
use crate::verifier::reading::value::{part, text};

/// The rules that compare a source with its expansion.
pub(crate) const NAMES: [&str; 3] =
    ["expansion-keeps-parameters", "expansion-keeps-resources", "expansion-marks-its-own"];

/// Parameters and the author's own resources come through, and everything new carries our marker, but what a document of
/// the author's adds under a logical id of its own.
pub(crate) fn compare(source: &Value, template: &Value, findings: &mut Vec<Finding>) {
    let [parameters, resources, marks] = NAMES;
    let mut add = |resource: &str, rule, message: &str| {
        findings.push(Finding { resource: resource.to_owned(), rule, message: message.to_owned() });
    };
    if part(source, "Parameters") != part(template, "Parameters") {
        add("Parameters", parameters, "the parameters are not those of the source");
    }
    let before = part(source, "Resources");
    let words = source.to_string();
    for (id, written) in before.as_object().into_iter().flatten() {
        let pseudo = text(written, "Type").is_none_or(|kind| kind.starts_with("OamEcs::"));
        let here = part(part(template, "Resources"), id);
        if !pseudo && part(here, "Type") != part(written, "Type") {
            add(id, resources, "a resource of the author's is gone or of another type");
        }
    }
    for (id, made) in part(template, "Resources").as_object().into_iter().flatten() {
        let new = text(part(before, id), "Type").is_none_or(|kind| kind.starts_with("OamEcs::"));
        let named = words.contains("x-aws-cloudformation") && words.contains(id.as_str());
        if new && !named && made.is_object() && part(made, "Metadata.OamEcs").is_null() {
            add(id, marks, "a generated resource without Metadata.OamEcs");
        }
    }
}
