//! The value of `Document`: a map, a text, or a list of either, as trees.

use serde_json::Value as Json;

use crate::cloudformation::function;
use crate::diagnostic::{Diagnostics, Origin, Origins, Root};
use crate::document::{Document, Form, Kind, Source, from_json, from_yaml};

/// The documents of a `Document` property at `origin`, in order; a text may hold several.
pub(super) fn read(value: Json, origin: Origin, origins: &mut Origins, diagnostics: &mut Diagnostics) -> Vec<Document> {
    let mut documents = Vec::new();
    match value {
        Json::Array(items) if is_lines(&items) => {
            diagnostics
                .error(origin, "this is a list of lines, and each item of a list would be a document of its own")
                .fix("write the document below `Document:`, or its text below `Document: |`");
        }
        Json::Array(items) => {
            for (index, item) in items.into_iter().enumerate() {
                let place = origins.index(origin, index);
                one(item, place, origins, diagnostics, &mut documents);
            }
        }
        value => one(value, origin, origins, diagnostics, &mut documents),
    }
    documents
}

/// Whether a list holds the lines of a text, of which one at least says nothing alone, and not documents.
fn is_lines(items: &[Json]) -> bool {
    let is_line = |item: &Json| item.as_str().is_some_and(|text| !text.trim().contains('\n'));
    let is_start = |item: &Json| item.as_str().is_some_and(|text| text.trim().ends_with(':'));
    items.iter().all(is_line) && items.iter().any(is_start)
}

/// Whether a text is the name of a file.
fn is_file(text: &str) -> bool {
    let text = text.trim();
    let is_path = !text.contains(char::is_whitespace) && !text.contains(['{', ',']);
    let endings = [".yaml", ".yml", ".json"];
    is_path && endings.iter().any(|ending| text.to_ascii_lowercase().ends_with(ending))
}

fn one(
    value: Json,
    origin: Origin,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
    documents: &mut Vec<Document>,
) {
    if value.get("Fn::Transform").is_some() {
        diagnostics
            .error(
                origin,
                "`Fn::Transform` was not expanded: CloudFormation runs `AWS::Include` before this macro, but only in its object form",
            )
            .fix("write `Fn::Transform: { Name: AWS::Include, Parameters: { Location: … } }`");
        return;
    }
    if let Some((name, _)) = function::call(&value) {
        diagnostics
            .error(
                origin,
                format!("`{name}` is not worked out before this macro runs, so there is no document to read"),
            )
            .fix("write the text as it is (`Document: |`), and put values that the template knows under `Variables`");
        return;
    }
    match value {
        Json::Object(_) => {
            let root = origins.root(origin, Root::Document { text: None, index: 0 });
            documents.push(Document { node: from_json(value, root, origins), form: Form::Map });
        }
        Json::String(text) if is_file(&text) => {
            let name = text.trim();
            diagnostics
                .error(origin, format!("`{name}` is a file's name, and a template has no files beside it"))
                .fix(format!("write the file's content below `Document: |`, or run `oamecs embed {name}`"));
        }
        Json::String(text) => {
            let reported = diagnostics.entries().len();
            let nodes = from_yaml(&text, Source { origin }, origins, diagnostics);
            if nodes.is_empty() && diagnostics.entries().len() == reported {
                diagnostics.error(origin, "the text holds no document").fix("write the document below `Document: |`");
            }
            for node in nodes {
                if matches!(node.kind, Kind::Text(_) | Kind::Number(_) | Kind::Bool(_)) {
                    diagnostics
                        .error(node.origin, format!("this is {}, and a document is a map", node.description()))
                        .fix("write the document below `Document:`, or its text below `Document: |`");
                } else {
                    documents.push(Document { node, form: Form::Text });
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
            diagnostics
                .error(origin, "this must be a document: a map, or the text of one")
                .fix("write the document below `Document:`, or its text below `Document: |`");
        }
    }
}
