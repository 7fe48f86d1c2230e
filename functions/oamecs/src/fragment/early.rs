//! What functions are worth while the template is expanded.
//!
//! In: the template's `Parameters`, `Mappings` and `Conditions`, and the values of its parameters. Out: the values of
//! functions over them, or the reason why a value is known only when the stack is made. What CloudFormation alone knows
//! (resources, pseudo parameters, other stacks, secrets) is never guessed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::cloudformation::function;
use crate::cloudformation::substitution::{Piece, pieces};
use crate::document::{Early, NotEarly, suggestion};
use crate::gather::Gather;

/// Conditions that refer to each other deeper than this are no template that a person wrote.
const DEPTH_LIMIT: usize = 64;

/// The values that are known while the template is expanded.
#[derive(Clone, Debug, Default)]
pub struct EarlyValues {
    parameters: BTreeMap<String, Parameter>,
    mappings: Map<String, Json>,
    conditions: BTreeMap<String, Condition>,
    /// The types of resources, by their ids; empty where there is none.
    resources: BTreeMap<String, String>,
    used: BTreeSet<String>,
    depth: usize,
}

#[derive(Clone, Debug)]
struct Parameter {
    kind: String,
    no_echo: bool,
    value: Option<Json>,
}

#[derive(Clone, Debug)]
enum Condition {
    /// As the template has it.
    Written(Json),
    /// Being worked out: who asks now, asks in a circle.
    Asked,
    /// Worked out, once.
    Known(Result<bool, NotEarly>),
}

impl EarlyValues {
    /// Copies the sections that values depend on out of `fragment`. `values` are the request's
    /// `templateParameterValues`; a parameter that has none there has its `Default`.
    pub fn new(fragment: &Map<String, Json>, mut values: Map<String, Json>) -> Self {
        let section = |name: &str| fragment.get(name).and_then(Json::as_object);
        let parameters = section("Parameters").into_iter().flatten().map(|(name, declared)| {
            let kind = declared.get("Type").and_then(Json::as_str).unwrap_or("String").to_owned();
            let value = values.remove(name).filter(|value| !value.is_null());
            let value = value.or_else(|| declared.get("Default").cloned()).map(|value| list_of_text(&kind, value));
            (name.clone(), Parameter { kind, no_echo: is_hidden(declared), value })
        });
        Self {
            parameters: parameters.gather(),
            mappings: section("Mappings").cloned().unwrap_or_default(),
            conditions: section("Conditions")
                .into_iter()
                .flatten()
                .map(|(name, condition)| (name.clone(), Condition::Written(condition.clone())))
                .gather(),
            resources: section("Resources")
                .into_iter()
                .flatten()
                .map(|(id, resource)| {
                    (id.clone(), resource.get("Type").and_then(Json::as_str).unwrap_or_default().to_owned())
                })
                .gather(),
            used: BTreeSet::new(),
            depth: 0,
        }
    }

    /// The parameters that decided about resources so far. With "use existing template" their values freeze.
    pub fn used(&self) -> &BTreeSet<String> {
        &self.used
    }

    fn value(&mut self, value: &Json) -> Result<Json, NotEarly> {
        if let Some((name, argument)) = function::call(value) {
            return self.call(name, argument);
        }
        match value {
            Json::String(text) if text.contains("{{resolve:") => Err(NotEarly::new(
                "a dynamic reference (`{{resolve:…}}`) is known only when the stack is made".to_owned(),
            )),
            Json::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Json::Object(entries) => {
                let entries: Result<Map<_, _>, _> =
                    entries.iter().map(|(key, value)| Ok((key.clone(), self.value(value)?))).collect();
                entries.map(Json::Object)
            }
            literal => Ok(literal.clone()),
        }
    }

    fn call(&mut self, name: &str, argument: &Json) -> Result<Json, NotEarly> {
        match (name, argument) {
            ("Ref", Json::String(id)) => self.reference(id),
            ("Fn::If", Json::Array(items)) => match items.as_slice() {
                [Json::String(condition), then, otherwise] => {
                    let branch = if self.condition(condition)? { then } else { otherwise };
                    self.value(branch)
                }
                _ => Err(NotEarly::new("`Fn::If` takes the name of a condition and two values".to_owned())
                    .fix("write `!If [IsProduction, 2, 1]`")),
            },
            ("Fn::FindInMap", Json::Array(items)) => self.find_in_map(items),
            ("Fn::Sub", Json::String(text)) => self.substitute(text, None),
            ("Fn::Sub", Json::Array(items)) => match items.as_slice() {
                [Json::String(text), Json::Object(variables)] => self.substitute(text, Some(variables)),
                _ => Err(NotEarly::new("`Fn::Sub` takes a text and a map of variables".to_owned())
                    .fix("write `!Sub [\"${Name}\", { Name: … }]`")),
            },
            ("Fn::GetAtt", _) => Err(NotEarly::new("`Fn::GetAtt` is known only when its resource is there".to_owned())),
            ("Fn::ImportValue", _) => Err(NotEarly::new(
                "`Fn::ImportValue` is known only when the stack is made, as another stack exports it".to_owned(),
            )),
            _ => Err(NotEarly::new(format!("`{name}` is worked out only when the stack is made"))),
        }
    }

    fn reference(&mut self, id: &str) -> Result<Json, NotEarly> {
        if id == "AWS::NoValue" {
            return Ok(Json::Null);
        }
        if id.starts_with("AWS::") {
            return Err(NotEarly::new(format!("the pseudo parameter `{id}` is known only when the stack is made")));
        }
        let Some(parameter) = self.parameters.get(id) else {
            if self.resources.contains_key(id) {
                return Err(NotEarly::new(format!("the resource `{id}` is known only when it is there")));
            }
            let near = suggestion(id, self.parameters.keys().map(String::as_str));
            return Err(NotEarly::new(format!("`{id}` is no parameter of the template")).fix(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("declare `{id}` under `Parameters`, with a plain type"),
            }));
        };
        let kind = &parameter.kind;
        if kind.starts_with("AWS::SSM::Parameter::Value<") {
            return Err(NotEarly::new(format!(
                "the parameter `{id}` has the type `{kind}`, whose value is looked up when the stack is made"
            ))
            .fix(format!("give `{id}` the type `String`, and the value itself")));
        }
        if parameter.no_echo {
            return Err(NotEarly::new(format!(
                "the parameter `{id}` is `NoEcho`, and its value must not decide what the template holds"
            ))
            .fix(format!("take `NoEcho` from `{id}`, or write the value itself")));
        }
        match &parameter.value {
            None => Err(NotEarly::new(format!("the parameter `{id}` has no value"))
                .fix(format!("give it a `Default`, or a value (`--parameter {id}=…` in the preview)"))),
            Some(value) if value.as_str().is_some_and(|text| text.contains("{{resolve:")) => Err(NotEarly::new(format!(
                "the parameter `{id}` holds a dynamic reference (`{{{{resolve:…}}}}`), which is known only when the stack is made"
            ))
            .fix(format!("give `{id}` the value itself"))),
            Some(value) => {
                self.used.insert(id.to_owned());
                Ok(value.clone())
            }
        }
    }

    /// `Fn::FindInMap`, with the default value that `AWS::LanguageExtensions` adds.
    fn find_in_map(&mut self, arguments: &[Json]) -> Result<Json, NotEarly> {
        let ([map, top, second], default) = match arguments {
            [map, top, second] => ([map, top, second], None),
            [map, top, second, options] => ([map, top, second], options.get("DefaultValue")),
            _ => {
                return Err(NotEarly::new("`Fn::FindInMap` takes a map and two keys".to_owned())
                    .fix("write `!FindInMap [Map, Key, SecondKey]`"));
            }
        };
        let mut keys = Vec::with_capacity(3);
        for key in [map, top, second] {
            keys.push(text(&self.value(key)?)?);
        }
        let mut path = Vec::with_capacity(3);
        let mut level = Some(&self.mappings);
        let mut found = None;
        for key in &keys {
            let Some(entries) = level else { break };
            found = entries.get(key);
            if found.is_none() {
                break;
            }
            path.push(key.as_str());
            level = found.and_then(Json::as_object);
        }
        if let (Some(value), 3) = (found, path.len()) {
            return Ok(value.clone());
        }
        if let Some(default) = default {
            return self.value(default);
        }
        let words: Vec<&str> = keys.iter().map(String::as_str).collect();
        Err(NotEarly::new(format!("`Mappings` have no `{}`", keys.join("."))).fix(self.missing_key(&words)))
    }

    /// What to write for a key of `Mappings` that is not there: the first one that is missing.
    fn missing_key(&self, keys: &[&str]) -> String {
        let mut level = Some(&self.mappings);
        for (depth, key) in keys.iter().enumerate() {
            let Some(entries) = level else { break };
            if entries.contains_key(*key) {
                level = entries.get(*key).and_then(Json::as_object);
                continue;
            }
            let parent = keys.get(..depth).unwrap_or_default().join(".");
            let parent = if parent.is_empty() { "Mappings".to_owned() } else { parent };
            return match suggestion(key, entries.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}` for `{key}`?"),
                None => format!("add `{key}` to `{parent}`"),
            };
        }
        "write `!FindInMap [Map, Key, SecondKey]`, each as `Mappings` have it".to_owned()
    }

    /// `Fn::Sub` over what is known early: nothing but `Ref`s in a row.
    fn substitute(&mut self, template: &str, variables: Option<&Map<String, Json>>) -> Result<Json, NotEarly> {
        let mut result = String::with_capacity(template.len());
        for piece in pieces(template) {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Escape(name) => result.extend(["${", name, "}"]),
                Piece::Name(name) => {
                    let value = match variables.and_then(|variables| variables.get(name)) {
                        Some(value) => self.value(value)?,
                        None if name.contains('.') => {
                            return Err(NotEarly::new(format!(
                                "`${{{name}}}` is known only when its resource is there"
                            )));
                        }
                        None => self.reference(name)?,
                    };
                    result.push_str(&text(&value)?);
                }
            }
        }
        Ok(Json::String(result))
    }

    fn condition(&mut self, name: &str) -> Result<bool, NotEarly> {
        let Some(state) = self.conditions.get_mut(name) else {
            let near = suggestion(name, self.conditions.keys().map(String::as_str));
            return Err(NotEarly::new(format!("there is no condition `{name}`")).fix(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add `{name}` to `Conditions`"),
            }));
        };
        let written = match state {
            Condition::Known(result) => return result.clone(),
            Condition::Asked => {
                return Err(NotEarly::new(format!("the condition `{name}` depends on itself"))
                    .fix(format!("take the reference that leads back to `{name}` out")));
            }
            Condition::Written(_) => std::mem::replace(state, Condition::Asked),
        };
        let Condition::Written(expression) = written else { return Ok(false) };
        let result = self.truth(&expression);
        self.conditions.insert(name.to_owned(), Condition::Known(result.clone()));
        result
    }

    fn truth(&mut self, expression: &Json) -> Result<bool, NotEarly> {
        if self.depth > DEPTH_LIMIT {
            return Err(NotEarly::new(format!(
                "the conditions refer to each other more than {DEPTH_LIMIT} levels deep"
            )));
        }
        self.depth += 1;
        let result = self.truth_of(expression);
        self.depth -= 1;
        result
    }

    fn truth_of(&mut self, expression: &Json) -> Result<bool, NotEarly> {
        let single = expression.as_object().filter(|map| map.len() == 1).and_then(|map| map.iter().next());
        match single.map(|(name, argument)| (name.as_str(), argument)) {
            Some(("Condition", Json::String(name))) => self.condition(name),
            Some(("Fn::Equals", Json::Array(items))) => match items.as_slice() {
                [left, right] => Ok(text(&self.value(left)?)? == text(&self.value(right)?)?),
                _ => Err(NotEarly::new("`Fn::Equals` takes two values".to_owned())
                    .fix("write `!Equals [!Ref Stage, production]`")),
            },
            Some(("Fn::Not", Json::Array(items))) => match items.as_slice() {
                [inner] => Ok(!self.truth(inner)?),
                _ => Err(NotEarly::new("`Fn::Not` takes one condition".to_owned())
                    .fix("write `!Not [!Condition IsProduction]`")),
            },
            Some(("Fn::And", Json::Array(items))) => self.any_is(items, false).map(|found| !found),
            Some(("Fn::Or", Json::Array(items))) => self.any_is(items, true),
            Some((name, _)) => {
                Err(NotEarly::new(format!("`{name}` in a condition is worked out only when the stack is made")))
            }
            None => match expression {
                Json::Bool(value) => Ok(*value),
                _ => Err(NotEarly::new("a condition is not written as one function".to_owned())
                    .fix("write `!Equals`, `!And`, `!Or` or `!Not` under `Conditions`")),
            },
        }
    }

    /// Whether one of `items` is `wanted`; what is not known early does not matter once one is.
    fn any_is(&mut self, items: &[Json], wanted: bool) -> Result<bool, NotEarly> {
        let mut unknown = None;
        for item in items {
            match self.truth(item) {
                Ok(value) if value == wanted => return Ok(true),
                Ok(_) => {}
                Err(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        unknown.map_or(Ok(false), Err)
    }
}

impl Early for EarlyValues {
    /// `Ref` of a parameter of a plain type, `Fn::If`, `Fn::FindInMap` and `Fn::Sub` over such, and literals in them.
    /// `AWS::NoValue` is null. Anything else is not early.
    fn resolve(&mut self, function: &Json) -> Result<Json, NotEarly> {
        self.value(function)
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let folded = |name: &str| -> String {
            name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
        };
        let is_single =
            |parameter: &Parameter| !parameter.kind.contains("List<") && parameter.kind != "CommaDelimitedList";
        let wanted = folded(name);
        let mut same =
            self.parameters.iter().filter(|(other, parameter)| is_single(parameter) && folded(other) == wanted);
        match (self.parameters.get(name), same.next(), same.next()) {
            (Some(parameter), ..) if is_single(parameter) => Some(name.to_owned()),
            (None, Some((only, _)), None) => Some(only.clone()),
            _ => None,
        }
    }

    fn is_hidden(&self, function: &Json) -> bool {
        let id = function.get("Ref").and_then(Json::as_str);
        id.and_then(|id| self.parameters.get(id)).is_some_and(|parameter| parameter.no_echo)
    }

    fn type_of(&self, id: &str) -> Option<&str> {
        let parameter = self.parameters.get(id).map(|parameter| parameter.kind.as_str());
        parameter.or_else(|| self.resources.get(id).map(String::as_str))
    }
}

/// Whether a parameter, as it is declared, has `NoEcho`.
pub(super) fn is_hidden(declared: &Json) -> bool {
    match declared.get("NoEcho") {
        Some(Json::Bool(value)) => *value,
        Some(Json::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// List types arrive as lists, but their `Default` is text: `a, b`.
fn list_of_text(kind: &str, value: Json) -> Json {
    match value {
        Json::String(text) if kind == "CommaDelimitedList" || kind.starts_with("List<") => {
            Json::Array(text.split(',').map(|item| Json::String(item.trim().to_owned())).collect())
        }
        other => other,
    }
}

/// A scalar as `Fn::Equals` and `Fn::Sub` see it: all of them are text.
fn text(value: &Json) -> Result<String, NotEarly> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(value) => Ok(value.to_string()),
        Json::Null => Ok(String::new()),
        // `Fn::Equals` over a list is allowed, and compares it as a whole.
        Json::Array(items) => items.iter().map(text).collect::<Result<Vec<_>, _>>().map(|items| items.join(",")),
        Json::Object(_) => Err(NotEarly::new("a map stands where a single value must".to_owned())),
    }
}

#[cfg(test)]
mod tests;
