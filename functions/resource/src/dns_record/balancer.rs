//! The load balancer that a record leads to.
//!
//! In: a record. Out: whether its load balancer is of the stack, or which one of this region of the account it is.

use aws_sdk_route53::types::ResourceRecordSet;

use super::Properties;
use super::record_set::{balancer_name, leads_to};
use crate::aws::api::ApiError;
use crate::work::{Event, Failure, Site};

/// Whether a record leads to a load balancer of the stack.
pub(super) async fn is_of_stack(
    event: &Event<Properties>,
    record: &ResourceRecordSet,
    site: &Site,
) -> Result<bool, Failure> {
    for target in leads_to(record) {
        let stack = site
            .aws
            .stack_of_load_balancer(|name| balancer_name(name) == target)
            .await
            .map_err(|error| Failure::new(format!("whose load balancer `{target}` is cannot be found: {error}")))?;
        if stack.as_deref() == Some(event.stack_id.as_str()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The load balancer of this region of the account that a record leads to, by its ARN, if it does.
pub(super) async fn balancer(record: &ResourceRecordSet, site: &Site) -> Result<Option<String>, ApiError> {
    // `shop-1.eu-west-1.elb.amazonaws.com`, `shop-1.elb.eu-west-1.amazonaws.com`
    for target in leads_to(record).into_iter().filter(|target| target.contains(".elb.")) {
        if let Some(arn) = site.aws.load_balancer(|name| balancer_name(name) == target).await? {
            return Ok(Some(arn));
        }
    }
    Ok(None)
}
