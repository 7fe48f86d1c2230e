//! Puts values in the place of references to declarations.
//!
//! In: a value of the template, and what `Fn::GetAtt` of each declaration stands for. Out: the value, in which
//! `!GetAtt Shop.Url` and the `${Shop.Url}` of a `Fn::Sub` are what they stand for. A declaration becomes many resources,
//! so `Ref` of it has no answer and is an error.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::patch::listed;
use super::place::Place;
use crate::cloudformation::function::{attribute, call, escape, plain_reference, substitution};
use crate::cloudformation::substitution::{Piece, pieces};
use crate::cloudformation::{Attributes, Reference, Written};
use crate::diagnostic::{Diagnostics, Origins};
use crate::document::suggestion;

/// An attribute may stand for another declaration's, and that for a third's; no deeper.
const DEPTH_LIMIT: usize = 4;
/// References within attributes that are followed in all, so that no template makes them multiply.
const NESTED_LIMIT: usize = 1000;

/// Replaces references to declarations.
pub(super) struct Rewriter<'a> {
    declared: &'a BTreeSet<String>,
    attributes: &'a BTreeMap<String, Attributes>,
    pub(super) origins: &'a mut Origins,
    pub(super) diagnostics: &'a mut Diagnostics,
    depth: usize,
    nested: usize,
    /// Declarations of which a reference could not be replaced, and an error said so.
    pub(super) refused: BTreeSet<String>,
}

impl<'a> Rewriter<'a> {
    pub(super) fn new(
        declared: &'a BTreeSet<String>,
        attributes: &'a BTreeMap<String, Attributes>,
        origins: &'a mut Origins,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self { declared, attributes, origins, diagnostics, depth: 0, nested: 0, refused: BTreeSet::new() }
    }

    /// Replaces every reference to a declaration in `value`, which stands at `place`.
    pub(super) fn rewrite(&mut self, value: &mut Json, place: &Place<'_>) {
        let replacement = match value {
            Json::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.rewrite(item, &Place::Index(place, index));
                }
                None
            }
            Json::Object(entries) => {
                let alone = entries.len() == 1;
                let mut replacement = None;
                for (key, argument) in entries.iter_mut() {
                    match key.as_str() {
                        "Ref" if alone => self.reference(argument, place),
                        "Fn::GetAtt" if alone => replacement = self.get_att(argument, place),
                        "Fn::Sub" if alone => replacement = self.substitute(argument, place),
                        _ => self.rewrite(argument, &Place::Key(place, key)),
                    }
                }
                replacement
            }
            _ => None,
        };
        if let Some(replacement) = replacement {
            *value = replacement;
        }
    }

    /// Replaces every reference to a declaration in the values of a map that stands at `place`.
    pub(super) fn rewrite_values(&mut self, values: &mut Map<String, Json>, place: &Place<'_>) {
        for (key, value) in values.iter_mut() {
            self.rewrite(value, &Place::Key(place, key));
        }
    }

    /// Replaces every reference to a declaration in a map that is written already.
    pub(super) fn rewrite_written(&mut self, written: &mut Written, place: &Place<'_>) {
        let refers = written.survey().references().any(|(reference, _)| match reference {
            Reference::Ref(id) | Reference::Attribute(id) => self.declared.contains(id),
            Reference::Condition(_) => false,
        });
        if refers {
            let mut entries = written.entries();
            self.rewrite_values(&mut entries, place);
            *written = Written::from(&entries);
        }
    }

    fn reference(&mut self, argument: &Json, place: &Place<'_>) {
        if let Json::String(id) = argument
            && self.declared.contains(id)
        {
            self.no_single_id(id, place);
        }
    }

    fn get_att(&mut self, argument: &mut Json, place: &Place<'_>) -> Option<Json> {
        let Some(text) = attribute(argument) else {
            let id = argument.get(0).and_then(Json::as_str).map(|text| text.split_once('.').map_or(text, |(id, _)| id));
            if let Some(id) = id.filter(|id| self.declared.contains(*id)) {
                self.refused.insert(id.to_owned());
                let origin = place.origin(self.origins);
                self.diagnostics
                    .error(
                        origin,
                        format!(
                            "the attribute of `{id}` is a function, but it must be known when the template is expanded"
                        ),
                    )
                    .fix(format!("write the attribute's name: `!GetAtt {id}.Url`"));
            } else {
                self.rewrite(argument, place);
            }
            return None;
        };
        let (id, name) = text.split_once('.').unwrap_or((&text, ""));
        if self.declared.contains(id) { self.attribute(id, name, place) } else { None }
    }

    /// What an attribute stands for, references within it followed.
    fn attribute(&mut self, id: &str, name: &str, place: &Place<'_>) -> Option<Json> {
        let Some(value) = self.attributes.get(id).and_then(|attributes| attributes.get(name)) else {
            self.no_attribute(id, name, place);
            return None;
        };
        let mut value = serde_json::to_value(value).unwrap_or_default();
        self.nested += usize::from(self.depth > 0);
        if self.depth > DEPTH_LIMIT || self.nested > NESTED_LIMIT {
            self.refused.insert(id.to_owned());
            let origin = place.origin(self.origins);
            self.diagnostics
                .error(origin, format!("`{id}.{name}` stands for a value that refers to it again"))
                .fix(format!("give the property of `{id}` that it comes from a value of its own"));
            return None;
        }
        self.depth += 1;
        self.rewrite(&mut value, place);
        self.depth -= 1;
        Some(value)
    }

    /// Replaces `${Shop.Url}` in the argument of `Fn::Sub`; the result replaces the whole function.
    fn substitute(&mut self, argument: &mut Json, place: &Place<'_>) -> Option<Json> {
        match argument {
            Json::Array(items) => {
                if let Some(Json::Object(variables)) = items.get_mut(1) {
                    for (name, value) in variables.iter_mut() {
                        self.rewrite(value, &Place::Key(place, name));
                    }
                }
            }
            Json::String(_) => {}
            _ => self.rewrite(argument, place),
        }
        let (text, variables) = substitution(argument)?;
        let shadowed = |name: &str| variables.is_some_and(|variables| variables.contains_key(name));
        let names_declaration = pieces(text).any(|piece| match piece {
            Piece::Name(name) => {
                !shadowed(name) && self.declared.contains(name.split_once('.').map_or(name, |(id, _)| id))
            }
            _ => false,
        });
        if !names_declaration {
            return None;
        }
        let mut result = String::with_capacity(text.len() + 64);
        let mut variables = variables.cloned().unwrap_or_default();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Escape(name) => result.extend(["${!", name, "}"]),
                Piece::Name(name) => match self.inline(name, &mut variables, place) {
                    Some(text) => result.push_str(&text),
                    None => result.extend(["${", name, "}"]),
                },
            }
        }
        if variables.is_empty() {
            let literal = !pieces(&result).any(|piece| matches!(piece, Piece::Name(_)));
            // cfn-lint rightly asks for a `Fn::Sub` without substitutions to be the text itself.
            return Some(if literal {
                Json::String(result.replace("${!", "${"))
            } else {
                function("Fn::Sub", Json::String(result))
            });
        }
        Some(function("Fn::Sub", Json::Array(vec![Json::String(result), Json::Object(variables)])))
    }

    /// What stands for `${name}` in the text of a `Fn::Sub`, a variable added where it takes one; `None` where it is no
    /// declaration's.
    fn inline(&mut self, name: &str, variables: &mut Map<String, Json>, place: &Place<'_>) -> Option<String> {
        let id = name.split_once('.').map_or(name, |(id, _)| id);
        if variables.contains_key(name) || !self.declared.contains(id) {
            return None;
        }
        let Some((id, attribute)) = name.split_once('.') else {
            self.no_single_id(name, place);
            return None;
        };
        let value = self.attribute(id, attribute, place)?;
        if value.is_array() {
            self.refused.insert(id.to_owned());
            let origin = place.origin(self.origins);
            self.diagnostics
                .error(origin, format!("`{name}` is a list, which `Fn::Sub` cannot hold"))
                .fix(format!("join it: `Fn::Join: [\",\", !GetAtt {name}]`"));
            return None;
        }
        Some(as_text(&value, variables).unwrap_or_else(|| {
            let variable = variable_for(name, value, variables);
            format!("${{{variable}}}")
        }))
    }

    fn no_single_id(&mut self, id: &str, place: &Place<'_>) {
        self.refused.insert(id.to_owned());
        let names = self.attributes.get(id).into_iter().flat_map(Attributes::keys).map(String::as_str);
        let example = names.clone().find(|name| *name == "Url").or_else(|| names.clone().next());
        let fix = match example {
            Some(example) => format!("write `!GetAtt {id}.{example}`; its attributes are {}", listed(names)),
            None => format!("`{id}` has no attributes; leave the reference out"),
        };
        let origin = place.origin(self.origins);
        self.diagnostics
            .error(origin, format!("`{id}` becomes many resources and has no single id, so `Ref` of it means nothing"))
            .fix(fix);
    }

    fn no_attribute(&mut self, id: &str, name: &str, place: &Place<'_>) {
        self.refused.insert(id.to_owned());
        let names = || self.attributes.get(id).into_iter().flat_map(Attributes::keys).map(String::as_str);
        let end = |known: &&str| known.strip_suffix(name).is_some_and(|start| !name.is_empty() && start.ends_with('.'));
        let near = names().find(end).or_else(|| suggestion(name, names()));
        let near = near.map(|near| format!("did you mean `{id}.{near}`? ")).unwrap_or_default();
        let fix = format!("{near}its attributes are {}", listed(names()));
        let message = match name {
            "" => format!("`Fn::GetAtt` of `{id}` names no attribute"),
            _ => format!("`{id}` has no attribute `{name}`"),
        };
        let origin = place.origin(self.origins);
        self.diagnostics.error(origin, message).fix(fix);
    }
}

/// A value as text of `Fn::Sub`, where it takes no variable of its own.
fn as_text(value: &Json, variables: &Map<String, Json>) -> Option<String> {
    match value {
        Json::String(text) => return Some(escape(text)),
        Json::Number(number) => return Some(number.to_string()),
        Json::Bool(value) => return Some(value.to_string()),
        _ => {}
    }
    if let Some(name) = plain_reference(value) {
        return (!variables.contains_key(&name)).then(|| format!("${{{name}}}"));
    }
    match call(value) {
        Some(("Fn::Sub", Json::String(text))) => {
            let free = pieces(text).all(|piece| !matches!(piece, Piece::Name(name) if variables.contains_key(name)));
            free.then(|| text.clone())
        }
        _ => None,
    }
}

/// The variable that holds `value`. An underscore keeps its name apart from every logical id, which `${…}` may also name.
fn variable_for(name: &str, value: Json, variables: &mut Map<String, Json>) -> String {
    let base: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let mut variable = base.clone();
    let mut number = 1;
    while variables.get(&variable).is_some_and(|held| *held != value) {
        number += 1;
        variable = format!("{base}_{number}");
    }
    variables.insert(variable.clone(), value);
    variable
}

fn function(name: &str, argument: Json) -> Json {
    Json::Object(Map::from_iter([(name.to_owned(), argument)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloudformation::Function;
    use crate::diagnostic::{Origin, render};
    use crate::fragment::splice::tests::object;

    fn run(mut value: Json) -> (Json, Vec<String>) {
        let attributes = json!({
            "Url": {"Fn::Sub": "http://${ShopLoadBalancer.DNSName}"},
            "Address": {"Fn::Join": [".", ["a", {"Ref": "AWS::Region"}]]},
            "Cluster": {"Ref": "ShopCluster"},
            "Port": 80,
            "Name": "a ${b}",
            "Zones": ["a", "b"],
            "Outer": {"Fn::GetAtt": ["Env", "VpcId"]},
            "Ring": {"Fn::GetAtt": ["Shop", "Ring"]},
            "Services.web.Name": {"Fn::GetAtt": ["ShopWebService", "Name"]},
        });
        let environment = json!({"VpcId": {"Ref": "EnvVpc"}});
        let table = |values| object(values).into_iter().map(|(name, value)| (name, Function::Author(value).into()));
        let attributes = BTreeMap::from([
            ("Shop".to_owned(), table(attributes).collect()),
            ("Env".to_owned(), table(environment).collect()),
        ]);
        let declared = BTreeSet::from(["Shop".to_owned(), "Env".to_owned()]);
        let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
        let section = origins.key(Origin::TEMPLATE, "Outputs");
        Rewriter::new(&declared, &attributes, &mut origins, &mut diagnostics)
            .rewrite(&mut value, &Place::Author(section));
        (value, render(&diagnostics, &origins).iter().map(ToString::to_string).collect())
    }

    #[test]
    fn references_become_what_they_stand_for() {
        let name = json!({"Fn::GetAtt": ["ShopWebService", "Name"]});
        for (value, expected) in [
            (json!({"Fn::GetAtt": ["Shop", "Services.web.Name"]}), name.clone()),
            (json!({"Fn::GetAtt": ["Shop.Services.web", "Name"]}), name.clone()),
            (json!({"Fn::GetAtt": ["Shop", "Services", "web", "Name"]}), name.clone()),
            (json!({"Fn::GetAtt": "Shop.Services.web.Name"}), name.clone()),
            (json!([{"A": {"Fn::GetAtt": "Shop.Outer"}}]), json!([{"A": {"Ref": "EnvVpc"}}])),
            (json!({"Fn::GetAtt": ["Queue", "Arn"]}), json!({"Fn::GetAtt": ["Queue", "Arn"]})),
            (json!({"Ref": "Queue"}), json!({"Ref": "Queue"})),
            (json!({"Fn::Sub": "${Queue} ${!Shop.Url}"}), json!({"Fn::Sub": "${Queue} ${!Shop.Url}"})),
            (
                json!({"Fn::Sub": "at ${Shop.Url}/${Path}"}),
                json!({"Fn::Sub": "at http://${ShopLoadBalancer.DNSName}/${Path}"}),
            ),
            (json!({"Fn::Sub": "${Shop.Services.web.Name}"}), json!({"Fn::Sub": "${ShopWebService.Name}"})),
            (json!({"Fn::Sub": "${Shop.Cluster}"}), json!({"Fn::Sub": "${ShopCluster}"})),
            (json!({"Fn::Sub": "${!x}:${Shop.Port}:${Shop.Name}"}), json!("${x}:80:a ${b}")),
            (
                json!({"Fn::Sub": "${Shop.Address} ${Shop.Address}"}),
                json!({"Fn::Sub": ["${Shop_Address} ${Shop_Address}", {"Shop_Address": {"Fn::Join": [".", ["a", {"Ref": "AWS::Region"}]]}}]}),
            ),
            (
                json!({"Fn::Sub": ["${Shop.Address}", {"Shop_Address": 1, "B": {"Fn::GetAtt": "Shop.Cluster"}}]}),
                json!({"Fn::Sub": ["${Shop_Address_2}", {"Shop_Address": 1, "B": {"Ref": "ShopCluster"},
                    "Shop_Address_2": {"Fn::Join": [".", ["a", {"Ref": "AWS::Region"}]]}}]}),
            ),
            (
                json!({"Fn::Sub": ["${Shop.Cluster} ${ShopCluster}", {"ShopCluster": "x"}]}),
                json!({"Fn::Sub": ["${Shop_Cluster} ${ShopCluster}", {"ShopCluster": "x", "Shop_Cluster": {"Ref": "ShopCluster"}}]}),
            ),
            (
                json!({"Fn::Sub": ["${Shop.Url}", {"Shop.Url": "x"}]}),
                json!({"Fn::Sub": ["${Shop.Url}", {"Shop.Url": "x"}]}),
            ),
            (json!({"Fn::Sub": 7}), json!({"Fn::Sub": 7})),
        ] {
            let (changed, lines) = run(value.clone());
            assert_eq!((changed, lines), (expected, vec![]), "{value}");
        }
    }

    #[test]
    fn mistakes_are_named_with_what_to_write() {
        for (value, text) in [
            (
                json!({"Url": {"Value": {"Fn::GetAtt": ["Shop", "Urll"]}}}),
                "Outputs.Url.Value: `Shop` has no attribute `Urll`. Fix: did you mean `Shop.Url`? its attributes are `Address`, `Cluster`, ",
            ),
            (json!({"Fn::GetAtt": "Shop.web.Name"}), "did you mean `Shop.Services.web.Name`?"),
            (json!({"Fn::GetAtt": ["Shop"]}), "Outputs: `Fn::GetAtt` of `Shop` names no attribute"),
            (json!([{"Fn::GetAtt": ["Shop", {"Ref": "A"}]}]), "Outputs[0]: the attribute of `Shop` is a function"),
            (json!({"Fn::GetAtt": "Shop.Ring"}), "`Shop.Ring` stands for a value that refers to it again"),
            (
                json!({"Ref": "Shop"}),
                "has no single id, so `Ref` of it means nothing. Fix: write `!GetAtt Shop.Url`; its attributes",
            ),
            (json!({"Fn::Sub": "${Shop}"}), "`Shop` becomes many resources and has no single id"),
            (json!({"Fn::Sub": "${Shop.Zones}"}), "`Shop.Zones` is a list, which `Fn::Sub` cannot hold"),
            (
                json!({"Fn::Sub": "${Shop.Nothing.AtAll}"}),
                "`Shop` has no attribute `Nothing.AtAll`. Fix: its attributes are",
            ),
        ] {
            let (_, lines) = run(value);
            assert_eq!(lines.len(), 1, "{lines:?}");
            assert!(lines[0].contains(text), "{lines:?}");
        }
    }
}
