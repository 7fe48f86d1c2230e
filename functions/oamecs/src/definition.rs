//! What the pseudo resources may have, for editors, and for linters that read a template before it is expanded.
//!
//! In: the names of properties, from the tables by which they are read. Out: a schema for each type, as the
//! [CloudFormation registry](https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html) has it.
//! Documents have specifications of their own: here they are any map, list or text.

use serde_json::{Map, Value as Json, json};

use crate::fragment::Kind;
use crate::options;
use crate::{compose, environment, oam, rollout, settings, stackfile};

/// What a declaration of every type may have.
const COMMON: [&str; 4] = ["Patches", "Strict", "Tags", "Unknown"];

/// The schema of a type.
pub fn definition(kind: Kind) -> Json {
    let (about, own): (&str, &[&str]) = match kind {
        Kind::Application => ("An application of the Open Application Model on Amazon ECS.", &oam::settings::KEYS),
        Kind::Compose => ("An application of a Compose document on Amazon ECS.", &compose::KEYS),
        Kind::Environment => ("A network with a cluster, for several applications or stacks.", &environment::KEYS),
        Kind::Rollout => {
            ("Tasks and new versions of services that exist, one after the other.", &rollout::settings::KEYS)
        }
        Kind::Stackfile => ("The services of a stackfile of ecs-compose on Amazon ECS.", &stackfile::settings::KEYS),
    };
    let common: &[&str] = match kind {
        Kind::Application | Kind::Compose | Kind::Stackfile => &settings::KEYS,
        Kind::Environment | Kind::Rollout => &COMMON,
    };
    let options: &[&str] = match kind {
        Kind::Application | Kind::Compose | Kind::Stackfile => &options::KEYS,
        Kind::Rollout => &rollout::settings::OPTIONS,
        Kind::Environment => &[],
    };
    let mut names = [own, common].concat();
    names.sort_unstable();
    names.dedup();
    let mut properties: Map<String, Json> =
        names.into_iter().map(|name| (name.to_owned(), property(kind, name))).collect();
    // The registry wants a name for what `Ref` gives: of an environment it stands where an application names one.
    properties.insert("Id".to_owned(), json!({ "type": "string", "description": "What `Ref` gives." }));
    let mut schema = Map::from_iter([
        ("typeName".to_owned(), json!(kind.name())),
        ("description".to_owned(), json!(about)),
        ("properties".to_owned(), Json::Object(properties)),
        ("additionalProperties".to_owned(), json!(false)),
        ("readOnlyProperties".to_owned(), json!(["/properties/Id"])),
        ("primaryIdentifier".to_owned(), json!(["/properties/Id"])),
    ]);
    if kind != Kind::Environment {
        schema.insert("required".to_owned(), json!(["Document"]));
        schema.insert("definitions".to_owned(), json!({ "Options": map_of(options, &json!("object")) }));
    }
    Json::Object(schema)
}

/// A value of this type; where it is a map, one with these names, whose values are theirs to say.
fn map_of(names: &[&str], kind: &Json) -> Json {
    let properties: Map<String, Json> = names.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    json!({ "type": kind, "properties": properties, "additionalProperties": false })
}

fn property(kind: Kind, name: &str) -> Json {
    let options = json!({ "$ref": "#/definitions/Options" });
    match name {
        "Strict" | "PythonValues" => json!({ "type": "boolean" }),
        "Unknown" => json!({ "type": "string", "enum": ["error", "note"] }),
        "Document" => json!({ "type": ["array", "object", "string"] }),
        "Images" | "Patches" | "Variables" => json!({ "type": "object" }),
        "Tags" => json!({ "type": ["array", "object"] }),
        "Defaults" => options,
        "Workloads" => {
            json!({ "type": "object", "patternProperties": { "^.+$": options }, "additionalProperties": false })
        }
        // A declaration by `Ref`, or one in place.
        "Environment" if kind != Kind::Rollout => map_of(&environment::KEYS, &json!(["object", "string"])),
        _ => json!({}),
    }
}
