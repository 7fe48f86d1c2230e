//! Objects of Kubernetes that lead to components or scale them.

use super::*;
use crate::oam::model::service::Callers;

const WEB: &str = "- componentName: web\n  parameterValues: [{ name: api, value: x }]";

#[test]
fn an_ingress_leads_to_the_component_that_its_service_is() {
    let cases = [
        ("extensions/v1beta1", "backend: { serviceName: web-ui, servicePort: 8080 }"),
        (
            "networking.k8s.io/v1beta1",
            "rules: [{ http: { paths: [{ backend: { serviceName: web, servicePort: http } }] } }]",
        ),
        ("networking.k8s.io/v1", "defaultBackend: { service: { name: web-ui, port: { number: 8080 } } }"),
        (
            "networking.k8s.io/v1",
            "rules: [{ host: a.example.org, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web-ui, port: { name: http } } } }] } }]",
        ),
    ];
    for (version, spec) in cases {
        let ingress = format!("apiVersion: {version}\nkind: Ingress\nmetadata: {{ name: shop }}\nspec: {{ {spec} }}");
        // Beside the configuration, and as a trait of another component.
        let beside = configuration(WEB, &ingress);
        let as_trait = format!(
            "{WEB}\n- componentName: api\n  traits:\n  - trait: {{ apiVersion: {version}, kind: Ingress, spec: {{ {spec} }} }}"
        );
        for outcome in [beside, configuration(&as_trait, "")] {
            let web = component(outcome, "web");
            let ports: Vec<Option<u16>> =
                web.rules.iter().map(|rule| rule.port.as_ref().map(|port| port.value)).collect();
            assert_eq!(ports, [Some(8080)], "{version} {spec}");
        }
    }
}

#[test]
fn a_service_gives_names_and_ports() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: rest }\nspec: { type: LoadBalancer, selector: { app: api }, ports: [{ port: 80, targetPort: rest }] }";
    let api = component(configuration("- componentName: api", service), "api");
    assert_eq!(api.aliases.keys().collect::<Vec<_>>(), ["rest"]);
    let ports: Vec<_> =
        api.ports.iter().map(|port| (port.name.as_deref(), port.port, port.target, port.reach)).collect();
    assert_eq!(ports, [(Some("rest"), 80, 9000, Callers::World)]);
    let internal = service.replace(
        "name: rest }",
        "name: api, annotations: { service.beta.kubernetes.io/aws-load-balancer-scheme: internal } }",
    );
    let api = component(configuration("- componentName: api", &internal), "api");
    assert!(api.aliases.is_empty());
    assert_eq!(api.ports.first().map(|port| (port.name.clone(), port.reach)), Some((None, Callers::Network)));
}

#[test]
fn an_ingress_leads_through_a_service() {
    let objects = "apiVersion: v1\nkind: Service\nmetadata: { name: front }\nspec: { selector: { app: api }, ports: [{ name: www, port: 80, targetPort: 9000 }] }\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: front }\nspec: { defaultBackend: { service: { name: front, port: { name: www } } } }";
    let api = component(configuration("- componentName: api", objects), "api");
    assert_eq!(api.rules.first().and_then(|rule| rule.port.as_ref()).map(|port| port.value), Some(9000));
    let outcome = configuration("- componentName: api", &objects.replace("{ name: www } } }", "{ number: 81 } } }"));
    assert!(
        outcome.errors().iter().any(|line| line.contains("`front` has no port `81`. Fix: its ports are `80`")),
        "{:#?}",
        outcome.told
    );
}

#[test]
fn an_autoscaler_scales_what_it_names() {
    let trait_of = |spec: &str| {
        format!(
            "- componentName: api\n  traits:\n  - trait: {{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, spec: {{ {spec} }} }}"
        )
    };
    let api = component(
        configuration(
            &trait_of(
                "maxReplicas: 6, metrics: [{ type: Resource, resource: { name: memory, target: { type: Utilization, averageUtilization: 70 } } }]",
            ),
            "",
        ),
        "api",
    );
    let scaling = api.autoscaling.expect("scaling").value;
    assert_eq!(scaling.maximum.value.known(), Some(&6));
    assert_eq!(scaling.goals.len(), 1);
    let outcome = configuration(
        &trait_of("maxReplicas: 6, metrics: [{ type: External, external: { metric: { name: queue } } }]"),
        "",
    );
    assert!(
        outcome.errors().iter().any(|line| line.contains("`external` is not available on ECS")),
        "{:#?}",
        outcome.told
    );
}

#[test]
fn a_manual_scaler_says_how_many() {
    for spec in ["replicaCount: 3", "replica: 3"] {
        let text = format!(
            "{WEB}\n  traits: [{{ trait: {{ apiVersion: core.oam.dev/v1alpha2, kind: ManualScalerTrait, spec: {{ {spec} }} }} }}]"
        );
        let web = component(configuration(&text, ""), "web");
        assert_eq!(web.replicas.and_then(|replicas| replicas.value.known().copied()), Some(3));
    }
}

#[test]
fn a_service_lets_in_whom_it_names() {
    let service = |spec: &str| {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{ name: rest, annotations: {{ service.beta.kubernetes.io/load-balancer-source-ranges: 192.168.0.0/16 }} }}\nspec: {{ type: LoadBalancer, selector: {{ app: api }}, ports: [{{ port: 80, targetPort: rest }}]{spec} }}"
        );
        let api = component(configuration("- componentName: api", &text), "api");
        let allowed = api.ports.iter().flat_map(|port| &port.allowed).flat_map(|allowed| &allowed.value);
        allowed.map(|caller| format!("{:?}", caller.value)).collect::<Vec<_>>()
    };
    // The field counts before the annotation.
    for (spec, block) in [("", "192.168.0.0/16"), (", loadBalancerSourceRanges: [10.0.0.0/8]", "10.0.0.0/8")] {
        let allowed = service(spec);
        assert!(matches!(allowed.as_slice(), [only] if only.contains(block)), "{allowed:?}");
    }
}

#[test]
fn an_account_that_takes_a_role_gives_it_to_its_pods() {
    let component_ = "
apiVersion: core.oam.dev/v1alpha2
kind: Component
metadata: { name: work }
spec:
  workload:
    apiVersion: apps/v1
    kind: Deployment
    spec: { template: { spec: { serviceAccountName: worker, containers: [{ name: work, image: work }] } } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: worker, annotations: { eks.amazonaws.com/role-arn: 'arn:aws-cn:iam::123456789012:role/worker' } }";
    let outcome = configuration("- componentName: work", component_);
    assert!(outcome.about("account").is_empty(), "{:#?}", outcome.told);
    let role = component(outcome, "work").pod.role;
    let arn = role.as_ref().and_then(|role| role.value.known()).map(String::as_str);
    assert_eq!(arn, Some("arn:aws-cn:iam::123456789012:role/worker"));
}
