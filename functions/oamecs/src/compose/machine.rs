//! On what kind of machine services run, which decides what becomes of some of its attributes.
//!
//! In: the services as trees, and what stands beside the document. Out: the machine of each, silently: what is wrong is reported where
//! the values are read.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::document::{Early, Kind, Node};
use crate::gather::Gather;
use crate::options::capacity;
use crate::program::platform::Machine;
use crate::settings::Machines;

/// The machines of all services. Those that share a task share its machine, and what one of them needs, all have.
pub(super) fn all(document: &Node, machines: &Machines, early: &mut dyn Early) -> BTreeMap<String, Machine> {
    let Some(Kind::Mapping(services)) = document.get("services").map(|services| &services.kind) else {
        return BTreeMap::new();
    };
    let needy: BTreeSet<&str> =
        services.iter().filter(|(_, service)| asks_for_gpus(service)).map(|(name, _)| root(name, services)).gather();
    let mut found = BTreeMap::new();
    for name in services.keys() {
        let root = root(name, services);
        let own = services.get(root).and_then(|service| service.get("x-aws-capacity"));
        let own = own.and_then(|node| capacity::machine(node, early));
        // What is said by name counts before the document, and that before what is said of all.
        let said = machines.of.get(root).copied().or(own).or(machines.otherwise);
        let needed = if needy.contains(root) { Machine::Instance } else { Machine::Fargate };
        found.insert(name.clone(), said.unwrap_or(needed));
    }
    found
}

/// The service whose task a service is in: another's where its `network_mode` says so, or its own.
fn root<'a>(name: &'a str, services: &'a IndexMap<String, Node>) -> &'a str {
    let host = |name: &str| {
        let Kind::Text(mode) = &services.get(name)?.get("network_mode")?.kind else { return None };
        let (other, _) = services.get_key_value(mode.strip_prefix("service:")?)?;
        Some(other.as_str())
    };
    let mut root = name;
    // A cycle, which is reported elsewhere, is followed no further than there are services.
    for _ in services {
        let Some(next) = host(root) else { break };
        root = next;
    }
    root
}

/// Whether a service asks for GPUs in any of the ways that there are.
fn asks_for_gpus(service: &Node) -> bool {
    let is_something = |node: &Node| !matches!(&node.kind, Kind::Null | Kind::Faulty) && !is_empty(node);
    let reservations =
        service.get("deploy").and_then(|deploy| deploy.get("resources")).and_then(|node| node.get("reservations"));
    let reserved = |key| reservations.and_then(|reservations| reservations.get(key)).is_some_and(is_something);
    service.get("gpus").is_some_and(is_something) || reserved("devices") || reserved("generic_resources")
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.kind, Kind::Sequence(items) if items.is_empty())
}
