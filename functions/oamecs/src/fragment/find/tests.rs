use serde_json::json;

use super::*;
use crate::diagnostic::render;
use crate::document::Form;

fn run(fragment: Json) -> (Template, Vec<Declaration>, Vec<String>) {
    let Json::Object(fragment) = fragment else { panic!("a fragment is a map") };
    let (mut origins, mut diagnostics) = (Origins::default(), Diagnostics::default());
    let (template, declarations) = find(fragment, &mut origins, &mut diagnostics);
    let lines = render(&diagnostics, &origins).iter().map(ToString::to_string).collect();
    (template, declarations, lines)
}

fn resource(body: &Json) -> Vec<String> {
    run(json!({"Resources": {"Shop": body}})).2
}

#[test]
fn what_is_not_ours_is_left_as_it_is() {
    for fragment in [
        json!({}),
        json!({"Resources": ["AWS::S3::Bucket"]}),
        json!({"Resources": null}),
        json!({"Resources": {"A": 1, "B": [], "C": {"Type": 7}, "D": {"Type": "Boto3::S3"}, "E": null,
            "Fn::ForEach::Topics": ["T", ["a"], {"T${T}": {"Type": "AWS::SNS::Topic"}}]}}),
    ] {
        let (template, declarations, lines) = run(fragment.clone());
        assert_eq!((Json::Object(template.fragment), declarations.len(), lines.len()), (fragment, 0, 0));
    }
}

#[test]
fn documents_are_maps_texts_or_lists_of_either() {
    for (document, forms) in [
        (json!({"services": {}}), vec![Form::Map]),
        (json!("services: {}"), vec![Form::Text]),
        (json!("services: {}\n---\nservices: {}"), vec![Form::Text, Form::Text]),
        (json!([{"services": {}}, "services: {}"]), vec![Form::Map, Form::Text]),
    ] {
        let fragment =
            json!({"Resources": {"Shop": {"Type": "OamEcs::Compose", "Properties": {"Document": document}}}});
        let (_, declarations, lines) = run(fragment);
        assert_eq!(lines, Vec::<String>::new());
        assert_eq!(declarations[0].documents.iter().map(|document| document.form).collect::<Vec<_>>(), forms);
    }
}

#[test]
fn policies_patches_and_attributes_are_taken_out() {
    let (template, mut declarations, lines) = run(json!({"Conditions": {"IsProd": 1}, "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Shop": {"Type": "OamEcs::Compose", "DependsOn": "Queue", "Condition": "IsProd", "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": {"Fn::If": ["IsProd", "Retain", "Delete"]}, "Metadata": {"Team": "a"},
            "Properties": {"Document": {}, "Strict": "true", "Unknown": "note", "Images": {"web": {"Ref": "Web"}},
                "Patches": {"web.Service": {"Properties": {}}}}},
    }}));
    assert_eq!(lines, Vec::<String>::new());
    assert_eq!(template.fragment["Resources"]["Shop"], Json::Null);
    let declaration = &mut declarations[0];
    assert_eq!(declaration.attributes.depends_on, ["Queue"]);
    assert_eq!(declaration.attributes.condition.as_deref(), Some("IsProd"));
    assert_eq!(declaration.attributes.deletion_policy, Some(json!("Delete")));
    assert_eq!(declaration.patches[0].0.value, "web.Service");
    let (documents, properties) = declaration.take();
    assert_eq!(documents.len(), 1);
    assert_eq!(properties.rest().keys().collect::<Vec<_>>(), ["Images"]);
}

#[test]
fn mistakes_are_named_with_what_to_write() {
    let ours = |mut body: Json| {
        body["Type"] = json!("OamEcs::Compose");
        resource(&body)
    };
    for (lines, text) in [
        (
            resource(&json!({"Type": "OamEcs::Compos"})),
            "there is no type `OamEcs::Compos`. Fix: did you mean `OamEcs::Compose`?",
        ),
        (resource(&json!({"Type": "OAMECS::compose"})), "Fix: did you mean `OamEcs::Compose`?"),
        (ours(json!({})), "Properties: `Document` is missing"),
        (ours(json!({"Properties": {"documents": {}}})), "Properties.documents: unknown key `documents`. Fix: did you"),
        (
            ours(json!({"Property": {"Document": {}}})),
            "Property: `Property` is no resource attribute. Fix: did you mean",
        ),
        (ours(json!({"Document": {}})), "Document: `Document` is no resource attribute. Fix: write `Document` below"),
        (ours(json!({"Properties": {"Document": "compose.yaml"}})), "`compose.yaml` is a file's name"),
        (ours(json!({"Properties": {"Document": ["services:", "  web: {}"]}})), "this is a list of lines"),
        (ours(json!({"Properties": {"Document": "web"}})), "this is text, and a document is a map"),
        (
            ours(json!({"Properties": {"Document": {}}, "DependsOn": ["Shap"]})),
            "DependsOn: the template has no resource `Shap`. Fix: did you mean `Shop`?",
        ),
        (
            ours(json!({"Properties": {"Document": {}}, "Condition": "IsProd"})),
            "Condition: the template has no condition `IsProd`. Fix: add it",
        ),
        (ours(json!({"Properties": {"Document": {"Fn::Sub": "x"}}})), "Properties.Document: `Fn::Sub` is not"),
        (
            ours(json!({"Properties": {"Document": {"Fn::Transform": "x"}}})),
            "Properties.Document: `Fn::Transform` was not expanded",
        ),
        (ours(json!({"Properties": {"Document": ""}})), "Properties.Document: the text holds no document"),
        (ours(json!({"Properties": {"Document": 7}})), "Properties.Document: this must be"),
        (
            ours(json!({"Properties": {"Document": {}}, "Variables": {}})),
            "Variables: `Variables` is no resource attribute",
        ),
        (ours(json!({"Properties": {"Document": {}}, "DependOn": "A"})), "did you mean `DependsOn`?"),
        (
            ours(json!({"Properties": {"Document": {}}, "UpdatePolicy": {}})),
            "UpdatePolicy: `UpdatePolicy` is for a single resource",
        ),
        (ours(json!({"Properties": {"Document": {}}, "DeletionPolicy": "Snapshot"})), "DeletionPolicy: `Snapshot`"),
        (
            ours(json!({"Properties": {"Document": {}, "Strict": "maybe"}})),
            "Properties.Strict: this must be `true` or `false`",
        ),
        (
            ours(json!({"Properties": {"Document": {}, "Unknown": "warn"}})),
            "Properties.Unknown: this must be `note` or `error`",
        ),
        (ours(json!({"Properties": {"Document": {}, "Patches": []}})), "Properties.Patches: this must be a map"),
        (run(json!({"Resources": {"my-shop": {"Type": "OamEcs::Environment"}}})).2, "`my-shop` is no logical id"),
        (
            run(json!({"Resources": {"Fn::ForEach::S": ["S", ["a"], {"A${S}": {"Type": "OamEcs::Compose"}}]}})).2,
            "Resources.Fn::ForEach::S: this loop makes resources of `OamEcs` types",
        ),
    ] {
        assert_eq!(lines.len(), 1, "{text}: {lines:?}");
        assert!(lines[0].contains(text), "{text}: {lines:?}");
    }
}
