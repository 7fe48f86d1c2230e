//! How metrics name a service and its load balancer.

use super::site::Site;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};

/// Where an Application Load Balancer counts the requests to a workload: by the first of its target groups.
#[derive(Clone, Debug)]
pub(super) struct Requests {
    /// The load balancer's full name.
    pub(super) load_balancer: Text,
    pub(super) target_group: LogicalId,
}

impl Requests {
    /// The full name of the target group.
    pub(super) fn group(&self) -> Text {
        Function::GetAtt(self.target_group.clone(), "TargetGroupFullName").into()
    }
}

/// The name of the cluster in which a service is; a cluster may be given by its ARN.
pub(super) fn cluster_name(site: &Site, service: &LogicalId) -> Text {
    match &site.cluster {
        Value::Literal(cluster) => cluster.rsplit('/').next().unwrap_or(cluster).to_owned().into(),
        Value::Function(_) if site.owns_cluster => site.cluster.clone(),
        // What a function gives is a name or an ARN, and in the service's own ARN is the name in any case.
        Value::Function(_) => {
            let arn = Function::GetAtt(service.clone(), "ServiceArn");
            Function::Select(1, Box::new(Function::Split("/", Box::new(arn.into())))).into()
        }
    }
}
