//! Declarations around documents, with what they say beside them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::diagnostic::{Diagnostics, Located, Origin, Origins, Root, render};
use crate::document::{Document, Early, Form, NotEarly, Reader, Source, from_json, from_yaml};
use crate::expression::{Deferred, Expr};
use crate::oam::model::{Application, Component};
use crate::oam::settings::Own;
use crate::oam::{Settings, load, lower, settings};
use crate::program::application::Application as Lowered;
use crate::settings::{Machines, Secrets};

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

/// A declaration around documents.
#[derive(Default)]
pub(super) struct Declaration<'a> {
    pub(super) variables: &'a [(&'a str, Json)],
    pub(super) images: &'a [(&'a str, &'a str)],
    pub(super) parameters: &'a [(&'a str, &'a str)],
    /// The properties that only OAM has, as a map.
    pub(super) own: Option<Json>,
}

/// What came of documents.
pub(super) struct Outcome {
    pub(super) application: Option<Application>,
    /// What became of that.
    pub(super) lowered: Option<Lowered>,
    /// `error spec.components[0]: …` and `note …`, in the author's order.
    pub(super) told: Vec<String>,
}

impl Declaration<'_> {
    /// A list of documents as block strings, each of which may hold several.
    pub(super) fn texts(&self, texts: &[&str]) -> Outcome {
        let mut origins = Origins::default();
        let mut diagnostics = Diagnostics::default();
        let origin = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
        let property = origins.key(origin, "Document");
        let mut documents = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let place = if texts.len() == 1 { property } else { origins.index(property, index) };
            let nodes = from_yaml(text, Source { origin: place }, &mut origins, &mut diagnostics);
            documents.extend(nodes.into_iter().map(|node| Document { node, form: Form::Text }));
        }
        self.compile(documents, origin, origins, diagnostics)
    }

    /// Documents as maps, as CloudFormation hands them over.
    pub(super) fn maps(&self, maps: Vec<Json>) -> Outcome {
        let mut origins = Origins::default();
        let origin = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
        let root = origins.root(origin, Root::Document { text: None, index: 0 });
        let document = |map| Document { node: from_json(map, root, &mut origins), form: Form::Map };
        let documents = maps.into_iter().map(document).collect();
        self.compile(documents, origin, origins, Diagnostics::default())
    }

    fn compile(
        &self,
        documents: Vec<Document>,
        origin: Origin,
        mut origins: Origins,
        mut diagnostics: Diagnostics,
    ) -> Outcome {
        let located = |value: Expr<String>| Located::new(origin, value);
        let value = |value: &Json| match value {
            Json::String(text) => Expr::Known(text.clone()),
            function => Expr::Deferred(Deferred::function(function.clone())),
        };
        let variables: BTreeMap<_, _> =
            self.variables.iter().map(|(name, given)| ((*name).to_owned(), located(value(given)))).collect();
        let images =
            self.images.iter().map(|(name, image)| ((*name).to_owned(), located(Expr::from(*image)))).collect();
        let mut early = Parameters(self.parameters);
        let place = origins.key(origin, "Properties");
        let own = self.own.clone().map(|own| from_json(own, place, &mut origins));
        let mut reader = Reader { diagnostics: &mut diagnostics, early: &mut early };
        let own = match own.and_then(|own| reader.fields(own, "a map")) {
            Some(mut fields) => settings::read(&mut fields, &mut reader),
            None => Own::default(),
        };
        let settings = Settings {
            id: "Shop",
            origin,
            variables,
            images,
            secrets: Secrets::default(),
            machines: Machines::default(),
            is_complete: true,
            own,
        };
        let application = load(documents, &settings, &mut reader);
        let lowered = application
            .clone()
            .and_then(|application| lower(application, &settings, "Shop".to_owned(), &mut diagnostics));
        let told = render(&diagnostics, &origins)
            .into_iter()
            .map(|line| format!("{} {}", if line.is_error { "error" } else { "note" }, line.without_position()))
            .collect();
        Outcome { application, lowered, told }
    }
}

impl Outcome {
    /// The application of documents that have no errors.
    pub(super) fn application(&self) -> &Application {
        assert!(self.told.iter().all(|line| line.starts_with("note")), "{:#?}", self.told);
        assert!(self.lowered.is_some(), "nothing runs");
        self.application.as_ref().expect("an application")
    }

    /// A component of documents that have no errors.
    pub(super) fn component(&self, name: &str) -> &Component {
        self.application().components.get(name).expect(name)
    }

    /// The lines that hold `text`, without the declaration's id.
    pub(super) fn about(&self, text: &str) -> Vec<String> {
        self.told.iter().filter(|line| line.contains(text)).map(|line| line.replacen(" Shop", "", 1)).collect()
    }

    /// The errors, without the declaration's id.
    pub(super) fn errors(&self) -> Vec<String> {
        self.about("error ")
    }

    /// That there is one error, which holds all of `texts`.
    #[track_caller]
    pub(super) fn refuses(&self, texts: &[&str]) {
        let errors = self.errors();
        assert_eq!(errors.len(), 1, "{:#?}", self.told);
        assert!(texts.iter().all(|text| errors.iter().all(|error| error.contains(text))), "{errors:#?}");
    }

    /// That there is no error, and a note that holds all of `texts`.
    #[track_caller]
    pub(super) fn notes(&self, texts: &[&str]) {
        assert_eq!(self.errors(), Vec::<String>::new());
        assert!(self.told.iter().any(|line| texts.iter().all(|text| line.contains(text))), "{:#?}", self.told);
    }
}
