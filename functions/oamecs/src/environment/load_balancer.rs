//! The load balancer that applications share: one that is made, or one that exists.

use super::{arn, text};
use crate::document::{Fields, Reader};
use crate::options::arn::Arn;
use crate::program::environment::{LoadBalancer, Network, Scheme};

const SCHEMES: [(&str, Option<Scheme>); 4] = [
    ("internet-facing", Some(Scheme::InternetFacing)),
    ("internal", Some(Scheme::Internal)),
    ("true", Some(Scheme::InternetFacing)),
    ("false", None),
];

/// Reads what is said of the load balancer.
pub(super) fn read(fields: &mut Fields, network: &Network, reader: &mut Reader<'_>) -> Option<LoadBalancer> {
    let arn = arn(fields, "LoadBalancerArn", Arn::LoadBalancer, reader);
    let group = text(fields, "LoadBalancerSecurityGroupId", reader);
    let made = fields.take("LoadBalancer");
    match (arn, group, made) {
        (Some(arn), Some(security_group), None) => {
            if matches!(network, Network::Made { .. }) {
                reader
                    .diagnostics
                    .error(arn.origin, "a load balancer reaches tasks in its own VPC, and this one would not be in the VPC that is made")
                    .fix("add `VpcId`, the VPC that it is in");
            }
            Some(LoadBalancer::Given { arn, security_group })
        }
        (Some(arn), None, _) => {
            reader
                .diagnostics
                .error(arn.origin, "tasks must admit the load balancer, and its security group is not known")
                .fix("add `LoadBalancerSecurityGroupId`, in a Compose document `x-aws-loadbalancer_security_group`");
            None
        }
        (None, Some(group), _) => {
            reader
                .diagnostics
                .error(group.origin, "the security group of a load balancer is given, but not the load balancer")
                .fix("add `LoadBalancerArn`");
            None
        }
        (Some(arn), Some(_), Some(_)) => {
            reader
                .diagnostics
                .error(arn.origin, "a load balancer is given, and another is to be made")
                .fix("remove `LoadBalancer` or `LoadBalancerArn`");
            None
        }
        (None, None, Some(node)) => {
            reader.choice(&node, &SCHEMES).and_then(|scheme| scheme.value).map(|scheme| LoadBalancer::Made { scheme })
        }
        (None, None, None) => None,
    }
}
