//! What an expansion must not touch, and what of its source it must show.
//!
//! Source: CloudFormation User Guide, "Perform custom processing with template macros": a macro that changes the
//! parameters makes the change set fail.

use serde_json::Value;

use crate::verifier::Finding;
use crate::verifier::reading::service::{self, RUN};
use crate::verifier::reading::template::{Author, Resource, Template};
use crate::verifier::reading::value::{elements, part, text};

/// The rules that compare a source with its expansion.
pub(crate) const NAMES: [&str; 4] =
    ["expansion-keeps-parameters", "expansion-keeps-resources", "expansion-marks-its-own", "expansion-keeps-order"];

/// Parameters and the author's own resources come through; everything new carries our marker, but what a document of the
/// author's adds under a logical id of its own; and what waits for what in a document does so in the stack.
pub(crate) fn compare(source: &Value, template: &Value, findings: &mut Vec<Finding>) {
    let [parameters, resources, marks, order] = NAMES;
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
    let author = Author::unknown();
    let reading = Template::new(template, template, &author);
    for (id, _) in before.as_object().into_iter().flatten() {
        for (later, earlier) in orders(part(before, id)) {
            let [later, earlier] = [&later, &earlier].map(|name| started(&reading, &format!("{id}.services.{name}")));
            if let (Some(later), Some(earlier)) = (later, earlier)
                && !reading.comes_after(later.id, earlier.id)
            {
                add(later.id, order, &format!("does not wait for {}, as its document says", earlier.id));
            }
        }
    }
}

/// What a Compose document says of order: who comes after whom.
fn orders(declaration: &Value) -> Vec<(String, String)> {
    if text(declaration, "Type") != Some("OamEcs::Compose") {
        return Vec::new();
    }
    let written = elements(declaration, "Properties.Document").known;
    let taken_back =
        |document: &&Value| document.as_str().is_some_and(|text| text.contains("!reset") || text.contains("!override"));
    if written.iter().any(taken_back) {
        return Vec::new();
    }
    let documents = written.into_iter().map(|document| match document.as_str() {
        Some(document) => serde_yaml::from_str(document).unwrap_or_default(),
        None => document.clone(),
    });
    let mut orders = Vec::new();
    for document in documents {
        for (later, service) in part(&document, "services").as_object().into_iter().flatten() {
            let names: Vec<String> = match part(service, "depends_on") {
                Value::Object(conditions) => conditions.keys().cloned().collect(),
                list => list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            };
            orders.extend(names.into_iter().map(|earlier| (later.clone(), earlier)));
        }
    }
    orders
}

/// The service, or the task that is run once, that comes from this place.
fn started<'a>(template: &Template<'a>, source: &str) -> Option<Resource<'a>> {
    template
        .resources()
        .filter(|resource| matches!(resource.kind, service::KIND | RUN))
        .find(|resource| text(resource.definition, "Metadata.OamEcs.Source") == Some(source))
}
