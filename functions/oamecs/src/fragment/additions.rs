//! Entries of the template's sections that documents add.
//!
//! In: the [`Addition`](super::Addition)s of the declarations. Out: the same, in their sections; an error for each key that
//! is there already.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{Addition, Declaration};
use crate::cloudformation::{LogicalId, Resources};
use crate::diagnostic::Diagnostics;

/// What is left to be added.
pub(super) struct Additions<'a> {
    /// Of sections other than `Resources`.
    others: Vec<&'a Addition>,
    /// Resources by the declaration that adds them, and by logical id.
    resources: BTreeMap<&'a str, BTreeMap<&'a str, &'a Json>>,
}

impl<'a> Additions<'a> {
    /// Takes them from the declarations. `written` are the author's resources, `generated` ours.
    pub(super) fn new(
        declarations: &'a [Declaration],
        written: &Map<String, Json>,
        generated: &Resources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut additions = Self { others: Vec::new(), resources: BTreeMap::new() };
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        for declaration in declarations {
            for addition in &declaration.additions {
                if addition.section != "Resources" {
                    additions.others.push(addition);
                    continue;
                }
                let id = addition.key.value.as_str();
                let is_taken = written.contains_key(id)
                    || generated.contains_key(&LogicalId::of_author(id))
                    || owners.insert(id, &declaration.id).is_some();
                if is_taken {
                    report(addition, diagnostics);
                } else {
                    additions.resources.entry(&declaration.id).or_default().insert(id, &addition.value);
                }
            }
        }
        additions
    }

    /// Puts those of a section into it.
    pub(super) fn put(&mut self, name: &str, section: &mut Map<String, Json>, diagnostics: &mut Diagnostics) {
        for addition in self.others.extract_if(.., |addition| addition.section == name) {
            if section.contains_key(&addition.key.value) {
                report(addition, diagnostics);
            } else {
                section.insert(addition.key.value.clone(), addition.value.clone());
            }
        }
    }

    /// The resources that a declaration adds, in the order of their ids.
    pub(super) fn resources(&mut self, declaration: &str) -> Vec<(String, Json)> {
        let resources = self.resources.remove(declaration).unwrap_or_default();
        resources.into_iter().map(|(id, resource)| (id.to_owned(), resource.clone())).collect()
    }
}

fn report(addition: &Addition, diagnostics: &mut Diagnostics) {
    let Addition { section, key, value: _ } = addition;
    diagnostics
        .error(key.origin, format!("the template has `{}` in `{section}` already", key.value))
        .fix("give it another name, or change the one that is there");
}
