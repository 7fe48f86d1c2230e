//! What comes after what, and what of the template takes part in it.

use serde_json::{Value as Json, json};

use super::{Outcome, document, template};

/// TK-11.
#[test]
fn stages_follow_each_other_and_their_steps_do_not() {
    let outcome = document(
        "{version: v1, cluster: shop, services: [{name: web, containers: [app]}, {name: api, containers: [app]}], tasks: {
            pre: [{family: a, count: 1, containers: [app]}, {family: b, count: 1, containers: [app]}],
            post: [{family: c, count: 1, containers: [app]}, {family: d, count: 1, containers: [app]}]}}",
    );
    for id in ["ReleaseAPreTask", "ReleaseBPreTask"] {
        assert_eq!(outcome.depends_on(id), [""; 0]);
    }
    for id in ["ReleaseWebRollout", "ReleaseApiRollout"] {
        assert_eq!(outcome.depends_on(id), ["ReleaseAPreTask", "ReleaseBPreTask"]);
    }
    for id in ["ReleaseCPostTask", "ReleaseDPostTask"] {
        assert_eq!(outcome.depends_on(id), ["ReleaseApiRollout", "ReleaseWebRollout"]);
    }
    assert_eq!(outcome.resources.len(), 6);
}

/// TK-11: without services, tasks after still wait for those before.
#[test]
fn an_empty_stage_does_not_cut_the_chain() {
    let outcome = document(
        "{version: v1, cluster: shop, tasks: {pre: [{family: a, count: 1, containers: [app]}], post: [{family: a, count: 1, containers: [app]}]}}",
    );
    assert_eq!(outcome.depends_on("ReleaseAPostTask"), ["ReleaseAPreTask"]);
}

/// The order of a document reaches nothing of the template.
#[test]
fn the_order_of_items_means_nothing() {
    let of = |services: &str| document(&format!("{{version: v1, cluster: shop, services: [{services}]}}")).resources;
    let (one, two) = (
        of("{name: a, containers: [app]}, {name: b, containers: [app]}"),
        of("{name: b, containers: [app]}, {name: a, containers: [app]}"),
    );
    for id in ["ReleaseARollout", "ReleaseBRollout"] {
        assert_eq!(one[id]["Properties"], two[id]["Properties"]);
    }
}

/// A release among what a template makes itself, as `name` refers to it.
fn among(name: &Json, depends_on: &Json) -> Outcome {
    template(&json!({
        "Resources": {
            "Shop": {
                "Type": "OamEcs::Compose",
                "Properties": { "Document": { "services": { "web": { "image": "web" }, "job": { "image": "job", "x-aws-run": "always" } } } },
            },
            "Topic": { "Type": "AWS::SNS::Topic" },
            "Api": { "Type": "AWS::ECS::Service", "Properties": { "Cluster": "shop", "TaskDefinition": "api:1" }, "DependsOn": depends_on },
            "Release": {
                "Type": "OamEcs::Rollout",
                "Properties": {
                    "ImageTag": "2",
                    "Document": {
                        "version": "v1",
                        "cluster": { "Fn::GetAtt": ["Shop", "Cluster"] },
                        "tasks": {
                            "pre": [{ "family": "migrate", "count": 1, "containers": ["app"] }],
                            "post": [{ "family": "smoke", "count": 1, "containers": ["app"] }],
                        },
                        "services": [{ "name": name, "containers": ["app"], "max_wait": 10 }],
                    },
                },
            },
        },
    }))
}

/// What a declaration makes is rolled out by CloudFormation: it takes its place, and no resource of a release.
#[test]
fn a_service_of_a_declaration_takes_its_place() {
    for name in [
        json!({ "Fn::GetAtt": "Shop.Services.web.Name" }),
        json!({ "Fn::GetAtt": ["Shop", "Services.web.Arn"] }),
        json!({ "Fn::Sub": "${Shop.Services.web.Name}" }),
    ] {
        let outcome = among(&name, &Json::Null);
        assert!(outcome.told.iter().all(|line| line.starts_with("note")), "{:#?}", outcome.told);
        assert!(outcome.depends_on("ShopWebService").contains(&"ReleaseMigratePreTask"));
        assert!(outcome.depends_on("ShopWebWatchdog").contains(&"ReleaseMigratePreTask"));
        assert_eq!(outcome.resources["ShopWebWatchdog"]["Properties"]["MaxWait"], json!(600));
        assert!(outcome.depends_on("ReleaseSmokePostTask").contains(&"ShopWebService"));
        assert!(!outcome.resources.contains_key("ReleaseWebRollout"));
        assert!(outcome.depends_on("ReleaseMigratePreTask").contains(&"OamEcsCapacityProviders"));
    }
    let outcome = among(&json!({ "Fn::GetAtt": "Shop.Services.wep.Name" }), &Json::Null);
    let errors: Vec<_> = outcome.told.iter().filter(|line| line.starts_with("error")).collect();
    assert!(
        errors.len() == 1 && errors[0].contains("`Shop` has no service `wep`. Fix: did you mean `web`?"),
        "{errors:#?}"
    );
}

/// Of what the author wrote one thing is changed: what it depends on.
#[test]
fn a_service_of_the_authors_takes_its_place() {
    for (name, before, after) in [
        (json!({ "Ref": "Api" }), Json::Null, json!(["ReleaseMigratePreTask"])),
        (json!({ "Fn::GetAtt": ["Api", "Name"] }), json!("Topic"), json!(["Topic", "ReleaseMigratePreTask"])),
        (json!({ "Fn::Sub": "${Api.ServiceArn}" }), json!(["Topic"]), json!(["Topic", "ReleaseMigratePreTask"])),
    ] {
        let outcome = among(&name, &before);
        assert!(outcome.told.iter().all(|line| line.starts_with("note")), "{:#?}", outcome.told);
        assert_eq!(outcome.resources["Api"]["DependsOn"], after);
        assert_eq!(outcome.resources["Api"]["Properties"], json!({ "Cluster": "shop", "TaskDefinition": "api:1" }));
        assert!(outcome.depends_on("ReleaseSmokePostTask").contains(&"Api"));
        assert!(outcome.told.iter().any(|line| {
            line.contains("`Api` waits for the tasks before it: its `DependsOn` gets `ReleaseMigratePreTask`")
        }));
        assert!(outcome.told.iter().any(|line| line.contains("`max_wait` has no effect on `Api`")));
    }
}

/// What a task needs cannot wait for it.
#[test]
fn a_circle_is_told() {
    let outcome = template(&json!({
        "Resources": {
            "Api": { "Type": "AWS::ECS::Service", "Properties": { "Cluster": "shop", "TaskDefinition": "api:1" } },
            "Release": {
                "Type": "OamEcs::Rollout",
                "Properties": {
                    "ImageTag": "2",
                    "Document": {
                        "version": "v1",
                        "cluster": { "Fn::GetAtt": ["Api", "Cluster"] },
                        "tasks": { "pre": [{ "family": "migrate", "count": 1, "containers": ["app"] }] },
                        "services": [{ "name": { "Ref": "Api" }, "containers": ["app"] }],
                    },
                },
            },
        },
    }));
    assert!(
        outcome.told.iter().any(|line| line.contains("resources would wait for each other")),
        "{:#?}",
        outcome.told
    );
}

/// A service in the network of its machine is another resource, and waits as well.
#[test]
fn a_service_on_its_machine_has_its_place_too() {
    let outcome = template(&json!({
        "Resources": {
            "Shop": {
                "Type": "OamEcs::Stackfile",
                "Properties": { "Environment": { "Cluster": "shop" }, "Document": { "services": [{ "web": { "image": "web" } }] } },
            },
            "Release": {
                "Type": "OamEcs::Rollout",
                "Properties": { "ImageTag": "2", "Document": {
                    "version": "v1", "cluster": "shop",
                    "tasks": {
                        "pre": [{ "family": "a", "count": 1, "containers": ["app"] }],
                        "post": [{ "family": "b", "count": 1, "containers": ["app"] }],
                    },
                    "services": [{ "name": { "Fn::GetAtt": "Shop.Services.web.Name" }, "containers": ["web"] }],
                } },
            },
        },
    }));
    assert!(outcome.depends_on("ShopWebServiceOnMachine").contains(&"ReleaseAPreTask"));
    assert_eq!(outcome.depends_on("ReleaseBPostTask"), ["ShopWebServiceOnMachine"]);
}

#[test]
fn a_task_with_an_interface_of_its_own_says_where_that_is() {
    let task = |more: &str| {
        document(&format!(
            "{{version: v1, cluster: shop, tasks: {{pre: [{{family: a, count: 1, containers: [app]{more}}}]}}}}"
        ))
        .told
        .join("\n")
    };
    let spot = task(", capacity_provider_strategies: [{capacity_provider: FARGATE_SPOT, weight: 1}]");
    assert!(spot.contains("`network_configuration` is missing"), "{spot}");
    let outcome = template(&json!({
        "Resources": {
            "Shop": { "Type": "OamEcs::Compose", "Properties": { "Document": { "services": { "web": { "image": "web" } } } } },
            "Release": {
                "Type": "OamEcs::Rollout",
                "Properties": { "Document": {
                    "version": "v1", "cluster": "shop",
                    "tasks": { "pre": [{ "family": { "Fn::GetAtt": "Shop.Services.web.TaskDefinitionArn" }, "count": 1, "containers": ["web"] }] },
                } },
            },
        },
    }));
    let told = outcome.told.join("\n");
    assert!(told.contains("each task of `web` has a network interface of its own"), "{told}");
}
