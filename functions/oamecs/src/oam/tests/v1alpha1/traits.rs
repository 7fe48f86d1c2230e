//! Traits, and in what shapes their properties come.

use serde_json::json;

use super::{Declaration, INSTANCE, SERVER, both, configuration, schematic, with_trait};
use crate::expression::Expr;
use crate::oam::model::service::Callers;
use crate::program::reach::Path;
use crate::program::scaling::Measure;

#[test]
fn replicas_are_scaled_in_all_spellings() {
    for text in [
        "- { name: manual-scaler, properties: { replicaCount: 3 } }",
        "- { name: ManualScaler, properties: { replicaCount: '3' } }",
        "- { name: core.oam.dev/v1alpha1.ManualScaler, properties: [{ name: replicaCount, value: 3 }] }",
        "- { name: manual-scaler, parameterValues: [{ name: replicaCount, value: 3 }] }",
        "- { name: manual-scaler, parameterValues: { replica-count: 3 } }",
        "- name: manual-scaler\n  properties:\n  replicaCount: 3",
    ] {
        let outcome = with_trait(text);
        let replicas = outcome.component("front").replicas.as_ref().map(|replicas| replicas.value.clone());
        assert_eq!(replicas, Some(Expr::Known(3)), "{text}");
    }
    with_trait("- name: manual-scaler\n  properties:\n  replicaCount: 3").notes(&["read as a property of the trait"]);
}

#[test]
fn replicas_are_a_number() {
    with_trait("- { name: manual-scaler }").refuses(&["does not say how many replicas there are"]);
    for count in ["-1", "1.5", "many"] {
        let text = format!("- {{ name: manual-scaler, properties: {{ replicaCount: {count} }} }}");
        with_trait(&text).refuses(&["is not a whole number"]);
    }
    with_trait("- { name: manual-scaler, properties: { replicaCount: 0 } }").application();
    with_trait("- { name: manual-scaler, properties: { replicaCout: 2 } }");
}

#[test]
fn singletons_are_not_scaled() {
    let scaled = |kind: &str, name: &str| {
        let spec = format!("workloadType: {kind}\ncontainers: [{{ name: a, image: x }}]");
        both(
            &spec,
            &format!("{INSTANCE}\n  traits: [{{ name: {name}, properties: {{ replicaCount: 2, maximum: 2 }} }}]"),
        )
    };
    for kind in ["SingletonServer", "SingletonWorker", "SingletonTask"] {
        let outcome = scaled(kind, "manual-scaler");
        let errors = outcome.errors();
        assert!(errors.iter().any(|error| error.contains("at most one runs at a time")), "{errors:#?}");
    }
    let outcome = scaled("Task", "auto-scaler");
    let errors = outcome.errors();
    assert!(errors.iter().any(|error| error.contains("it runs to its end")), "{errors:#?}");
}

#[test]
fn replicas_follow_what_there_is_to_do() {
    let outcome = with_trait("- { name: auto-scaler, properties: { minimum: 2, maximum: 6, cpu: 50, memory: 60 } }");
    let scaling = outcome.component("front").autoscaling.as_ref().expect("a scaler");
    assert_eq!(scaling.value.maximum.value, Expr::Known(6));
    let goals: Vec<_> = scaling.value.goals.iter().map(|goal| (goal.measure.clone(), goal.target.clone())).collect();
    assert_eq!(goals, [(Measure::Processor, Expr::Known(50.0)), (Measure::Memory, Expr::Known(60.0))]);

    let outcome = with_trait("- { name: autoscaler }");
    let scaling = outcome.component("front").autoscaling.as_ref().expect("a scaler");
    assert_eq!(scaling.value.maximum.value, Expr::Known(10));
    outcome.notes(&["80 % of their processors"]);

    with_trait("- { name: auto-scaler, properties: { minimum: 5, maximum: 2, cpu: 50 } }")
        .refuses(&["at least 5 replicas"]);
    with_trait("- { name: auto-scaler, properties: { cpu: 500 } }").refuses(&["`500` is not a percentage"]);
    let pair =
        "- { name: auto-scaler, properties: { cpu: 50 } }\n- { name: manual-scaler, properties: { replicaCount: 2 } }";
    with_trait(pair).notes(&["the number of replicas has no effect"]);
}

#[test]
fn requests_are_led_to_servers() {
    let outcome =
        with_trait("- { name: ingress, properties: { hostname: Shop.Example.COM, path: /api/, service_port: 8080 } }");
    let component = outcome.component("front");
    let rule = component.rules.first().expect("a rule");
    assert_eq!(rule.host.as_ref().map(|host| host.value.clone()), Some(Expr::from("shop.example.com")));
    assert_eq!(rule.path.as_ref().map(|path| path.value.clone()), Some(Path::Prefix("/api".to_owned())));
    assert_eq!(rule.port.as_ref().map(|port| port.value), Some(8080));
    // Something leads to servers, so that nothing is open by default.
    assert!(component.ports.iter().all(|port| port.reach == Callers::Inside));

    let outcome = with_trait("- { name: ingress }");
    let rule = outcome.component("front").rules.first().expect("a rule");
    assert!(rule.host.is_none() && rule.path.is_none() && rule.port.is_none());

    with_trait("- { name: ingress, properties: { path: '/a(/|$)(.*)' } }").refuses(&["regular expressions"]);
    with_trait("- { name: ingress, properties: { hostname: 'https://a.example.com/x' } }")
        .refuses(&["no host name", "`a.example.com`"]);
    with_trait("- { name: ingress, properties: { tlsHosts: a.example.com } }").refuses(&["no certificate is named"]);
    let tls = |hosts: &str| {
        let text = format!(
            "- {{ name: ingress, properties: {{ hostname: a.example.com, tlsSecretName: tls, tls_hosts: '{hosts}' }} }}"
        );
        let arn = "arn:aws-cn:acm:cn-north-1:123456789012:certificate/a";
        let declaration = Declaration::with(json!({"Certificates": {"tls": arn}}));
        let config = configuration(&format!("{INSTANCE}\n  traits:\n  {text}"));
        declaration.texts(&[&schematic(SERVER), &config])
    };
    for (hosts, is_secure) in [("a.example.com, b.example.com", true), ("", true), ("b.example.com", false)] {
        let outcome = tls(hosts);
        let rule = outcome.component("front").rules.first().expect("a rule");
        assert_eq!(rule.tls_secret.is_some(), is_secure, "{hosts}");
    }
    tls("b.example.com").notes(&["`a.example.com` is reached without TLS"]);
}

#[test]
fn nothing_is_led_to_workers() {
    let spec = "workloadType: SingletonWorker\ncontainers: [{ name: a, image: x }]";
    both(spec, &format!("{INSTANCE}\n  traits: [{{ name: ingress, properties: {{ path: / }} }}]"))
        .refuses(&["nobody calls a worker"]);
}

#[test]
fn volumes_are_mounted_that_are_there() {
    let spec = |disk: &str| {
        format!(
            "workloadType: Worker\ncontainers:\n- {{ name: a, image: x, resources: {{ volumes: [{{ name: data, mountPath: /data{disk} }}] }} }}"
        )
    };
    let mounter = |name: &str| {
        format!(
            "{INSTANCE}\n  traits: [{{ name: volume-mounter, properties: {{ volumename: {name}, storageClass: fast }} }}]"
        )
    };
    let kept = spec(", disk: { required: 1G, ephemeral: false }");
    both(&kept, &mounter("data")).notes(&["`storageClass` has no effect"]);
    both(&kept, &mounter("date"))
        .refuses(&["no container of the component has a volume `date`", "did you mean `data`?"]);
    both(&spec(""), &mounter("data")).notes(&["the trait has no effect", "ephemeral: false"]);
}

#[test]
fn traits_are_known_or_left_out() {
    with_trait("- { name: empty }").application();
    with_trait("- { name: manual-scalr, properties: {} }").refuses(&["did you mean `manual-scaler`?"]);
    let typed = with_trait("- { name: manual-scaler, propertis: { replicaCount: 2 } }");
    assert_eq!(typed.about("did you mean `properties`?").len(), 1);
    with_trait("- { name: route, properties: { a: 1 } }")
        .refuses(&["no trait of the type `route`", "IgnoreTraits: [route]"]);
    let twice = "- { name: manual-scaler, properties: { replicaCount: 2 } }\n- { name: ManualScaler, properties: { replicaCount: 3 } }";
    with_trait(twice).refuses(&["a trait `manual-scaler` already"]);
    let properties = json!({"IgnoreTraits": ["route"], "Aliases": {"our-scaler": "manual-scaler"}});
    let declaration = Declaration::with(properties);
    let config = configuration(&format!(
        "{INSTANCE}\n  traits: [{{ name: route, properties: {{ a: 1 }} }}, {{ name: our-scaler, properties: {{ replicaCount: 4 }} }}]"
    ));
    let outcome = declaration.texts(&[&schematic(SERVER), &config]);
    assert_eq!(outcome.component("front").replicas.as_ref().map(|count| count.value.clone()), Some(Expr::Known(4)));
    outcome.notes(&["`route` is left out"]);
}
