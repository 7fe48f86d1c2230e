//! Alarms that end a deployment, and roll it back where the update says so.
//!
//! The names of alarms that are made are composed: a service names its alarms, and they name the service, which would be a
//! cycle otherwise.

use super::measured::{Requests, cluster_name};
use super::role::Role;
use super::scope::Scope;
use super::site::Site;
use crate::cloudformation::resource::cloudwatch::{Alarm, ComparisonOperator, Dimension, Statistic, TreatMissingData};
use crate::cloudformation::resource::ecs::DeploymentAlarms;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value, function};
use crate::diagnostic::Located;
use crate::expression::Expr;
use crate::program::Workload;
use crate::program::platform::{Alarms, Watched};
use crate::program::workload::OnFailure;

/// Seconds that make up a value of a metric; two of three values beyond the threshold set an alarm off.
const PERIOD: u32 = 60;
const PERIODS: u32 = 3;
const BEYOND: u32 = 2;

/// What a service says of its alarms: that it has none, too, as ECS goes on with those that it had otherwise.
pub(super) fn of_service(scope: &Scope<'_>, name: &str, workload: &Workload) -> DeploymentAlarms {
    let (names, rollback) = match &workload.platform.rollback_alarms {
        Some(Located { value: Alarms { given, made }, .. }) => {
            let made = made.keys().map(|watched| alarm_name(scope, name, *watched));
            let names: Vec<Text> = given.iter().map(|given| given_name(&given.value)).chain(made).collect();
            (names, workload.update.on_failure == OnFailure::RollBack)
        }
        None => (Vec::new(), false),
    };
    DeploymentAlarms { enable: !names.is_empty(), rollback: rollback && !names.is_empty(), alarm_names: names }
}

/// Makes the alarms of a workload whose service was lowered before.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    (service, site): (&LogicalId, &Site),
    requests: Option<&Requests>,
) {
    let Some(alarms) = &workload.platform.rollback_alarms else { return };
    for (watched, threshold) in &alarms.value.made {
        let of_service = || {
            vec![
                dimension("ClusterName", cluster_name(site, service)),
                dimension("ServiceName", Function::GetAtt(service.clone(), "Name").into()),
            ]
        };
        let (namespace, metric, statistic, dimensions) = match watched {
            Watched::Cpu => ("AWS/ECS", "CPUUtilization", Statistic::Average, of_service()),
            Watched::Memory => ("AWS/ECS", "MemoryUtilization", Statistic::Average, of_service()),
            Watched::Http5xx => {
                let Some(requests) = requests else {
                    scope
                        .diagnostics
                        .error(
                            threshold.origin,
                            format!("no load balancer counts the answers of `{name}`: it publishes no port for HTTP"),
                        )
                        .fix("publish one, or remove the alarm");
                    continue;
                };
                let dimensions = vec![
                    dimension("LoadBalancer", requests.load_balancer.clone()),
                    dimension("TargetGroup", requests.group()),
                ];
                ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", Statistic::Sum, dimensions)
            }
        };
        let alarm = Alarm {
            alarm_name: Some(alarm_name(scope, name, *watched)),
            alarm_description: Some(format!("Ends a deployment of {name} that goes wrong").into()),
            metric_name: metric.into(),
            namespace: namespace.into(),
            dimensions,
            statistic: Some(statistic),
            extended_statistic: None,
            period: PERIOD,
            evaluation_periods: PERIODS,
            datapoints_to_alarm: Some(BEYOND),
            threshold: Value::Literal(threshold.value),
            comparison_operator: ComparisonOperator::GreaterThanOrEqualToThreshold,
            // Without requests nothing fails.
            treat_missing_data: Some(TreatMissingData::NotBreaching),
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
        };
        scope.add_for(name, role(*watched), threshold.origin, &alarm);
    }
}

fn role(watched: Watched) -> Role {
    match watched {
        Watched::Cpu => Role::CpuAlarm,
        Watched::Http5xx => Role::ErrorAlarm,
        Watched::Memory => Role::MemoryAlarm,
    }
}

fn dimension(name: &'static str, value: Text) -> Dimension {
    Dimension { name: name.into(), value }
}

/// The name of an alarm that is made: that of its stack, and its logical id.
fn alarm_name(scope: &Scope<'_>, name: &str, watched: Watched) -> Text {
    Function::Sub(format!("${{AWS::StackName}}-{}", role(watched).id(scope.owner, Some(name))).into()).into()
}

/// The name of an alarm that exists; ECS takes no ARNs.
fn given_name(given: &Expr<String>) -> Text {
    match given {
        Expr::Known(text) => match text.split_once(":alarm:") {
            Some((_, name)) => name.to_owned().into(),
            None => text.clone().into(),
        },
        Expr::Deferred(deferred) => {
            let attribute = deferred.alone().and_then(function::plain_reference);
            let name = Text::from(given);
            if !attribute.is_some_and(|attribute| attribute.ends_with(".Arn")) {
                return name;
            }
            Function::Select(1, Box::new(Function::Split(":alarm:", Box::new(name)))).into()
        }
    }
}
