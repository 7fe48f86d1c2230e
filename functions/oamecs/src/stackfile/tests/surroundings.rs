//! Where services run: the network of the document, the cluster beside it.

use serde_json::{Value as Json, json};

use super::{Outcome, document, service, service_with, template, web, with};
use crate::expression::{Deferred, Expr, Piece, concatenate};
use crate::program::environment::{Cluster, Namespace, Network};
use crate::program::platform::Capacity;

const VPC: &str = "vpc: { id: vpc-1, subnets: { private: [a] }, security_groups: { private: [sg-1, sg-2] } }\n";

fn cluster(cluster: &Json) -> Outcome {
    with(json!({ "Environment": { "Cluster": cluster } }), &format!("{VPC}{}", web("gpus: 0")))
}

fn family(outcome: &Outcome) -> Expr<String> {
    outcome.workload("web").platform.family.as_ref().expect("a family").value.clone()
}

fn capacity(outcome: &Outcome) -> Capacity {
    outcome.workload("web").platform.capacity.as_ref().expect("a capacity").value.clone()
}

#[test]
fn the_network_is_that_of_the_document() {
    let outcome = cluster(&json!("staging"));
    let environment = &outcome.program.environments["Shop"];
    assert!(matches!(environment.network, Network::Given { public: None, private: Some(_), .. }));
    assert!(matches!(environment.cluster, Cluster::Given(_)));
    let networks: Vec<_> =
        outcome.application().networks.iter().map(|(name, network)| (name.as_str(), network.group.is_some())).collect();
    assert_eq!(networks, [("sg-1", true), ("sg-2", true)]);
    // Tasks in the network of their machine are in its groups.
    assert!(outcome.workload("web").networks.is_empty());
    let found = with(json!({}), &format!("{VPC}{}", web("dns_discovery: { name: web }")));
    assert_eq!(found.workload("web").networks.len(), 2);
}

#[test]
fn without_one_it_is_that_of_all() {
    let outcome = service("gpus: 0");
    assert_eq!(outcome.application().environment, "OamEcs");
    let networks: Vec<_> = outcome.application().networks.values().map(|network| network.group.is_none()).collect();
    assert_eq!(networks, [true]);
}

#[test]
fn instances_are_those_of_the_cluster() {
    assert_eq!(capacity(&cluster(&json!("staging"))), Capacity::Registered);
    assert!(matches!(capacity(&service("gpus: 0")), Capacity::Instances(_)));
    let imported = with(json!({ "Environment": { "ImportPrefix": "oam-ecs" } }), &web("gpus: 0"));
    assert_eq!(capacity(&imported), Capacity::Registered);
    let fargate = service_with(json!({ "Defaults": { "Capacity": "FARGATE" } }), "desired_count: 2");
    assert!(matches!(capacity(&fargate), Capacity::Providers(_)));
}

#[test]
fn an_environment_may_be_declared_further_down() {
    let outcome = template(json!({ "Resources": {
        "Shop": { "Type": "OamEcs::Stackfile", "Properties": { "Environment": { "Ref": "Env" }, "Document": web("gpus: 0") } },
        "Env": { "Type": "OamEcs::Environment", "Properties": { "VpcId": "vpc-1", "Cluster": "staging" } },
    } }));
    assert_eq!(capacity(&outcome), Capacity::Registered);
    assert_eq!(family(&outcome), Expr::from("staging-web"));
}

#[test]
fn families_are_called_after_the_cluster() {
    assert_eq!(family(&cluster(&json!("staging"))), Expr::from("staging-web"));
    let arn = "arn:${Partition}:ecs:eu-west-1:111122223333:cluster/staging";
    assert_eq!(family(&cluster(&json!(arn))), Expr::from("staging-web"));
    let reference = json!({ "Ref": "Level" });
    let expected = concatenate([Piece::Function(reference.clone()), Piece::Literal("-web".to_owned())]);
    assert_eq!(family(&cluster(&reference)), expected);
    assert_eq!(family(&service("gpus: 0")), Expr::from("Shop-web"));
    let own = service_with(json!({ "Workloads": { "web": { "Family": "mine" } } }), "gpus: 0");
    assert_eq!(family(&own), Expr::from("mine"));
    let tag = |outcome: &Outcome| outcome.application().tags.get("ecs_cluster").cloned();
    assert_eq!(tag(&cluster(&json!("staging"))), Some(Expr::from("staging")));
    assert_eq!(tag(&cluster(&reference)), Some(Expr::Deferred(Deferred::function(reference))));
}

#[test]
fn the_name_space_is_found_or_made() {
    let text = format!("service_discovery: {{ namespace: shop.internal }}\n{}", web("gpus: 0"));
    let namespace = |outcome: &Outcome| format!("{:?}", outcome.application().surroundings.namespace);
    assert!(
        matches!(&document(&text).application().surroundings.namespace, Some(Namespace::Shared(name)) if name.value == "shop.internal")
    );
    let beside = with(json!({ "Environment": { "SharedNamespace": "other.internal" } }), &text);
    assert!(namespace(&beside).contains("other.internal"), "{}", namespace(&beside));
    beside.notes(&["service_discovery.namespace", "the name space that `Environment` says"]);
    document(&text.replace("shop.internal", "a..b")).refuses(&["is not a domain name"]);
}

#[test]
fn instances_of_a_cluster_have_a_network_that_somebody_must_name() {
    let elb = web("ports: ['80:80']\nelb: { type: public, ports: { public: 80, container: 80 } }");
    with(json!({ "Environment": { "Cluster": "staging" } }), &elb)
        .refuses(&["Properties.Environment.Cluster", "add `vpc`"]);
    let host = with(json!({ "Environment": { "Cluster": "staging" } }), &web("gpus: 0"));
    assert_eq!(host.errors(), Vec::<&str>::new());
}

#[test]
fn a_network_in_the_document_contradicts_an_environment_of_the_template() {
    let outcome = template(json!({ "Resources": {
        "Env": { "Type": "OamEcs::Environment", "Properties": {} },
        "Shop": { "Type": "OamEcs::Stackfile", "Properties": { "Environment": { "Ref": "Env" }, "Document": format!("vpc: {{ id: vpc-1 }}\n{}", web("gpus: 0")) } },
    } }));
    outcome.refuses(&["Shop vpc.id", "`Environment` names"]);
}
