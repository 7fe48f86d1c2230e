//! Whole declarations: what stands beside the document, and the document as text; an application, or what the author is told, out.

mod changes;
mod environment;
mod load_balancers;
mod logging;
mod merged;
mod ported;
mod services;
mod surroundings;

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::{Diagnostics, Origins, render};
use crate::fragment::{self, EarlyValues};
use crate::front_end;
use crate::program::{Application, Container, Program, Workload};
use crate::settings::defaults::Defaults;

/// What came of a template.
struct Outcome {
    program: Program,
    /// `error Shop services.web: …` and `note …`, in the author's order.
    told: Vec<String>,
}

/// What comes of a document as a block string.
fn document(text: &str) -> Outcome {
    with(json!({}), text)
}

/// The same, with other properties of the declaration.
fn with(properties: Json, text: &str) -> Outcome {
    declaration(properties, Json::from(text))
}

/// What comes of documents in any form.
fn declaration(mut properties: Json, document: Json) -> Outcome {
    properties["Document"] = document;
    template(json!({
        "Parameters": {
            "DbPwd": { "Type": "String", "NoEcho": true },
            "Level": { "Type": "String", "Default": "info" },
            "Names": { "Type": "CommaDelimitedList", "Default": "a,b" },
        },
        "Resources": { "Shop": { "Type": "OamEcs::Stackfile", "Properties": properties } },
    }))
}

/// What comes of a template.
fn template(template: Json) -> Outcome {
    let Json::Object(fragment) = template else { panic!("a template is a map") };
    let mut origins = Origins::default();
    let mut diagnostics = Diagnostics::default();
    let mut early = EarlyValues::new(&fragment, Map::new());
    let (_, mut declarations) = fragment::find(fragment, &mut origins, &mut diagnostics);
    let program = front_end::lower(&mut declarations, Defaults::default(), &mut early, &mut origins, &mut diagnostics);
    let line = |line: &crate::diagnostic::Rendered| {
        format!("{} {}", if line.is_error { "error" } else { "note" }, line.without_position())
    };
    Outcome { program, told: render(&diagnostics, &origins).iter().map(line).collect() }
}

/// What comes of one service `web` with these attributes, among others.
fn service(attributes: &str) -> Outcome {
    service_with(json!({}), attributes)
}

/// The same, with other properties of the declaration.
fn service_with(properties: Json, attributes: &str) -> Outcome {
    with(properties, &web(attributes))
}

/// A document with one service `web`.
fn web(attributes: &str) -> String {
    let attributes = attributes.replace('\n', "\n      ");
    format!("services:\n  - web:\n      image: nginx:1.27\n      {attributes}\n")
}

impl Outcome {
    /// The application of a declaration that has no errors.
    #[track_caller]
    fn application(&self) -> &Application {
        assert_eq!(self.errors(), Vec::<&str>::new());
        self.program.applications.get("Shop").expect("an application")
    }

    /// A workload of a declaration that has no errors.
    #[track_caller]
    fn workload(&self, name: &str) -> &Workload {
        self.application().workloads.get(name).expect(name)
    }

    /// The container of a workload.
    #[track_caller]
    fn container(&self, name: &str) -> &Container {
        &self.workload(name).main
    }

    /// The errors.
    fn errors(&self) -> Vec<&str> {
        self.told.iter().filter(|line| line.starts_with("error")).map(String::as_str).collect()
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
        assert_eq!(self.errors(), Vec::<&str>::new());
        assert!(self.told.iter().any(|line| texts.iter().all(|text| line.contains(text))), "{:#?}", self.told);
    }
}
