//! On which instances tasks run. Fargate knows none of it.

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::value::Text;

/// An instance that does not meet it is not chosen: its `Type`, and the expression where there is one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "Type", rename_all = "camelCase", rename_all_fields = "PascalCase")]
pub enum PlacementConstraint<F = Function> {
    /// Each task on another instance. Of services and runs only, not of task definitions.
    DistinctInstance,
    /// Instances that match.
    MemberOf {
        /// In the [cluster query language](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html),
        /// up to 2,000 characters: `attribute:ecs.instance-type =~ g4dn.*`.
        expression: Text<F>,
    },
}

/// Which of the instances that are possible is chosen: its `Type`, and the field where there is one. Up to five, in order.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "Type", rename_all = "camelCase", rename_all_fields = "PascalCase")]
pub enum PlacementStrategy<F = Function> {
    /// The one with least of a resource left, so that few are used.
    Binpack {
        /// `cpu` or `memory`.
        field: Text<F>,
    },
    /// Any.
    Random,
    /// The one with fewest of the service's tasks by a property.
    Spread {
        /// `instanceId`, or an attribute: `attribute:ecs.availability-zone`.
        field: Text<F>,
    },
}
