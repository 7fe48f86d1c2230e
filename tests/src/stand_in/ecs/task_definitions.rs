//! Task definitions, as they were registered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::stand_in::Refusal;

/// Task definitions, by family, and in each the revisions from 1 on.
#[derive(Debug, Default)]
pub struct TaskDefinitions {
    /// Each with what ECS adds to it, and its tags.
    pub families: BTreeMap<String, Vec<(Value, Value)>>,
}

impl TaskDefinitions {
    /// Registers one: its ARN.
    pub fn register(&mut self, definition: &Value) -> String {
        let family = definition["family"].as_str().unwrap_or_default();
        let revisions = self.families.entry(family.to_owned()).or_default();
        let revision = revisions.len() + 1;
        let arn = format!("arn:aws:ecs:eu-west-1:123456789012:task-definition/{family}:{revision}");
        let mut registered = definition.clone();
        let tags = registered.as_object_mut().and_then(|fields| fields.remove("tags")).unwrap_or_else(|| json!([]));
        registered["taskDefinitionArn"] = arn.as_str().into();
        registered["revision"] = revision.into();
        registered["status"] = "ACTIVE".into();
        revisions.push((registered, tags));
        arn
    }

    /// One of them, by family, `family:revision` or ARN, with its tags.
    pub fn find(&self, name: &str) -> Option<&(Value, Value)> {
        let name = name.rsplit('/').next().unwrap_or(name);
        let (family, revision) =
            name.split_once(':').map_or((name, None), |(family, revision)| (family, Some(revision)));
        let revisions = self.families.get(family)?;
        match revision {
            Some(revision) => revisions.get(revision.parse::<usize>().ok()?.checked_sub(1)?),
            None => revisions.last(),
        }
    }

    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        match operation {
            "RegisterTaskDefinition" => {
                let arn = self.register(input);
                self.find(&arn).map(answer).ok_or_else(missing)
            }
            "DescribeTaskDefinition" => {
                self.find(input["taskDefinition"].as_str().unwrap_or_default()).map(answer).ok_or_else(missing)
            }
            _ => panic!("no stand-in for ecs {operation}"),
        }
    }
}

fn answer((definition, tags): &(Value, Value)) -> Value {
    json!({ "taskDefinition": definition, "tags": tags })
}

fn missing() -> Refusal {
    Refusal::new("ClientException", "Unable to describe task definition.")
}
