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

/// Conditions that refer to each other deeper than this are no template that a person wrote.
const DEPTH_LIMIT: usize = 64;

/// The values that are known while the template is expanded.
#[derive(Clone, Debug, Default)]
pub struct EarlyValues {
    parameters: BTreeMap<String, Parameter>,
    mappings: Map<String, Json>,
    conditions: BTreeMap<String, Condition>,
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
            let no_echo = match declared.get("NoEcho") {
                Some(Json::Bool(value)) => *value,
                Some(Json::String(text)) => text.eq_ignore_ascii_case("true"),
                _ => false,
            };
            let value = values.remove(name).filter(|value| !value.is_null());
            let value = value.or_else(|| declared.get("Default").cloned()).map(|value| list_of_text(&kind, value));
            (name.clone(), Parameter { kind, no_echo, value })
        });
        Self {
            parameters: parameters.collect(),
            mappings: section("Mappings").cloned().unwrap_or_default(),
            conditions: section("Conditions")
                .into_iter()
                .flatten()
                .map(|(name, condition)| (name.clone(), Condition::Written(condition.clone())))
                .collect(),
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
            Json::String(text) if text.contains("{{resolve:") => {
                Err(NotEarly("a dynamic reference (`{{resolve:…}}`) is known only when the stack is made".to_owned()))
            }
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
                _ => Err(NotEarly("`Fn::If` takes the name of a condition and two values".to_owned())),
            },
            ("Fn::FindInMap", Json::Array(items)) => self.find_in_map(items),
            ("Fn::Sub", Json::String(text)) => self.substitute(text, None),
            ("Fn::Sub", Json::Array(items)) => match items.as_slice() {
                [Json::String(text), Json::Object(variables)] => self.substitute(text, Some(variables)),
                _ => Err(NotEarly("`Fn::Sub` takes a text and a map of variables".to_owned())),
            },
            ("Fn::GetAtt", _) => Err(NotEarly("`Fn::GetAtt` is known only when its resource is there".to_owned())),
            ("Fn::ImportValue", _) => Err(NotEarly(
                "`Fn::ImportValue` is known only when the stack is made, as another stack exports it".to_owned(),
            )),
            _ => Err(NotEarly(format!("`{name}` is worked out only when the stack is made"))),
        }
    }

    fn reference(&mut self, id: &str) -> Result<Json, NotEarly> {
        if id == "AWS::NoValue" {
            return Ok(Json::Null);
        }
        if id.starts_with("AWS::") {
            return Err(NotEarly(format!("the pseudo parameter `{id}` is known only when the stack is made")));
        }
        let Some(parameter) = self.parameters.get(id) else {
            let near = suggestion(id, self.parameters.keys().map(String::as_str));
            let near = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            return Err(NotEarly(format!("`{id}` is no parameter of the template{near}")));
        };
        let kind = &parameter.kind;
        if kind.starts_with("AWS::SSM::Parameter::Value<") {
            return Err(NotEarly(format!(
                "the parameter `{id}` has the type `{kind}`, whose value is looked up when the stack is made"
            )));
        }
        if parameter.no_echo {
            return Err(NotEarly(format!(
                "the parameter `{id}` is `NoEcho`, and its value must not decide what the template holds"
            )));
        }
        match &parameter.value {
            None => Err(NotEarly(format!("the parameter `{id}` has no value and no `Default`"))),
            Some(value) if value.as_str().is_some_and(|text| text.contains("{{resolve:")) => Err(NotEarly(format!(
                "the parameter `{id}` holds a dynamic reference (`{{{{resolve:…}}}}`), which is known only when the stack is made"
            ))),
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
            _ => return Err(NotEarly("`Fn::FindInMap` takes a map and two keys".to_owned())),
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
        Err(NotEarly(format!("`Mappings` have no `{}`", keys.join("."))))
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
                            return Err(NotEarly(format!("`${{{name}}}` is known only when its resource is there")));
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
            let near = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            return Err(NotEarly(format!("there is no condition `{name}`{near}")));
        };
        let written = match state {
            Condition::Known(result) => return result.clone(),
            Condition::Asked => return Err(NotEarly(format!("the condition `{name}` depends on itself"))),
            Condition::Written(_) => std::mem::replace(state, Condition::Asked),
        };
        let Condition::Written(expression) = written else { return Ok(false) };
        let result = self.truth(&expression);
        self.conditions.insert(name.to_owned(), Condition::Known(result.clone()));
        result
    }

    fn truth(&mut self, expression: &Json) -> Result<bool, NotEarly> {
        if self.depth > DEPTH_LIMIT {
            return Err(NotEarly(format!("the conditions refer to each other more than {DEPTH_LIMIT} levels deep")));
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
                _ => Err(NotEarly("`Fn::Equals` takes two values".to_owned())),
            },
            Some(("Fn::Not", Json::Array(items))) => match items.as_slice() {
                [inner] => Ok(!self.truth(inner)?),
                _ => Err(NotEarly("`Fn::Not` takes one condition".to_owned())),
            },
            Some(("Fn::And", Json::Array(items))) => self.any_is(items, false).map(|found| !found),
            Some(("Fn::Or", Json::Array(items))) => self.any_is(items, true),
            Some((name, _)) => {
                Err(NotEarly(format!("`{name}` in a condition is worked out only when the stack is made")))
            }
            None => match expression {
                Json::Bool(value) => Ok(*value),
                _ => Err(NotEarly("a condition is not written as one function".to_owned())),
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
        Json::Object(_) => Err(NotEarly("a map stands where a single value must".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values() -> EarlyValues {
        let fragment = json!({
            "Parameters": {
                "Port": {"Type": "Number", "Default": 80},
                "Stage": {"Type": "String", "Default": "dev"},
                "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
                "Given": {"Type": "CommaDelimitedList"},
                "Vpc": {"Type": "AWS::EC2::VPC::Id"},
                "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"},
                "Password": {"Type": "String", "NoEcho": "true", "Default": "x"},
                "Secret": {"Type": "String", "Default": "{{resolve:ssm:a}}"},
                "Empty": {"Type": "String"},
            },
            "Mappings": {"Sizes": {"dev": {"Cpu": 256}, "prod": {"Cpu": 1024}}},
            "Conditions": {
                "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
                "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
                "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "InIreland"}]},
                "Either": {"Fn::Or": [{"Condition": "InIreland"}, {"Condition": "IsDev"}]},
                "InIreland": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]},
                "Web": {"Fn::Equals": [{"Ref": "Port"}, "80"]},
                "Ring": {"Fn::Not": [{"Condition": "Chain"}]},
                "Chain": {"Fn::Not": [{"Condition": "Ring"}]},
            },
        });
        let given = json!({"Given": ["x", "y"], "Vpc": "vpc-1", "Port": "80"});
        let (Json::Object(fragment), Json::Object(given)) = (fragment, given) else { panic!() };
        EarlyValues::new(&fragment, given)
    }

    #[test]
    fn what_is_known_early() {
        for (function, value) in [
            (json!({"Ref": "Port"}), json!("80")),
            (json!({"Ref": "Stage"}), json!("dev")),
            (json!({"Ref": "Zones"}), json!(["a", "b"])),
            (json!({"Ref": "Given"}), json!(["x", "y"])),
            (json!({"Ref": "Vpc"}), json!("vpc-1")),
            (json!({"Ref": "AWS::NoValue"}), json!(null)),
            (json!({"Fn::If": ["IsDev", {"Ref": "Port"}, {"Ref": "Image"}]}), json!("80")),
            (json!({"Fn::If": ["Both", 1, 2]}), json!(2)),
            (json!({"Fn::If": ["Either", 1, 2]}), json!(1)),
            (json!({"Fn::If": ["Web", 1, 2]}), json!(1)),
            (json!({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Cpu"]}), json!(256)),
            (json!({"Fn::FindInMap": ["Sizes", "test", "Cpu", {"DefaultValue": 512}]}), json!(512)),
            (json!({"Fn::Sub": "${Port}:${!x}:${Stage}"}), json!("80:${x}:dev")),
            (json!({"Fn::Sub": ["${Of}:80", {"Of": {"Ref": "Port"}}]}), json!("80:80")),
            (json!("text"), json!("text")),
        ] {
            assert_eq!(values().resolve(&function), Ok(value), "{function}");
        }
    }

    #[test]
    fn what_is_not_and_why() {
        for (function, reason) in [
            (
                json!({"Ref": "Image"}),
                "the parameter `Image` has the type `AWS::SSM::Parameter::Value<String>`, whose value is looked up",
            ),
            (json!({"Ref": "Password"}), "the parameter `Password` is `NoEcho`"),
            (json!({"Ref": "Secret"}), "the parameter `Secret` holds a dynamic reference"),
            (json!({"Ref": "Empty"}), "the parameter `Empty` has no value and no `Default`"),
            (json!({"Ref": "AWS::Region"}), "the pseudo parameter `AWS::Region` is known only when the stack is made"),
            (json!({"Ref": "Prot"}), "`Prot` is no parameter of the template (did you mean `Port`?)"),
            (json!({"Ref": "Queue"}), "`Queue` is no parameter of the template"),
            (json!({"Fn::GetAtt": ["Queue", "Arn"]}), "`Fn::GetAtt` is known only when its resource is there"),
            (json!({"Fn::ImportValue": "x"}), "`Fn::ImportValue` is known only when the stack is made"),
            (json!({"Fn::Select": [0, ["a"]]}), "`Fn::Select` is worked out only when the stack is made"),
            (json!({"Fn::Sub": "${Queue.Arn}"}), "`${Queue.Arn}` is known only when its resource is there"),
            (json!({"Fn::If": ["InIreland", 1, 2]}), "the pseudo parameter `AWS::Region`"),
            (json!({"Fn::If": ["IsProt", 1, 2]}), "there is no condition `IsProt` (did you mean `IsProd`?)"),
            (json!({"Fn::If": ["Ring", 1, 2]}), "the condition `Ring` depends on itself"),
            (json!({"Fn::FindInMap": ["Sizes", "test", "Cpu"]}), "`Mappings` have no `Sizes.test.Cpu`"),
            (json!("{{resolve:ssm:a}}"), "a dynamic reference"),
        ] {
            let error = values().resolve(&function).unwrap_err().to_string();
            assert!(error.starts_with(reason), "{function}: {error}");
        }
    }

    #[test]
    fn parameters_that_decided_are_remembered() {
        let mut values = values();
        let _ = values.resolve(&json!({"Fn::If": ["IsDev", {"Ref": "Port"}, {"Ref": "Vpc"}]}));
        let _ = values.resolve(&json!({"Ref": "Image"}));
        assert_eq!(values.used().iter().collect::<Vec<_>>(), ["Port", "Stage"]);
    }

    #[test]
    fn chains_of_conditions_neither_hang_nor_overflow() {
        let mut conditions = Map::new();
        for index in 0..10_000 {
            let next = format!("C{}", index + 1);
            conditions.insert(format!("C{index}"), json!({"Fn::And": [{"Condition": next}, {"Condition": next}]}));
        }
        let mut fragment = Map::new();
        fragment.insert("Conditions".to_owned(), Json::Object(conditions));
        let mut values = EarlyValues::new(&fragment, Map::new());
        assert!(values.resolve(&json!({"Fn::If": ["C0", 1, 2]})).is_err());
    }
}
