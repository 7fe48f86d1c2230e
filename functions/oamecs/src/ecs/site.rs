//! Where an application's tasks and load balancers go: what of an environment the rest of the lowering needs.

use crate::cloudformation::value::Text;
use crate::cloudformation::{LogicalId, Value};

/// An environment, lowered.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The id of the VPC.
    pub(crate) vpc: Text,
    /// The cluster's name or ARN.
    pub(crate) cluster: Text,
    /// The subnets of tasks.
    pub(crate) task_subnets: Value<Vec<Text>>,
    /// Whether tasks have public addresses, as their subnets give no other way out.
    pub(crate) public_addresses: bool,
    /// One subnet of each zone that tasks are in.
    pub(crate) zone_subnets: Vec<Text>,
    /// The subnets of load balancers.
    pub(crate) balancer_subnets: Value<Vec<Text>>,
    /// Whether load balancers face the internet; else there are only private subnets.
    pub(crate) faces_internet: bool,
    /// What must be there before a task can reach its image.
    pub(crate) way_out: Vec<LogicalId>,
    /// What must be there before a load balancer can face the internet.
    pub(crate) way_in: Vec<LogicalId>,
    /// The load balancer for HTTP that applications share.
    pub(crate) load_balancer: Option<SharedLoadBalancer>,
    /// The name space that applications share.
    pub(crate) namespace: Option<SharedNamespace>,
    /// The certificate with which load balancers terminate TLS.
    pub(crate) certificate: Option<Text>,
}

/// A load balancer that belongs to no single application.
#[derive(Clone, Debug)]
pub(crate) struct SharedLoadBalancer {
    pub(crate) arn: Text,
    /// The group that it sends from.
    pub(crate) security_group: Text,
    /// Its domain name, where it is made here.
    pub(crate) dns_name: Option<Text>,
    /// Whether its group is ours to add rules to.
    pub(crate) ours: bool,
}

/// A name space that belongs to no single application.
#[derive(Clone, Debug)]
pub(crate) struct SharedNamespace {
    pub(crate) id: Text,
    /// Its domain name.
    pub(crate) name: String,
}
