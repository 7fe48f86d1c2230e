//! Whole documents: text in; an application, or what the author is told, out.

mod accepted;
mod files;
mod misplaced;
mod refused;
mod secrets;
mod several;
mod unreachable;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Settings, load, lower};
use crate::diagnostic::{Diagnostics, Located, Origin, Origins, Root, render};
use crate::document::{Document, Early, Form, NotEarly, Reader, Source, from_json, from_yaml};
use crate::expression::Expr;
use crate::program::{Application, Container, Workload};
use crate::settings::BindMounts;

/// Template parameters by name.
struct Parameters<'a>(&'a [(&'a str, &'a str)]);

impl Early for Parameters<'_> {
    fn resolve(&mut self, function: &Json) -> Result<Json, NotEarly> {
        let name = function.get("Ref").and_then(Json::as_str).unwrap_or_default();
        match self.0.iter().find(|(parameter, _)| *parameter == name) {
            Some((_, value)) => Ok(Json::from(*value)),
            None => Err(NotEarly::new(format!("`{function}` is known only when the stack is made"))),
        }
    }
}

/// A declaration around a document.
#[derive(Default)]
struct Declaration<'a> {
    variables: &'a [(&'a str, Json)],
    images: &'a [(&'a str, &'a str)],
    parameters: &'a [(&'a str, &'a str)],
    files: &'a [(&'a str, Json)],
}

/// What came of a document.
struct Outcome {
    application: Option<Application>,
    /// `error services.web: …` and `note …`, in the author's order.
    told: Vec<String>,
}

impl Declaration<'_> {
    /// The document as a block string.
    fn text(&self, text: &str) -> Outcome {
        self.texts(&[text])
    }

    /// A list of documents as block strings, each of which may hold several.
    fn texts(&self, texts: &[&str]) -> Outcome {
        let mut origins = Origins::default();
        let mut diagnostics = Diagnostics::default();
        let origin = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
        let property = origins.key(origin, "Document");
        let mut documents = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let place = if texts.len() == 1 { property } else { origins.index(property, index) };
            let nodes = from_yaml(text, Source { origin: place }, &mut origins, &mut diagnostics);
            assert!(!nodes.is_empty(), "{:?}", diagnostics.entries());
            documents.extend(nodes.into_iter().map(|node| Document { node, form: Form::Text }));
        }
        self.compile(documents, origin, origins, diagnostics)
    }

    /// The document as a map, as CloudFormation hands it over.
    fn map(&self, document: Json) -> Outcome {
        let mut origins = Origins::default();
        let origin = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
        let root = origins.root(origin, Root::Document { text: None, index: 0 });
        let document = Document { node: from_json(document, root, &mut origins), form: Form::Map };
        self.compile(vec![document], origin, origins, Diagnostics::default())
    }

    fn compile(
        &self,
        documents: Vec<Document>,
        origin: Origin,
        mut origins: Origins,
        mut diagnostics: Diagnostics,
    ) -> Outcome {
        let located = |value: Expr<String>| Located::new(origin, value);
        let variables: BTreeMap<_, _> = self
            .variables
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Json::String(text) => Expr::Known(text.clone()),
                    function => Expr::Deferred(crate::expression::Deferred::function(function.clone())),
                };
                ((*name).to_owned(), located(value))
            })
            .collect();
        let images =
            self.images.iter().map(|(name, image)| ((*name).to_owned(), located(Expr::from(*image)))).collect();
        let mut early = Parameters(self.parameters);
        let mut reader = Reader { diagnostics: &mut diagnostics, early: &mut early };
        let place = origins.key(origin, "Files");
        let node = (!self.files.is_empty()).then(|| {
            let entries = self.files.iter().map(|(path, content)| ((*path).to_owned(), content.clone()));
            from_json(Json::Object(entries.collect()), place, &mut origins)
        });
        let files = crate::settings::files::read(node, &mut reader).unwrap_or_default();
        let settings = Settings {
            id: "Shop",
            origin,
            variables,
            images,
            files,
            bind_mounts: BindMounts::default(),
            secrets: crate::settings::Secrets::default(),
            is_complete: true,
        };
        let project = load(documents, &settings, &mut origins, &mut reader);
        let application = project.and_then(|project| lower(project, &settings, "Shop".to_owned(), &mut diagnostics));
        let told = render(&diagnostics, &origins)
            .into_iter()
            .map(|line| format!("{} {}", if line.is_error { "error" } else { "note" }, line.without_position()))
            .collect();
        Outcome { application, told }
    }
}

impl Outcome {
    /// The application of a document that has no errors.
    fn application(self) -> Application {
        assert!(self.told.iter().all(|line| line.starts_with("note")), "{:#?}", self.told);
        self.application.expect("an application")
    }

    /// The lines that hold `text`, without the declaration's id.
    fn about(&self, text: &str) -> Vec<String> {
        self.told.iter().filter(|line| line.contains(text)).map(|line| line.replacen(" Shop", "", 1)).collect()
    }
}

/// The application of a document with one service `web`, whose attributes are these.
fn web(attributes: &str) -> (Workload, Container) {
    let application = service(attributes).application();
    let workload = application.workloads.get("web").expect("web").clone();
    let container = workload.main.clone();
    (workload, container)
}

/// What came of a document with one service `web`, whose attributes are these.
fn service(attributes: &str) -> Outcome {
    let attributes = attributes.replace('\n', "\n    ");
    Declaration::default().text(&format!("services:\n  web:\n    image: nginx\n    {attributes}\nvolumes:\n  data:\n"))
}
