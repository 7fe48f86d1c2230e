//! Whole declarations: a document and what is said beside it in; resources, or what the author is told, out.

mod declaration;
mod document;
mod order;

use serde_json::{Map, Value as Json, json};

use crate::{Request, compile};

/// What came of a template.
struct Outcome {
    /// The resources.
    resources: Map<String, Json>,
    /// `error services[0].name: …` and `note …`, in the author's order.
    told: Vec<String>,
}

/// What comes of a document as a block string, with the tag `2`.
fn document(text: &str) -> Outcome {
    with(json!({ "ImageTag": "2" }), text)
}

/// The same, with other properties of the declaration.
fn with(mut properties: Json, text: &str) -> Outcome {
    properties["Document"] = json!(text);
    template(&json!({
        "Parameters": { "Skip": { "Type": "String" }, "SkipPre": { "Type": "String" }, "Tag": { "Type": "String" } },
        "Resources": { "Release": { "Type": "OamEcs::Rollout", "Properties": properties } },
    }))
}

/// What comes of a template.
fn template(template: &Json) -> Outcome {
    let fragment = template.as_object().unwrap().clone();
    let compilation = compile(Request { fragment, nonce: "request".to_owned(), ..Request::default() });
    let told = compilation.findings.iter().map(|line| {
        let text = line.without_position();
        let text = text.strip_prefix("Release ").unwrap_or(&text).to_owned();
        format!("{} {text}", if line.is_error { "error" } else { "note" })
    });
    let told = told.collect();
    let resources = compilation.fragment().get("Resources").and_then(Json::as_object).cloned().unwrap_or_default();
    Outcome { resources, told }
}

impl Outcome {
    /// The properties of a resource of a document that has no errors.
    fn of(&self, id: &str) -> &Json {
        assert!(self.told.iter().all(|line| line.starts_with("note")), "{:#?}", self.told);
        &self.resources[id]["Properties"]
    }

    /// The only thing that is told.
    fn only(&self) -> &str {
        assert_eq!(self.told.len(), 1, "{:#?}", self.told);
        &self.told[0]
    }

    /// What a resource depends on.
    fn depends_on(&self, id: &str) -> Vec<&str> {
        let ids = self.resources[id].get("DependsOn").and_then(Json::as_array);
        ids.into_iter().flatten().filter_map(Json::as_str).collect()
    }
}

/// A document with this task before its only service.
fn task(task: &str) -> Outcome {
    document(&format!("{{version: v1, cluster: shop, tasks: {{pre: [{task}]}}}}"))
}

/// A document with this service.
fn service(service: &str) -> Outcome {
    document(&format!("{{version: v1, cluster: shop, services: [{service}]}}"))
}
