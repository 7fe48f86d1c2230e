//! What a declaration says beside stackfiles, and what only these need.
//!
//! In: the properties of an `OamEcs::Stackfile`. Out: [`Settings`].

use std::collections::BTreeMap;

use crate::diagnostic::{Located, Origin};
use crate::document::{Fields, Reader};
use crate::expression::Expr;
use crate::program::platform::{Machine, NetworkMode};
use crate::settings::{Machines, Secrets};

/// The properties that are read here.
pub const KEYS: [&str; 3] = ["Force", "LoadBalancers", "PythonValues"];

/// What a declaration says beside its documents.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Its place.
    pub origin: Origin,
    /// `Variables`: what `$NAME` in values of variables becomes.
    pub variables: BTreeMap<String, Located<Expr<String>>>,
    /// `Images`, by service; wins over the document.
    pub images: BTreeMap<String, Located<Expr<String>>>,
    /// `Secrets`: where the values of variables and options come from that are secret, by `NAME` or `service.NAME`.
    pub secrets: Secrets,
    /// On what services run, as `Defaults` and `Workloads` say.
    pub machines: Machines,
    /// How services are in the network, as `Workloads` says of some.
    pub network_modes: BTreeMap<String, NetworkMode>,
    /// Whether `Variables`, `Images` and `Secrets` could be read: else what they lack is no error of a document.
    pub is_complete: bool,
    /// What is for stackfiles only.
    pub own: Own,
}

/// The properties that other formats do not have.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// `Force`: whether tasks are replaced on every deployment.
    pub force: Option<Located<bool>>,
    /// `LoadBalancers`: whether services share load balancers; `None`: each has its own.
    pub load_balancers: Option<Located<LoadBalancers>>,
    /// `PythonValues`: whether booleans and nothing become what Python writes for them; `None`: nothing is said.
    pub python_values: Option<Located<bool>>,
}

/// Whose load balancers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadBalancers {
    /// Each service's own.
    Apart,
    /// All services'.
    Shared,
}

const LOAD_BALANCERS: [(&str, LoadBalancers); 2] = [("apart", LoadBalancers::Apart), ("shared", LoadBalancers::Shared)];

impl Settings<'_> {
    /// On what a service runs: instances, unless it is said otherwise.
    pub(super) fn machine(&self, service: &str) -> Machine {
        self.machines.said_of(service).unwrap_or(Machine::Instance)
    }

    /// Whether services share load balancers.
    pub(super) fn shares(&self) -> bool {
        self.own.load_balancers.as_ref().is_some_and(|whose| whose.value == LoadBalancers::Shared)
    }
}

/// Takes what is for stackfiles out of the properties of a declaration.
pub fn read(fields: &mut Fields, reader: &mut Reader<'_>) -> Own {
    Own {
        force: fields.take("Force").and_then(|node| reader.any_bool(&node)),
        load_balancers: fields.take("LoadBalancers").and_then(|node| reader.choice(&node, &LOAD_BALANCERS)),
        python_values: fields.take("PythonValues").and_then(|node| reader.any_bool(&node)),
    }
}
