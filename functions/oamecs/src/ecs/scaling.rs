//! Scaling: how many tasks a service has, within bounds, as a metric or the clock goes.
//!
//! AWS's own service-linked role does it, so that no role is made. The policy that wants most tasks counts.

use super::load_balancer::Reached;
use super::measured::{Requests, cluster_name};
use super::role::Role;
use super::scope::Scope;
use super::site::Site;
use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::applicationautoscaling::{
    CustomizedMetricSpecification, MetricSpecification, PredefinedMetricSpecification, PredefinedMetricType,
    ScalableDimension, ScalableTarget, ScalableTargetAction, ScalingPolicy, ScalingPolicyConfiguration,
    ScheduledAction, ServiceNamespace, TargetTrackingScalingPolicyConfiguration,
};
use crate::cloudformation::resource::cloudwatch::{self, Dimension};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::program::Workload;
use crate::program::scaling::{Change, Goal, Measure, Metric, Scaling, Statistic};
use crate::program::workload::Run;

/// Seconds between two changes in one direction, as the predecessor had it; AWS's own 300 answer a rush too late.
const PAUSE: u32 = 60;

/// How much of a metric's name is in the name of its policy.
const READABLE_LENGTH: usize = 40;

/// The scaling of a workload, if anything but its document decides how many tasks it has.
pub(super) fn of(workload: &Workload) -> Option<&Located<Scaling>> {
    match workload.run {
        Run::Replicas(_) => workload.platform.autoscaling.as_ref(),
        Run::EachMachine(_) | Run::Once { .. } | Run::Scheduled { .. } => None,
    }
}

/// How many replicas the document asks for, where it says so.
fn asked(workload: &Workload) -> Option<&Located<Expr<u32>>> {
    // What is not said is at the place of the workload itself.
    workload.replicas().filter(|replicas| replicas.origin != workload.origin)
}

/// The fewest tasks that a workload has while nothing changes by the clock.
pub(super) fn fewest(workload: &Workload) -> Option<Expr<u32>> {
    let Some(scaling) = of(workload) else { return workload.replicas().map(|replicas| replicas.value.clone()) };
    let minimum = scaling.value.minimum.as_ref().or(asked(workload));
    Some(minimum.map_or(Expr::Known(1), |minimum| minimum.value.clone()))
}

/// The most tasks that a workload has.
pub(super) fn most(workload: &Workload) -> Option<Expr<u32>> {
    match of(workload) {
        Some(scaling) => Some(scaling.value.maximum.value.clone()),
        None => workload.replicas().map(|replicas| replicas.value.clone()),
    }
}

/// Lowers the scaling of a workload whose service was lowered before.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    (service, site): (&LogicalId, &Site),
    reached: Option<&Reached>,
) {
    let Some(Located { origin, value: scaling }) = of(workload) else {
        if let Some(scaling) = &workload.platform.autoscaling {
            let message = format!("the autoscaling has no effect: `{name}` has one task on each machine");
            scope.diagnostics.note(scaling.origin, message);
        }
        return;
    };
    let Scaling { minimum, maximum, goals, schedule, pause_after_removal, pause_after_addition } = scaling;
    check(name, workload, scaling, scope.diagnostics);
    let usual = (fewest(workload).as_ref().map_or(Value::Literal(1), Value::from), Value::from(&maximum.value));
    let target = ScalableTarget {
        resource_id: Function::Join(
            "/",
            vec!["service".into(), cluster_name(site, service), Function::GetAtt(service.clone(), "Name").into()],
        )
        .into(),
        service_namespace: ServiceNamespace::Ecs,
        scalable_dimension: ScalableDimension::EcsServiceDesiredCount,
        scheduled_actions: schedule.iter().zip(1..).map(|(change, number)| action(change, number, &usual)).collect(),
        min_capacity: usual.0,
        max_capacity: usual.1,
        suspended_state: None,
    };
    let target = scope.add_for(name, Role::ScalableTarget, *origin, &target).id();
    let pause = |pause: &Option<Located<u32>>| Some(pause.as_ref().map_or(PAUSE, |pause| pause.value));
    for Goal { origin, measure, target: value } in goals {
        let (of, role, policy_name) = match measure {
            Measure::Processor => (name.to_owned(), Role::CpuScaling, "Cpu".to_owned()),
            Measure::Memory => (name.to_owned(), Role::MemoryScaling, "Memory".to_owned()),
            Measure::Requests => (name.to_owned(), Role::RequestScaling, "Requests".to_owned()),
            Measure::Metric(metric) => {
                let called = called(metric);
                (format!("{name}.{called}"), Role::MetricScaling, called)
            }
        };
        let requests = reached.and_then(|reached| reached.requests.as_ref());
        if *measure == Measure::Requests && requests.is_none() {
            scope
                .diagnostics
                .error(*origin, format!("no load balancer counts requests to `{name}`: it publishes no port for HTTP"))
                .fix("publish one, or scale by `Cpu`");
            continue;
        }
        let policy = ScalingPolicy {
            policy_name: policy_name.into(),
            scaling_target_id: Function::reference(&target).into(),
            configuration: ScalingPolicyConfiguration::TargetTrackingScaling {
                target_tracking_scaling_policy_configuration: TargetTrackingScalingPolicyConfiguration {
                    target_value: value.into(),
                    metric: metric(measure, requests),
                    scale_in_cooldown: pause(pause_after_removal),
                    scale_out_cooldown: pause(pause_after_addition),
                    disable_scale_in: None,
                },
            },
        };
        scope.add_for(&of, role, *origin, &policy);
    }
    if minimum.as_ref().is_some_and(|minimum| minimum.value.known() == Some(&0)) {
        advise_nothing(name, workload, scaling, scope.diagnostics);
    }
}

/// What bounds and replicas mean together.
fn check(name: &str, workload: &Workload, scaling: &Scaling, diagnostics: &mut Diagnostics) {
    let Scaling { minimum, maximum, schedule, .. } = scaling;
    let known = |bound: &Option<Located<Expr<u32>>>| bound.as_ref().and_then(|bound| bound.value.known().copied());
    let most = maximum.value.known().copied();
    if let (Some(minimum), Some(fewest), Some(most)) = (minimum, known(minimum), most)
        && fewest > most
    {
        diagnostics
            .error(minimum.origin, format!("`{name}` would have {fewest} tasks at least and {most} at most"))
            .fix("let the minimum be no more than the maximum");
    }
    let usual = fewest(workload).and_then(|fewest| fewest.known().copied());
    for change in schedule {
        let bounds = (known(&change.minimum).or(usual), known(&change.maximum).or(most));
        if let (Some(fewest), Some(most)) = bounds
            && fewest > most
        {
            diagnostics
                .error(
                    change.origin,
                    format!("`{name}` would have {fewest} tasks at least and {most} at most from this time on"),
                )
                .fix("give the other bound of this time too");
        }
    }
    let Some(asked) = asked(workload) else { return };
    let Some(replicas) = asked.value.known().copied() else { return };
    let fewest = known(minimum);
    if replicas == 0 && fewest.is_none() {
        diagnostics
            .error(
                asked.origin,
                format!("with no task of `{name}` there is nothing to measure, so that there would never be one"),
            )
            .fix("remove the autoscaling to have none, or the number of replicas to have one at least");
    } else if most.is_some_and(|most| replicas > most) || fewest.is_some_and(|fewest| replicas < fewest) {
        diagnostics
            .error(
                asked.origin,
                format!("{replicas} replicas of `{name}` are not within the bounds of its autoscaling"),
            )
            .fix("remove the number of replicas, which the autoscaling decides");
    } else if fewest.is_some_and(|fewest| replicas != fewest) {
        diagnostics.note(
            asked.origin,
            format!("the number of replicas has no effect: the autoscaling of `{name}` decides how many there are"),
        );
    }
}

/// Where there is no task there is no load, so that nothing but the clock or a count from elsewhere starts one.
fn advise_nothing(name: &str, workload: &Workload, scaling: &Scaling, diagnostics: &mut Diagnostics) {
    let starts = scaling.goals.iter().any(|goal| matches!(goal.measure, Measure::Metric(_)));
    if !starts && scaling.schedule.is_empty() {
        let origin = scaling.minimum.as_ref().map_or(workload.origin, |minimum| minimum.origin);
        diagnostics.advice(
            origin,
            format!("once `{name}` has no task, nothing is measured, and none starts until somebody asks for one"),
        );
    }
}

fn metric(measure: &Measure, requests: Option<&Requests>) -> MetricSpecification {
    let predefined = |kind| PredefinedMetricSpecification { predefined_metric_type: kind, resource_label: None };
    match measure {
        Measure::Processor => {
            MetricSpecification::Predefined(predefined(PredefinedMetricType::EcsServiceAverageCpuUtilization))
        }
        Measure::Memory => {
            MetricSpecification::Predefined(predefined(PredefinedMetricType::EcsServiceAverageMemoryUtilization))
        }
        Measure::Requests => MetricSpecification::Predefined(PredefinedMetricSpecification {
            resource_label: requests
                .map(|requests| Function::Join("/", vec![requests.load_balancer.clone(), requests.group()]).into()),
            ..predefined(PredefinedMetricType::AlbRequestCountPerTarget)
        }),
        Measure::Metric(Metric { namespace, name, dimensions, statistic }) => {
            MetricSpecification::Customized(Box::new(CustomizedMetricSpecification {
                metric_name: Some(name.into()),
                namespace: Some(namespace.into()),
                dimensions: dimensions
                    .iter()
                    .map(|(name, value)| Dimension { name: name.clone().into(), value: value.into() })
                    .collect(),
                statistic: Some(match statistic {
                    Statistic::Average => cloudwatch::Statistic::Average,
                    Statistic::Maximum => cloudwatch::Statistic::Maximum,
                    Statistic::Minimum => cloudwatch::Statistic::Minimum,
                    Statistic::Count => cloudwatch::Statistic::SampleCount,
                    Statistic::Sum => cloudwatch::Statistic::Sum,
                }),
                unit: None,
                metrics: Vec::new(),
            }))
        }
    }
}

/// What tells a metric from others: its name for people, and a hash of all that it is.
fn called(metric: &Metric) -> String {
    let Metric { namespace, name, dimensions, statistic: _ } = metric;
    let written = |text: &Expr<String>| match Text::from(text) {
        Value::Literal(text) => text.into_owned(),
        Value::Function(function) => serde_json::to_string(&function).unwrap_or_default(),
    };
    let dimensions = dimensions.iter().map(|(name, value)| format!("{name}={}", written(value)));
    let whole: Vec<String> = [written(namespace), written(name)].into_iter().chain(dimensions).collect();
    let name = name.known().map_or("", String::as_str);
    let readable: String = name.chars().filter(char::is_ascii_alphanumeric).take(READABLE_LENGTH).collect();
    format!("{readable}-{}", hash(&whole.join("\n")))
}

/// Both bounds are written, as one that AWS is not told stays as the time before left it.
fn action(change: &Change, number: u32, usual: &(Value<u32>, Value<u32>)) -> ScheduledAction {
    let Change { origin: _, expression, time_zone, minimum, maximum } = change;
    let bound = |bound: &Option<Located<Expr<u32>>>, usual: &Value<u32>| {
        Some(bound.as_ref().map_or_else(|| usual.clone(), |bound| (&bound.value).into()))
    };
    ScheduledAction {
        // A property of the target, so that a position renames nothing.
        scheduled_action_name: format!("Schedule{number}"),
        schedule: expression.into(),
        timezone: time_zone.as_ref().map(|time_zone| (&time_zone.value).into()),
        start_time: None,
        end_time: None,
        scalable_target_action: ScalableTargetAction {
            min_capacity: bound(minimum, &usual.0),
            max_capacity: bound(maximum, &usual.1),
        },
    }
}
