//! Against the [official schema of Compose](https://github.com/compose-spec/compose-go/blob/main/schema/compose-spec.json):
//! what we accept it accepts, and we have an answer to every attribute that it knows. And against the definitions of our own
//! types that we publish: what we accept they accept.

#![expect(clippy::unwrap_used, reason = "a test fails so")]

use std::collections::BTreeSet;
use std::fs;

use oamecs::compose::support::{Inside, MATRIX, Table};
use oamecs::definition::definition;
use oamecs::fragment::Kind;
use oamecs_tests::tools::repository;
use serde_json::{Value, json};

fn schema() -> Value {
    let text = fs::read_to_string(repository().join("tests/schema/compose-spec.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_document_that_we_expand_is_valid() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let mut count = 0;
    for fixture in oamecs_tests::fixture::fixtures() {
        if matches!(fixture.outcome(), oamecs_tests::fixture::Outcome::Failed(_)) {
            continue;
        }
        for document in fixture.plain_documents() {
            let errors: Vec<String> =
                validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert!(errors.is_empty() || fixture.name == "unknown-as-note", "{}: {errors:#?}", fixture.name);
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} documents were looked at");
}

#[test]
fn every_declaration_that_we_expand_is_as_its_type_is_defined() {
    let mut count = 0;
    for fixture in oamecs_tests::fixture::fixtures() {
        if fixture.name == "unknown-as-note" || matches!(fixture.outcome(), oamecs_tests::fixture::Outcome::Failed(_)) {
            continue;
        }
        for (id, resource) in fixture.source()["Resources"].as_object().into_iter().flatten() {
            let Some(kind) = Kind::ALL.into_iter().find(|kind| resource["Type"] == kind.name()) else { continue };
            let errors = faults(kind, resource.get("Properties").cloned().unwrap_or_else(|| json!({})));
            assert!(errors.is_empty(), "{}: {id}: {errors:#?}", fixture.name);
            count += 1;
        }
    }
    assert!(count >= 150, "only {count} declarations were looked at");
}

#[test]
fn mistakes_are_against_the_definitions() {
    for (kind, properties, fault) in [
        (Kind::Environment, json!({ "VpcCdir": "10.0.0.0/16" }), "VpcCdir"),
        (Kind::Compose, json!({}), "Document"),
        (Kind::Compose, json!({ "Document": {}, "Strict": "maybe" }), "maybe"),
        (Kind::Application, json!({ "Document": {}, "Unknown": "warn" }), "warn"),
        (Kind::Stackfile, json!({ "Document": {}, "Environment": { "Vpc": "vpc-1" } }), "Vpc"),
        (Kind::Stackfile, json!({ "Document": {}, "Workloads": { "web": { "Memori": 512 } } }), "Memori"),
        (Kind::Rollout, json!({ "Document": {}, "Defaults": { "Memory": 512 } }), "Memory"),
    ] {
        let errors = faults(kind, properties);
        assert!(errors.len() == 1 && errors.iter().all(|error| error.contains(fault)), "{errors:?}");
    }
}

/// What the definition of a type has against properties, functions left out, as they may stand for anything.
fn faults(kind: Kind, mut properties: Value) -> Vec<String> {
    without_functions(&mut properties);
    let definition = definition(kind);
    let validator = jsonschema::validator_for(&definition).unwrap();
    validator.iter_errors(&properties).map(|error| error.to_string()).collect()
}

fn without_functions(value: &mut Value) {
    let is_function = |value: &Value| {
        let single = value.as_object().filter(|entries| entries.len() == 1).and_then(|entries| entries.keys().next());
        single.is_some_and(|key| key == "Ref" || key.starts_with("Fn::"))
    };
    if let Value::Object(entries) = value {
        entries.retain(|name, value| name == "Document" || !is_function(value));
        entries.values_mut().for_each(without_functions);
    }
}

/// Walks the schema and the matrix side by side, wherever the matrix looks inside.
#[test]
fn every_attribute_of_the_schema_has_an_outcome() {
    let schema = schema();
    let mut missing = BTreeSet::new();
    let count = compare(&schema, &schema, MATRIX, "", &mut missing);
    assert!(missing.is_empty(), "the support matrix has no line for {missing:#?}");
    assert!(count > 150, "only {count} attributes were found in the schema");
}

fn compare(schema: &Value, node: &Value, table: &Table, path: &str, missing: &mut BTreeSet<String>) -> usize {
    let mut count = 0;
    for part in alternatives(schema, node) {
        for (name, value) in part["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            count += 1;
            let Some(attribute) = table.iter().find(|attribute| attribute.name == name) else {
                missing.insert(path);
                continue;
            };
            count += match attribute.inside {
                Inside::Value => 0,
                Inside::Map(inside) => compare(schema, value, inside, &path, missing),
                Inside::Named(inside) => {
                    let alternatives = alternatives(schema, value);
                    let named = alternatives
                        .iter()
                        .flat_map(|part| part["patternProperties"].as_object().into_iter().flatten());
                    let named: Vec<_> = named.filter(|(pattern, _)| !pattern.starts_with("^x-")).collect();
                    named.iter().map(|(_, item)| compare(schema, item, inside, &path, missing)).sum()
                }
                Inside::List(inside) => {
                    let alternatives = alternatives(schema, value);
                    alternatives.iter().map(|part| compare(schema, &part["items"], inside, &path, missing)).sum()
                }
            };
        }
    }
    count
}

/// The schemas that a value may follow: references resolved, choices taken apart.
fn alternatives<'a>(schema: &'a Value, node: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = node["$ref"].as_str() {
        let target = schema.pointer(reference.trim_start_matches('#')).unwrap();
        return alternatives(schema, target);
    }
    let choices = ["oneOf", "anyOf", "allOf"].iter().flat_map(|key| node[key].as_array().into_iter().flatten());
    let mut found: Vec<&Value> = choices.flat_map(|choice| alternatives(schema, choice)).collect();
    found.push(node);
    found
}
