//! Under which names workloads are found, and how.

use serde_json::json;

use super::{HERE, Outcome, expand};
use crate::diagnostic::Located;
use crate::program::Application;
use crate::program::platform::{Answer, Discovery};
use crate::program::workload::Found;

const DOCUMENT: &str = r"
services:
  front: { image: front, depends_on: [users] }
  users: { image: users, networks: { default: { aliases: [people] } } }
  worker: { image: worker }
";

/// The application of [`DOCUMENT`], changed.
fn changed(change: impl FnOnce(&mut Application)) -> Outcome {
    expand(DOCUMENT, |program| change(program.applications.get_mut("Shop").unwrap()))
}

fn set(application: &mut Application, name: &str, found: Found) {
    application.workloads.get_mut(name).unwrap().found = found;
}

fn named(name: &str) -> Found {
    Found::As(Located::new(HERE, name.to_owned()))
}

#[test]
fn a_name_may_have_dots_and_its_answers_a_ttl_and_a_policy() {
    let outcome = changed(|application| {
        set(application, "users", named("users.staging"));
        let discovery = Discovery { ttl: Some(300), answer: Some(Answer::One) };
        let users = application.workloads.get_mut("users").unwrap();
        users.platform.discovery = Some(Located::new(HERE, discovery));
    });
    let service = outcome.properties("ShopUsersDiscovery");
    assert_eq!(service["Name"], "users.staging");
    assert_eq!(service["DnsConfig"], json!({"DnsRecords": [{"Type": "A", "TTL": 300}], "RoutingPolicy": "WEIGHTED"}));
    assert_eq!(service["HealthCheckCustomConfig"], json!({"FailureThreshold": 1}));
    // The alias leads there.
    let target = outcome.of_type("AWS::ServiceDiscovery::Instance")[0];
    assert_eq!(
        outcome.properties(target)["InstanceAttributes"],
        json!({"AWS_INSTANCE_CNAME": "users.staging.shop.local"})
    );
    let other = outcome.properties("ShopFrontDiscovery");
    assert_eq!(other["DnsConfig"], json!({"DnsRecords": [{"Type": "A", "TTL": 10}], "RoutingPolicy": "MULTIVALUE"}));
    assert_eq!(outcome.told, Vec::<String>::new());
}

#[test]
fn what_is_found_nowhere_is_registered_nowhere() {
    let outcome = changed(|application| set(application, "worker", Found::Nowhere));
    assert_eq!(
        outcome.of_type("AWS::ServiceDiscovery::Service"),
        ["ShopFrontDiscovery", "ShopUsersDiscovery", "ShopPeopleAlias"]
    );
    assert_eq!(outcome.properties("ShopWorkerService")["ServiceRegistries"], json!([]));
}

#[test]
fn where_nobody_is_found_there_is_no_name_space() {
    let outcome = changed(|application| {
        for name in ["front", "users", "worker"] {
            set(application, name, Found::Nowhere);
        }
    });
    for kind in ["PrivateDnsNamespace", "Service", "Instance"] {
        assert_eq!(outcome.of_type(&format!("AWS::ServiceDiscovery::{kind}")), Vec::<&str>::new());
    }
    let containers = outcome.properties("ShopFrontTaskDefinition")["ContainerDefinitions"].as_array().unwrap();
    assert_eq!(containers.len(), 1, "nothing is looked up");
    assert_eq!(outcome.told, ["note: nobody finds `users` as `people`, as it is to have no name in DNS"]);
}

#[test]
fn without_short_names_tasks_look_into_no_domain() {
    let outcome = changed(|application| application.short_names = false);
    let containers = outcome.properties("ShopFrontTaskDefinition")["ContainerDefinitions"].as_array().unwrap();
    assert_eq!(containers.len(), 1);
    assert_eq!(outcome.of_type("AWS::ServiceDiscovery::PrivateDnsNamespace"), ["ShopNamespace"]);
}

#[test]
fn two_workloads_have_two_names() {
    for (name, other) in [("Front", "front"), ("people", "users")] {
        let outcome = changed(|application| set(application, "worker", named(name)));
        let told = format!("error: `worker` cannot be found as `{name}`, as `{other}` is. ");
        assert!(outcome.told[0].starts_with(&told), "{:?}", outcome.told);
    }
    // Its own is free then.
    let outcome = changed(|application| {
        set(application, "users", named("accounts"));
        set(application, "worker", named("users"));
    });
    assert_eq!(outcome.told, Vec::<String>::new());
}
