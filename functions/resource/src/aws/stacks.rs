//! AWS CloudFormation: how the stack is.

use roxmltree::Document;

use super::api::{ApiError, Call};
use super::{Aws, xml};

/// The version of CloudFormation's interface.
const VERSION: &str = "2010-05-15";

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackResource {
    /// What it is called; empty until AWS has begun to make it.
    pub physical_id: String,
    /// `CREATE_IN_PROGRESS`, `UPDATE_COMPLETE` …
    pub status: String,
    /// When the status was reached, as ISO 8601 has it, which sorts.
    pub since: String,
}

impl Aws {
    /// The [status](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html) of a stack, by its ARN.
    ///
    /// # Errors
    /// What CloudFormation answered, or why it did not.
    pub async fn stack_status(&self, stack_id: &str) -> Result<String, ApiError> {
        let parameters = [("StackName".to_owned(), stack_id.to_owned())];
        let body = self.call(Call::query("cloudformation", VERSION, "DescribeStacks", &parameters)).await?;
        let document = Document::parse(&body).map_err(|error| ApiError::unread(&error))?;
        let status = document.descendants().find(|node| node.tag_name().name() == "StackStatus");
        Ok(status.and_then(|status| status.text()).unwrap_or_default().to_owned())
    }

    /// A resource of a stack, by the stack's ARN and its logical id.
    ///
    /// # Errors
    /// What CloudFormation answered, or why it did not.
    pub async fn stack_resource(&self, stack_id: &str, logical_id: &str) -> Result<StackResource, ApiError> {
        let parameters =
            [("StackName".to_owned(), stack_id.to_owned()), ("LogicalResourceId".to_owned(), logical_id.to_owned())];
        let body = self.call(Call::query("cloudformation", VERSION, "DescribeStackResource", &parameters)).await?;
        let document = Document::parse(&body).map_err(|error| ApiError::unread(&error))?;
        let detail = document.descendants().find(|node| node.tag_name().name() == "StackResourceDetail");
        let text = |name| detail.and_then(|node| xml::child_text(node, name)).unwrap_or_default().to_owned();
        Ok(StackResource {
            physical_id: text("PhysicalResourceId"),
            status: text("ResourceStatus"),
            since: text("LastUpdatedTimestamp"),
        })
    }
}

impl ApiError {
    pub(super) fn unread(error: &dyn std::fmt::Display) -> Self {
        Self { status: 200, code: "InvalidResponse".to_owned(), message: error.to_string(), body: String::new() }
    }
}
