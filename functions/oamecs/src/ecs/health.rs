//! Health: an alarm for each group of workloads that are watched together, over one alarm for each workload. Nothing follows
//! from them by themselves.
//!
//! In: the groups of an application, after its services. Out: the alarms. What a workload's alarm looks at costs nothing beyond the
//! alarm: the checks of its load balancer, else how many of its tasks run, where the cluster is known to be measured, else
//! whether any does.

use std::collections::BTreeMap;

use super::load_balancer::Reached;
use super::measured::{Requests, cluster_name};
use super::role::Role;
use super::scaling;
use super::scope::Scope;
use super::site::Site;
use crate::cloudformation::resource::cloudwatch::{
    Alarm, ComparisonOperator, CompositeAlarm, Dimension, Statistic, TreatMissingData,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId, Value};
use crate::document::list;
use crate::expression::Expr;
use crate::program::application::Health;
use crate::program::{Application, Workload};

/// Seconds that make up a value of a metric; so many in a row beyond the threshold set an alarm off: a task that is replaced
/// takes less.
const PERIOD: u32 = 60;
const PERIODS: u32 = 3;

/// The most alarms that the rule of one over alarms names, each as often as it does: there are 10,240 characters for it.
const TERMS_LIMIT: usize = 100;

/// What a workload's alarm looks at.
enum Signal<'a> {
    /// Which of its tasks fail the checks of its load balancer.
    Checks(&'a Requests),
    /// How many of its tasks run, of so many.
    Running(Expr<u32>),
    /// Whether any task of it runs, as those that do have used some processor time.
    Any,
}

/// Lowers the groups of an application.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    application: &Application,
    site: &Site,
    reached: &BTreeMap<String, Reached>,
    attributes: &mut Attributes,
) {
    let mut alarms: BTreeMap<&str, LogicalId> = BTreeMap::new();
    for (name, Health { origin, members, minimum_percent, required }) in &application.health {
        let mut watched = Vec::new();
        let mut how: [Vec<&str>; 3] = Default::default();
        for member in members {
            let Some(workload) = application.workloads.get(member) else { continue };
            if !workload.serves() {
                let message = format!("`{member}` runs to its end: its health is not watched");
                scope.diagnostics.note(*origin, message);
                continue;
            }
            let Some(signal) = signal(workload, site, reached.get(member)) else { continue };
            let [checks, running, any] = &mut how;
            match signal {
                Signal::Checks(_) => checks.push(member),
                Signal::Running(_) => running.push(member),
                Signal::Any => any.push(member),
            }
            let alarm = alarms.entry(member).or_insert_with(|| lower_alarm(scope, member, workload, site, signal));
            watched.push(alarm.clone());
        }
        let needed = (watched.len() * minimum_percent.value as usize).div_ceil(100);
        let Some(mut rule) = rule(&watched, needed) else {
            if !watched.is_empty() {
                scope
                    .diagnostics
                    .error(
                        minimum_percent.origin,
                        format!("{needed} of {} healthy workloads are more cases than one alarm tells", watched.len()),
                    )
                    .fix("watch fewer workloads together, or have all of them be healthy");
            }
            continue;
        };
        let mut description = format!("Fewer than {needed} of {} workloads are healthy", watched.len());
        // Where all must be, those must be that are required.
        let required = required.iter().filter(|_| needed < watched.len());
        let required: Vec<&str> = required.map(String::as_str).filter(|member| alarms.contains_key(member)).collect();
        for alarm in required.iter().filter_map(|member| alarms.get(member)) {
            rule.push_str(&format!(" OR ALARM(\"${{{alarm}}}\")"));
        }
        if !required.is_empty() {
            description = format!("{description}, or one of these is not: {}", required.join(", "));
        }
        advise(scope, name, (needed, &how), application);
        let properties = CompositeAlarm {
            alarm_rule: Function::Sub(rule.into()).into(),
            alarm_description: Some(description.into()),
        };
        let alarm = scope.add_for(name, Role::Health, *origin, &properties).id();
        attributes.insert(format!("Health.{name}.Arn"), Function::GetAtt(alarm.clone(), "Arn").into());
        attributes.insert(format!("Health.{name}.Name"), Function::reference(&alarm).into());
    }
}

/// What tells best that a workload is healthy; `None` for one of which no task is wanted.
fn signal<'a>(workload: &Workload, site: &Site, reached: Option<&'a Reached>) -> Option<Signal<'a>> {
    // One on each machine is at least one, as far as anybody knows.
    let wanted = scaling::fewest(workload).unwrap_or(Expr::Known(1));
    if wanted == Expr::Known(0) {
        return None;
    }
    if let Some(requests) = reached.and_then(|reached| reached.requests.as_ref()) {
        return Some(Signal::Checks(requests));
    }
    Some(if site.is_measured { Signal::Running(wanted) } else { Signal::Any })
}

fn lower_alarm(scope: &mut Scope<'_>, name: &str, workload: &Workload, site: &Site, signal: Signal<'_>) -> LogicalId {
    let service = Role::of_service(workload).id(scope.owner, Some(name));
    let of_service = || {
        vec![
            dimension("ClusterName", cluster_name(site, &service)),
            dimension("ServiceName", Function::GetAtt(service.clone(), "Name").into()),
        ]
    };
    let at_least = ComparisonOperator::GreaterThanOrEqualToThreshold;
    let below = ComparisonOperator::LessThanThreshold;
    let (namespace, metric, statistic, dimensions, comparison, threshold) = match signal {
        Signal::Checks(requests) => {
            let dimensions = vec![
                dimension("LoadBalancer", requests.load_balancer.clone()),
                dimension("TargetGroup", requests.group()),
            ];
            let threshold = Value::Literal(1.0);
            ("AWS/ApplicationELB", "UnHealthyHostCount", Statistic::Maximum, dimensions, at_least, threshold)
        }
        Signal::Running(wanted) => {
            let threshold = match &wanted {
                Expr::Known(wanted) => Value::Literal(f64::from(*wanted)),
                Expr::Deferred(wanted) => Value::Function(Function::from(wanted)),
            };
            ("ECS/ContainerInsights", "RunningTaskCount", Statistic::Minimum, of_service(), below, threshold)
        }
        // It is never below 0: that there is no value sets the alarm off.
        Signal::Any => ("AWS/ECS", "CPUUtilization", Statistic::Maximum, of_service(), below, Value::Literal(0.0)),
    };
    let alarm = Alarm {
        alarm_name: None,
        alarm_description: Some(format!("{name} is not healthy").into()),
        metric_name: metric.into(),
        namespace: namespace.into(),
        dimensions,
        statistic: Some(statistic),
        extended_statistic: None,
        period: PERIOD,
        evaluation_periods: PERIODS,
        datapoints_to_alarm: None,
        threshold,
        comparison_operator: comparison,
        // Nothing is measured of what is not there.
        treat_missing_data: Some(TreatMissingData::Breaching),
        alarm_actions: Vec::new(),
        ok_actions: Vec::new(),
    };
    scope.add_for(name, Role::HealthAlarm, workload.origin, &alarm).id()
}

fn dimension(name: &'static str, value: Text) -> Dimension {
    Dimension { name: name.into(), value }
}

/// That fewer than `needed` of what alarms watch are healthy: that any so many alarms are on that no more than the others are
/// not. `None` where that is too long to say, or nothing is watched.
fn rule(alarms: &[LogicalId], needed: usize) -> Option<String> {
    let failing = (1..=alarms.len()).contains(&needed).then(|| alarms.len() + 1 - needed)?;
    let mut cases: Vec<Vec<&LogicalId>> = vec![Vec::new()];
    for (index, alarm) in alarms.iter().enumerate() {
        let left = alarms.len() - index - 1;
        let mut next = Vec::new();
        for case in cases {
            if case.len() < failing {
                let mut with = case.clone();
                with.push(alarm);
                next.push(with);
            }
            if case.len() + left >= failing {
                next.push(case);
            }
        }
        cases = next;
        if cases.len() > TERMS_LIMIT {
            return None;
        }
    }
    if cases.len() * failing > TERMS_LIMIT {
        return None;
    }
    let case = |case: &Vec<&LogicalId>| {
        let alarms: Vec<String> = case.iter().map(|alarm| format!("ALARM(\"${{{alarm}}}\")")).collect();
        if alarms.len() > 1 { format!("({})", alarms.join(" AND ")) } else { alarms.concat() }
    };
    Some(cases.iter().map(case).collect::<Vec<_>>().join(" OR "))
}

/// Says what is watched.
fn advise(scope: &mut Scope<'_>, name: &str, (needed, how): (usize, &[Vec<&str>; 3]), application: &Application) {
    let what = ["the checks of the load balancer for", "how many tasks run of", "whether any task runs of"];
    let parts = what.iter().zip(how).filter(|(_, names)| !names.is_empty());
    let parts: Vec<String> = parts.map(|(what, names)| format!("{what} {}", list(names))).collect();
    let origin = application.health.get(name).map_or(application.origin, |health| health.origin);
    let count: usize = how.iter().map(Vec::len).sum();
    let message = format!(
        "the alarm of `{name}` goes off while fewer than {needed} of {count} workloads are healthy, which is seen from {}; it takes no action",
        parts.join("; ")
    );
    scope.diagnostics.advice(origin, message);
}

#[cfg(test)]
mod tests {
    use super::rule;
    use crate::cloudformation::LogicalId;

    #[test]
    fn a_rule_names_every_case_in_which_too_few_are_healthy() {
        let alarms = ["A", "B", "C"].map(LogicalId::of_author);
        let any = r#"ALARM("${A}") OR ALARM("${B}") OR ALARM("${C}")"#;
        let two = r#"(ALARM("${A}") AND ALARM("${B}")) OR (ALARM("${A}") AND ALARM("${C}")) OR (ALARM("${B}") AND ALARM("${C}"))"#;
        let all = r#"(ALARM("${A}") AND ALARM("${B}") AND ALARM("${C}"))"#;
        assert_eq!(rule(&alarms, 3).as_deref(), Some(any));
        assert_eq!(rule(&alarms, 2).as_deref(), Some(two));
        assert_eq!(rule(&alarms, 1).as_deref(), Some(all));
        assert_eq!(rule(&[], 0), None);
    }

    #[test]
    fn a_rule_that_is_too_long_is_none() {
        let alarms: Vec<LogicalId> = (0..40).map(|number| LogicalId::of_author(&format!("A{number}"))).collect();
        assert!(rule(&alarms, 40).is_some());
        assert_eq!(rule(&alarms, 20), None);
    }
}
