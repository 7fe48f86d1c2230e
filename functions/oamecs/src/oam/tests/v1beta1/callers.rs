//! Who gets in, and what is spoken: annotations, ports and gateways.

use super::{Outcome, application, web};
use crate::program::exposure::Protocol;
use crate::program::reach::{Caller, Reach};
use crate::program::{Exposure, Workload};

fn workload(outcome: &Outcome) -> &Workload {
    assert!(outcome.errors().is_empty(), "{:#?}", outcome.told);
    outcome.lowered.as_ref().and_then(|shop| shop.workloads.get("web")).expect("a workload")
}

fn exposure(outcome: &Outcome) -> &Exposure {
    workload(outcome).exposures.first().expect("an exposure")
}

fn blocks(reach: &Reach) -> Vec<String> {
    let callers = reach.callers.iter().flat_map(|callers| &callers.value);
    callers
        .map(|caller| match &caller.value {
            Caller::Block(block) | Caller::Block6(block) => block.known().cloned().unwrap_or_default(),
            other => format!("{other:?}"),
        })
        .collect()
}

fn gateway(annotations: &str) -> Outcome {
    web(&format!(
        "properties: {{ image: nginx, port: 80 }}
traits:
- type: gateway
  properties: {{ domain: shop.example.net, http: {{ /: 80 }}, annotations: {{ {annotations} }} }}"
    ))
}

fn exposed(annotations: &str) -> Outcome {
    web(&format!(
        "properties: {{ image: nginx, port: 80 }}
traits:
- type: expose
  properties: {{ type: LoadBalancer, port: [80], annotations: {{ {annotations} }} }}"
    ))
}

#[test]
fn blocks_of_addresses_that_get_in_are_those_that_get_in() {
    for annotation in [
        "alb.ingress.kubernetes.io/inbound-cidrs",
        "nginx.ingress.kubernetes.io/whitelist-source-range",
        "nginx.ingress.kubernetes.io/allowlist-source-range",
        "haproxy.org/allow-list",
    ] {
        let outcome = gateway(&format!("{annotation}: '10.0.0.0/8, 2001:db8::/32'"));
        assert_eq!(blocks(&exposure(&outcome).reach), ["10.0.0.0/8", "2001:db8::/32"], "{annotation}");
    }
    let outcome = exposed("service.beta.kubernetes.io/load-balancer-source-ranges: 203.0.113.0/24");
    assert_eq!(blocks(&exposure(&outcome).reach), ["203.0.113.0/24"]);
    let outcome = gateway("alb.ingress.kubernetes.io/inbound-cidrs: everybody");
    assert_eq!(outcome.errors().len(), 1, "{:#?}", outcome.told);
}

#[test]
fn limits_that_differ_are_errors() {
    let twice = |one: &str, other: &str| {
        gateway(&format!(
            "alb.ingress.kubernetes.io/inbound-cidrs: {one}, nginx.ingress.kubernetes.io/whitelist-source-range: {other}"
        ))
    };
    assert_eq!(blocks(&exposure(&twice("10.0.0.0/8", "10.0.0.0/8")).reach), ["10.0.0.0/8"]);
    assert_eq!(twice("10.0.0.0/8", "192.168.0.0/16").errors().len(), 1);
    let outcome = web("properties: { image: nginx, port: 80 }
traits:
- type: gateway
  properties: { http: { /a: 80 }, annotations: { alb.ingress.kubernetes.io/inbound-cidrs: 10.0.0.0/8 } }
- type: gateway
  properties: { http: { /b: 80 }, annotations: { alb.ingress.kubernetes.io/inbound-cidrs: 192.168.0.0/16 } }");
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[0].traits[1].properties.annotations[\"alb.ingress.kubernetes.io/inbound-cidrs\"]: who may call is said twice, and not alike. Fix: say it once, or the same at both places"
        ]
    );
}

#[test]
fn internal_load_balancers_of_all_clouds_are_internal() {
    for annotation in [
        "service.beta.kubernetes.io/aws-load-balancer-internal: 'true'",
        "service.beta.kubernetes.io/azure-load-balancer-internal: 'true'",
        "networking.gke.io/load-balancer-type: Internal",
        "cloud.google.com/load-balancer-type: Internal",
    ] {
        let outcome = exposed(annotation);
        let scheme = exposure(&outcome).reach.scheme.as_ref().map(|scheme| scheme.value);
        assert_eq!(scheme, Some(crate::program::environment::Scheme::Internal), "{annotation}");
        assert!(outcome.about("no effect").is_empty(), "{:#?}", outcome.told);
    }
    let outcome = exposed("service.beta.kubernetes.io/azure-load-balancer-internal: 'false'");
    assert!(exposure(&outcome).reach.scheme.is_none());
}

#[test]
fn what_asks_who_calls_and_firewalls_are_errors() {
    let outcome = gateway(
        "nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: users, alb.ingress.kubernetes.io/wafv2-acl-arn: 'arn:x', alb.ingress.kubernetes.io/security-groups: sg-1",
    );
    let starts = [
        "`nginx.ingress.kubernetes.io/auth-secret`, `nginx.ingress.kubernetes.io/auth-type` are not available",
        "`alb.ingress.kubernetes.io/wafv2-acl-arn` is not available",
        "`alb.ingress.kubernetes.io/security-groups` is not available",
    ];
    for start in starts {
        assert_eq!(outcome.about(start).len(), 1, "{start}: {:#?}", outcome.told);
    }
    assert_eq!(outcome.errors().len(), 3, "{:#?}", outcome.told);
    assert!(outcome.errors().iter().all(|error| error.contains("Fix: ")), "{:#?}", outcome.told);
    let off =
        gateway("alb.ingress.kubernetes.io/auth-type: none, nginx.ingress.kubernetes.io/enable-modsecurity: 'false'");
    assert!(off.errors().is_empty(), "{:#?}", off.told);
}

#[test]
fn a_gateway_names_the_port_of_the_container() {
    let outcome = web("properties: { image: nginx, ports: [{ port: 80, containerPort: 8080 }] }
traits: [{ type: gateway, properties: { http: { /: 8080 } } }]");
    let ports = &outcome.component("web").ports;
    let called: Vec<_> = ports.iter().map(|service| (service.port, service.target)).collect();
    assert_eq!(called, [(80, 8080)]);
    assert!(outcome.about("no container declares").is_empty(), "{:#?}", outcome.told);

    let outcome = web("properties: { image: nginx }
traits: [{ type: gateway, properties: { http: { /: 3000 } } }]");
    assert_eq!(workload(&outcome).main.ports.iter().map(|port| port.value.number).collect::<Vec<_>>(), [3000]);
    assert_eq!(
        outcome.about("no container declares"),
        [
            "note spec.components[0].traits[0].properties.http[\"/\"]: no container declares port 3000: `web` is taken to listen on it"
        ]
    );

    let outcome = web("properties: { image: nginx, ports: [{ port: 80, containerPort: 8080 }] }
traits: [{ type: gateway, properties: { http: { /: 80 } } }]");
    assert_eq!(
        outcome.about("no container declares"),
        [
            "note spec.components[0].traits[0].properties.http[\"/\"]: no container declares port 80: `web` is taken to listen on it. Fix: if `web` listens on 8080 only, write that"
        ]
    );
}

#[test]
fn what_speaks_grpc_is_reached_by_grpc() {
    let probed = web("properties: { image: nginx, port: 50051, livenessProbe: { grpc: { port: 50051 } } }
traits: [{ type: gateway, properties: { http: { /: 50051 } } }]");
    let probed = exposure(&probed);
    assert_eq!(probed.protocol, Some(Protocol::Grpc));
    assert_eq!(probed.reach.health.codes.as_ref().map(|codes| codes.value.as_str()), Some("0"));
    for (annotation, protocol) in [
        ("alb.ingress.kubernetes.io/backend-protocol-version: GRPC", Protocol::Grpc),
        ("nginx.ingress.kubernetes.io/backend-protocol: GRPC", Protocol::Grpc),
        ("alb.ingress.kubernetes.io/backend-protocol: HTTPS", Protocol::Https),
        ("alb.ingress.kubernetes.io/backend-protocol-version: HTTP1", Protocol::Http),
    ] {
        assert_eq!(exposure(&gateway(annotation)).protocol, Some(protocol), "{annotation}");
    }
}

#[test]
fn a_limit_of_a_port_that_nobody_outside_calls_has_no_effect() {
    let outcome = application(
        "components:
- name: web
  type: webservice
  properties: { image: nginx, port: 80 }
  traits:
  - type: expose
    properties: { port: [80], annotations: { service.beta.kubernetes.io/load-balancer-source-ranges: 10.0.0.0/8 } }",
    );
    assert_eq!(outcome.about("only the other components").len(), 1, "{:#?}", outcome.told);
}

#[test]
fn requests_for_two_components_are_errors() {
    let outcome = application(
        "components:
- { name: one, type: webservice, properties: { image: nginx, port: 80 }, traits: [{ type: gateway, properties: { domain: a.example.net, http: { /: 80 } } }] }
- { name: two, type: webservice, properties: { image: nginx, port: 80 }, traits: [{ type: gateway, properties: { domain: a.example.net, http: { /: 80, /b: 80 } } }] }
- { name: web, type: webservice, properties: { image: nginx, port: 80 }, traits: [{ type: gateway, properties: { domain: b.example.net, http: { /: 80 } } }] }",
    );
    assert_eq!(
        outcome.errors(),
        [
            "error spec.components[1].traits[0]: requests for `a.example.net/` are for `one` too. Fix: lead those for another host or path to one of the two"
        ]
    );
}
