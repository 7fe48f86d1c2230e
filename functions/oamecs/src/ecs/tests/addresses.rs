//! Addresses whose ports are not those of containers.

use serde_json::json;

use super::{HERE, Outcome, expand};
use crate::program::exposure::Protocol;
use crate::program::workload::Address;

const DOCUMENT: &str = r"
services:
  front: { image: front, depends_on: [api] }
  api: { image: api, expose: [8080], depends_on: [db] }
  db: { image: postgres:17, expose: [5432] }
  migrate: { image: api, x-aws-schedule: rate(1 day) }
";

fn address(name: &str, port: u16, container: &str, target: u16) -> Address {
    Address { origin: HERE, name: name.into(), port, container: container.into(), target, protocol: None }
}

/// The application of [`DOCUMENT`] with addresses of workloads.
fn called(addresses: &[(&str, Address)]) -> Outcome {
    expand(DOCUMENT, |program| {
        let application = program.applications.get_mut("Shop").unwrap();
        for (workload, address) in addresses {
            application.workloads.get_mut(*workload).unwrap().addresses.push(address.clone());
        }
    })
}

fn is_service(id: &str) -> bool {
    id.ends_with("Service")
}

#[test]
fn a_port_that_is_not_the_containers_needs_proxies() {
    let api = Address { protocol: Some(Protocol::Http), ..address("api", 80, "api", 8080) };
    let outcome = called(&[("api", api), ("db", address("db", 5432, "db", 5432))]);
    let log = |name: &str| {
        json!({ "LogDriver": "awslogs", "Options": {
            "awslogs-group": { "Ref": "ShopLogGroup" },
            "awslogs-region": { "Ref": "AWS::Region" },
            "awslogs-stream-prefix": name
        } })
    };
    let namespace = json!({ "Fn::GetAtt": ["ShopNamespace", "Arn"] });
    assert_eq!(
        outcome.properties("ShopApiService")["ServiceConnectConfiguration"],
        json!({
            "Enabled": true,
            "Namespace": namespace,
            "Services": [{
                "PortName": "http-8080",
                "DiscoveryName": "api-http-8080",
                "ClientAliases": [{ "Port": 80, "DnsName": "api" }],
                "Timeout": { "PerRequestTimeoutSeconds": 0 }
            }],
            "LogConfiguration": log("api")
        })
    );
    assert_eq!(
        outcome.properties("ShopApiTaskDefinition")["ContainerDefinitions"][1]["PortMappings"],
        json!([{ "ContainerPort": 8080, "Protocol": "tcp", "Name": "http-8080", "AppProtocol": "http" }])
    );
    // DNS is still there, for jobs and for other ports.
    assert_eq!(
        outcome.properties("ShopApiService")["ServiceRegistries"],
        json!([{ "RegistryArn": { "Fn::GetAtt": ["ShopApiDiscovery", "Arn"] } }])
    );
    assert_eq!(
        outcome.properties("ShopFrontService")["ServiceConnectConfiguration"],
        json!({ "Enabled": true, "Namespace": namespace, "LogConfiguration": log("front") })
    );
    assert_eq!(outcome.waits("ShopFrontService", is_service), ["ShopApiService"]);
    // DNS leads to the database, which is not put behind a proxy; and it comes before all that are called through one.
    let off = json!({ "Enabled": false });
    assert_eq!(outcome.properties("ShopDbService")["ServiceConnectConfiguration"], off);
    assert_eq!(
        outcome.told,
        [
            "advice: these start before those that are called through Service Connect, and find them by DNS alone: `db`",
            "advice: by these names, services reach each other at these ports alone: `api:80`; others lead to all ports, such as those that end in `.shop.local`",
            "advice: whoever calls `api`, the programs there see the proxy of their own task, 127.0.0.1: one that trusts its own machine, as PostgreSQL's image does, trusts all who reach it",
            "advice: `migrate` runs to its end, and so is not in Service Connect: it reaches `api` at port 8080, not at 80",
        ]
    );
}

#[test]
fn names_and_ports_that_dns_knows_need_no_proxies() {
    let outcome = called(&[("api", address("api", 8080, "api", 8080)), ("db", address("db", 5432, "db", 5432))]);
    for id in outcome.of_type("AWS::ECS::Service") {
        assert_eq!(outcome.properties(id)["ServiceConnectConfiguration"], json!({ "Enabled": false }), "{id}");
    }
    assert_eq!(outcome.told, [""; 0]);
}

#[test]
fn a_name_leads_to_all_declared_ports() {
    let outcome = expand("services: { web: { image: web, expose: [9090] }, other: { image: other } }", |program| {
        let web = program.applications.get_mut("Shop").unwrap().workloads.get_mut("web").unwrap();
        web.addresses = vec![address("store.example", 80, "web", 8080)];
    });
    let services = &outcome.properties("ShopWebService")["ServiceConnectConfiguration"]["Services"];
    assert_eq!(
        *services,
        json!([
            {
                "PortName": "tcp-8080", "DiscoveryName": "web-tcp-8080",
                "ClientAliases": [{ "Port": 80, "DnsName": "store.example" }]
            },
            {
                "PortName": "tcp-9090", "DiscoveryName": "web-tcp-9090",
                "ClientAliases": [{ "Port": 9090, "DnsName": "store.example" }]
            },
        ])
    );
    // The one is mapped although no container declares it.
    assert_eq!(
        outcome.properties("ShopWebTaskDefinition")["ContainerDefinitions"][1]["PortMappings"],
        json!([
            { "ContainerPort": 8080, "Protocol": "tcp", "Name": "tcp-8080" },
            { "ContainerPort": 9090, "Protocol": "tcp", "Name": "tcp-9090" }
        ])
    );
}

#[test]
fn who_only_calls_starts_after_those_who_are_called() {
    let document = "services: { a: { image: a }, b: { image: b, depends_on: [c] }, c: { image: c }, z: { image: z } }";
    let outcome = expand(document, |program| {
        let workloads = &mut program.applications.get_mut("Shop").unwrap().workloads;
        for name in ["b", "z"] {
            workloads.get_mut(name).unwrap().addresses = vec![address(name, 80, name, 8080)];
        }
    });
    assert_eq!(outcome.waits("ShopAService", is_service), ["ShopBService", "ShopZService"]);
    assert_eq!(outcome.waits("ShopBService", is_service), ["ShopCService"]);
    assert_eq!(outcome.waits("ShopCService", is_service), ["ShopZService"]);
    assert_eq!(outcome.waits("ShopZService", is_service), [""; 0]);
}

#[test]
fn one_port_has_one_address() {
    let outcome = called(&[("api", address("api", 80, "api", 8080)), ("api", address("api", 8000, "api", 8080))]);
    let errors: Vec<&String> = outcome.told.iter().filter(|told| told.starts_with("error")).collect();
    assert_eq!(
        errors,
        [
            "error: port 8080 of `api` is called at `api:80` and at `api:8000`, and a port has one address in Service Connect. Fix: have all callers call one of the two, or have the container listen on another port besides"
        ]
    );
}

#[test]
fn one_address_leads_to_one_port() {
    let outcome = called(&[("api", address("shop", 80, "api", 8080)), ("db", address("shop", 80, "db", 5432))]);
    let errors: Vec<&String> = outcome.told.iter().filter(|told| told.starts_with("error")).collect();
    assert_eq!(
        errors,
        [
            "error: `shop:80` is the address of port 8080 of `api` too. Fix: give one of the two another name, or another port"
        ]
    );
}

#[test]
fn udp_is_carried_by_no_proxy() {
    let outcome = expand("services: { dns: { image: dns, expose: [53/udp] }, web: { image: web } }", |program| {
        let dns = program.applications.get_mut("Shop").unwrap().workloads.get_mut("dns").unwrap();
        dns.addresses = vec![address("dns", 5353, "dns", 53)];
    });
    assert_eq!(
        outcome.told.first().map(String::as_str),
        Some(
            "error: `dns` has the UDP port 53, and Service Connect, which leads to `dns` where its name is called, carries TCP only. Fix: give the UDP port to a workload of its own, or have `dns` called at the ports that its containers listen on, to which DNS leads"
        )
    );
}
