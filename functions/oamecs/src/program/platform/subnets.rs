//! Where in the network tasks are.

use crate::expression::Expr;

/// The subnets of a workload's tasks.
#[derive(Clone, Debug, PartialEq)]
pub enum Subnets {
    /// Those with a route to an internet gateway; tasks in them have public addresses.
    Public,
    /// Those without.
    Private,
    /// These, by id.
    Each(Vec<Expr<String>>),
}
