//! That no change of a document is lost: ecs-compose saw those of five attributes.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::declaration;
use crate::gather::Gather;
use crate::stackfile::support::matrix;
use crate::support::{Outcome, attributes};

/// Every attribute that is mapped, and another value of it than [`document`] has.
fn changes() -> Vec<(&'static str, Json)> {
    vec![
        ("/defaults/environment", json!([{ "LEVEL": "debug" }])),
        ("/defaults/healthcheck/command", json!(["CMD", "live"])),
        ("/defaults/healthcheck/interval", json!(20)),
        ("/defaults/healthcheck/retries", json!(5)),
        ("/defaults/healthcheck/start_period", json!(11)),
        ("/defaults/healthcheck/timeout", json!(9)),
        ("/defaults/memory", json!(700)),
        ("/logging/log_driver", json!("syslog")),
        ("/logging/options", json!({ "tag": "other" })),
        ("/service_discovery/namespace", json!("other.internal")),
        ("/vpc/id", json!("vpc-2")),
        ("/vpc/security_groups/private", json!(["sg-3"])),
        ("/vpc/security_groups/public", json!(["sg-4"])),
        ("/vpc/subnets/private", json!(["subnet-3"])),
        ("/vpc/subnets/public", json!(["subnet-4"])),
        ("/web/deployment_configuration/maximum_percent", json!(150)),
        ("/web/deployment_configuration/minimum_healthy_percent", json!(60)),
        ("/web/desired_count", json!(3)),
        ("/web/dns_discovery/name", json!("web.other")),
        ("/web/elb/certificates", json!(["arn:x:acm:r:a:certificate/2"])),
        ("/web/elb/dns/hosted_zone_id", json!("Z2")),
        ("/web/elb/dns/record_name", json!("other.example.com")),
        ("/web/elb/healthcheck/healthy_threshold_count", json!(4)),
        ("/web/elb/healthcheck/interval_seconds", json!(20)),
        ("/web/elb/healthcheck/path", json!("/live")),
        ("/web/elb/healthcheck/port", json!(8080)),
        ("/web/elb/healthcheck/protocol", json!("HTTPS")),
        ("/web/elb/healthcheck/timeout_seconds", json!(4)),
        ("/web/elb/healthcheck/unhealthy_threshold_count", json!(4)),
        ("/web/elb/ports/container", json!(8081)),
        ("/web/elb/ports/public", json!(8443)),
        ("/web/elb/protocol", json!("HTTP")),
        ("/web/elb/type", json!("private")),
        ("/web/environment", json!([{ "PORT": 8081 }])),
        ("/web/gpus", json!(2)),
        ("/web/healthcheck/command", json!(["CMD", "other"])),
        ("/web/healthcheck/interval", json!(20)),
        ("/web/healthcheck/retries", json!(5)),
        ("/web/healthcheck/start_period", json!(11)),
        ("/web/healthcheck/timeout", json!(9)),
        ("/web/image", json!("web:2")),
        ("/web/logging/log_driver", json!("syslog")),
        ("/web/logging/options", json!({ "awslogs-group": "/other" })),
        ("/web/memory", json!(900)),
        ("/web/placement_constraints/0/expression", json!("agentConnected == true")),
        ("/web/placement_constraints/0/type", json!("distinctInstance")),
        ("/web/ports", json!(["8080:8080", "8081:8081", "8082:8082"])),
        ("/web/privileged", json!(false)),
        ("/web/scheduling_strategy", json!("DAEMON")),
        ("/web/task_execution_role_arn", json!("arn:x:iam::1:role/c")),
        ("/web/task_role_arn", json!("arn:x:iam::1:role/c")),
        ("/web/type", json!("task")),
        ("/web/volumes", json!(["data:/srv:/data:ro"])),
    ]
}

/// A document in which every attribute has a value; `worker` says nothing, so that what is said of all counts for it.
fn document() -> Json {
    let health = json!({ "command": ["CMD", "check"], "interval": 10, "retries": 2, "start_period": 5, "timeout": 3 });
    json!({
        "defaults": { "environment": [{ "LEVEL": "info" }], "healthcheck": health, "memory": 600 },
        "logging": { "log_driver": "journald", "options": { "tag": "shop" } },
        "service_discovery": { "namespace": "shop.internal" },
        "vpc": {
            "id": "vpc-1",
            "security_groups": { "private": ["sg-1"], "public": ["sg-2"] },
            "subnets": { "private": ["subnet-1"], "public": ["subnet-2"] },
        },
        "services": { "worker": { "image": "worker" }, "web": {
            "deployment_configuration": { "maximum_percent": 200, "minimum_healthy_percent": 50 },
            "desired_count": 2,
            "dns_discovery": { "name": "web" },
            "elb": {
                "certificates": ["arn:x:acm:r:a:certificate/1"],
                "dns": { "hosted_zone_id": "Z1", "record_name": "shop.example.com" },
                "healthcheck": {
                    "healthy_threshold_count": 3,
                    "interval_seconds": 15,
                    "path": "/health",
                    "port": 8081,
                    "protocol": "HTTP",
                    "timeout_seconds": 3,
                    "unhealthy_threshold_count": 5,
                },
                "ports": { "container": 8080, "public": 443 },
                "protocol": "HTTPS",
                "type": "public",
            },
            "environment": [{ "PORT": 8080 }],
            "gpus": 1,
            "healthcheck": health,
            "image": "web:1",
            "logging": { "log_driver": "awslogs", "options": { "awslogs-group": "/shop" } },
            "memory": 800,
            "placement_constraints": [{ "expression": "agentConnected == false", "type": "memberOf" }],
            "ports": ["8080:8080", "8081:8081"],
            "privileged": true,
            "scheduling_strategy": "REPLICA",
            "task_execution_role_arn": "arn:x:iam::1:role/a",
            "task_role_arn": "arn:x:iam::1:role/b",
            "type": "service",
            "volumes": ["data:/srv:/data"],
        } },
    })
}

/// All that became of a document.
fn program(document: &Json) -> String {
    let outcome = declaration(json!({ "Environment": { "Cluster": "staging" } }), document.clone());
    // Some of the changes leave what does not go together, which is told.
    format!("{:?}", outcome.program)
}

fn pointer(path: &str) -> String {
    path.strip_prefix("/web").map_or_else(|| path.to_owned(), |rest| format!("/services/web{rest}"))
}

#[test]
fn every_change_reaches_the_program() {
    let before = program(&document());
    assert_eq!(
        declaration(json!({ "Environment": { "Cluster": "staging" } }), document()).errors(),
        Vec::<&str>::new()
    );
    for (path, value) in changes() {
        let mut document = document();
        *document.pointer_mut(&pointer(path)).expect(path) = value;
        assert_ne!(program(&document), before, "{path}");
    }
}

#[test]
fn every_attribute_is_changed() {
    let [top, service] = matrix().map(|section| attributes(section.table));
    let top = top.into_iter().map(|(path, attribute)| (format!(".{path}"), attribute));
    let service = service.into_iter().map(|(path, attribute)| (format!(".web.{path}"), attribute));
    let mapped = |outcome: Outcome| outcome == Outcome::Mapped;
    let all =
        top.chain(service).filter(|(_, attribute)| attribute.on_instances.map_or(mapped(attribute.outcome), mapped));
    let all: BTreeSet<String> = all.map(|(path, _)| path.replace("[]", ".0").replace('.', "/")).gather();
    let changed: BTreeSet<String> = changes().into_iter().map(|(path, _)| path.to_owned()).gather();
    // Maps are changed by what is in them, and the services one by one.
    let is_map = |path: &str| all.iter().any(|other| other.starts_with(&format!("{path}/")));
    let lacking: Vec<&String> =
        all.iter().filter(|path| !changed.contains(*path) && !is_map(path) && *path != "/services").collect();
    assert_eq!(lacking, Vec::<&String>::new());
}
