//! The top of a stackfile: the checks of its attributes, and what holds for all services.

use super::model::{Healthcheck, Stack, Value};
use super::support::{SERVICE, STACKFILE};
use super::{Loader, environment::Environment, logging};
use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Kind, Node};
use crate::environment::domain_name;
use crate::gather::Gather;
use crate::program::platform::Machine;
use crate::support::check;

/// MiB of a service where nothing is said.
const MEMORY: u32 = 1024;

/// What holds for all services that say nothing else.
pub(super) struct Defaults {
    pub(super) environment: Environment,
    pub(super) memory: Option<Located<u32>>,
    pub(super) healthcheck: Option<Healthcheck>,
    pub(super) logging: logging::Said,
}

impl Defaults {
    /// The memory of a service that says nothing of it.
    pub(super) fn memory(&self, origin: Origin) -> Located<u32> {
        self.memory.clone().unwrap_or(Located::new(origin, MEMORY))
    }

    /// The variables of a service, and those that it says nothing of.
    pub(super) fn complete(&self, mut own: Environment) -> Environment {
        for (name, value) in &self.environment {
            own.entry(name.clone()).or_insert_with(|| Located::<Value>::clone(value));
        }
        own
    }
}

/// The stack that a document describes, in which `services` is a map.
pub(super) fn stack(document: Fields, loader: &mut Loader<'_, '_, '_>) -> Option<Stack> {
    let origin = document.origin;
    let node = Node::new(origin, Kind::Mapping(document.rest()));
    // What is said of all services is checked as if they ran on instances: what is otherwise on Fargate is said of each.
    let node = check(node, STACKFILE, Machine::Instance, loader.reader.diagnostics);
    let mut fields = loader.reader.fields(node, "a stackfile")?;
    let vpc = loader.vpc(fields.take("vpc"));
    let logging = logging::said(fields.take("logging"), loader);
    let namespace = fields
        .take("service_discovery")
        .and_then(|node| loader.reader.fields(node, "a map with `namespace`"))
        .and_then(|mut fields| fields.take("namespace"))
        .and_then(|node| domain_name(&node, loader.reader));
    let mut defaults =
        fields.take("defaults").and_then(|node| loader.reader.fields(node, "a map of what holds for all services"));
    let mut default = |key: &str| defaults.as_mut().and_then(|fields| fields.take(key));
    let (environment, memory, healthcheck) = (default("environment"), default("memory"), default("healthcheck"));
    let defaults = Defaults {
        environment: loader.environment(environment),
        memory: memory.and_then(|node| loader.memory(&node)),
        healthcheck: healthcheck.and_then(|node| loader.healthcheck(node)),
        logging,
    };
    let services = fields.take("services").map(|node| loader.reader.fields(node, "services").map(Fields::rest));
    let mut all = Vec::new();
    for (name, node) in services.flatten().unwrap_or_default() {
        let machine = loader.settings.machine(&name);
        let node = check(node, SERVICE, machine, loader.reader.diagnostics);
        let Some(fields) = loader.reader.fields(node, "a map of what is said of the service") else { continue };
        let service = loader.service(&name, fields, &defaults);
        all.push((name, service));
    }
    Some(Stack { origin, vpc, namespace, services: all.into_iter().gather() })
}
