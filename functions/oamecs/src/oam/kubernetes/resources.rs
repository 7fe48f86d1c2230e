//! `ConfigMap`, `Secret` and `PersistentVolumeClaim` among the documents, and those that traits make.
//!
//! In: objects. Out: [`Resources`], which components then name. Of a secret only what CloudFormation gives is taken: what
//! is written in a document would be in the template.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Loader;
use super::super::model::Secret;
use super::super::object::Object;
use super::super::support::check;
use super::super::support::v1beta1::{CLAIM, CONFIG_MAP, SECRET};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, list_some, suggestion};
use crate::expression::Expr;
use crate::program::platform::Machine;

/// What components name.
#[derive(Debug, Default)]
pub(in crate::oam) struct Resources {
    /// The texts of config maps, by name and key.
    config_maps: BTreeMap<String, BTreeMap<String, Located<Expr<String>>>>,
    /// The keys of secrets of the documents, by name.
    secret_keys: BTreeMap<String, BTreeSet<String>>,
    /// Secrets of the documents, by name.
    pub(in crate::oam) secrets: BTreeMap<String, Secret>,
    /// Claims that the documents make.
    pub(in crate::oam) claims: BTreeSet<String>,
    /// The roles of AWS that accounts of a cluster take, by the names of the accounts.
    accounts: BTreeMap<String, Located<Expr<String>>>,
}

/// The annotation by which an account takes a role of AWS.
const ROLE: &str = "eks.amazonaws.com/role-arn";

impl Resources {
    /// Whether the documents make a claim.
    pub(in crate::oam) fn makes_claim(&self, name: &str) -> bool {
        self.claims.contains(name)
    }

    /// The role of AWS that an account of the documents takes.
    pub(in crate::oam) fn role_of(&self, account: &str) -> Option<&Located<Expr<String>>> {
        self.accounts.get(account)
    }

    /// The keys of a secret, where they are known.
    pub(in crate::oam) fn keys_of_secret(&self, name: &str) -> Option<&BTreeSet<String>> {
        self.secret_keys.get(name)
    }
}

impl Loader<'_, '_, '_> {
    /// Those among the documents.
    pub(in crate::oam) fn resources_of(&mut self, objects: Vec<Object>) -> Resources {
        let mut resources = Resources::default();
        for object in objects {
            self.resource(object, &mut resources);
        }
        resources
    }

    fn resource(&mut self, object: Object, resources: &mut Resources) {
        let Object { origin, api_version: _, kind, metadata, fields } = object;
        let Some(name) = metadata.name else {
            self.reader
                .diagnostics
                .error(origin, "`metadata.name` is missing")
                .fix("write the name under which components find it");
            return;
        };
        if kind.value == "ServiceAccount" {
            let role = metadata.annotations.get(ROLE).and_then(|role| self.reader.text(role));
            if role.is_none() {
                let message = "`ServiceAccount` has no effect: a task has a role instead of an account of a cluster";
                self.reader.diagnostics.note(kind.origin, message);
            }
            resources.accounts.extend(role.map(|role| (name.value, role)));
            return;
        }
        let table = match kind.value.as_str() {
            "ConfigMap" => CONFIG_MAP,
            "PersistentVolumeClaim" => CLAIM,
            "Secret" => SECRET,
            _ => {
                let message = format!("`{}` of a cluster has no place in an `Application`", kind.value);
                self.reader
                    .diagnostics
                    .error(kind.origin, message)
                    .fix("lead requests to a component with a trait of the type `gateway`");
                return;
            }
        };
        let node = Node::new(fields.origin, Kind::Mapping(fields.rest()));
        let node = check(node, table, Machine::default(), self.reader.diagnostics);
        let Some(mut fields) = self.reader.fields(node, "a map") else { return };
        match kind.value.as_str() {
            "ConfigMap" => self.config_map(&name, fields.take("data"), resources),
            "Secret" => self.secret(&name, fields.take("stringData"), fields.take("data"), resources),
            _ => {
                resources.claims.insert(name.value);
            }
        }
    }

    pub(in crate::oam) fn config_map(&mut self, name: &Located<String>, data: Option<Node>, resources: &mut Resources) {
        let entries = self.map(data, "a map of texts").map(Fields::rest).unwrap_or_default();
        let mut texts = BTreeMap::new();
        for (key, node) in entries {
            if let Some(text) = self.reader.text(&node) {
                texts.insert(key, text);
            }
        }
        match resources.config_maps.get(&name.value) {
            Some(other) if *other != texts => self.twice("ConfigMap", name),
            _ => {
                resources.config_maps.insert(name.value.clone(), texts);
            }
        }
    }

    pub(in crate::oam) fn secret(
        &mut self,
        name: &Located<String>,
        texts: Option<Node>,
        data: Option<Node>,
        resources: &mut Resources,
    ) {
        let mut keys = BTreeSet::new();
        let mut values = BTreeMap::new();
        let mut plain: Option<(Origin, String)> = None;
        for (key, node) in self.map(texts, "a map of texts").map(Fields::rest).unwrap_or_default() {
            keys.insert(key.clone());
            let Some(value) = self.reader.text(&node) else { continue };
            let is_known_later = value.value.known().is_none_or(|text| text.contains("{{resolve:"));
            if is_known_later {
                values.insert(key, value);
            } else {
                plain.get_or_insert((value.origin, key));
            }
        }
        for (key, node) in self.map(data, "a map of texts in base64").map(Fields::rest).unwrap_or_default() {
            if matches!(node.kind, Kind::Deferred(_)) {
                self.reader
                    .diagnostics
                    .error(node.origin, "`data` holds texts in base64, and nothing says that this function gives one")
                    .fix(format!("write it under `stringData`, `stringData: {{ {key}: … }}`"));
            } else {
                plain.get_or_insert((node.origin, key.clone()));
            }
            keys.insert(key);
        }
        let secrets = &self.settings.secrets;
        let is_given = secrets.generates || secrets.by_name.contains_key(&name.value);
        if let (Some((origin, key)), false) = (plain, is_given) {
            let name = &name.value;
            let message = format!(
                "the value of `{key}` of the secret `{name}` is not taken: who reads the template would read it too"
            );
            self.reader.diagnostics.note(origin, message).fix(format!("write `{key}: !Ref` and the name of a `NoEcho` parameter under `stringData`, or say beside `Document` where it comes from: `Secrets: {{ {name}: … }}`"));
        }
        match resources.secret_keys.get(&name.value) {
            Some(other) if *other != keys => self.twice("Secret", name),
            _ => {
                resources.secret_keys.insert(name.value.clone(), keys);
                resources.secrets.insert(name.value.clone(), Secret { origin: name.origin, values });
            }
        }
    }

    fn twice(&mut self, kind: &str, name: &Located<String>) {
        let message = format!("there is a `{kind}` called `{}` already, with something else in it", name.value);
        self.reader.diagnostics.error(name.origin, message).fix("give one of them another name");
    }

    /// The text of a key of a config map.
    pub(in crate::oam) fn config_text(
        &mut self,
        origin: Origin,
        name: &str,
        key: &str,
        resources: &Resources,
    ) -> Option<Located<Expr<String>>> {
        let texts = self.config_texts(origin, name, resources)?;
        let found = texts.get(key);
        if found.is_none() {
            let near = suggestion(key, texts.keys().map(String::as_str));
            let message = format!("the `ConfigMap` `{name}` has no key `{key}`");
            let entry = self.reader.diagnostics.error(origin, message);
            let keys: Vec<&str> = texts.keys().map(String::as_str).collect();
            match near {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix(format!("its keys are {}", list_some(&keys))),
            }
        }
        found.cloned()
    }

    /// The texts of a config map, by key.
    pub(in crate::oam) fn config_texts<'r>(
        &mut self,
        origin: Origin,
        name: &str,
        resources: &'r Resources,
    ) -> Option<&'r BTreeMap<String, Located<Expr<String>>>> {
        let found = resources.config_maps.get(name);
        if found.is_none() {
            let message =
                format!("there is no `ConfigMap` called `{name}` among the documents, and no cluster that has one");
            let near = suggestion(name, resources.config_maps.keys().map(String::as_str));
            let entry = self.reader.diagnostics.error(origin, message);
            match near {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix("add it to the documents, as a `ConfigMap` of `apiVersion: v1`"),
            }
        }
        found
    }
}
