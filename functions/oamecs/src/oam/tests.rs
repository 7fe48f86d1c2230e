//! Whole documents: text in; an application, or what the author is told, out.

mod v1alpha1;
mod v1alpha2;
mod v1beta1;

use serde_json::{Value as Json, json};

use super::{Settings, load, lower, model, settings as own};
use crate::diagnostic::{Diagnostics, Origin, Origins, Root, render};
use crate::document::{Document, Early, Form, NotEarly, Reader, Source, from_json, from_yaml};
use crate::program::Application;

/// No template parameters but `Hidden`, which is not echoed.
struct Parameters;

impl Early for Parameters {
    fn resolve(&mut self, function: &Json) -> Result<Json, NotEarly> {
        Err(NotEarly::new(format!("`{function}` is known only when the stack is made")))
    }

    fn is_hidden(&self, function: &Json) -> bool {
        function.get("Ref").and_then(Json::as_str) == Some("Hidden")
    }
}

/// What came of documents.
struct Outcome {
    /// What was loaded.
    model: Option<model::Application>,
    /// What that became.
    application: Option<Application>,
    /// `error spec.components[0]: …` and `note …`, in the author's order.
    told: Vec<String>,
}

/// What comes of documents as a block string.
fn documents(text: &str) -> Outcome {
    with(json!({}), text)
}

/// The same, with other properties of the declaration.
fn with(properties: Json, text: &str) -> Outcome {
    let mut origins = Origins::default();
    let mut diagnostics = Diagnostics::default();
    let origin = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
    let place = origins.key(origin, "Document");
    let nodes = from_yaml(text, Source { origin: place }, &mut origins, &mut diagnostics);
    assert!(!nodes.is_empty(), "{:?}", diagnostics.entries());
    let documents = nodes.into_iter().map(|node| Document { node, form: Form::Text }).collect();
    let properties = from_json(properties, origin, &mut origins);
    let mut reader = Reader { diagnostics: &mut diagnostics, early: &mut Parameters };
    let mut fields = reader.fields(properties, "properties").expect("a map");
    let own = own::read(&mut fields, &mut reader);
    let mut common = crate::settings::load(fields, &own::KEYS, &mut reader);
    let settings = Settings {
        id: "Shop",
        origin,
        variables: std::mem::take(&mut common.variables),
        images: std::mem::take(&mut common.images),
        secrets: std::mem::take(&mut common.secrets),
        machines: common.machines(),
        is_complete: common.is_complete,
        own,
    };
    let model = load(documents, &settings, &mut origins, &mut reader);
    let lowered = model.clone().and_then(|model| lower(model, &settings, "Shop".to_owned(), &mut diagnostics));
    let told = render(&diagnostics, &origins)
        .into_iter()
        .map(|line| {
            let text = line.without_position();
            let text = text.strip_prefix("Shop ").unwrap_or(&text).to_owned();
            format!("{} {text}", if line.is_error { "error" } else { "note" })
        })
        .collect();
    Outcome { model, application: lowered, told }
}

impl Outcome {
    /// The application of documents that have no errors.
    fn model(self) -> model::Application {
        assert!(self.told.iter().all(|line| line.starts_with("note")), "{:#?}", self.told);
        assert!(self.application.is_some(), "nothing was lowered: {:#?}", self.told);
        self.model.expect("an application")
    }

    /// The lines that hold `text`.
    fn about(&self, text: &str) -> Vec<&str> {
        self.told.iter().filter(|line| line.contains(text)).map(String::as_str).collect()
    }

    /// The errors.
    fn errors(&self) -> Vec<&str> {
        self.about("error ").into_iter().filter(|line| line.starts_with("error")).collect()
    }
}
