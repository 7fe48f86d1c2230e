//! On what kind of machine a service runs, which decides what becomes of some of its attributes.
//!
//! In: a service as a tree, and what stands beside the document. Out: the machine, silently: what is wrong is reported where
//! the values are read.

use crate::document::{Early, Kind, Node};
use crate::options::capacity;
use crate::program::platform::Machine;
use crate::settings::Machines;

/// The machine of a service: what is said of it by name counts before the document, and that before what is said of all.
pub(super) fn of(name: &str, service: &Node, machines: &Machines, early: &mut dyn Early) -> Machine {
    let own = service.get("x-aws-capacity").and_then(|node| capacity::machine(node, early));
    let said = machines.of.get(name).copied().or(own).or(machines.otherwise);
    said.unwrap_or(if asks_for_gpus(service) { Machine::Instance } else { Machine::Fargate })
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
