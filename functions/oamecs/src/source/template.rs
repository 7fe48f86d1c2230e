//! What a template's author has and the macro has not: its text, and `Transform`.

use serde_json::{Map, Value as Json, json};

use super::SourceError;
use super::yaml11::Change;
use crate::diagnostic::{Place, Segment};
use crate::document::{locate, locate_value, suggestion};

/// What of a template the macro does not see.
#[derive(Clone, Debug)]
pub struct Template {
    pub(super) text: String,
    pub(super) transform: Option<Json>,
    /// What CloudFormation reads otherwise than it is written.
    pub(super) changes: Vec<Change>,
    /// The aliases of its own YAML: name, and line with column.
    pub(super) aliases: Vec<(String, (usize, usize))>,
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
                let names = declared.into_iter().flat_map(Map::keys).map(String::as_str);
                let near = suggestion(key, names).map(str::to_owned);
                return Err(SourceError::Parameter(key.clone(), near));
            };
            let kind = declaration.get("Type").and_then(Json::as_str).unwrap_or_default();
            let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
            let value = if is_list { json!(value.split(',').map(str::trim).collect::<Vec<_>>()) } else { json!(value) };
            values.insert(key.clone(), value);
        }
        Ok(values)
    }

    /// `Parameters` of the transform that is ours.
    pub fn transform_parameters(&self) -> Map<String, Json> {
        let mut ours = self.macros().filter(|name| !is_foreign(name));
        let parameters = ours.find_map(|name| name.get("Parameters")?.as_object());
        parameters.cloned().unwrap_or_default()
    }

    /// The processed template: the fragment, with the macros that CloudFormation would still have to run.
    pub fn with_transform(&self, fragment: Map<String, Json>) -> Json {
        let others: Vec<Json> = self.macros().filter(|name| is_foreign(name)).cloned().collect();
        let mut whole = Map::new();
        if !others.is_empty() {
            whole.insert("Transform".to_owned(), Json::Array(others));
        }
        whole.extend(fragment);
        Json::Object(whole)
    }

    /// How long the text is: [`Self::locate`] walks through all of it.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Line and column, from 1, of a finding in the template's text; `within` are those in the text of its document. `None`
    /// where they cannot be told, as in a document that is text in quotes.
    pub fn locate(&self, place: &Place, within: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let Some(depth) = place.text else { return locate(&self.text, 0, &place.path) };
        let (line, column) = within?;
        let block = Block::find(&self.text, place.path.get(..depth)?)?;
        Some((block.line + line, block.indentation + column))
    }

    /// Line and column, from 1, of the property that holds the document of a finding.
    pub fn locate_property(&self, place: &Place) -> Option<(usize, usize)> {
        locate(&self.text, 0, place.path.get(..place.text?)?)
    }

    pub(super) fn macros(&self) -> impl Iterator<Item = &Json> {
        match &self.transform {
            Some(Json::Array(macros)) => macros.iter(),
            Some(name) => std::slice::from_ref(name).iter(),
            None => [].iter(),
        }
    }
}

/// Whether a macro is none of ours: one of AWS. Any other may be ours, as an installation may call it as it likes.
pub(super) fn is_foreign(name: &Json) -> bool {
    name_of(name).starts_with("AWS::")
}

/// The name of a macro, which is text or a map with `Name`.
pub(super) fn name_of(name: &Json) -> &str {
    name.as_str().or_else(|| name.get("Name")?.as_str()).unwrap_or_default()
}

/// A literal block scalar (`|`), whose lines are those of its text.
struct Block {
    /// The line of its `|`, from 1.
    line: usize,
    indentation: usize,
}

impl Block {
    fn find(text: &str, path: &[Segment]) -> Option<Self> {
        let (line, column) = locate_value(text, 0, path)?;
        let mut lines = text.lines().skip(line - 1);
        let header: String = lines.next()?.chars().skip(column - 1).collect();
        let header = header.strip_prefix('|')?;
        let indicator = header.chars().take(2).find_map(|character| character.to_digit(10));
        let indentation = if let Some(indicator) = indicator {
            locate(text, 0, path)?.1 - 1 + usize::try_from(indicator).ok()?
        } else {
            let first = lines.find(|line| !line.trim().is_empty())?;
            first.chars().take_while(|character| *character == ' ').count()
        };
        Some(Self { line, indentation })
    }
}
