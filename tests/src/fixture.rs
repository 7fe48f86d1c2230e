//! Fixtures: a folder with a template, and what must come of it.
//!
//! `template.yaml` is what an author writes; `parameters.json`, where there is one, the values of its parameters, and
//! `defaults.json` those of the installation. What must come of it is `expanded.json`, the processed template, or `error.txt`, the message of the failure, byte for byte.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails so")]

use std::fs;
use std::path::{Path, PathBuf};

use oamecs::installation::Installation;
use oamecs::source;
use oamecs::{Request, expand};
use serde_json::{Map, Value};

use crate::tools::repository;

/// A fixture.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// Its name, the folder's.
    pub name: String,
    /// Its template.
    pub template: PathBuf,
    /// The folder with what must come of it.
    pub expected: PathBuf,
}

/// What came of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The processed template.
    Expanded(Map<String, Value>),
    /// The message of the failure.
    Failed(String),
}

/// All fixtures: those of `tests/expand`, and every example, whose outcome lies in `tests/examples`.
///
/// # Panics
/// Where a folder cannot be read, or `tests/examples` holds the outcome of an example that is gone.
pub fn fixtures() -> Vec<Fixture> {
    let root = repository();
    let mut fixtures: Vec<Fixture> = folders(&root.join("tests/expand"))
        .into_iter()
        .map(|folder| Fixture { name: name(&folder), template: folder.join("template.yaml"), expected: folder })
        .collect();
    for format in folders(&root.join("examples")) {
        let mut files: Vec<PathBuf> = read_dir(&format);
        files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
        for file in files {
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let name = format!("{}-{stem}", name(&format));
            let expected = root.join("tests/examples").join(&name);
            fixtures.push(Fixture { name: format!("example-{name}"), template: file, expected });
        }
    }
    for outcome in folders(&root.join("tests/examples")) {
        let known = fixtures.iter().any(|fixture| fixture.expected == outcome);
        assert!(known, "{} is the outcome of no example", outcome.display());
    }
    fixtures
}

impl Fixture {
    /// The template as its author wrote it, `Transform` taken out.
    ///
    /// # Panics
    /// Where the fixture itself cannot be read.
    pub fn source(&self) -> Map<String, Value> {
        let text = fs::read_to_string(&self.template).expect("the fixture has a template");
        let (_, fragment) = source::read(&text).expect("the text is a template");
        fragment
    }

    /// Expands the template.
    ///
    /// # Panics
    /// Where the fixture itself cannot be read.
    pub fn outcome(&self) -> Outcome {
        let parameters = fs::read_to_string(self.expected.join("parameters.json")).unwrap_or_else(|_| "{}".to_owned());
        let parameters: Map<String, Value> = serde_json::from_str(&parameters).expect("parameters.json is a map");
        let nonce = "one-request".to_owned();
        let text = fs::read_to_string(&self.template).expect("the fixture has a template");
        let (template, fragment) = source::read(&text).expect("the text is a template");
        let transform_parameters = template.transform_parameters();
        let defaults = fs::read_to_string(self.expected.join("defaults.json")).ok();
        let installation = Installation { defaults, ..Installation::default() };
        match expand(Request { fragment, parameters, transform_parameters, installation, nonce }) {
            Ok(expansion) => Outcome::Expanded(expansion.fragment()),
            Err(failure) => Outcome::Failed(failure.message),
        }
    }
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let mut folders = read_dir(parent);
    folders.retain(|path| path.is_dir());
    folders
}

fn read_dir(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).unwrap_or_else(|error| panic!("{}: {error}", parent.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn name(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Fixture {
    /// The Compose documents of the template that hold no function of CloudFormation, as JSON.
    ///
    /// # Panics
    /// Where the fixture itself cannot be read.
    pub fn plain_documents(&self) -> Vec<Value> {
        let fragment = self.source();
        let resources = fragment.get("Resources").and_then(Value::as_object).into_iter().flatten();
        let compose = resources.filter(|(_, resource)| resource["Type"] == "OamEcs::Compose");
        let documents = compose.flat_map(|(_, resource)| match &resource["Properties"]["Document"] {
            Value::Array(items) => items.iter().flat_map(parts).collect(),
            document => parts(document),
        });
        documents.filter(|document| !holds_function(document)).collect()
    }
}

/// The documents of a map or a text. One with tags is left out, as JSON has none.
fn parts(document: &Value) -> Vec<Value> {
    let Value::String(text) = document else { return vec![document.clone()] };
    let documents = oamecs::document::parse(text).unwrap_or_default().into_iter();
    documents.filter(|_| !text.contains(": !")).filter_map(|document| serde_json::to_value(document).ok()).collect()
}

fn holds_function(value: &Value) -> bool {
    match value {
        Value::Object(entries) => {
            entries.iter().any(|(key, value)| key == "Ref" || key.starts_with("Fn::") || holds_function(value))
        }
        Value::Array(items) => items.iter().any(holds_function),
        _ => false,
    }
}
