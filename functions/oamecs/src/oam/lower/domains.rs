//! Names of a Kubernetes cluster that texts call components by: `db.default.svc.cluster.local`.
//!
//! A component has no such name by itself; what a container is told is looked through for them, and their domains are given to
//! the application. Whether that is right for each is the author's to say, so it is noted.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Origin};
use crate::expression::{Expr, Piece};
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
    for workload in workloads.values() {
        for container in workload.containers() {
            let values = container.environment.values().map(|value| (value.origin, &value.value));
            let words = container.entrypoint.iter().chain(&container.command).flatten();
            for (origin, text) in values.chain(words.map(|word| (container.origin, word))) {
                for literal in literals(text) {
                    for name in &names {
                        find(literal, name, origin, &mut domains);
                    }
                }
            }
        }
    }
    for (domain, origin) in &domains {
        diagnostics.note(*origin, format!("components are found under `{domain}` too, as here they are called so"));
    }
    domains
}

/// The parts of a text that are known now.
fn literals(text: &Expr<String>) -> Vec<&str> {
    match text {
        Expr::Known(text) => vec![text],
        Expr::Deferred(deferred) => {
            let pieces = deferred.pieces().iter();
            let literals = pieces.filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text.as_str()),
                Piece::Function(_) => None,
            });
            literals.collect()
        }
    }
}

/// The domains in a text under which a component is called.
fn find(text: &str, name: &str, origin: Origin, domains: &mut BTreeMap<String, Origin>) {
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    for (at, _) in text.match_indices(name) {
        let is_whole = at == 0 || text.as_bytes().get(at - 1).is_none_or(|byte| !is_label(*byte) && *byte != b'.');
        let Some(rest) = text.get(at + name.len()..).and_then(|rest| rest.strip_prefix('.')) else { continue };
        if !is_whole {
            continue;
        }
        let length = rest.bytes().take_while(|byte| is_label(*byte) || *byte == b'.').count();
        let domain = rest.get(..length).unwrap_or_default().trim_end_matches('.');
        let Some((namespace, ending)) = domain.split_once('.') else { continue };
        if !namespace.is_empty() && ENDINGS.contains(&ending) {
            domains.entry(domain.to_ascii_lowercase()).or_insert(origin);
        }
    }
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
