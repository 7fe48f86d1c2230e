//! What no Compose document asks for: programs that are made by hand, and their resources.
//!
//! A document says what it can, and what it cannot is put into the program that it became.

mod addresses;
mod domains;
mod found;
mod health;
mod instances;
mod reach;

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::{Diagnostics, Origin, Origins, Severity};
use crate::fragment::{self, EarlyValues};
use crate::front_end;
use crate::installation::Installation;
use crate::program::Program;
use crate::settings::defaults::Defaults;

/// What came of a program.
struct Outcome {
    /// The resources of the template.
    resources: Map<String, Json>,
    /// `error: …`, `note: …` and `advice: …`, without those about prices and sizes.
    told: Vec<String>,
}

/// Expands the declaration `Shop` of a document, whose program was changed by hand.
fn expand(document: &str, change: impl FnOnce(&mut Program)) -> Outcome {
    let template = json!({
        "Resources": { "Shop": { "Type": "OamEcs::Compose", "Properties": { "Document": document } } }
    });
    let fragment = template.as_object().unwrap().clone();
    let mut origins = Origins::default();
    let mut diagnostics = Diagnostics::default();
    let mut early = EarlyValues::new(&fragment, Map::new());
    let (template, mut declarations) = fragment::find(fragment, &mut origins, &mut diagnostics);
    let mut program =
        front_end::lower(&mut declarations, Defaults::default(), &mut early, &mut origins, &mut diagnostics);
    change(&mut program);
    let lowered = super::lower(&program, &Installation::default(), "", &mut diagnostics);
    let spliced = fragment::splice(template, &declarations, lowered, &mut origins, &mut diagnostics);
    fragment::verify(&spliced, &mut diagnostics);
    let mut written: Json = serde_json::from_str(spliced.write().get()).unwrap();
    let resources = written["Resources"].as_object_mut().map(std::mem::take).unwrap_or_default();
    Outcome { resources, told: told(&diagnostics) }
}

fn told(diagnostics: &Diagnostics) -> Vec<String> {
    let told = diagnostics.entries().iter().map(|entry| {
        let severity = match entry.severity {
            Severity::Error | Severity::Unknown => "error",
            Severity::Note => "note",
            Severity::Advice => "advice",
        };
        let fix = entry.fix.as_ref().map(|fix| format!(". Fix: {fix}")).unwrap_or_default();
        format!("{severity}: {}{fix}", entry.message)
    });
    let is_usual = |told: &String| told.contains("have a price") || told.contains("ask for no memory");
    told.filter(|told| !is_usual(told)).collect()
}

impl Outcome {
    fn properties(&self, id: &str) -> &Json {
        &self.resources.get(id).unwrap_or_else(|| panic!("no {id} in {:?}", self.resources.keys()))["Properties"]
    }

    /// What a resource waits for beyond what it refers to, of those that `is_asked`.
    fn waits(&self, id: &str, is_asked: fn(&str) -> bool) -> Vec<&str> {
        let waits = self.resources[id]["DependsOn"].as_array().into_iter().flatten();
        waits.filter_map(Json::as_str).filter(|id| is_asked(id)).collect()
    }

    /// The ids of all resources of a type.
    fn of_type(&self, kind: &str) -> Vec<&str> {
        let of_type = self.resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        of_type.map(|(id, _)| id.as_str()).collect()
    }
}

/// Somewhere.
const HERE: Origin = Origin::TEMPLATE;
