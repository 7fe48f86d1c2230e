//! Networks and volumes that no service uses: they are not made, so that nothing in them matters.
//!
//! In: the tree with long forms. Out: the tree without them, each noted, and their names.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostics;
use crate::document::{Kind, Node};

/// The names of networks and volumes that no service uses: what somebody meant who wrote another name.
#[derive(Clone, Debug, Default)]
pub struct Unused {
    /// Networks.
    pub networks: BTreeSet<String>,
    /// Volumes.
    pub volumes: BTreeSet<String>,
}

/// Takes the networks and volumes away that no service uses.
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
    Unused { networks, volumes }
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
