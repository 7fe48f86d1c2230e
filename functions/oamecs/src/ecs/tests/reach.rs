//! Load balancers of one's own, their names, and the network of machines.

use serde_json::json;

use super::{Outcome, expand};

fn ids_of(outcome: &Outcome, kind: &str) -> Vec<String> {
    outcome.of_type(kind).into_iter().map(str::to_owned).collect()
}

fn web(options: &str) -> Outcome {
    expand(&format!("services: {{ web: {{ image: web, ports: [\"80:8080\"], {options} }} }}"), |_| {})
}

#[test]
fn what_belongs_to_one_load_balancer_for_life_has_another_id_on_another() {
    let balancers = ["", "x-aws-load_balancer: own", "x-aws-load_balancer: own, x-aws-scheme: internal"];
    let machines = ["", "x-aws-capacity: EC2, x-aws-network_mode: host"];
    let mut seen = std::collections::BTreeSet::new();
    for balancer in balancers {
        for machine in machines {
            let separator = if balancer.is_empty() || machine.is_empty() { "" } else { ", " };
            let outcome = web(&format!("{balancer}{separator}{machine}"));
            let groups = ids_of(&outcome, "AWS::ElasticLoadBalancingV2::TargetGroup");
            assert_eq!(groups.len(), 1, "{balancer} {machine}");
            let kind = &outcome.properties(&groups[0])["TargetType"];
            assert_eq!(kind, if machine.is_empty() { "ip" } else { "instance" });
            assert!(seen.insert(groups[0].clone()), "{groups:?} twice");
        }
    }
}

#[test]
fn a_balancer_of_its_own_sends_all_requests_to_its_workload() {
    let outcome = web("x-aws-load_balancer: own");
    let listener = outcome.properties("ShopWebOwnHttpBalancerListener80");
    let target = json!({ "Ref": "ShopWebOwnHttpTargets80" });
    assert_eq!(listener["DefaultActions"], json!([{ "Type": "forward", "TargetGroupArn": target }]));
    assert_eq!(outcome.of_type("AWS::ElasticLoadBalancingV2::ListenerRule"), Vec::<&str>::new());
    assert_eq!(outcome.waits("ShopWebService", |id| id.contains("Listener")), ["ShopWebOwnHttpBalancerListener80"]);
}

#[test]
fn where_a_listener_is_given_there_is_no_balancer_of_its_own() {
    let listener = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:listener/app/shared/1/2";
    let listener = format!("{{ arn: \"{listener}\", security_group_id: sg-1 }}");
    let outcome =
        web(&format!("x-aws-load_balancer: own, x-aws-path: /a, x-aws-priority: 7, x-aws-listener: {listener}"));
    assert_eq!(outcome.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"), Vec::<&str>::new());
    let is_said = |told: &String| told.starts_with("note: `web` gets no load balancer of its own");
    assert!(outcome.told.iter().any(is_said), "{:?}", outcome.told);
}

#[test]
fn groups_that_are_given_are_not_touched() {
    let outcome = web("x-aws-load_balancer: own, x-aws-load_balancer_groups: [sg-1, sg-2]");
    let balancer = outcome.properties("ShopWebOwnHttpBalancer");
    assert_eq!(balancer["SecurityGroups"], json!(["sg-1", "sg-2"]));
    let on_theirs = outcome.of_type("AWS::EC2::SecurityGroupIngress").into_iter().filter(|id| {
        let group = &outcome.properties(id)["GroupId"];
        group.is_string()
    });
    assert_eq!(on_theirs.count(), 0);
    assert_eq!(outcome.properties("ShopWebHttpIngress8080")["SourceSecurityGroupId"], "sg-1");
}

#[test]
fn a_service_in_the_network_of_its_machine_is_another_service() {
    let outcome = web("x-aws-capacity: EC2, x-aws-network_mode: host");
    let service = outcome.properties("ShopWebServiceOnMachine");
    assert_eq!(service["NetworkConfiguration"], json!(null));
    assert_eq!(service["ServiceRegistries"], json!([]));
    let task = outcome.properties("ShopWebTaskDefinition");
    assert_eq!(task["NetworkMode"], "host");
    let ports = &task["ContainerDefinitions"][0]["PortMappings"];
    assert_eq!(ports, &json!([{ "ContainerPort": 8080, "HostPort": 8080, "Protocol": "tcp" }]));
    assert!(!outcome.resources.contains_key("ShopWebSecurityGroup"));
    assert!(!outcome.told.iter().any(|told| told.contains("network interfaces")), "{:?}", outcome.told);
}

#[test]
fn a_name_leads_to_one_load_balancer_but_for_ports_beside_http() {
    let names = |other: &str| {
        let document = format!(
            "services: {{ web: {{ image: web, ports: [\"80:80\"], x-aws-dns_names: a.example.com }}, {other} }}"
        );
        let told = expand(&document, |_| {}).told;
        told.into_iter().filter(|told| told.starts_with("error")).collect::<Vec<_>>()
    };
    let errors =
        names("api: { image: api, ports: [\"80:80\"], x-aws-load_balancer: own, x-aws-dns_names: a.example.com }");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("`a.example.com` leads to `web` already"), "{errors:?}");
    // The same workload, and the same load balancer.
    let both =
        "api: { image: api, ports: [\"80:80\", \"1883:1883\"], x-aws-path: /api, x-aws-dns_names: b.example.com }";
    assert_eq!(names(both), Vec::<String>::new());
    let shared = "api: { image: api, ports: [\"80:80\"], x-aws-path: /api, x-aws-dns_names: a.example.com }";
    assert_eq!(names(shared), Vec::<String>::new());
}
