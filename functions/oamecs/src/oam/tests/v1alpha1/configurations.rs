//! Configurations, and the documents beside them.

use super::{Declaration, INSTANCE, SERVER, both, configuration, schematic};

#[test]
fn the_order_of_documents_does_not_matter() {
    let (schematic, configuration) = (schematic(SERVER), configuration(INSTANCE));
    let declaration = Declaration::default();
    let one = declaration.texts(&[&schematic, &configuration]);
    let other = declaration.texts(&[&configuration, &schematic]);
    assert_eq!(one.component("front").ports.len(), other.component("front").ports.len());
}

#[test]
fn a_schematic_has_several_instances() {
    let config = "components:
- { componentName: web, instanceName: front }
- { componentName: web, instanceName: back, traits: [{ name: ingress, properties: { path: / } }] }";
    let outcome = both(SERVER, config);
    assert_eq!(outcome.application().components.keys().collect::<Vec<_>>(), ["back", "front"]);
    let config =
        "components:\n- { componentName: web, instanceName: front }\n- { componentName: web, instanceName: front }";
    both(SERVER, config).refuses(&["there is an instance `front` already"]);
}

#[test]
fn schematics_without_instances_are_noted_whatever_they_are() {
    let stray = schematic("workloadType: openfaas.com/v1alpha2.Function").replace("name: web", "name: faas");
    let outcome = Declaration::default().texts(&[&stray, &schematic(SERVER), &configuration(INSTANCE)]);
    outcome.application();
    outcome.notes(&["there are no instances of them: `faas`"]);
}

#[test]
fn references_and_names_are_checked() {
    let declaration = Declaration::default();
    let (schematic, configuration) = (schematic(SERVER), configuration(INSTANCE));
    declaration.texts(&[&configuration]).refuses(&["there is no component `web`: no document has its schematic"]);
    declaration
        .texts(&[&schematic.replace("name: web", "name: wep"), &configuration])
        .refuses(&["there is no component `web`", "did you mean `wep`?"]);
    declaration.texts(&[&schematic, &schematic, &configuration]).refuses(&["there is a schematic `web` already"]);
    declaration.texts(&[&schematic]).refuses(&["there is no application among the documents"]);
    declaration.texts(&[&schematic, &configuration, &configuration]).refuses(&["there is an application already"]);
    both(SERVER, "components: [{ componentName: web }]").refuses(&["`instanceName` is missing"]);
    both(SERVER, "components: [{ componentName: web, instanceName: -x }]").refuses(&["`-x` is no name"]);
    both(SERVER, "components: [{ componentName: '{{ .Values.name }}', instanceName: x }]")
        .refuses(&["a chart that was not rendered", "helm template"]);
}

#[test]
fn what_else_there_is_has_no_effect() {
    let rights = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: a }\n";
    let definition = "apiVersion: core.oam.dev/v1alpha1\nkind: Trait\nmetadata: { name: manual-scaler }\nspec: {}\n";
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n";
    let nothing = "# nothing\n---\n";
    let annotated = configuration(INSTANCE).replace(
        "{ name: shop }",
        "{ name: shop, namespace: prod, labels: { team: a }, annotations: { version: 1.0.0, owner: b } }",
    );
    let outcome = Declaration::default().texts(&[&schematic(SERVER), &annotated, rights, definition, secret, nothing]);
    let application = outcome.application();
    assert_eq!(application.labels.len(), 1);
    for text in
        ["`Role` has no effect", "the definition has no effect", "`Secret`", "`namespace` has", "annotation `owner`"]
    {
        outcome.notes(&[text]);
    }
    assert!(outcome.about("annotation `version`").is_empty());
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: a }\n";
    Declaration::default()
        .texts(&[&schematic(SERVER), &configuration(INSTANCE), ingress])
        .refuses(&["write an `ingress` trait"]);
}

#[test]
fn a_configuration_of_scopes_alone_is_nothing() {
    let config = configuration("scopes: [{ name: ok, type: core.oam.dev/v1alpha1.HealthScope }]");
    let outcome = Declaration::default().texts(&[&config]);
    assert!(outcome.model.is_some_and(|application| application.components.is_empty()));
    assert!(outcome.lowered.is_none());
    assert!(outcome.told.iter().any(|line| line.contains("has no components: nothing runs")), "{:#?}", outcome.told);
}
