//! Names in other domains.

use serde_json::json;

use super::{HERE, expand};

const DOCUMENT: &str = r"
services:
  web: { image: web, depends_on: [db] }
  db: { image: postgres:17 }
  migrate: { image: web, x-aws-schedule: rate(1 day) }
";

const CLUSTER: &str = "default.svc.cluster.local";

#[test]
fn workloads_are_found_in_other_domains() {
    let outcome = expand(DOCUMENT, |program| {
        program.applications.get_mut("Shop").unwrap().domains.insert(CLUSTER.into(), HERE);
    });
    // Another stack may have it in the same network.
    let spaces = outcome.of_type("Custom::OamEcsNamespace");
    let [space] = spaces[..] else { panic!("{spaces:?}") };
    assert_eq!(outcome.properties(space)["Name"], CLUSTER);
    assert_eq!(outcome.properties(space)["VpcId"], json!({ "Ref": "OamEcsVpc" }));
    let names = outcome.of_type("AWS::ServiceDiscovery::Service");
    let cnames: Vec<&str> =
        names.into_iter().filter(|id| outcome.properties(id)["NamespaceId"] == json!({ "Ref": space })).collect();
    let [db, web] = cnames[..] else { panic!("{cnames:?}") };
    for (id, name) in [(db, "db"), (web, "web")] {
        assert_eq!(outcome.properties(id)["Name"], name);
        let dns = json!({ "DnsRecords": [{ "Type": "CNAME", "TTL": 10 }], "RoutingPolicy": "WEIGHTED" });
        assert_eq!(outcome.properties(id)["DnsConfig"], dns);
    }
    let instances = outcome.of_type("AWS::ServiceDiscovery::Instance");
    let [target, _] = instances[..] else { panic!("{instances:?}") };
    assert_eq!(
        *outcome.properties(target),
        json!({
            "ServiceId": { "Ref": db },
            "InstanceId": "db",
            "InstanceAttributes": { "AWS_INSTANCE_CNAME": "db.shop.local" }
        })
    );
    // Who waits for the database waits for all of its names.
    assert_eq!(outcome.waits(target, |_| true), ["ShopDbDiscovery"]);
    assert!(outcome.waits("ShopWebService", |_| true).contains(&target));
}

#[test]
fn a_domain_of_its_own_is_no_other() {
    let outcome = expand(DOCUMENT, |program| {
        program.applications.get_mut("Shop").unwrap().domains.insert("shop.local".into(), HERE);
    });
    assert_eq!(outcome.of_type("Custom::OamEcsNamespace"), [""; 0]);
}

#[test]
fn two_applications_share_a_domain_and_no_name_in_it() {
    let outcome = expand(DOCUMENT, |program| {
        let shop = program.applications.get_mut("Shop").unwrap();
        shop.domains.insert(CLUSTER.into(), HERE);
        let mut other = shop.clone();
        other.name.value = "other".into();
        other.workloads.remove("db");
        for workload in other.workloads.values_mut() {
            workload.after.clear();
        }
        program.applications.insert("Other".into(), other);
    });
    let errors: Vec<&String> = outcome.told.iter().filter(|told| told.starts_with("error")).collect();
    assert_eq!(
        errors,
        ["error: `Other` has the name `web` in `default.svc.cluster.local` too. Fix: rename one of the two"]
    );
}
