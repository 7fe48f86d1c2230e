//! Components, their parameters, and names.

use super::*;

#[test]
fn values_go_into_the_workload_where_paths_lead() {
    let web = component(
        configuration(
            "- componentName: web\n  parameterValues:\n  - { name: image, value: 'nginx:2' }\n  - { name: api, value: 'http://api' }\n  - { name: port, value: '8443' }",
            "",
        ),
        "web",
    );
    let container = main(&web);
    assert_eq!(container.image.as_ref().and_then(|image| image.value.known()).map(String::as_str), Some("nginx:2"));
    assert_eq!(variables(container), ["API=http://api", "PORT=8443"]);
    assert_eq!(container.ports.first().map(|port| port.number), Some(8443));
    assert_eq!(web.ports.first().map(|port| (port.port, port.target)), Some((8443, 8443)));
}

#[test]
fn what_a_workload_is_called_is_another_name_of_its_component() {
    let web =
        component(configuration("- { componentName: web, parameterValues: [{ name: api, value: x }] }", ""), "web");
    assert_eq!(web.aliases.keys().collect::<Vec<_>>(), ["web-ui"]);
    assert_eq!(web.labels.keys().collect::<Vec<_>>(), ["team", "tier"]);
}

#[test]
fn a_parameter_for_the_name_makes_several_of_one_component() {
    let model = configuration(
        "- { componentName: web, parameterValues: [{ name: api, value: x }, { name: name, value: blue }] }\n- { componentName: web, parameterValues: [{ name: api, value: x }, { name: name, value: green }] }",
        "",
    )
    .application()
    .clone();
    assert_eq!(model.components.keys().collect::<Vec<_>>(), ["blue", "green"]);
    assert!(model.components.values().all(|component| component.aliases.is_empty()));
    let told = configuration("- componentName: api\n- componentName: api", "").told;
    assert!(
        told.iter().any(|line| line.starts_with("error") && line.contains("there is a component `api` already")),
        "{told:#?}"
    );
}

#[test]
fn values_that_are_missing_or_too_many_are_told() {
    let outcome = configuration("- { componentName: web, parameterValues: [{ name: imgae, value: x }] }", "");
    assert_eq!(
        outcome.about("arameter"),
        [
            "error spec.components[0].parameterValues: required parameter `api` of `web` has no value. Fix: add it under `parameterValues`: `{ name: api, value: … }`",
            "note document 3 spec.components[0].parameterValues[0].name: the value has no effect: `web` has no parameter `imgae`. Fix: did you mean `image`?",
        ]
    );
}

#[test]
fn two_components_are_not_called_alike() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: { name: web-ui }\nspec: { selector: { app: api }, ports: [{ port: 9000 }] }";
    let outcome = configuration(
        "- { componentName: web, parameterValues: [{ name: api, value: x }] }\n- componentName: api",
        service,
    );
    assert_eq!(outcome.errors().len(), 1, "{:#?}", outcome.told);
    assert!(outcome.errors().iter().all(|line| line.contains("there is a component that is called `web-ui` already")));
}

#[test]
fn revisions_are_those_of_the_documents() {
    let outcome = configuration("- revisionName: api-v2", "");
    assert_eq!(outcome.about("revisionName").len(), 1);
    assert!(outcome.application().components.contains_key("api"));
}

#[test]
fn scopes_have_members_by_reference_and_by_workload() {
    let scopes = "apiVersion: core.oam.dev/v1alpha2\nkind: HealthScope\nmetadata: { name: all }\nspec: { workloadRefs: [{ kind: ContainerizedWorkload, name: web-ui }] }\n---\napiVersion: core.oam.dev/v1alpha2\nkind: NetworkScope\nmetadata: { name: lan }\nspec: { networkId: vpc-1, subnetIds: 'subnet-1,subnet-2', internetGatewayType: public }";
    let model = configuration(
        "- componentName: web\n  parameterValues: [{ name: api, value: x }]\n  scopes: [{ scopeRef: { kind: NetworkScope, name: lan } }]\n- componentName: api\n  scopes: [{ scopeRef: { kind: HealthScope, name: all } }, { scopeRef: { kind: NetworkScope, name: lan } }]",
        scopes,
    )
    .application()
    .clone();
    let members = model.health.get("all").map(|scope| scope.members.keys().cloned().collect::<Vec<_>>());
    assert_eq!(members, Some(vec!["api".to_owned(), "web".to_owned()]));
    assert_eq!(model.network.environment.keys().collect::<Vec<_>>(), ["VpcId", "PublicSubnetIds"]);
}

#[test]
fn types_stand_for_kinds() {
    let definition = "apiVersion: core.oam.dev/v1alpha2\nkind: WorkloadDefinition\nmetadata: { name: house }\nspec: { definitionRef: { name: deployments.apps } }";
    let typed = "type: house\nspec: { template: { spec: { containers: [{ name: app, image: 'app:1' }] } } }";
    let text = |kind: &str| {
        format!(
            "apiVersion: core.oam.dev/v1alpha2\nkind: Component\nmetadata: {{ name: app }}\nspec:\n  workload:\n    {}\n---\napiVersion: core.oam.dev/v1alpha2\nkind: ApplicationConfiguration\nmetadata: {{ name: shop }}\nspec: {{ components: [{{ componentName: app }}] }}",
            typed.replace("house", kind).replace('\n', "\n    ")
        )
    };
    assert!(with(json!({}), &format!("{}\n---\n{definition}", text("house"))).errors().is_empty());
    assert!(with(json!({ "Aliases": { "shed": "Deployment" } }), &text("shed")).errors().is_empty());
    assert_eq!(with(json!({}), &text("shed")).about("there is no workload of the type `shed`").len(), 1);
    let web = "type: web-service\nproperties: { containers: [{ name: app, image: 'app:1', ports: [{ containerPort: 80 }] }] }";
    assert_eq!(component(workload(web), "app").ports.len(), 1);
}
