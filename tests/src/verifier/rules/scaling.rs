//! What sets the number of tasks of a service: scalable targets, their policies and scheduled actions.
//!
//! Sources: Application Auto Scaling API Reference, `RegisterScalableTarget`, `PutScalingPolicy`,
//! `PredefinedMetricSpecification`, `PutScheduledAction`; CloudFormation, `AWS::ECS::Service`, "Return values"; ECS Developer
//! Guide, "Automatically scale your Amazon ECS service".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{LOAD_BALANCER, TARGET_GROUP, forwarding_to};
use crate::verifier::reading::reference::{named, references};
use crate::verifier::reading::schedule;
use crate::verifier::reading::service::{self, Service, services};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, is_function, number, objects, part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("scaling-range", scaling_range),
    Rule::new("scaling-target-names-service", scaling_target_names_service),
    Rule::new("scaling-target-unique", scaling_target_unique),
    Rule::new("scaling-not-of-daemon", scaling_not_of_daemon),
    Rule::new("scaling-policy-fits", scaling_policy_fits),
    Rule::new("scaling-policy-target", scaling_policy_target),
    Rule::new("scaling-policy-unique", scaling_policy_unique),
    Rule::new("scaling-request-label", scaling_request_label),
    Rule::new("scaling-schedule", scaling_schedule),
];

const TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";
const POLICY: &str = "AWS::ApplicationAutoScaling::ScalingPolicy";
const CLUSTER: &str = "AWS::ECS::Cluster";
const REQUESTS: &str = "ALBRequestCountPerTarget";

fn of_ecs<'a>(template: &Template<'a>) -> impl Iterator<Item = Resource<'a>> {
    template.of(TARGET).filter(|target| text(target.properties, "ServiceNamespace") == Some("ecs"))
}

/// The service of the template that a value with its name is about.
fn scaled<'a>(template: &Template<'a>, resource_id: &Value) -> Option<Service<'a>> {
    let ids = named(resource_id);
    services(template).find(|service| ids.contains(service.resource.id))
}

/// The target of a policy, when the template has it.
fn target_of<'a>(template: &Template<'a>, policy: Resource<'a>) -> Option<Resource<'a>> {
    template.named(part(policy.properties, "ScalingTargetId"), TARGET).or_else(|| {
        let wanted = part(policy.properties, "ResourceId");
        (!wanted.is_null())
            .then(|| template.of(TARGET).find(|target| shape(part(target.properties, "ResourceId")) == shape(wanted)))
            .flatten()
    })
}

/// The least number of tasks is not above the most.
fn scaling_range(template: &Template<'_>, report: &mut Report) {
    for target in template.of(TARGET) {
        let actions = objects(target.properties, "ScheduledActions").known;
        let ranges = actions.iter().map(|action| part(action, "ScalableTargetAction")).chain([target.properties]);
        for range in ranges {
            let (least, most) = (number(range, "MinCapacity"), number(range, "MaxCapacity"));
            if least.is_some_and(|least| least < 0 || most.is_some_and(|most| least > most)) {
                report.add(target.id, format!("{least:?} tasks at least and {most:?} at most"));
            }
        }
    }
}

/// A target is `service/CLUSTER/SERVICE` by their names: `Ref` of a service is its ARN, and so is `Arn` of a cluster.
fn scaling_target_names_service(template: &Template<'_>, report: &mut Report) {
    for target in of_ecs(template) {
        let resource_id = part(target.properties, "ResourceId");
        let whole = shape(resource_id);
        // A parameter or an import may hold the beginning.
        let begins_elsewhere = whole.starts_with('{')
            || (whole.starts_with("${")
                && references(resource_id).first().is_none_or(|first| template.get(first.id).is_none()));
        if !begins_elsewhere && !whole.starts_with("service/") {
            report.add(target.id, format!("{whole} does not begin with service/"));
        }
        if text(target.properties, "ScalableDimension").is_some_and(|given| given != "ecs:service:DesiredCount") {
            report.add(target.id, "a service has no such dimension");
        }
        let takes_apart = resource_id.to_string().contains("Fn::Split");
        for reference in references(resource_id) {
            let Some(resource) = template.get(reference.id) else {
                continue;
            };
            let by_name = match resource.kind {
                // The cluster's name is a part of the service's ARN, and may be all that tells it.
                service::KIND => {
                    reference.attribute == Some("Name") || (reference.attribute == Some("ServiceArn") && takes_apart)
                }
                CLUSTER => reference.attribute.is_none(),
                _ => true,
            };
            if !by_name {
                report.add(target.id, format!("needs the name of {}, not its ARN", resource.id));
            }
        }
        let Some(service) = scaled(template, resource_id) else {
            continue;
        };
        let own = template.named(part(service.start, "Cluster"), CLUSTER);
        let given =
            named(resource_id).into_iter().filter_map(|id| template.get(id)).find(|found| found.kind == CLUSTER);
        if let (Some(own), Some(given)) = (own, given)
            && own.id != given.id
        {
            report.add(target.id, format!("{} is in {}", service.resource.id, own.id));
        }
    }
}

/// A service has one scalable target.
fn scaling_target_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen: BTreeMap<_, &str> = BTreeMap::new();
    for target in template.of(TARGET) {
        let what = ["ResourceId", "ScalableDimension"].map(|property| shape(part(target.properties, property)));
        if let Some(other) = seen.insert(what, target.id) {
            report.add(target.id, format!("{other} is the same target"));
        }
    }
}

/// A service with a task on each instance has no number to set.
fn scaling_not_of_daemon(template: &Template<'_>, report: &mut Report) {
    for target in of_ecs(template) {
        let service = scaled(template, part(target.properties, "ResourceId"));
        if service.is_some_and(|service| text(service.start, "SchedulingStrategy") == Some("DAEMON")) {
            report.add(target.id, "scales a service that runs on each instance");
        }
    }
}

/// The metric that a policy keeps at its value.
fn metric(policy: Resource<'_>) -> &Value {
    part(policy.properties, "TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification")
}

/// A policy has what its type needs, and keeps a metric of Amazon ECS at a value that it can have.
fn scaling_policy_fits(template: &Template<'_>, report: &mut Report) {
    for policy in template.of(POLICY) {
        let properties = policy.properties;
        let [tracking, steps] = ["TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"]
            .map(|property| !absent(properties, property));
        let fits = match text(properties, "PolicyType") {
            Some("TargetTrackingScaling") => tracking && !steps,
            Some("StepScaling") => steps && !tracking,
            _ => true,
        };
        if !fits {
            report.add(policy.id, "its configuration is that of another type of policy");
        }
        let configuration = part(properties, "TargetTrackingScalingPolicyConfiguration");
        let given = ["PredefinedMetricSpecification", "CustomizedMetricSpecification"]
            .into_iter()
            .filter(|property| !absent(configuration, property));
        if tracking && !is_function(configuration) && given.count() != 1 {
            report.add(policy.id, "tracks either a predefined metric or one of its own");
        }
        let of_service = target_of(template, policy)
            .is_some_and(|target| text(target.properties, "ServiceNamespace") == Some("ecs"));
        let metric = text(metric(policy), "PredefinedMetricType");
        let utilization =
            matches!(metric, Some("ECSServiceAverageCPUUtilization" | "ECSServiceAverageMemoryUtilization"));
        if let Some(metric) = metric.filter(|metric| of_service && !utilization && *metric != REQUESTS) {
            report.add(policy.id, format!("a service has no metric {metric}"));
        }
        let value = part(configuration, "TargetValue").as_f64();
        if value.is_some_and(|value| value <= 0.0 || (utilization && value > 100.0)) {
            report.add(policy.id, "its metric never has this value");
        }
    }
}

/// A policy names its target once, and comes after it.
fn scaling_policy_target(template: &Template<'_>, report: &mut Report) {
    for policy in template.of(POLICY) {
        let properties = policy.properties;
        let apart = ["ResourceId", "ScalableDimension", "ServiceNamespace"];
        let given = apart.into_iter().filter(|property| !absent(properties, property)).count();
        let by_id = !absent(properties, "ScalingTargetId");
        if (by_id && given > 0) || (!by_id && given < apart.len()) {
            report.add(
                policy.id,
                "names its target by ScalingTargetId, or by all of ResourceId, ScalableDimension and ServiceNamespace",
            );
            continue;
        }
        let Some(target) = target_of(template, policy) else {
            continue;
        };
        if !template.comes_after(policy.id, target.id) {
            report.add(policy.id, format!("does not wait for {}", target.id));
        }
        for property in apart.into_iter().filter(|property| !absent(properties, property)) {
            if shape(part(properties, property)) != shape(part(target.properties, property)) {
                report.add(policy.id, format!("has another {property} than {}", target.id));
            }
        }
    }
}

/// Policies of a target have different names, or the second takes the place of the first, and track different metrics.
fn scaling_policy_unique(template: &Template<'_>, report: &mut Report) {
    let mut seen: BTreeMap<(String, String), &str> = BTreeMap::new();
    for policy in template.of(POLICY) {
        let Some(target) = target_of(template, policy) else {
            continue;
        };
        let name = format!("the name {}", shape(part(policy.properties, "PolicyName")));
        let metric = text(metric(policy), "PredefinedMetricType").map(|metric| format!("the metric {metric}"));
        for what in [Some(name), metric].into_iter().flatten() {
            if let Some(other) = seen.insert((target.id.to_owned(), what.clone()), policy.id) {
                report.add(policy.id, format!("has {what} of {other}"));
            }
        }
    }
}

/// Requests are counted where a load balancer sends them to a target group of the service, as
/// `LoadBalancerFullName/TargetGroupFullName`, once it does so. No other metric has a label.
fn scaling_request_label(template: &Template<'_>, report: &mut Report) {
    for policy in template.of(POLICY) {
        let metric = metric(policy);
        let label = part(metric, "ResourceLabel");
        let requests = match text(metric, "PredefinedMetricType") {
            Some(metric) => metric == REQUESTS,
            None => continue,
        };
        if requests == label.is_null() {
            report.add(policy.id, "a label belongs to the number of requests, and to no other metric");
            continue;
        }
        let mut balancer = None;
        let mut group = None;
        for reference in references(label) {
            let Some(resource) = template.get(reference.id) else {
                continue;
            };
            let wanted = match resource.kind {
                LOAD_BALANCER => "LoadBalancerFullName",
                TARGET_GROUP => "TargetGroupFullName",
                _ => continue,
            };
            if reference.attribute != Some(wanted) {
                report.add(policy.id, format!("needs {wanted} of {}", resource.id));
            }
            *(if resource.kind == LOAD_BALANCER { &mut balancer } else { &mut group }) = Some(resource);
        }
        let Some(group) = group else {
            continue;
        };
        let service =
            target_of(template, policy).and_then(|target| scaled(template, part(target.properties, "ResourceId")));
        if let Some(service) = service {
            let registered = service.load_balancers();
            let own = |registration: &&Value| named(part(registration, "TargetGroupArn")).contains(group.id);
            if registered.complete && !registered.known.iter().any(own) {
                report.add(policy.id, format!("{} does not register with {}", service.resource.id, group.id));
            }
        }
        let forwarders = forwarding_to(template, &serde_json::json!({ "Ref": group.id }));
        let from = |balancer: Resource<'_>| {
            let wanted = format!("${{{}}}", balancer.id);
            forwarders.iter().any(|forwarder| forwarder.listener.is_none() || forwarder.load_balancer() == wanted)
        };
        if let Some(balancer) = balancer.filter(|balancer| !from(*balancer)) {
            report.add(policy.id, format!("{} sends nothing to {}", balancer.id, group.id));
        }
        if !forwarders.is_empty()
            && !forwarders.iter().any(|forwarder| template.comes_after(policy.id, forwarder.resource.id))
        {
            report.add(policy.id, format!("does not wait until requests go to {}", group.id));
        }
    }
}

/// A scheduled action has a time, a name of its own and something to do.
fn scaling_schedule(template: &Template<'_>, report: &mut Report) {
    for target in template.of(TARGET) {
        let mut names = BTreeSet::new();
        for action in objects(target.properties, "ScheduledActions").known {
            let name = shape(part(action, "ScheduledActionName"));
            if let Some(mistake) = text(action, "Schedule").and_then(schedule::mistake) {
                report.add(target.id, format!("scheduled action {name}: {mistake}"));
            }
            let idle = |property: &str| absent(part(action, "ScalableTargetAction"), property);
            if idle("MinCapacity") && idle("MaxCapacity") {
                report.add(target.id, format!("scheduled action {name} does nothing"));
            }
            if !names.insert(name.clone()) {
                report.add(target.id, format!("two scheduled actions are called {name}"));
            }
        }
    }
}
