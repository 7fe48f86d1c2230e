//! From OAM's canonical model to the model of what runs.
//!
//! In: an [`Application`](model::Application) whose components have all that their traits, policies and scopes make of them.
//! Out: an [`Application`] of the program. Here is said what the values mean together: who finds whom, what is kept, who is
//! reached from outside. Every struct is taken apart by name and without `..`, so that a field that nobody maps does not
//! compile.

mod calls;
mod component;
mod container;
mod domains;
mod environment;
mod files;
mod probe;
mod reach;
mod rules;
mod secrets;
mod texts;
mod twins;
mod unused;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::model;
use crate::diagnostic::{Diagnostics, Located};
use crate::gather::Gather;
use crate::program::application::{Health, Network, Surroundings};
use crate::program::platform::Logs;
use crate::program::{Application, Tags, Volume};

/// The one network of an application: its components reach each other, as the specification has it.
const NETWORK: &str = "default";

/// What the lowering of a component looks at besides the component.
struct Lowering<'a> {
    settings: &'a Settings<'a>,
    /// Secrets of the documents, by name.
    documents: &'a BTreeMap<String, model::Secret>,
    /// What containers are told in confidence; grows as they are lowered.
    secrets: BTreeMap<String, crate::program::Secret>,
    /// Secrets of the documents of which it was told that they lack a value.
    valueless: BTreeSet<String>,
    /// What outlives components; grows as they are lowered.
    volumes: BTreeMap<String, Volume>,
    diagnostics: &'a mut Diagnostics,
}

/// The application that OAM documents describe. `None` where nothing of it can run; what is wrong is in `diagnostics` in any
/// case.
pub fn lower(
    application: model::Application,
    settings: &Settings<'_>,
    environment: String,
    diagnostics: &mut Diagnostics,
) -> Option<Application> {
    let model::Application { origin: _, name, labels, components, secrets, network, health } = application;
    let model::NetworkScope { environment: _, is_public } = network;
    let mut lowering = Lowering {
        settings,
        documents: &secrets,
        secrets: BTreeMap::new(),
        valueless: BTreeSet::new(),
        volumes: BTreeMap::new(),
        diagnostics,
    };
    let mut tags: Tags = labels.into_iter().map(|(key, value)| (key, value.value)).gather();
    tags.insert("oam-ecs-application".to_owned(), name.value.as_str().into());
    let mut workloads = BTreeMap::new();
    let mut stateful = BTreeSet::new();
    for (name, component) in components {
        if matches!(component.workload.value, model::Workload::Stateful) {
            stateful.insert(name.clone());
        }
        let Some(mut workload) = component::lower(&name, component, &mut lowering) else { continue };
        workload.platform.public_address = workload.platform.public_address.or(is_public.clone());
        workloads.insert(name, workload);
    }
    unused::report(&mut lowering);
    twins::report(&mut workloads, lowering.diagnostics);
    calls::settle(settings.origin, &mut workloads, lowering.diagnostics);
    let network = Network { origin: settings.origin, group: None, tags: Tags::new() };
    domains::report_replicas(&workloads, &stateful, lowering.diagnostics);
    let domains = domains::called(&workloads, lowering.diagnostics);
    let application = Application {
        origin: settings.origin,
        name: domain_label(name, settings, lowering.diagnostics),
        environment,
        surroundings: Surroundings::default(),
        networks: BTreeMap::from([(NETWORK.to_owned(), network)]),
        volumes: lowering.volumes,
        secrets: lowering.secrets,
        logs: Logs::default(),
        workloads,
        domains,
        short_names: true,
        health: health.into_iter().filter_map(|(name, scope)| Some((name, watched(scope)?))).gather(),
        tags,
    };
    Some(application).filter(|application| !application.workloads.is_empty())
}

/// A health scope; `None` where nothing is in it.
fn watched(scope: model::HealthScope) -> Option<Health> {
    let model::HealthScope { origin, members, threshold, required } = scope;
    let minimum_percent = threshold.unwrap_or(Located::new(origin, 100));
    let members: BTreeSet<String> = members.into_keys().gather();
    (!members.is_empty()).then_some(Health { origin, members, minimum_percent, required })
}

/// The name of an application is a label of the domain in which its components find each other.
fn domain_label(name: Located<String>, settings: &Settings<'_>, diagnostics: &mut Diagnostics) -> Located<String> {
    let is_allowed = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let text = &name.value;
    let is_valid = text.starts_with(is_allowed)
        && text.ends_with(is_allowed)
        && text.chars().all(|character| is_allowed(character) || character == '-')
        && text.len() <= 63;
    if is_valid {
        return name;
    }
    let lowered: String = text
        .chars()
        .map(|character| character.to_ascii_lowercase())
        .map(|character| if is_allowed(character) { character } else { '-' })
        .collect();
    let label: String = lowered.trim_matches('-').chars().take(63).collect();
    let label =
        if label.is_empty() { settings.id.to_ascii_lowercase() } else { label.trim_end_matches('-').to_owned() };
    diagnostics.note(
        name.origin,
        format!("`{text}` is no label of a domain name: components are found at `<component>.{label}.local`"),
    );
    Located::new(name.origin, label)
}
