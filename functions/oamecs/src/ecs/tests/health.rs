//! Workloads that are watched together.

use serde_json::json;

use super::{HERE, Outcome, expand};
use crate::diagnostic::Located;
use crate::expression::Expr;
use crate::program::application::Health;
use crate::program::environment::{Cluster, Insights};

const DOCUMENT: &str = r#"
services:
  web: { image: web, ports: ["80:8080"] }
  db: { image: postgres:17, deploy: { replicas: 2 } }
  queue: { image: rabbitmq:4 }
  off: { image: off, deploy: { replicas: 0 } }
  cleanup: { image: web, x-aws-schedule: rate(1 day) }
"#;

fn watched(members: &[&str], minimum_percent: u32, cluster: Cluster) -> Outcome {
    expand(DOCUMENT, |program| {
        program.environments.get_mut("OamEcs").unwrap().cluster = cluster;
        let members = members.iter().map(|name| (*name).to_owned()).collect();
        let minimum_percent = Located::new(HERE, minimum_percent);
        let health = Health { origin: HERE, members, minimum_percent, required: std::collections::BTreeSet::new() };
        program.applications.get_mut("Shop").unwrap().health.insert("all".into(), health);
    })
}

#[test]
fn each_workload_is_watched_by_what_tells_most() {
    let insights = Insights::Enabled;
    let outcome = watched(&["web", "db", "off", "cleanup"], 100, Cluster::Made { insights });
    assert_eq!(
        *outcome.properties("ShopAllHealth"),
        json!({
            "AlarmRule": { "Fn::Sub": "ALARM(\"${ShopDbHealthAlarm}\") OR ALARM(\"${ShopWebHealthAlarm}\")" },
            "AlarmDescription": "Fewer than 2 of 2 workloads are healthy",
            "Tags": [{ "Key": "com.docker.compose.project", "Value": "shop" }]
        })
    );
    let web = outcome.properties("ShopWebHealthAlarm");
    assert_eq!(web["MetricName"], "UnHealthyHostCount");
    assert_eq!(web["ComparisonOperator"], "GreaterThanOrEqualToThreshold");
    assert_eq!(web["TreatMissingData"], "breaching");
    let db = outcome.properties("ShopDbHealthAlarm");
    assert_eq!(db["Namespace"], "ECS/ContainerInsights");
    assert_eq!(db["MetricName"], "RunningTaskCount");
    assert_eq!((&db["Threshold"], &db["ComparisonOperator"]), (&json!(2.0), &json!("LessThanThreshold")));
    assert_eq!(
        db["Dimensions"],
        json!([
            { "Name": "ClusterName", "Value": { "Ref": "OamEcsCluster" } },
            { "Name": "ServiceName", "Value": { "Fn::GetAtt": ["ShopDbService", "Name"] } }
        ])
    );
    assert!(db.get("AlarmActions").is_none());
    assert_eq!(
        outcome.told,
        [
            "note: `cleanup` runs to its end: its health is not watched",
            "advice: the alarm of `all` goes off while fewer than 2 of 2 workloads are healthy, which is seen from the checks of the load balancer for `web`; how many tasks run of `db`; it takes no action",
        ]
    );
}

#[test]
fn what_a_cluster_may_not_measure_is_not_relied_on() {
    let given = Cluster::Given(Located::new(HERE, Expr::from("big")));
    for cluster in [Cluster::Made { insights: Insights::Disabled }, given] {
        let outcome = watched(&["db"], 100, cluster);
        let db = outcome.properties("ShopDbHealthAlarm");
        assert_eq!((&db["Namespace"], &db["MetricName"]), (&json!("AWS/ECS"), &json!("CPUUtilization")));
        assert_eq!((&db["Threshold"], &db["TreatMissingData"]), (&json!(0.0), &json!("breaching")));
    }
}

#[test]
fn a_share_of_workloads_is_enough() {
    let outcome = watched(&["web", "db", "queue"], 50, Cluster::Made { insights: Insights::Enabled });
    let rule = &outcome.properties("ShopAllHealth")["AlarmRule"]["Fn::Sub"];
    let [db, queue, web] = ["Db", "Queue", "Web"].map(|name| format!("ALARM(\"${{Shop{name}HealthAlarm}}\")"));
    assert_eq!(*rule, format!("({db} AND {queue}) OR ({db} AND {web}) OR ({queue} AND {web})"));
}
