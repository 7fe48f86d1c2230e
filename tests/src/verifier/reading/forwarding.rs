//! Load balancers, and which listener sends requests to which target group.

use serde_json::Value;

use super::template::{Resource, Template};
use super::value::{objects, part, shape, text};

/// The type of a load balancer.
pub(crate) const LOAD_BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
/// The type of a listener.
pub(crate) const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
/// The type of a rule of a listener.
pub(crate) const LISTENER_RULE: &str = "AWS::ElasticLoadBalancingV2::ListenerRule";
/// The type of a target group.
pub(crate) const TARGET_GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

/// A listener or a rule of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forwarder<'a> {
    /// The listener or the rule.
    pub(crate) resource: Resource<'a>,
    /// The listener, when the template has it.
    pub(crate) listener: Option<Resource<'a>>,
}

/// All listeners and their rules.
pub(crate) fn forwarders<'a>(template: &Template<'a>) -> Vec<Forwarder<'a>> {
    let listeners = template.of(LISTENER).map(|resource| Forwarder { resource, listener: Some(resource) });
    let rules = template.of(LISTENER_RULE).map(|resource| Forwarder {
        resource,
        listener: template.named(part(resource.properties, "ListenerArn"), LISTENER),
    });
    listeners.chain(rules).collect()
}

impl<'a> Forwarder<'a> {
    /// What it does with a request.
    pub(crate) fn actions(self) -> Vec<&'a Value> {
        let property = if self.resource.kind == LISTENER { "DefaultActions" } else { "Actions" };
        objects(self.resource.properties, property).known
    }

    /// The target groups that it sends requests to.
    pub(crate) fn target_groups(self) -> Vec<&'a Value> {
        let one = |action: &'a Value| vec![part(action, "TargetGroupArn")];
        let many = |action: &'a Value| objects(action, "ForwardConfig.TargetGroups").known;
        self.actions()
            .into_iter()
            .flat_map(|action| {
                let weighted = many(action).into_iter().map(|tuple| part(tuple, "TargetGroupArn"));
                one(action).into_iter().chain(weighted)
            })
            .filter(|arn| !arn.is_null())
            .collect()
    }

    /// A text that tells its load balancer from others.
    pub(crate) fn load_balancer(self) -> String {
        self.listener.map_or_else(
            || format!("the load balancer of {}", shape(part(self.resource.properties, "ListenerArn"))),
            |listener| shape(part(listener.properties, "LoadBalancerArn")),
        )
    }
}

/// The listeners and rules that send requests to a target group.
pub(crate) fn forwarding_to<'a>(template: &Template<'a>, target_group: &Value) -> Vec<Forwarder<'a>> {
    let wanted = shape(target_group);
    forwarders(template)
        .into_iter()
        .filter(|forwarder| forwarder.target_groups().into_iter().any(|arn| shape(arn) == wanted))
        .collect()
}

/// Whether a load balancer is an application load balancer, which it is unless the template says otherwise.
pub(crate) fn is_application(load_balancer: Resource<'_>) -> bool {
    matches!(text(load_balancer.properties, "Type"), None | Some("application"))
}

/// The listeners of a load balancer.
pub(crate) fn listeners_of<'a>(template: &Template<'a>, load_balancer: Resource<'a>) -> Vec<Resource<'a>> {
    template
        .of(LISTENER)
        .filter(|listener| {
            template
                .named(part(listener.properties, "LoadBalancerArn"), LOAD_BALANCER)
                .is_some_and(|named| named.id == load_balancer.id)
        })
        .collect()
}
