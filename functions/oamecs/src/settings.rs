//! What an application's declaration says beside its document, the same for every format.
//!
//! In: the fields of a declaration. Out: [`Settings`] in the model's words.

pub(crate) mod bind_mounts;
pub(crate) mod defaults;
pub(crate) mod files;
mod secrets;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node, Reader, list_some, suggestion};
use crate::environment;
use crate::expression::Expr;
use crate::gather::Gather;
use crate::options::{self, Given};
use crate::program::platform::{Logs, Machine, NetworkMode, Options};
use crate::program::workload::Found;
use crate::program::{Application, Environment, Tags};
pub use bind_mounts::{BindMounts, Choice as BindMount};
pub use files::{Content, FileEntry, Files};
pub use secrets::{SecretSource, Secrets};

/// The properties of an application's declaration, whatever its format.
pub const KEYS: [&str; 11] = [
    "Defaults",
    "Document",
    "Environment",
    "Images",
    "Patches",
    "Secrets",
    "Strict",
    "Tags",
    "Unknown",
    "Variables",
    "Workloads",
];

/// What a declaration says beside its document.
#[derive(Debug)]
pub struct Settings {
    /// `Variables`, by name.
    pub variables: BTreeMap<String, Located<Expr<String>>>,
    /// `Images`, by the name of the service or component.
    pub images: BTreeMap<String, Located<Expr<String>>>,
    /// `Secrets`.
    pub secrets: Secrets,
    /// Whether `Variables`, `Images` and `Secrets` could be read as a whole.
    pub is_complete: bool,
    /// `Tags`.
    pub tags: Tags,
    /// `Environment`.
    environment: Option<Node>,
    /// `Defaults`.
    defaults: Options,
    /// `Workloads`, by name.
    workloads: BTreeMap<String, Located<Options>>,
}

/// Which environment an application runs in.
#[derive(Debug)]
pub enum Choice {
    /// The one that applications share where a template declares none.
    Implicit,
    /// A declaration of the template, by its logical id.
    Declared(Located<String>),
    /// One that is described in place.
    Own(Box<Environment>, Says),
}

/// Whether a description in place says anything of what applications share, or is silent and takes what there is.
#[derive(Clone, Copy, Debug)]
pub struct Says {
    /// Of the network.
    pub network: bool,
    /// Of the cluster.
    pub cluster: bool,
}

/// Reads what stands beside `Document`, but what the format has taken out of it by itself, under the keys `taken`.
pub fn load(mut fields: Fields, taken: &[&str], reader: &mut Reader<'_>) -> Settings {
    let tags = tags(&mut fields, reader);
    let variables = texts(&mut fields, "Variables", "TAG", reader);
    let images = texts(&mut fields, "Images", "web", reader);
    let secrets = secrets::read(fields.take("Secrets"), reader);
    let settings = Settings {
        is_complete: variables.is_some() && images.is_some() && secrets.is_some(),
        variables: variables.unwrap_or_default(),
        images: images.unwrap_or_default(),
        secrets: secrets.unwrap_or_default(),
        environment: fields.take("Environment"),
        defaults: fields.take("Defaults").and_then(|node| options(node, reader)).unwrap_or_default(),
        workloads: workloads(&mut fields, reader),
        tags,
    };
    let mut keys = [&KEYS[..], taken].concat();
    keys.sort_unstable();
    fields.finish(&keys, reader.diagnostics);
    settings
}

/// Reads `Tags`: a map, or CloudFormation's list of `Key` and `Value`.
pub fn tags(fields: &mut Fields, reader: &mut Reader<'_>) -> Tags {
    let Some(node) = fields.take("Tags") else { return Tags::new() };
    if let Kind::Sequence(items) = node.kind {
        let mut tags = Tags::new();
        for item in items {
            let Some(mut pair) = reader.fields(item, "a map with `Key` and `Value`") else { continue };
            let key = pair.take("Key").and_then(|key| reader.known_text(&key));
            let value = pair.take("Value").and_then(|value| reader.text(&value));
            pair.finish(&["Key", "Value"], reader.diagnostics);
            if let (Some(key), Some(value)) = (key, value) {
                tags.insert(key.value, value.value);
            }
        }
        return tags;
    }
    let Some(entries) = entries(node, "Tags: { Team: shop }", reader) else { return Tags::new() };
    entries.into_iter().filter_map(|(key, node)| Some((key, reader.text(&node)?.value))).gather()
}

/// On what kind of machine workloads run, as far as it is said beside their document.
#[derive(Clone, Debug, Default)]
pub struct Machines {
    /// Of workloads by name, which wins over the document.
    pub of: BTreeMap<String, Machine>,
    /// Of all where neither says anything.
    pub otherwise: Option<Machine>,
}

impl Machines {
    /// What is said of a workload: by its own name, or of all.
    pub fn said_of(&self, workload: &str) -> Option<Machine> {
        self.of.get(workload).copied().or(self.otherwise)
    }
}

impl Settings {
    /// On what kind of machine workloads run.
    pub fn machines(&self) -> Machines {
        let machine = |options: &Options| options.capacity.as_ref().map(|capacity| capacity.value.machine());
        let of = self.workloads.iter().filter_map(|(name, options)| Some((name.clone(), machine(&options.value)?)));
        Machines { of: of.gather(), otherwise: machine(&self.defaults) }
    }

    /// How the containers of workloads are in the network, as far as it is said of them by name.
    pub fn network_modes(&self) -> BTreeMap<String, NetworkMode> {
        let mode = |options: &Options| options.network_mode.as_ref().map(|mode| mode.value);
        self.workloads.iter().filter_map(|(name, options)| Some((name.clone(), mode(&options.value)?))).gather()
    }

    /// Which environment the application runs in, by what stands under `Environment` and by what the document at `origin`
    /// says in the same keys; the former wins, key by key.
    pub fn choose(&mut self, document: IndexMap<String, Node>, origin: Origin, reader: &mut Reader<'_>) -> Choice {
        let node = match (self.environment.take(), document.is_empty()) {
            (None, true) => return Choice::Implicit,
            (Some(node), true) => node,
            (None, false) => Node::new(origin, Kind::Mapping(document)),
            (Some(Node { origin, kind: Kind::Mapping(mut entries) }), false) => {
                for (key, value) in document {
                    if entries.contains_key(&key) {
                        let message = format!("`{key}` of `Environment` beside the document counts, not this");
                        reader.diagnostics.note(value.origin, message);
                    } else {
                        entries.insert(key, value);
                    }
                }
                Node::new(origin, Kind::Mapping(entries))
            }
            (Some(node), false) => {
                for value in document.values() {
                    reader
                        .diagnostics
                        .error(value.origin, "the application runs in the environment that `Environment` names beside the document, which says otherwise")
                        .fix("remove it here, or `Environment` there");
                }
                node
            }
        };
        choice(node, &self.tags, reader)
    }

    /// Puts tags and options on the application that the document became.
    pub fn apply(self, application: &mut Application, reader: &mut Reader<'_>) {
        let Self { variables: _, images: _, secrets: _, is_complete: _, tags, environment: _, mut defaults, workloads } =
            self;
        application.tags.extend(tags);
        // What is said of the logs of all workloads is said of the log group that they share.
        let logs = Logs {
            given: defaults.log_group.take(),
            name: defaults.log_group_name.take(),
            key: defaults.log_kms_key.take(),
            retention: defaults.log_retention.take(),
        };
        application.logs = std::mem::take(&mut application.logs).or(logs);
        let names: Vec<String> = application.workloads.keys().cloned().collect();
        for (name, located) in &workloads {
            if !application.workloads.contains_key(name) {
                let entry = reader.diagnostics.unknown(located.origin, format!("there is no workload `{name}`"));
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                match suggestion(name, names.iter().copied()) {
                    Some(near) => entry.fix(format!("did you mean `{near}`?")),
                    None => entry.fix(format!("the workloads are {}", list_some(&names))),
                }
            }
        }
        for (name, workload) in &mut application.workloads {
            let own = workloads.get(name).map(|located| located.value.clone()).unwrap_or_default();
            // What is said of a workload by name wins; what is said of all of them only fills the gaps.
            let mut document = std::mem::take(&mut workload.platform);
            document.discovery_name = document.discovery_name.or(match &workload.found {
                Found::ByName => None,
                found => Some(Located::new(workload.origin, found.clone())),
            });
            workload.platform = own.or(document).or(defaults.clone());
        }
    }
}

/// The texts under `key`, by name, of which `example` could be one; `None` where an error was reported.
fn texts(
    fields: &mut Fields,
    key: &str,
    example: &str,
    reader: &mut Reader<'_>,
) -> Option<BTreeMap<String, Located<Expr<String>>>> {
    let Some(node) = fields.take(key) else { return Some(BTreeMap::new()) };
    let entries = entries(node, &format!("{key}: {{ {example}: … }}"), reader)?;
    let mut are_texts = true;
    let mut texts = BTreeMap::new();
    for (name, node) in entries {
        match reader.text(&node) {
            Some(text) => {
                texts.insert(name, text);
            }
            None => are_texts = false,
        }
    }
    are_texts.then_some(texts)
}

/// The entries of a map; `example` shows how one is written.
fn entries(node: Node, example: &str, reader: &mut Reader<'_>) -> Option<IndexMap<String, Node>> {
    if let Kind::Mapping(entries) = node.kind {
        return Some(entries);
    }
    let message = format!("this must be a map, not {}", node.description());
    reader.diagnostics.error(node.origin, message).fix(format!("write a map, `{example}`"));
    None
}

fn choice(node: Node, tags: &Tags, reader: &mut Reader<'_>) -> Choice {
    let origin = node.origin;
    match &node.kind {
        Kind::Deferred(deferred) => {
            let id = deferred.alone().and_then(|function| function.get("Ref")?.as_str());
            if let Some(id) = id {
                return Choice::Declared(Located::new(origin, id.to_owned()));
            }
            reader
                .diagnostics
                .error(origin, "this must be a `Ref` of an `OamEcs::Environment` of the template, not another function")
                .fix("write `!Ref` and its logical id, `{ImportPrefix: …}`, or the ids of what exists");
            Choice::Implicit
        }
        Kind::Text(id) => Choice::Declared(Located::new(origin, id.clone())),
        _ => match reader.fields(node, "`!Ref` of an `OamEcs::Environment`, or a map") {
            Some(fields) => {
                let says = Says {
                    network: ["NatGateways", "VpcCidr", "Zones"].iter().any(|key| fields.has(key)),
                    cluster: ["Cluster", "ContainerInsights"].iter().any(|key| fields.has(key)),
                };
                Choice::Own(Box::new(environment::load(fields, false, tags.clone(), reader)), says)
            }
            None => Choice::Implicit,
        },
    }
}

fn workloads(fields: &mut Fields, reader: &mut Reader<'_>) -> BTreeMap<String, Located<Options>> {
    let Some(node) = fields.take("Workloads") else { return BTreeMap::new() };
    let Some(entries) = entries(node, "Workloads: { web: { Capacity: FARGATE_SPOT } }", reader) else {
        return BTreeMap::new();
    };
    let mut workloads = BTreeMap::new();
    for (name, node) in entries {
        let origin = node.origin;
        if let Some(options) = options(node, reader) {
            workloads.insert(name, Located::new(origin, options));
        }
    }
    workloads
}

fn options(node: Node, reader: &mut Reader<'_>) -> Option<Options> {
    let origin = node.origin;
    let entries = entries(node, "{ Capacity: FARGATE_SPOT, Cpu: 512 }", reader)?;
    let mut given = Given::beside(Fields::new(origin, entries));
    let options = options::read(&mut given, reader);
    given.finish(&options::KEYS, reader.diagnostics);
    Some(options)
}
