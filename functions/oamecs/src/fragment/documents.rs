//! The value of `Document`: a map, a text, or a list of either, as trees.

use serde_json::Value as Json;

use crate::cloudformation::function;
use crate::diagnostic::{Diagnostics, Origin, Origins, Root};
use crate::document::{Document, Form, Source, from_json, from_yaml};

/// The documents of a `Document` property at `origin`, in order; a text may hold several.
pub(super) fn read(value: Json, origin: Origin, origins: &mut Origins, diagnostics: &mut Diagnostics) -> Vec<Document> {
    let mut documents = Vec::new();
    match value {
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
        Json::String(text) => {
            let reported = diagnostics.entries().len();
            let nodes = from_yaml(&text, Source { origin }, origins, diagnostics);
            if nodes.is_empty() && diagnostics.entries().len() == reported {
                diagnostics.error(origin, "the text holds no document").fix("write the document below `Document: |`");
            }
            documents.extend(nodes.into_iter().map(|node| Document { node, form: Form::Text }));
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
            diagnostics
                .error(origin, "this must be a document: a map, or the text of one")
                .fix("write the document below `Document:`, or its text below `Document: |`");
        }
    }
}
