//! What containers may do in the account.

use serde_json::Value as Json;

use crate::expression::Expr;

/// What decides what the containers of a workload may do.
#[derive(Clone, Debug)]
pub enum Role {
    /// A role that exists, by name or ARN.
    Given(Expr<String>),
    /// What the role that is made allows besides what is needed.
    Policy(PolicyDocument),
}

/// A [policy document](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html) as the author wrote
/// it, functions in their long form.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDocument(pub Json);
