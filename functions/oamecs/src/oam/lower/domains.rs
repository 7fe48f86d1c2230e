//! Names of a Kubernetes cluster that texts call components by: `db.default.svc.cluster.local`.
//!
//! A component has no such name by itself; what a container is told is looked through for them, and their domains are given to
//! the application. Whether that is right for each is the author's to say, so it is noted.

use std::collections::{BTreeMap, BTreeSet};

use super::texts;
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::Workload;

/// What ends the names of a cluster, the longest first.
const ENDINGS: [&str; 2] = ["svc.cluster.local", "svc"];

/// The domains under which texts of workloads call workloads of the application.
pub(super) fn called(
    workloads: &BTreeMap<String, Workload>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Origin> {
    let mut domains = BTreeMap::new();
    let aliases = workloads.values().flat_map(|workload| workload.aliases.keys());
    let names: Vec<&String> = workloads.keys().chain(aliases).collect();
    for (origin, text) in workloads.values().flat_map(texts::of) {
        for name in &names {
            find(text, name, origin, &mut domains);
        }
    }
    for (domain, origin) in &domains {
        diagnostics.note(*origin, format!("components are found under `{domain}` too, as here they are called so"));
    }
    domains
}

/// Reports texts that name a single replica, as only those of a `StatefulSet` have names: `db-0.db`.
pub(super) fn report_replicas(
    workloads: &BTreeMap<String, Workload>,
    stateful: &BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) {
    for (origin, text) in workloads.values().flat_map(texts::of) {
        for name in stateful {
            let Some(replica) = replica(text, name) else { continue };
            let message = format!("`{replica}` is not available on ECS: a replica of `{name}` has no name of its own");
            let fix = format!("write `{name}`, which leads to all of its replicas, or a component for each");
            diagnostics.error(origin, message).fix(fix);
        }
    }
}

/// The name of a replica of a component in a text: one that a domain follows.
fn replica<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.match_indices(name).find_map(|(at, _)| {
        let is_whole = at == 0 || text.as_bytes().get(at - 1).is_none_or(|byte| !is_label(*byte) && *byte != b'.');
        let rest = text.get(at + name.len()..)?.strip_prefix('-')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let domain = rest.get(digits..)?.strip_prefix('.')?;
        let is_replica = is_whole && digits > 0 && domain.starts_with(|first: char| first.is_ascii_alphabetic());
        text.get(at..at + name.len() + 1 + digits).filter(|_| is_replica)
    })
}

/// The domains in a text under which a component is called.
fn find(text: &str, name: &str, origin: Origin, domains: &mut BTreeMap<String, Origin>) {
    for (at, _) in text.match_indices(name) {
        let is_whole = at == 0 || text.as_bytes().get(at - 1).is_none_or(|byte| !is_label(*byte) && *byte != b'.');
        let domain = text.get(at + name.len()..).and_then(after).filter(|_| is_whole);
        if let Some(domain) = domain {
            domains.entry(domain.to_ascii_lowercase()).or_insert(origin);
        }
    }
}

/// The domain of a cluster that follows the name of a component: of `.default.svc:80` it is `default.svc`.
pub(super) fn after(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix('.')?;
    let length = rest.bytes().take_while(|byte| is_label(*byte) || *byte == b'.').count();
    let domain = rest.get(..length)?.trim_end_matches('.');
    let (namespace, ending) = domain.split_once('.')?;
    (!namespace.is_empty() && ENDINGS.contains(&ending)).then_some(domain)
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_cluster_are_found_in_texts() {
        let cases = [
            ("http://db.default.svc.cluster.local:5432/x", Some("default.svc.cluster.local")),
            ("db.shop.svc", Some("shop.svc")),
            ("tcp://user:pw@db.shop.svc.cluster.local.", Some("shop.svc.cluster.local")),
            ("my-db.default.svc.cluster.local", None),
            ("x.db.default.svc.cluster.local", None),
            ("db.example.com", None),
            ("db:5432", None),
            ("db.svc.cluster.local", None),
        ];
        for (text, expected) in cases {
            let mut domains = BTreeMap::new();
            find(text, "db", Origin::TEMPLATE, &mut domains);
            assert_eq!(domains.into_keys().next().as_deref(), expected, "{text}");
        }
    }
}
