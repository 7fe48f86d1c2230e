//! Scopes, and the components in them.

use super::{SERVER, both};
use crate::document::Kind;

fn scoped(scopes: &str, names: &str) -> super::Outcome {
    let scopes = scopes.replace('\n', "\n  ");
    both(
        SERVER,
        &format!(
            "scopes:\n  {scopes}\ncomponents:\n- {{ componentName: web, instanceName: front, applicationScopes: {names}, traits: [{{ name: ingress }}] }}\n- {{ componentName: web, instanceName: back }}"
        ),
    )
}

const NETWORK: &str = "- name: net
  type: core.oam.dev/v1alpha1.Network
  properties: { network-id: vpc-1, subnet-ids: 'subnet-1, subnet-2', internet-gateway-type: nat }";

#[test]
fn a_network_is_that_of_the_application() {
    for text in [
        NETWORK.to_owned(),
        NETWORK.replace("v1alpha1.Network", "v1.NetworkScope"),
        NETWORK.replace("subnet-ids", "subnetIds").replace("network-id", "networkId"),
        NETWORK.replace("subnet-ids", "subnet-id"),
        "- name: net
  type: core.oam.dev/v1alpha1.NetworkScope
  properties:
  - { name: network-id, value: vpc-1 }
  - { name: subnet-ids, value: subnet-1 }
  - { name: internet-gateway-type, value: '' }"
            .to_owned(),
    ] {
        let outcome = scoped(&text, "[net]");
        let network = &outcome.application().network;
        assert!(matches!(&network.environment["VpcId"].kind, Kind::Text(id) if id == "vpc-1"), "{text}");
        assert!(network.environment.contains_key("PrivateSubnetIds"), "{text}");
        assert_eq!(network.is_public.as_ref().map(|is_public| is_public.value), Some(false), "{text}");
        outcome.notes(&["`back` is in the network too"]);
    }
    let outcome = scoped(&NETWORK.replace("nat", "public"), "[net]");
    assert!(outcome.application().network.environment.contains_key("PublicSubnetIds"));
    scoped(&NETWORK.replace("nat", "vpn"), "[net]").refuses(&["`vpn` is no type of gateway"]);
    scoped(&NETWORK.replace("network-id: vpc-1, ", ""), "[net]").refuses(&["does not say which it is"]);
    scoped(NETWORK, "[]").notes(&["no component names `net`"]);
    let two = format!("{NETWORK}\n{}", NETWORK.replace("name: net", "name: other"));
    scoped(&two, "[net, other]").refuses(&["in the network `net` already"]);
}

#[test]
fn scopes_are_declared() {
    scoped(NETWORK, "[nett]").refuses(&["did you mean `net`?"]);
    scoped(NETWORK, "[something]").refuses(&["nothing is known of the scope `something`", "`net`"]);
    scoped("[]", "[watched]").notes(&["nothing is known of the scope `watched`"]);
    let twice = format!("{NETWORK}\n{NETWORK}");
    scoped(&twice, "[net]").refuses(&["there is a scope `net` already"]);
    scoped("- { name: a, type: example.com/v1.Cell }", "[a]").refuses(&["no scope of the type"]);
    scoped("- { name: a }", "[]").refuses(&["the scope has no `type`"]);
}

#[test]
fn health_is_watched_together() {
    let health = |properties: &str| {
        scoped(
            &format!("- {{ name: ok, type: core.oam.dev/v1alpha1.HealthScope, properties: {{ {properties} }} }}"),
            "[ok]",
        )
    };
    let outcome = health("probe-method: kube-get, healthThresholdPercentage: 75.5");
    let scope = outcome.application().health.get("ok").expect("a scope");
    assert_eq!(scope.threshold.as_ref().map(|threshold| threshold.value), Some(76));
    assert_eq!(scope.members.keys().collect::<Vec<_>>(), ["front"]);
    outcome.notes(&["`probe-method` has no effect"]);
    health("health-threshold-percentage: 120").refuses(&["is not a percentage"]);
    health("required-healthy-components: 'front, back'")
        .refuses(&["`back` has to be healthy, and is not in the scope"]);
}

#[test]
fn quotas_hold() {
    let quota = |properties: &str, replicas: u32| {
        let spec = format!("{SERVER}\n  resources: {{ cpu: {{ required: 0.5 }}, memory: {{ required: 1Gi }} }}");
        both(
            &spec,
            &format!(
                "scopes: [{{ name: q, type: resources.oam.dev/v1.ResourceQuotaScope, properties: {{ {properties} }} }}]
components:
- componentName: web
  instanceName: front
  applicationScopes: [q]
  traits: [{{ name: manual-scaler, properties: {{ replicaCount: {replicas} }} }}]"
            ),
        )
    };
    quota("CPU: 2, Memory: 4Gi", 4).application();
    quota("CPU: 2", 5).refuses(&["all replicas in `q` ask for 2.500 of processors, and it allows 2.000"]);
    quota("Memory: 4Gi", 5).refuses(&["5120 MiB of memory, and it allows 4096 MiB"]);
}

#[test]
fn identities_are_roles() {
    let identity = |provider: &str| {
        scoped(
            &format!(
                "- {{ name: id, type: identity.oam.dev/v1.IdentityScope, properties: {{ IdentityProvider: '{provider}' }} }}"
            ),
            "[id]",
        )
    };
    let outcome = identity("arn:aws-cn:iam::123456789012:role/shop");
    assert!(outcome.component("front").pod.role.is_some());
    assert!(outcome.component("back").pod.role.is_none());
    identity("azure").refuses(&["an identity on AWS is a role"]);
}
