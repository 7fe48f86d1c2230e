//! Configs, networks, secrets and volumes that no service uses: they are not made, so that nothing in them matters.
//!
//! In: the tree with long forms. Out: the tree without them, each noted, and their names.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostics;
use crate::document::{Kind, Node};

/// The names of what no service uses: what somebody meant who wrote another name.
#[derive(Clone, Debug, Default)]
pub struct Unused {
    /// Configs.
    pub configs: BTreeSet<String>,
    /// Networks.
    pub networks: BTreeSet<String>,
    /// Secrets.
    pub secrets: BTreeSet<String>,
    /// Volumes.
    pub volumes: BTreeSet<String>,
}

/// Takes away what no service uses.
pub(super) fn remove(document: &mut Node, diagnostics: &mut Diagnostics) -> Unused {
    let Some(Kind::Mapping(services)) = document.get("services").map(|services| &services.kind) else {
        return Unused::default();
    };
    let mut networks: BTreeSet<String> = BTreeSet::new();
    let mut volumes: BTreeSet<String> = BTreeSet::new();
    // A source that is a function could name any of the volumes.
    let mut has_open_source = false;
    for service in services.values() {
        match service.get("networks").map(|networks| &networks.kind) {
            Some(Kind::Mapping(memberships)) if !memberships.is_empty() => networks.extend(memberships.keys().cloned()),
            _ if shares_network(service) => {}
            _ => {
                networks.insert("default".to_owned());
            }
        }
        if let Some(Kind::Sequence(mounts)) = service.get("volumes").map(|volumes| &volumes.kind) {
            for source in mounts.iter().filter_map(|mount| mount.get("source")) {
                match &source.kind {
                    Kind::Text(source) => {
                        volumes.insert(source.clone());
                    }
                    _ => has_open_source = true,
                }
            }
        }
    }
    let networks = retain(document, "networks", &networks, "no service is on it", diagnostics);
    let volumes = if has_open_source {
        BTreeSet::new()
    } else {
        retain(document, "volumes", &volumes, "no service mounts it", diagnostics)
    };
    let (configs, secrets) = (sources(services_of(document), "configs"), secrets(services_of(document)));
    let configs = retain_all(document, "configs", configs, "no service has it", diagnostics);
    let secrets = retain_all(document, "secrets", secrets, "no service has it", diagnostics);
    Unused { configs, networks, secrets, volumes }
}

fn services_of(document: &Node) -> impl Iterator<Item = &Node> + Clone {
    let services = document.get("services").and_then(|services| match &services.kind {
        Kind::Mapping(services) => Some(services.values()),
        _ => None,
    });
    services.into_iter().flatten()
}

/// The names that services give under `key`; `None` where a function could give any.
fn sources<'a>(mut services: impl Iterator<Item = &'a Node>, key: &str) -> Option<BTreeSet<String>> {
    services.try_fold(BTreeSet::new(), |mut names, service| {
        if let Some(Kind::Sequence(grants)) = service.get(key).map(|grants| &grants.kind) {
            for source in grants.iter().filter_map(|grant| grant.get("source")) {
                match &source.kind {
                    Kind::Text(source) => names.insert(source.clone()),
                    _ => return None,
                };
            }
        }
        Some(names)
    })
}

/// The secrets that services have as files, as variables, or to log in to a registry.
fn secrets<'a>(services: impl Iterator<Item = &'a Node> + Clone) -> Option<BTreeSet<String>> {
    let mut names = sources(services.clone(), "secrets")?;
    for service in services {
        let variables = match service.get("x-aws-secrets").map(|variables| &variables.kind) {
            Some(Kind::Mapping(variables)) => Some(variables.values()),
            _ => None,
        };
        for node in variables.into_iter().flatten().chain(service.get("x-aws-pull_credentials")) {
            if let Kind::Text(secret) = &node.kind {
                names.extend(secret.split(':').next().map(str::to_owned));
            }
        }
    }
    Some(names)
}

fn retain_all(
    document: &mut Node,
    key: &str,
    used: Option<BTreeSet<String>>,
    why: &str,
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    used.map(|used| retain(document, key, &used, why, diagnostics)).unwrap_or_default()
}

/// Whether a service is on the networks of another.
fn shares_network(service: &Node) -> bool {
    let mode = service.get("network_mode").map(|mode| &mode.kind);
    matches!(mode, Some(Kind::Text(mode)) if mode.starts_with("service:") || mode.starts_with("container:"))
}

fn retain(
    document: &mut Node,
    key: &str,
    used: &BTreeSet<String>,
    why: &str,
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    let mut removed = BTreeSet::new();
    let Kind::Mapping(top) = &mut document.kind else { return removed };
    let Some(Node { kind: Kind::Mapping(entries), .. }) = top.get_mut(key) else { return removed };
    let what = key.trim_end_matches('s');
    entries.retain(|name, node| {
        let is_used = used.contains(name);
        if !is_used {
            diagnostics.note(node.origin, format!("the {what} `{name}` is not made, as {why}"));
            removed.insert(name.clone());
        }
        is_used
    });
    removed
}
