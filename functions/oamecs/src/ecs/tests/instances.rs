//! What runs on instances that somebody else registers, and what Fargate has not.

use std::collections::BTreeMap;

use serde_json::json;

use super::{HERE, Outcome, expand};
use crate::diagnostic::Located;
use crate::program::environment::Cluster;
use crate::program::platform::{Capacity, Driver, Log};
use crate::program::{Program, Workload};

const DOCUMENT: &str = r"
services:
  web: { image: web }
  migrate: { image: web, deploy: { mode: replicated-job } }
  sweep: { image: web, x-aws-schedule: rate(1 day) }
  agent: { image: agent, deploy: { mode: global } }
";

fn workloads(program: &mut Program) -> impl Iterator<Item = &mut Workload> {
    program.applications.values_mut().flat_map(|application| application.workloads.values_mut())
}

/// The application of [`DOCUMENT`] on registered instances, changed.
fn registered(is_given: bool, change: impl Fn(&mut Workload)) -> Outcome {
    expand(DOCUMENT, |program| {
        for workload in workloads(program) {
            workload.platform.capacity = Some(Located::new(HERE, Capacity::Registered));
            change(workload);
        }
        if is_given {
            program.environments.get_mut("OamEcs").unwrap().cluster =
                Cluster::Given(Located::new(HERE, "company".into()));
        }
    })
}

#[test]
fn everything_is_of_the_launch_type() {
    let outcome = registered(true, |_| {});
    for id in ["ShopWebService", "ShopAgentService", "ShopMigrateRun"] {
        assert_eq!(outcome.properties(id)["LaunchType"], "EC2", "{id}");
        assert_eq!(outcome.properties(id)["CapacityProviderStrategy"], json!(null), "{id}");
    }
    let schedule = &outcome.properties("ShopSweepSchedule")["Target"]["EcsParameters"];
    assert_eq!(schedule["LaunchType"], "EC2");
    assert_eq!(outcome.properties("ShopWebTaskDefinition")["RequiresCompatibilities"], json!(["EC2"]));
    assert_eq!(outcome.properties("ShopWebService")["ForceNewDeployment"], json!(null));
    let agent = outcome.properties("ShopAgentService");
    assert_eq!((&agent["SchedulingStrategy"], &agent["DesiredCount"]), (&json!("DAEMON"), &json!(null)));
    assert!(outcome.told.iter().all(|told| told.starts_with("advice: tasks wait until")), "{:?}", outcome.told);
}

#[test]
fn a_cluster_that_is_made_has_none() {
    let outcome = registered(false, |_| {});
    let is_error = |told: &&String| told.starts_with("error: ") && told.contains("nobody registers any");
    assert_eq!(outcome.told.iter().filter(is_error).count(), 4, "{:?}", outcome.told);
}

#[test]
fn constraints_are_those_of_services_jobs_and_schedules() {
    let expression = "attribute:ecs.instance-type =~ p3.*";
    let outcome = registered(true, |workload| {
        let constraints = vec![Located::new(HERE, expression.into())];
        workload.platform.placement_constraints = Some(Located::new(HERE, constraints));
    });
    let constraint = json!({"Type": "memberOf", "Expression": expression});
    for id in ["ShopWebService", "ShopMigrateRun"] {
        assert_eq!(outcome.properties(id)["PlacementConstraints"], json!([constraint]), "{id}");
    }
    let schedule = &outcome.properties("ShopSweepSchedule")["Target"]["EcsParameters"];
    assert_eq!(schedule["PlacementConstraints"], json!([constraint]));
    assert_eq!(outcome.properties("ShopAgentService")["PlacementConstraints"][0], constraint);
    assert_eq!(outcome.properties("ShopWebService")["AvailabilityZoneRebalancing"], "ENABLED");
}

#[test]
fn where_a_zone_is_chosen_none_is_balanced() {
    let outcome = registered(true, |workload| {
        let constraints = vec![Located::new(HERE, "attribute:ecs.availability-zone == us-east-1a".into())];
        workload.platform.placement_constraints = Some(Located::new(HERE, constraints));
    });
    assert_eq!(outcome.properties("ShopWebService")["AvailabilityZoneRebalancing"], "DISABLED");
}

#[test]
fn instances_log_through_the_drivers_of_docker() {
    let log = |workload: &mut Workload, driver| {
        workload.main.log = Some(Log {
            origin: HERE,
            driver,
            options: [("tag".to_owned(), Located::new(HERE, "dev".into()))].into(),
            secrets: BTreeMap::default(),
        });
    };
    for (driver, name, is_set_up) in [
        (Driver::Gelf, "gelf", false),
        (Driver::Journald, "journald", false),
        (Driver::Syslog, "syslog", true),
        (Driver::JsonFile, "json-file", true),
        (Driver::Fluentd, "fluentd", true),
    ] {
        let outcome = registered(true, |workload| log(workload, driver));
        let container = &outcome.properties("ShopWebTaskDefinition")["ContainerDefinitions"][1];
        assert_eq!(container["LogConfiguration"], json!({"LogDriver": name, "Options": {"tag": "dev"}}));
        let is_told =
            outcome.told.iter().any(|told| told.starts_with("advice: the instances must know the log driver"));
        assert_eq!(is_told, !is_set_up, "{name}");
        let outcome = expand(DOCUMENT, |program| workloads(program).for_each(|workload| log(workload, driver)));
        let told = format!("error: Fargate has no log driver `{name}`");
        assert!(outcome.told.iter().any(|line| line.starts_with(&told)), "{:?}", outcome.told);
    }
}
