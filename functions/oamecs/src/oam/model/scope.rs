//! [Application scopes](https://github.com/oam-dev/spec/blob/4af9e65/4.application_scopes.md).

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::diagnostic::{Located, Origin};
use crate::document::Node;

/// What a network scope says.
#[derive(Clone, Debug, Default)]
pub struct NetworkScope {
    /// The keys of `Environment`, and their values: which VPC, and which of its subnets.
    pub environment: IndexMap<String, Node>,
    /// `internet-gateway-type`: whether tasks have public addresses.
    pub is_public: Option<Located<bool>>,
}

/// Components whose health is watched together.
#[derive(Clone, Debug)]
pub struct HealthScope {
    /// Where it is declared.
    pub origin: Origin,
    /// Which they are, and where they say so.
    pub members: BTreeMap<String, Origin>,
    /// The share of them, in percent, that must be healthy; `None`: all.
    pub threshold: Option<Located<u32>>,
    /// Those of them that must be healthy in any case.
    pub required: BTreeSet<String>,
}
