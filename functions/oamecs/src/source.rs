//! A template as its author has it: what the preview and the tests read.
//!
//! In: the text of a file, YAML or JSON. Out: what CloudFormation would hand to the macro, a JSON map with functions in
//! their long form and `Transform` taken out. The macro itself needs none of this.

mod yaml11;

use serde::Deserialize;
use serde_json::{Map, Number, Value as Json, json};
use serde_yaml::Value as Yaml;
use thiserror::Error;

use crate::document::function_of_tag;

/// Why a text is no template.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SourceError {
    /// The text is JSON with a fault, in the parser's words.
    #[error("this is not valid JSON: {0}")]
    Json(String),
    /// The text is YAML with a fault, in the parser's words.
    #[error("this is not valid YAML: {0}")]
    Yaml(String),
    /// The text is a list or a scalar.
    #[error("a template is a map with `Resources`")]
    NoMap,
    /// A key that is a list or a map.
    #[error("a key of a map must be text")]
    Key,
    /// A merge key.
    #[error("CloudFormation's YAML has no merge keys (`<<`): put the document in a block string (`Document: |`)")]
    Merge,
    /// A tag that CloudFormation does not know.
    #[error("`{0}` is no function of CloudFormation")]
    Tag(String),
    /// A value is given for what is no parameter.
    #[error("the template has no parameter `{0}`")]
    Parameter(String),
}

/// What of a template the macro does not see.
#[derive(Clone, Debug)]
pub struct Template {
    transform: Option<Json>,
}

/// Reads a template in YAML or JSON.
///
/// # Errors
/// Where CloudFormation would not take the text for a template either.
pub fn read(text: &str) -> Result<(Template, Map<String, Json>), SourceError> {
    let json = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| SourceError::Json(error.to_string()))?
    } else {
        let mut documents: Vec<Yaml> = Vec::new();
        for document in serde_yaml::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            let document = Yaml::deserialize(document);
            documents.push(document.map_err(|error| SourceError::Yaml(error.to_string()))?);
        }
        match documents.into_iter().next() {
            Some(document) => yaml11::as_cloudformation_reads(to_json(document)?, text),
            None => Json::Null,
        }
    };
    let Json::Object(mut fragment) = json else {
        return Err(SourceError::NoMap);
    };
    let transform = fragment.shift_remove("Transform");
    Ok((Template { transform }, fragment))
}

impl Template {
    /// The values of parameters as a macro gets them: lists as lists.
    ///
    /// # Errors
    /// Where a value is given for what the template does not declare.
    pub fn parameter_values(
        fragment: &Map<String, Json>,
        given: &[(String, String)],
    ) -> Result<Map<String, Json>, SourceError> {
        let declared = fragment.get("Parameters").and_then(Json::as_object);
        let mut values = Map::new();
        for (key, value) in given {
            let declaration = declared.and_then(|declared| declared.get(key));
            let Some(declaration) = declaration else {
                return Err(SourceError::Parameter(key.clone()));
            };
            let kind = declaration.get("Type").and_then(Json::as_str).unwrap_or_default();
            let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
            let value = if is_list { json!(value.split(',').map(str::trim).collect::<Vec<_>>()) } else { json!(value) };
            values.insert(key.clone(), value);
        }
        Ok(values)
    }

    /// The processed template: the fragment, with the macros that CloudFormation would still have to run.
    pub fn with_transform(&self, fragment: Map<String, Json>) -> Json {
        let others: Vec<Json> = match &self.transform {
            Some(Json::Array(macros)) => macros.iter().filter(|name| !is_ours(name)).cloned().collect(),
            Some(name) if !is_ours(name) => vec![name.clone()],
            _ => Vec::new(),
        };
        let mut whole = Map::new();
        if !others.is_empty() {
            whole.insert("Transform".to_owned(), Json::Array(others));
        }
        whole.extend(fragment);
        Json::Object(whole)
    }
}

/// Whether a macro is ours: any that is not of AWS, as an installation may call it as it likes.
fn is_ours(name: &Json) -> bool {
    let name = name.as_str().or_else(|| name.get("Name")?.as_str()).unwrap_or_default();
    !name.starts_with("AWS::")
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
                    return Err(SourceError::Merge);
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
