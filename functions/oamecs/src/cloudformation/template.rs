//! Resources as values: what the lowering hands on, and what patches, splice and verify work on.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{LogicalId, Written};
use crate::diagnostic::Origin;

/// The properties of one type of resource.
pub trait Properties: Serialize {
    /// The type's name: `AWS::ECS::Service`.
    const TYPE: &'static str;
}

/// A resource on its way into the template.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The declaration that it is made for, by its logical id; or the prefix of an environment that nobody declared.
    pub owner: String,
    /// What it is among the resources of its declaration: `LoadBalancer`, `web.TaskDefinition`. Patches name it so.
    pub role: String,
    /// What in the author's document it follows from.
    pub origin: Origin,
    /// Its type's name.
    pub kind: &'static str,
    /// Its properties, in the words of the template.
    pub properties: Written,
    /// What must be there first, beyond what the properties refer to.
    pub depends_on: BTreeSet<LogicalId>,
    /// The name of the condition under which it is made.
    pub condition: Option<String>,
    /// Whether it holds what the author cannot make again: it is kept when the stack goes.
    pub holds_data: bool,
    /// The metadata that the author gave, ours not included.
    pub metadata: Map<String, Json>,
    /// The resource attributes other than those above (`UpdatePolicy`, `CreationPolicy`), which only patches set.
    pub attributes: Map<String, Json>,
}

/// The resources that declarations became, in the order in which they were lowered.
pub type Resources = IndexMap<LogicalId, Resource>;

/// What `Fn::GetAtt` of a declaration stands for: from a dotted name (`Services.web.Name`) to a value.
pub type Attributes = BTreeMap<String, Json>;

/// What the lowering hands on.
#[derive(Clone, Debug, Default)]
pub struct Lowered {
    /// The resources.
    pub resources: Resources,
    /// What `Fn::GetAtt` of a declaration stands for, by the declaration's logical id.
    pub attributes: BTreeMap<String, Attributes>,
    /// Outputs to add to the template: by their key, the owner and the output as the template has it.
    pub outputs: IndexMap<String, (String, Json)>,
    /// For an owner that is no declaration (the implicit environment): the declarations that it is made for.
    pub shared_by: BTreeMap<String, BTreeSet<String>>,
}
