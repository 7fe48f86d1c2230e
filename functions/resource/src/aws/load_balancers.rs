//! Elastic Load Balancing: whose a load balancer is.

use roxmltree::Document;

use super::api::{ApiError, Call};
use super::{Aws, xml};

/// The version of Elastic Load Balancing's interface.
const VERSION: &str = "2015-12-01";

/// The tag that CloudFormation gives to what it makes.
const STACK: &str = "aws:cloudformation:stack-id";

impl Aws {
    /// The ARN of the stack that made the load balancer of a name in DNS, by a test for that name; `None` where this region of the
    /// account has no such load balancer, or no stack made it.
    ///
    /// # Errors
    /// What Elastic Load Balancing answered, or why it did not.
    pub async fn stack_of_load_balancer(&self, is_named: impl Fn(&str) -> bool) -> Result<Option<String>, ApiError> {
        match self.load_balancer(is_named).await? {
            Some(arn) => self.tag_of_load_balancer(&arn, STACK).await,
            None => Ok(None),
        }
    }

    /// The ARN of the load balancer of a name in DNS, by a test for that name; `None` where this region of the account has none.
    ///
    /// # Errors
    /// What Elastic Load Balancing answered, or why it did not.
    pub async fn load_balancer(&self, is_named: impl Fn(&str) -> bool) -> Result<Option<String>, ApiError> {
        let mut parameters = Vec::new();
        loop {
            let call = Call::query("elasticloadbalancing", VERSION, "DescribeLoadBalancers", &parameters);
            let body = self.call(call).await?;
            let document = Document::parse(&body).map_err(|error| ApiError::unread(&error))?;
            let all = document.descendants().filter(|node| node.tag_name().name() == "member");
            let mut named = all.filter(|node| xml::child_text(*node, "DNSName").is_some_and(&is_named));
            if let Some(found) = named.next() {
                return Ok(xml::child_text(found, "LoadBalancerArn").map(str::to_owned));
            }
            let next = document.descendants().find(|node| node.tag_name().name() == "NextMarker");
            match next.and_then(|next| next.text()) {
                Some(marker) => parameters = vec![("Marker".to_owned(), marker.to_owned())],
                None => return Ok(None),
            }
        }
    }

    async fn tag_of_load_balancer(&self, arn: &str, key: &str) -> Result<Option<String>, ApiError> {
        let parameters = [("ResourceArns.member.1".to_owned(), arn.to_owned())];
        let body = self.call(Call::query("elasticloadbalancing", VERSION, "DescribeTags", &parameters)).await?;
        let document = Document::parse(&body).map_err(|error| ApiError::unread(&error))?;
        let tag = document.descendants().find(|node| xml::child_text(*node, "Key") == Some(key));
        Ok(tag.and_then(|tag| xml::child_text(tag, "Value")).map(str::to_owned))
    }
}
