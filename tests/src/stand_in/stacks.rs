//! AWS CloudFormation: the status of a stack and of its resources.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Refusal;

/// A resource of a stack.
#[derive(Clone, Debug, Default)]
pub struct StackResource {
    /// What it is called; empty until it is begun.
    pub physical_id: String,
    /// `UPDATE_IN_PROGRESS`.
    pub status: String,
    /// ISO 8601.
    pub since: String,
}

/// Stacks, by ARN.
#[derive(Debug, Default)]
pub struct Stacks {
    /// `UPDATE_IN_PROGRESS`.
    pub status: BTreeMap<String, String>,
    /// By stack and logical id.
    pub resources: BTreeMap<(String, String), StackResource>,
}

impl Stacks {
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let stack = input["StackName"].as_str().unwrap_or_default();
        let missing = || Refusal::new("ValidationError", format!("Stack with id {stack} does not exist"));
        let answer = match operation {
            "DescribeStacks" => {
                let status = self.status.get(stack).ok_or_else(missing)?;
                format!(
                    "<Stacks><member><StackId>{stack}</StackId><StackStatus>{status}</StackStatus></member></Stacks>"
                )
            }
            "DescribeStackResource" => {
                let logical = input["LogicalResourceId"].as_str().unwrap_or_default();
                let resource = self.resources.get(&(stack.to_owned(), logical.to_owned())).ok_or_else(missing)?;
                let StackResource { physical_id, status, since } = resource;
                format!(
                    "<StackResourceDetail><LogicalResourceId>{logical}</LogicalResourceId>\
                     <PhysicalResourceId>{physical_id}</PhysicalResourceId><ResourceStatus>{status}</ResourceStatus>\
                     <LastUpdatedTimestamp>{since}</LastUpdatedTimestamp></StackResourceDetail>"
                )
            }
            _ => panic!("no stand-in for cloudformation {operation}"),
        };
        let xmlns = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
        Ok(format!(
            "<{operation}Response xmlns=\"{xmlns}\"><{operation}Result>{answer}</{operation}Result></{operation}Response>"
        )
        .into())
    }
}
