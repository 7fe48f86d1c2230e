//! Alarms, above all those that stop a deployment, and the metrics that they and the scalers watch.
//!
//! Sources: ECS API Reference, `DeploymentAlarms`; ECS Developer Guide, "How CloudWatch alarms detect Amazon ECS deployment
//! failures"; CloudWatch metrics of Amazon ECS and Elastic Load Balancing, "Dimensions".

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{LOAD_BALANCER, TARGET_GROUP};
use crate::verifier::reading::reference::{named, target};
use crate::verifier::reading::service::{self, services};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{elements, objects, part, shape, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("rollback-alarm-exists", rollback_alarm_exists),
    Rule::new("rollback-alarms-used", rollback_alarms_used),
    Rule::new("metric-dimension", metric_dimension),
];

const ALARM: &str = "AWS::CloudWatch::Alarm";

/// The alarms that services name, by service.
fn watched<'a>(template: &Template<'a>) -> Vec<(&'a str, &'a Value)> {
    services(template)
        .flat_map(|service| {
            let names = elements(service.start, "DeploymentConfiguration.Alarms.AlarmNames").known;
            names.into_iter().map(move |name| (service.resource.id, name))
        })
        .collect()
}

/// An alarm that a service of ours names is in the template by that name, or is its author's.
fn rollback_alarm_exists(template: &Template<'_>, report: &mut Report) {
    for (service, name) in watched(template) {
        let composed = shape(name);
        let known = |alarm: &Value| shape(alarm) == composed;
        let found = template.of(ALARM).any(|alarm| known(part(alarm.properties, "AlarmName")))
            || template.named(name, ALARM).is_some();
        let elsewhere = composed.starts_with('{') || template.author.wrote(&composed);
        // A reference to anything else, such as a parameter, names an alarm of somebody else.
        let ours = template.get(service).is_some_and(Resource::ours);
        if ours && !found && !elsewhere && target(name).is_none() {
            report.add(service, format!("no alarm is called {composed}"));
        }
    }
}

/// What is switched on has alarms, and alarms that are named are switched on.
fn rollback_alarms_used(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let alarms = part(service.start, "DeploymentConfiguration.Alarms");
        let names = elements(alarms, "AlarmNames");
        let (Some(on), true) = (truth(alarms, "Enable"), names.complete) else {
            continue;
        };
        if on == names.known.is_empty() {
            report.add(service.resource.id, "its alarms are switched on without any, or off with some");
        }
        let foreign = text(service.start, "DeploymentController.Type").is_some_and(|kind| kind != "ECS");
        if on && foreign {
            report.add(service.resource.id, "only deployments by Amazon ECS itself watch alarms");
        }
    }
}

/// A metric is found by the names of what it measures: most of the references give ARNs, and no data ever comes.
fn metric_dimension(template: &Template<'_>, report: &mut Report) {
    for watcher in template.resources() {
        let place = match watcher.kind {
            ALARM => "Dimensions",
            "AWS::ApplicationAutoScaling::ScalingPolicy" => {
                "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Dimensions"
            }
            _ => continue,
        };
        for dimension in objects(watcher.properties, place).known {
            let value = part(dimension, "Value");
            let Some(reference) = target(value) else {
                continue;
            };
            let Some(resource) = named(value).into_iter().find_map(|id| template.get(id)) else {
                continue;
            };
            let wanted = match resource.kind {
                service::KIND => Some("Name"),
                "AWS::ECS::Cluster" => None,
                LOAD_BALANCER => Some("LoadBalancerFullName"),
                TARGET_GROUP => Some("TargetGroupFullName"),
                _ => continue,
            };
            if reference.attribute != wanted {
                let how = wanted.map_or_else(|| "Ref".to_owned(), |attribute| format!("its attribute {attribute}"));
                report.add(watcher.id, format!("{} is found by {how}", resource.id));
            }
        }
    }
}
