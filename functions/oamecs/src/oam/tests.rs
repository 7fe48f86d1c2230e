//! Whole documents: text in; an application, or what the author is told, out.

mod v1alpha1;
mod v1alpha2;
mod v1beta1;

use serde_json::{Value as Json, json};

use super::model::{self, Component, Container, VariableValue};
use super::{Settings, load, lower, settings as own};
use crate::diagnostic::{Diagnostics, Origin, Origins, Root, render};
use crate::document::{Document, Early, Form, NotEarly, Reader, Source, from_json, from_yaml};
use crate::program::Application;

/// Template parameters by name, and one called `Hidden`, which is not echoed.
struct Parameters<'a>(&'a [(&'a str, &'a str)]);

impl Early for Parameters<'_> {
    fn resolve(&mut self, function: &Json) -> Result<Json, NotEarly> {
        let name = function.get("Ref").and_then(Json::as_str).unwrap_or_default();
        match self.0.iter().find(|(parameter, _)| *parameter == name) {
            Some((_, value)) => Ok(Json::from(*value)),
            None => Err(NotEarly::new(format!("`{function}` is known only when the stack is made"))),
        }
    }

    fn is_hidden(&self, function: &Json) -> bool {
        function.get("Ref").and_then(Json::as_str) == Some("Hidden")
    }
}

/// A declaration around documents.
struct Declaration<'a> {
    /// Its properties but `Document`, a map.
    properties: Json,
    /// Template parameters by name.
    parameters: &'a [(&'a str, &'a str)],
}

impl Default for Declaration<'_> {
    fn default() -> Self {
        Self::with(json!({}))
    }
}

/// What came of documents.
struct Outcome {
    /// What was loaded.
    model: Option<model::Application>,
    /// What that became.
    lowered: Option<Application>,
    /// `error spec.components[0]: …` and `note …`, in the author's order.
    told: Vec<String>,
}

/// What comes of documents as a block string.
fn documents(text: &str) -> Outcome {
    with(json!({}), text)
}

/// The same, with other properties of the declaration.
fn with(properties: Json, text: &str) -> Outcome {
    Declaration::with(properties).texts(&[text])
}

impl Declaration<'_> {
    /// One with these properties.
    fn with(properties: Json) -> Self {
        Self { properties, parameters: &[] }
    }

    /// What comes of a list of documents as block strings, each of which may hold several.
    fn texts(&self, texts: &[&str]) -> Outcome {
        let mut origins = Origins::default();
        let mut diagnostics = Diagnostics::default();
        let origin = origins.root(Origin::TEMPLATE, Root::Declaration("Shop".to_owned()));
        let property = origins.key(origin, "Document");
        let mut documents = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let place = if texts.len() == 1 { property } else { origins.index(property, index) };
            let nodes = from_yaml(text, Source { origin: place }, &mut origins, &mut diagnostics);
            assert_eq!(diagnostics.errors(), 0, "{:?}", diagnostics.entries());
            documents.extend(nodes.into_iter().map(|node| Document { node, form: Form::Text }));
        }
        self.compile(documents, origin, origins, diagnostics)
    }

    /// What comes of documents as maps, as CloudFormation hands them over.
    fn maps(&self, maps: Vec<Json>) -> Outcome {
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
        let properties = from_json(self.properties.clone(), origin, &mut origins);
        let mut early = Parameters(self.parameters);
        let mut reader = Reader { diagnostics: &mut diagnostics, early: &mut early };
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
        let model = load(documents, &settings, &mut reader);
        let lowered = model.clone().and_then(|model| lower(model, &settings, "Shop".to_owned(), &mut diagnostics));
        let told = render(&diagnostics, &origins)
            .into_iter()
            .map(|line| {
                let text = line.without_position();
                let text = text.strip_prefix("Shop ").unwrap_or(&text);
                format!("{} {text}", if line.is_error { "error" } else { "note" })
            })
            .collect();
        Outcome { model, lowered, told }
    }
}

impl Outcome {
    /// The application of documents that have no errors.
    fn application(&self) -> &model::Application {
        assert!(self.told.iter().all(|line| line.starts_with("note")), "{:#?}", self.told);
        assert!(self.lowered.is_some(), "nothing was lowered: {:#?}", self.told);
        self.model.as_ref().expect("an application")
    }

    /// A component of documents that have no errors.
    fn component(&self, name: &str) -> &Component {
        self.application().components.get(name).expect(name)
    }

    /// The lines that hold `text`.
    fn about(&self, text: &str) -> Vec<&str> {
        self.told.iter().filter(|line| line.contains(text)).map(String::as_str).collect()
    }

    /// The errors.
    fn errors(&self) -> Vec<&str> {
        self.about("error ").into_iter().filter(|line| line.starts_with("error")).collect()
    }

    /// That there is one error, which holds all of `texts`.
    #[track_caller]
    fn refuses(&self, texts: &[&str]) {
        let errors = self.errors();
        assert_eq!(errors.len(), 1, "{:#?}", self.told);
        assert!(texts.iter().all(|text| errors.iter().all(|error| error.contains(text))), "{errors:#?}");
    }

    /// That there is no error, and a note that holds all of `texts`.
    #[track_caller]
    fn notes(&self, texts: &[&str]) {
        assert!(self.errors().is_empty(), "{:#?}", self.told);
        assert!(self.told.iter().any(|line| texts.iter().all(|text| line.contains(text))), "{:#?}", self.told);
    }
}

/// A component of documents that have no errors.
fn component(outcome: Outcome, name: &str) -> Component {
    outcome.application();
    outcome.model.and_then(|mut model| model.components.remove(name)).expect(name)
}

/// Its first container.
fn main(component: &Component) -> &Container {
    component.pod.containers.first().expect("a container")
}

/// `NAME=value`, and `NAME=secret:key` of variables that are secret.
fn variables(container: &Container) -> Vec<String> {
    let text = |variable: &VariableValue| match variable {
        VariableValue::Text(text) => text.known().cloned().unwrap_or_else(|| "…".to_owned()),
        VariableValue::Secret { name, key } => format!("{name}:{}", key.clone().unwrap_or_default()),
    };
    container.env.iter().map(|variable| format!("{}={}", variable.name.value, text(&variable.value))).collect()
}
