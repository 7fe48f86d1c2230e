//! A template as its author has it: what the preview and the tests read.
//!
//! In: the text of a file, YAML or JSON. Out: what CloudFormation would hand to the macro, a JSON map with functions in
//! their long form and `Transform` taken out; and what the macro cannot see, for messages. The macro itself needs none of
//! this.

mod error;
mod findings;
mod scalars;
mod template;
mod yaml11;

pub use error::SourceError;
pub use template::Template;

use serde::Deserialize;
use serde_json::{Map, Number, Value as Json, json};
use serde_yaml::Value as Yaml;

use crate::document::{Fault, function_of_tag, suggestion};
use scalars::{Scalar, Style, scalars};

/// The sections of a template beside `Resources`.
const SECTIONS: [&str; 9] = [
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Rules",
    "Transform",
];

/// Reads a template in YAML or JSON.
///
/// # Errors
/// Where CloudFormation would not take the text for a template either.
pub fn read(text: &str) -> Result<(Template, Map<String, Json>), SourceError> {
    let mut template = Template { text: text.to_owned(), transform: None, changes: Vec::new(), aliases: Vec::new() };
    let json = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| SourceError::Syntax(json_fault(&error)))?
    } else {
        read_yaml(text, &mut template)?
    };
    let Json::Object(mut fragment) = json else {
        return Err(SourceError::NoMap);
    };
    template.transform = fragment.shift_remove("Transform");
    check_resources(&fragment, &template)?;
    Ok((template, fragment))
}

fn read_yaml(text: &str, template: &mut Template) -> Result<Json, SourceError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents: Vec<Yaml> = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let document = Yaml::deserialize(document);
        documents.push(document.map_err(|error| SourceError::Syntax(Fault::of(&error, text)))?);
    }
    let Some(document) = documents.into_iter().next() else { return Ok(Json::Null) };
    let scalars = scalars(text);
    let json = to_json(document).map_err(|error| match error {
        SourceError::Merge(_) => SourceError::Merge(merge_key(&scalars)),
        other => other,
    })?;
    let (json, changes) = yaml11::as_cloudformation_reads(json, text, &scalars);
    template.changes = changes;
    let aliases = scalars.into_iter().filter(|scalar| scalar.style == Style::Alias);
    template.aliases = aliases.map(|alias| (alias.text, alias.place)).collect();
    Ok(json)
}

/// A template has resources, unless `AWS::Include` brings them.
fn check_resources(fragment: &Map<String, Json>, template: &Template) -> Result<(), SourceError> {
    let is_included = fragment.contains_key("Fn::Transform") || template.macros().any(Json::is_object);
    if fragment.contains_key("Resources") || is_included {
        return Ok(());
    }
    if fragment.get("services").is_some_and(Json::is_object) && template.transform.is_none() {
        return Err(SourceError::Compose);
    }
    let others = fragment.keys().map(String::as_str).filter(|key| !SECTIONS.contains(key));
    Err(SourceError::NoResources(suggestion("Resources", others).map(str::to_owned)))
}

fn json_fault(error: &serde_json::Error) -> Fault {
    let words = error.to_string();
    let problem = words.split(" at line ").next().unwrap_or(&words);
    Fault {
        message: format!("this is not valid JSON: {problem}"),
        fix: None,
        position: (error.line() > 0).then(|| (error.line(), error.column())),
    }
}

fn merge_key(scalars: &[Scalar]) -> Option<(usize, usize)> {
    scalars.iter().find(|scalar| scalar.style == Style::Key && scalar.text == "<<").map(|scalar| scalar.place)
}

fn to_json(value: Yaml) -> Result<Json, SourceError> {
    Ok(match value {
        Yaml::Null => Json::Null,
        Yaml::Bool(value) => Json::Bool(value),
        Yaml::Number(value) => {
            let number = value.as_i64().map(Number::from).or_else(|| value.as_u64().map(Number::from));
            number
                .or_else(|| Number::from_f64(value.as_f64()?))
                .map_or_else(|| Json::String(value.to_string()), Json::Number)
        }
        Yaml::String(value) => Json::String(value),
        Yaml::Sequence(items) => Json::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?),
        Yaml::Mapping(mapping) => {
            let mut entries = Map::new();
            for (key, value) in mapping {
                let key = match key {
                    Yaml::String(key) => key,
                    Yaml::Number(key) => key.to_string(),
                    Yaml::Bool(key) => key.to_string(),
                    _ => return Err(SourceError::Key),
                };
                if key == "<<" {
                    return Err(SourceError::Merge(None));
                }
                entries.insert(key, to_json(value)?);
            }
            Json::Object(entries)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            match function_of_tag(&tag, to_json(tagged.value)?) {
                Some((name, argument)) => json!({ name: argument }),
                None => return Err(SourceError::Tag(tag)),
            }
        }
    })
}
