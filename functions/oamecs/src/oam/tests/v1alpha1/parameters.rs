//! Parameters of schematics, and variables of configurations.

use serde_json::json;

use super::{Declaration, Outcome, both, configuration, schematic};
use crate::expression::Expr;
use crate::oam::model::VariableValue;

/// The variable `A` of the one container of `front`.
fn variable(outcome: &Outcome) -> Option<Expr<String>> {
    let container = outcome.component("front").pod.containers.first()?;
    let variable = container.env.iter().find(|variable| variable.name.value == "A")?;
    match &variable.value {
        VariableValue::Text(text) => Some(text.clone()),
        VariableValue::Secret { .. } => None,
    }
}

fn worker(parameters: &str, env: &str) -> String {
    format!("workloadType: Worker\nparameters: {parameters}\ncontainers:\n- {{ name: main, image: x, env: [{env}] }}")
}

fn values(values: &str) -> String {
    format!("components:\n- {{ componentName: web, instanceName: front, parameterValues: {values} }}")
}

#[test]
fn a_parameter_wins_over_a_value() {
    let env = "{ name: A, value: own, fromParam: a }";
    for (parameters, given, expected) in [
        ("[{ name: a, type: string, default: std }]", "[]", "std"),
        ("[{ name: a, type: string, value: std }]", "[]", "std"),
        ("[{ name: a, type: string, default: std }]", "[{ name: a, value: given }]", "given"),
        ("[{ name: a, type: string, default: std }]", "[{ name: a, value: '' }]", ""),
        ("[{ name: a, type: string, required: true }]", "[{ name: a, value: given }]", "given"),
        // It has no value at all, not even an empty one.
        ("[{ name: a, type: string }]", "[]", "own"),
        ("[{ name: a, type: number, default: 5678 }]", "[]", "5678"),
        ("[{ name: a, type: boolean }]", "[{ name: a, value: true }]", "true"),
        ("[{ name: a, type: object }]", "[{ name: a, value: { b: [1] } }]", "{\"b\":[1]}"),
        ("[{ name: a, type: '[]string' }]", "[{ name: a, value: [x] }]", "[\"x\"]"),
        // As oam-ecs has it.
        ("[]", "[{ name: a, value: given }]", "given"),
    ] {
        let outcome = both(&worker(parameters, env), &values(given));
        assert_eq!(variable(&outcome), Some(Expr::from(expected)), "{parameters} {given}");
    }
}

#[test]
fn parameters_without_values_are_told() {
    let env = "{ name: A, fromParam: a }";
    let outcome = both(&worker("[{ name: a, type: string }]", env), &values("[]"));
    assert_eq!(variable(&outcome), None);
    outcome.notes(&["the parameter `a` has no value, and this is left out"]);
    both(&worker("[{ name: b, type: string }]", env), &values("[]"))
        .refuses(&["`web` has no parameter `a`", "did you mean `b`?"]);
    both(&worker("[{ name: a, type: string, required: true }]", env), &values("[]"))
        .refuses(&["spec.components[0].parameterValues", "`web` needs a value for its parameter `a`"]);
    both(&worker("[{ name: abc, type: string }]", ""), &values("[{ name: abd, value: x }]"))
        .notes(&["`web` has no parameter `abd`", "did you mean `abc`?"]);
    both(&worker("[{ name: a }, { name: a }]", ""), &values("[]")).refuses(&["there is a parameter `a` already"]);
    both(&worker("[]", ""), &values("[{ name: a, value: 1 }, { name: a, value: 2 }]"))
        .refuses(&["there is a value for the parameter `a` already"]);
    both(&worker("[]", ""), &values("[{ name: a, from: { component: b, fieldPath: c } }]"))
        .refuses(&["`from` is not available"]);
}

#[test]
fn values_have_the_type_of_their_parameter() {
    for (kind, value, what) in [
        ("string", "8080", "`a` is text, and this is a number"),
        ("number", "high", "`a` is a number, and this is text"),
        ("integer", "1.5", "`a` is a whole number"),
        ("boolean", "1", "`a` is a boolean"),
        ("array", "x", "`a` is a list, and this is text"),
        ("object", "x", "`a` is a map, and this is text"),
        ("'null'", "x", "`a` is nothing"),
    ] {
        let parameters = format!("[{{ name: a, type: {kind} }}]");
        let given = format!("[{{ name: a, value: {value} }}]");
        both(&worker(&parameters, ""), &values(&given)).refuses(&[what]);
        let default = format!("[{{ name: a, type: {kind}, default: {value} }}]");
        both(&worker(&default, ""), &values("[]")).refuses(&[what]);
    }
    both(&worker("[{ name: a, type: strng }]", ""), &values("[]")).refuses(&["did you mean `string`?"]);
}

#[test]
fn variables_stand_in_values_and_properties() {
    let config = "variables:
- { name: greeting, value: hello }
- { name: count, value: 3 }
- { name: host.name, value: shop.example.com }
components:
- componentName: web
  instanceName: front
  parameterValues:
  - { name: a, value: 'well, [fromVariable(greeting)] [fromVariable( count )]' }
  - { name: n, value: '[fromVariable(count)]' }
  traits:
  - { name: manual-scaler, properties: { replicaCount: '[fromVariable(count)]' } }
  - { name: ingress, properties: [{ name: hostname, value: '[fromVariable(host.name)]' }] }";
    let spec = worker("[{ name: a, type: string }, { name: n, type: number }]", "{ name: A, fromParam: a }")
        .replace("Worker", "Server");
    let outcome = both(&spec, config);
    assert_eq!(variable(&outcome), Some(Expr::from("well, hello 3")));
    let component = outcome.component("front");
    assert_eq!(component.replicas.as_ref().map(|replicas| replicas.value.clone()), Some(Expr::Known(3)));
    let host = component.rules.first().and_then(|rule| rule.host.as_ref()).map(|host| host.value.clone());
    assert_eq!(host, Some(Expr::from("shop.example.com")));
}

#[test]
fn variables_that_are_not_there_are_reported() {
    let with = |variables: &str, value: &str| {
        let config = format!("variables: {variables}\n{}", values(&format!("[{{ name: a, value: {value} }}]")));
        both(&worker("[{ name: a, type: string }]", ""), &config)
    };
    with("[{ name: color, value: red }]", "'[fromVariable(colour)]'")
        .refuses(&["no variable `colour`", "did you mean `color`?"]);
    with("[]", "'[fromVariable(x)]'").refuses(&["add it to `spec.variables`"]);
    with("[{ name: a, value: b }]", "'[fromVariable(a'").refuses(&["`[fromVariable(` has no end"]);
    with("[{ name: a, value: [1] }]", "'x [fromVariable(a)]'").refuses(&["is no single value"]);
    with("[{ name: a, value: '[fromVariable(b)]' }]", "'[fromVariable(a)]'").refuses(&["cannot stand for another"]);
    with("[{ name: a, value: b }, { name: a, value: c }]", "x").refuses(&["there is a variable `a` already"]);
    with("[{ name: a }]", "x").refuses(&["the variable `a` has no value"]);
    let literal = both(&worker("[]", "{ name: A, value: '[fromVariable(b)]' }"), &values("[]"));
    literal.notes(&["stays as it is"]);
    assert_eq!(variable(&literal), Some(Expr::from("[fromVariable(b)]")));
}

#[test]
fn variables_beside_the_document_win_and_may_be_known_late() {
    let declaration = Declaration::with(json!({"Variables": {"tag": {"Ref": "Tag"}, "unused": "x"}}));
    let config =
        format!("variables: [{{ name: tag, value: old }}]\n{}", values("[{ name: a, value: 'v[fromVariable(tag)]' }]"));
    let spec = worker("[{ name: a, type: string }]", "{ name: A, fromParam: a }");
    let outcome = declaration.texts(&[&schematic(&spec), &configuration(&config)]);
    assert!(matches!(variable(&outcome), Some(Expr::Deferred(late)) if late.pieces().len() == 2));
    outcome.notes(&["does not use the variable `unused`"]);
}

#[test]
fn functions_are_values() {
    let schematic = json!({
        "apiVersion": "core.oam.dev/v1alpha1", "kind": "ComponentSchematic", "metadata": {"name": "web"},
        "spec": {
            "workloadType": "Server",
            "parameters": [{"name": "a", "type": "string", "required": true}],
            "containers": [{
                "name": "main", "image": {"Ref": "Image"},
                "env": [{"name": "A", "fromParam": "a"}],
                "ports": [{"name": "http", "containerPort": {"Ref": "Port"}}],
            }],
        },
    });
    let configuration = json!({
        "apiVersion": "core.oam.dev/v1alpha1", "kind": "ApplicationConfiguration", "metadata": {"name": "shop"},
        "spec": {"components": [{
            "componentName": "web", "instanceName": "front",
            "parameterValues": [{"name": "a", "value": {"Fn::GetAtt": ["Db", "Endpoint"]}}],
            "traits": [{"name": "manual-scaler", "properties": {"replicaCount": {"Ref": "Count"}}}],
        }]},
    });
    let declaration = Declaration { parameters: &[("Port", "8080")], ..Declaration::default() };
    let outcome = declaration.maps(vec![schematic, configuration]);
    assert!(matches!(variable(&outcome), Some(Expr::Deferred(_))));
    let component = outcome.component("front");
    assert_eq!(component.ports.iter().map(|port| port.port).collect::<Vec<_>>(), [8080]);
    assert!(matches!(component.replicas.as_ref().map(|count| &count.value), Some(Expr::Deferred(_))));
}
