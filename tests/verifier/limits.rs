//! Faults that are only a matter of quantity.

use std::collections::BTreeSet;

use oamecs_tests::verifier::verify;
use serde_json::{Value, json};

use crate::faults::shop;

/// The rules that are shown here.
pub(crate) const RULES: [&str; 9] = [
    "load-balancer-listeners",
    "rule-condition-values",
    "service-network-size",
    "service-target-groups",
    "task-containers",
    "task-definition-size",
    "template-counts",
    "template-size",
    "text-lengths",
];

fn found(template: &Value) -> BTreeSet<&'static str> {
    verify(template).into_iter().map(|finding| finding.rule).collect()
}

fn only(rule: &'static str) -> BTreeSet<&'static str> {
    BTreeSet::from([rule])
}

fn topic() -> Value {
    json!({"Type": "AWS::SNS::Topic"})
}

#[test]
fn five_hundred_resources_are_enough() {
    let mut template = shop();
    let count = template["Resources"].as_object().unwrap().len();
    for index in count..500 {
        template["Resources"][format!("Topic{index}")] = topic();
    }
    assert_eq!(found(&template), BTreeSet::new());
    template["Resources"]["OneMore"] = topic();
    assert_eq!(found(&template), only("template-counts"));
}

#[test]
fn two_hundred_outputs_are_enough() {
    let mut template = shop();
    for index in 0..200 {
        template["Outputs"][format!("Output{index}")] = json!({"Value": "x"});
    }
    assert_eq!(found(&template), only("template-counts"));
}

#[test]
fn a_megabyte_is_enough() {
    let mut template = shop();
    template["Metadata"]["Other"] = json!("x".repeat(1_048_576));
    assert_eq!(found(&template), only("template-size"));
}

#[test]
fn texts_have_an_end() {
    let mut template = shop();
    template["Description"] = json!("x".repeat(1025));
    assert_eq!(found(&template), only("text-lengths"));

    let mut template = shop();
    template["Resources"]["x".repeat(256)] = topic();
    assert_eq!(found(&template), only("text-lengths"));

    let mut template = shop();
    // A name in a resource that is not ours, as ours have none.
    let resource = &mut template["Resources"]["ShopWebTargetGroup"];
    resource["Properties"]["Name"] = json!("x".repeat(33));
    resource.as_object_mut().unwrap().remove("Metadata");
    assert_eq!(found(&template), only("text-lengths"));
}

#[test]
fn a_task_has_ten_containers_and_64_kib() {
    let mut template = shop();
    let containers =
        template["Resources"]["ShopBrokerTaskDefinition"]["Properties"]["ContainerDefinitions"].as_array_mut().unwrap();
    for index in 0..10 {
        let log = containers[0]["LogConfiguration"].clone();
        containers.push(json!({"Name": format!("more{index}"), "Image": "x", "LogConfiguration": log}));
    }
    assert_eq!(found(&template), only("task-containers"));

    let mut template = shop();
    template["Resources"]["ShopBrokerTaskDefinition"]["Properties"]["ContainerDefinitions"][0]["Command"] =
        json!(["x".repeat(65_536)]);
    assert_eq!(found(&template), only("task-definition-size"));
}

#[test]
fn a_service_has_five_target_groups_and_five_security_groups() {
    let mut template = shop();
    let balancers = template["Resources"]["ShopBrokerService"]["Properties"]["LoadBalancers"].as_array_mut().unwrap();
    for _ in 0..4 {
        balancers.push(
            json!({"ContainerName": "broker", "ContainerPort": 1883, "TargetGroupArn": {"Fn::ImportValue": "x"}}),
        );
    }
    assert_eq!(found(&template), only("service-target-groups"));

    let mut template = shop();
    let network = &mut template["Resources"]["ShopBrokerService"]["Properties"]["NetworkConfiguration"];
    let groups = network["AwsvpcConfiguration"]["SecurityGroups"].as_array_mut().unwrap();
    for index in 0..4 {
        groups.push(json!({"Fn::ImportValue": format!("group{index}")}));
    }
    assert_eq!(found(&template), only("service-network-size"));
}

#[test]
fn a_load_balancer_has_fifty_listeners() {
    let mut template = shop();
    for port in 2000..2050 {
        let mut listener = template["Resources"]["ShopListener1883"].clone();
        listener["Properties"]["Port"] = json!(port);
        template["Resources"][format!("Listener{port}")] = listener;
        let rules = template["Resources"]["ShopNetworkLoadBalancerSecurityGroup"]["Properties"]["SecurityGroupIngress"]
            .as_array_mut()
            .unwrap();
        let mut open = rules[0].clone();
        open["FromPort"] = json!(port);
        open["ToPort"] = json!(port);
        rules.push(open);
    }
    assert_eq!(found(&template), only("load-balancer-listeners"));
}

#[test]
fn a_rule_compares_five_values() {
    let mut template = shop();
    let conditions = &mut template["Resources"]["ShopWebRule"]["Properties"]["Conditions"];
    let hosts = conditions[0]["HostHeaderConfig"]["Values"].as_array_mut().unwrap();
    hosts.extend([json!("a.example.com"), json!("b.example.com")]);
    assert_eq!(found(&template), BTreeSet::new());
    let paths = template["Resources"]["ShopWebRule"]["Properties"]["Conditions"][1]["PathPatternConfig"]["Values"]
        .as_array_mut()
        .unwrap();
    paths.push(json!("/more"));
    assert_eq!(found(&template), only("rule-condition-values"));
}
