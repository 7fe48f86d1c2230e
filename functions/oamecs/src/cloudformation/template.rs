//! Resources as values: what the lowering hands on, and what patches, splice and verify work on.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::value::Text;
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
    /// The resource that stands for all that it is made together with, itself or another: they are made where anything else
    /// refers to one of them. `None`: it is made in any case.
    pub on_demand: Option<LogicalId>,
    /// What becomes of it when its stack goes.
    pub keep: Keep,
    /// The metadata that the author gave, ours not included.
    pub metadata: Map<String, Json>,
    /// The resource attributes other than those above: `UpdatePolicy`, `CreationPolicy`.
    pub attributes: Map<String, Json>,
}

/// What becomes of a resource when its stack goes, or it is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// It goes too.
    #[default]
    No,
    /// It holds what the author cannot make again, and is kept; where its own creation is rolled back, it holds nothing yet.
    Data,
    /// It tells what happened, and is kept: just then when a creation is rolled back.
    Record,
}

impl Keep {
    /// The [`DeletionPolicy`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html)
    /// that says so.
    pub fn deletion_policy(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Data => Some("RetainExceptOnCreate"),
            Self::Record => Some("Retain"),
        }
    }

    /// The `UpdateReplacePolicy` that says so.
    pub fn update_replace_policy(self) -> Option<&'static str> {
        (self != Self::No).then_some("Retain")
    }
}

/// The resources that declarations became, in the order in which they were lowered.
pub type Resources = IndexMap<LogicalId, Resource>;

/// What `Fn::GetAtt` of a declaration stands for: from a dotted name (`Services.web.Name`) to a value.
pub type Attributes = BTreeMap<String, Text>;

/// What the lowering hands on.
#[derive(Clone, Debug, Default)]
pub struct Lowered {
    /// The resources.
    pub resources: Resources,
    /// What `Fn::GetAtt` of a declaration stands for, by the declaration's logical id.
    pub attributes: BTreeMap<String, Attributes>,
    /// Outputs to add to the template: by their key, the owner and the output as the template has it.
    pub outputs: IndexMap<String, (String, Json)>,
    /// What resources that the author wrote wait for besides, by their logical ids.
    pub awaited_by: BTreeMap<String, BTreeSet<LogicalId>>,
    /// For an owner that is no declaration (the implicit environment): the declarations that it is made for.
    pub shared_by: BTreeMap<String, BTreeSet<String>>,
}
