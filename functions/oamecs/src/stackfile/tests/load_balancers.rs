//! `elb`.

use serde_json::json;

use super::{Outcome, document, service, service_with, with};
use crate::expression::Expr;
use crate::program::Reach;
use crate::program::environment::Scheme;
use crate::program::exposure::Protocol;
use crate::program::reach::{Certificates, HealthProtocol, Records};

const VPC: &str = "vpc: { id: vpc-1, subnets: { public: [a, b], private: [c, d] }, security_groups: { public: [sg-1], private: [sg-2] } }\n";

/// What comes of a service with port 8080 and a load balancer of which this is said.
fn elb(said: &str) -> Outcome {
    service(&format!("ports: ['8080:8080']\nelb: {{ type: public, ports: {{ public: 80, container: 8080 }}, {said} }}"))
}

fn reach(outcome: &Outcome) -> Reach {
    outcome.workload("web").exposures.first().expect("an exposure").reach.clone()
}

#[test]
fn what_is_not_said_is_as_it_was() {
    let outcome = elb("protocol: HTTP");
    let exposure = outcome.workload("web").exposures.first().expect("an exposure").clone();
    assert_eq!(
        (exposure.published, exposure.target, exposure.protocol, exposure.public),
        (80, 8080, Some(Protocol::Http), true)
    );
    let Reach { apart, certificates, records, health, .. } = exposure.reach;
    assert_eq!(apart.map(|apart| apart.value), Some(true));
    assert_eq!(certificates.map(|certificates| certificates.value), Some(Certificates::None));
    assert!(records.is_none());
    let numbers = [health.interval, health.timeout, health.healthy, health.unhealthy];
    assert_eq!(numbers.map(|number| number.map(|number| number.value)), [Some(30), Some(5), Some(2), Some(10)]);
    assert_eq!(health.protocol.map(|protocol| protocol.value), Some(HealthProtocol::Http));
    assert_eq!(health.path.map(|path| path.value), Some(Expr::from("/")));
    assert!(health.port.is_none());
}

#[test]
fn its_type_says_who_reaches_it() {
    let of = |kind: &str| {
        let text = format!(
            "{VPC}services: [{{ web: {{ image: a, ports: ['80:80'], elb: {{ type: {kind}, ports: {{ public: 80, container: 80 }} }} }} }}]\n"
        );
        document(&text)
    };
    for (kind, scheme, group) in [("public", Scheme::InternetFacing, "sg-1"), ("private", Scheme::Internal, "sg-2")] {
        let reach = reach(&of(kind));
        assert_eq!(reach.scheme.map(|scheme| scheme.value), Some(scheme));
        let groups: Vec<_> = reach.groups.expect("groups").value.into_iter().map(|group| group.value).collect();
        assert_eq!(groups, [Expr::from(group)]);
    }
    of("internal").refuses(&["elb.type", "`internal` is none of the choices"]);
    of("pubic").refuses(&["elb.type", "did you mean `public`?"]);
    service("ports: ['80:80']\nelb: { ports: { public: 80, container: 80 } }").refuses(&["`type` is missing"]);
}

#[test]
fn certificates_are_for_https() {
    let arns = "certificates: ['arn:${P}:acm:eu-west-1:1:certificate/1', 'arn:${P}:acm:eu-west-1:1:certificate/2', 'arn:${P}:acm:eu-west-1:1:certificate/3']";
    let certificates = |said: &str| reach(&elb(said)).certificates.map(|certificates| certificates.value);
    assert!(
        matches!(certificates(&format!("protocol: HTTPS, {arns}")), Some(Certificates::Given(all)) if all.len() == 3)
    );
    assert_eq!(certificates("protocol: HTTPS"), Some(Certificates::Required("add `certificates: [arn:…]` to `elb`")));
    assert_eq!(certificates(arns), Some(Certificates::None));
    elb(arns).notes(&["elb.certificates[0]", "the certificates have no effect"]);
    elb("protocol: HTTPS, certificates: [shop.example.com]").refuses(&["is not the ARN of a certificate"]);
    elb("protocol: TCP").refuses(&["`TCP` is none of the choices"]);
}

#[test]
fn it_leads_where_the_container_listens() {
    elb("name: x").notes(&["elb.name", "has no effect"]);
    let unmapped =
        |ports: &str| service(&format!("{ports}elb: {{ type: public, ports: {{ public: 443, container: 8081 }} }}"));
    unmapped("ports: ['8080:8080']\n")
        .refuses(&["services[0].web.elb.ports.container", "write `8080`, or add `\"8081:8081\"` to `ports` of `web`"]);
    unmapped("").refuses(&["elb.ports.container", "Fix: add `\"8081:8081\"`"]);
    unmapped("ports: ['8081:8081/udp']\n").refuses(&["elb.ports.container"]);
    service("ports: ['80:80']\nelb: { type: public }").refuses(&["services[0].web.elb", "`ports` is missing"]);
    service("ports: ['80:80']\nelb: { type: public, ports: { public: 80 } }").refuses(&["`container` is missing"]);
}

#[test]
fn a_name_is_made_or_changed() {
    let outcome = elb("dns: { hosted_zone_id: Z1, record_name: shop.example.com. }");
    let reach = reach(&outcome);
    assert_eq!(reach.records.map(|records| records.value), Some(Records::Overwrite));
    assert_eq!(reach.zone.map(|zone| zone.value), Some(Expr::from("Z1")));
    assert_eq!(reach.names.map(|names| names.value[0].value.clone()), Some(Expr::from("shop.example.com")));
    assert!(reach.domains.is_none());
    elb("dns: { record_name: shop.example.com }").refuses(&["elb.dns", "`hosted_zone_id` is missing"]);
    elb("dns: { hosted_zone_id: Z1 }").refuses(&["elb.dns", "`record_name` is missing"]);
}

/// Two services with one name.
const TWO: &str = "services:
- a: { image: a, ports: ['80:80'], elb: &elb { type: public, ports: { public: 80, container: 80 }, dns: { hosted_zone_id: Z1, record_name: shop.example.com } } }
- b: { image: b, ports: ['80:80'], elb: *elb }
";

#[test]
fn a_name_leads_to_one_load_balancer() {
    document(TWO).refuses(&[
        "services[1].b.elb.dns.record_name",
        "leads to the load balancer of `a` already",
        "LoadBalancers: shared",
    ]);
}

#[test]
fn load_balancers_are_shared_where_that_is_said() {
    let outcome = with(json!({ "LoadBalancers": "shared", "Workloads": { "b": { "Path": "/b" } } }), TWO);
    for name in ["a", "b"] {
        let reach = &outcome.workload(name).exposures[0].reach;
        assert!(reach.apart.is_none() && reach.names.is_none());
        assert_eq!(
            reach.domains.as_ref().map(|hosts| hosts.value[0].value.clone()),
            Some(Expr::from("shop.example.com"))
        );
    }
    assert!(outcome.workload("b").platform.reach.paths.is_some());
    service_with(json!({ "LoadBalancers": "share" }), "gpus: 0")
        .refuses(&["Properties.LoadBalancers", "did you mean `shared`?"]);
}

#[test]
fn a_service_of_any_name_has_one() {
    let text = "services: [{ service_A: { image: a, ports: ['80:80'], elb: { type: public, ports: { public: 80, container: 80 } } } }]";
    assert_eq!(document(text).workload("service_A").exposures.len(), 1);
}

#[test]
fn its_health_check_is_its_own() {
    let reach = reach(&elb(
        "healthcheck: { protocol: HTTPS, port: 8081, path: /health, interval_seconds: 10, FailureThreshold: 1 }",
    ));
    assert_eq!(reach.health.port.map(|port| port.value), Some(8081));
    assert_eq!(reach.health.protocol.map(|protocol| protocol.value), Some(HealthProtocol::Https));
    assert_eq!(reach.health.interval.map(|interval| interval.value), Some(10));
    elb("healthcheck: { FailureThreshold: 1 }").notes(&["`FailureThreshold` has no effect"]);
}

#[test]
fn its_health_check_is_one_that_a_load_balancer_makes() {
    for (check, text) in [
        ("interval_seconds: 4, timeout_seconds: 2", "takes 5 to 300 here, not 4"),
        ("timeout_seconds: 121, interval_seconds: 300", "takes 2 to 120 here, not 121"),
        ("healthy_threshold_count: 1", "takes 2 to 10 here, not 1"),
        ("unhealthy_threshold_count: 11", "takes 2 to 10 here, not 11"),
        ("interval_seconds: 5", "a check that may take 5 seconds is made every 5"),
        ("path: health", "with a `/` at the start: `/health`"),
    ] {
        elb(&format!("healthcheck: {{ {check} }}")).refuses(&["elb.healthcheck", text]);
    }
}

#[test]
fn one_that_is_shared_has_no_groups_of_the_document() {
    let vpc =
        "vpc: { id: vpc-1, subnets: { public: [subnet-1, subnet-2] }, security_groups: { public: [sg-0000aaaa] } }";
    with(json!({ "LoadBalancers": "shared", "Workloads": { "b": { "Path": "/b" } } }), &format!("{vpc}\n{TWO}"))
        .refuses(&["vpc.security_groups.public", "has a group of its own", "AllowFrom"]);
}
