//! Against the [official schema of Compose](https://github.com/compose-spec/compose-go/blob/main/schema/compose-spec.json):
//! what we accept it accepts, and we have an answer to every attribute that it knows.

use std::fs;

use oamecs_tests::tools::repository;
use serde_json::Value;

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
