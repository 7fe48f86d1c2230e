//! Copies of task definitions of other owners, with other images.
//!
//! In: a family, a revision of one or an ARN, and the containers that get another tag. Out: the ARN of a revision that differs
//! in these images and in nothing else, or that of the original where they are the same already. It is copied in ECS's own
//! JSON: what came to ECS after this was built is copied too.
//!
//! A revision cannot be registered twice for one request: it carries the request's id as a tag, and what is newer than
//! the original is looked through before. So nothing is registered by a repeat of the request, nor after an answer that was lost.

use std::collections::BTreeSet;
use std::time::Duration;

use oamecs::cloudformation::resource::custom::CloneContainer;
use oamecs::cloudformation::value::{Resolved, Text};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use crate::aws::api::ApiError;
use crate::image::retagged;
use crate::work::{Failure, Site};

/// The tag with the id of the request that a revision was registered for.
pub const REQUEST: &str = "oamecs:request";

/// What ECS says of a revision and does not take of a new one:
/// [the operation](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html).
const GIVEN_BY_ECS: [&str; 9] = [
    "compatibilities",
    "deleteRequestedAt",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
];

/// The most tags of a task definition.
const MOST_TAGS: usize = 50;

/// How many revisions are looked through for one of this request: so many may be registered beside it.
const LOOKED_THROUGH: u64 = 10;

/// How often a registration is tried, and for how long it waits before the next time.
const ATTEMPTS: u32 = 6;
const PAUSE: Duration = Duration::from_secs(3);

/// What became of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The revision with the images, by its ARN.
    pub arn: String,
    /// Whether it was registered for this request: not where the original has these images already.
    pub is_new: bool,
}

/// An original, and what a copy of it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The revision that is copied, by its ARN.
    pub original: String,
    /// Whether tasks can be started from the original: not when it was deregistered.
    pub is_active: bool,
    /// Whether an image is another one.
    pub changes: bool,
    /// The essential containers of it.
    pub essential: Vec<String>,
    family: String,
    revision: u64,
    /// What [`RegisterTaskDefinition`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html)
    /// takes, without the request's tag.
    input: Map<String, Value>,
}

/// A revision that tasks can be started from, which has these images: the original, or a copy of it.
///
/// # Errors
/// There is no such task definition, or no such container in it, or ECS does not take the copy.
pub async fn copy(
    site: &Site,
    request_id: &str,
    base: &str,
    containers: &[CloneContainer<Resolved>],
    image_tag: Option<&str>,
) -> Result<Copy, Failure> {
    let found = describe(site, base).await.map_err(|error| not_described(base, &error))?;
    // A repeat of the request: the family's newest revision is the copy itself.
    if let Some(arn) = of_request(&found, request_id) {
        return Ok(Copy { arn, is_new: true });
    }
    let draft = drafted(&found, containers, image_tag).map_err(Failure::new)?;
    if draft.changes || !draft.is_active {
        draft.register(site, request_id).await
    } else {
        Ok(Copy { arn: draft.original, is_new: false })
    }
}

/// What a copy would be, before anything is registered.
///
/// # Errors
/// There is no such task definition, or no such container in it.
pub async fn draft(
    site: &Site,
    base: &str,
    containers: &[CloneContainer<Resolved>],
    image_tag: Option<&str>,
) -> Result<Draft, Failure> {
    let found = describe(site, base).await.map_err(|error| not_described(base, &error))?;
    drafted(&found, containers, image_tag).map_err(Failure::new)
}

impl Draft {
    /// Registers the copy, unless it is registered.
    ///
    /// # Errors
    /// ECS does not take it.
    pub async fn register(&self, site: &Site, request_id: &str) -> Result<Copy, Failure> {
        let mut input = self.input.clone();
        let tags = input.entry("tags").or_insert_with(|| json!([]));
        if let Some(tags) = tags.as_array_mut().filter(|tags| tags.len() < MOST_TAGS) {
            tags.push(json!({"key": REQUEST, "value": request_id}));
        }
        let input = Value::Object(input);
        let mut attempt = 1;
        loop {
            if let Some(arn) = self.registered(site, request_id).await {
                return Ok(Copy { arn, is_new: true });
            }
            let error = match site.aws.ecs_json_once("RegisterTaskDefinition", &input).await {
                Ok(answer) => match arn_of(&answer) {
                    Some(arn) => return Ok(Copy { arn, is_new: true }),
                    None => return Err(Failure::new("ECS registered a task definition, and does not say which")),
                },
                Err(error) => error,
            };
            if attempt >= ATTEMPTS || !error.may_pass() {
                let Self { original, .. } = self;
                return Err(Failure::new(format!(
                    "no copy of the task definition {original} can be registered: {error}"
                )));
            }
            sleep(PAUSE * attempt).await;
            attempt += 1;
        }
    }

    /// The copy, where an earlier attempt registered it.
    async fn registered(&self, site: &Site, request_id: &str) -> Option<String> {
        // A family all of whose revisions are deregistered is not found.
        let newest = describe(site, &self.family).await.ok()?;
        if let Some(arn) = of_request(&newest, request_id) {
            return Some(arn);
        }
        let newest = newest.pointer("/taskDefinition/revision").and_then(Value::as_u64)?;
        let oldest = (self.revision + 1).max(newest.saturating_sub(LOOKED_THROUGH));
        for revision in (oldest..newest).rev() {
            if let Ok(found) = describe(site, &format!("{}:{revision}", self.family)).await
                && let Some(arn) = of_request(&found, request_id)
            {
                return Some(arn);
            }
        }
        None
    }
}

async fn describe(site: &Site, task_definition: &str) -> Result<Value, ApiError> {
    let input = json!({"taskDefinition": task_definition, "include": ["TAGS"]});
    site.aws.ecs_json("DescribeTaskDefinition", &input).await
}

fn not_described(base: &str, error: &ApiError) -> Failure {
    Failure::new(match error.code.as_str() {
        // `Unable to describe task definition.`
        "ClientException" => format!(
            "there is no task definition `{base}` ({error}): register it, or correct the name, which is a family, \
             `family:revision` or an ARN"
        ),
        _ => format!("the task definition `{base}` cannot be read: {error}"),
    })
}

fn arn_of(answer: &Value) -> Option<String> {
    answer.pointer("/taskDefinition/taskDefinitionArn").and_then(Value::as_str).map(str::to_owned)
}

/// The ARN of a described revision, if it was registered for this request.
fn of_request(described: &Value, request_id: &str) -> Option<String> {
    let tags = described.get("tags").and_then(Value::as_array)?;
    let is_ours = |tag: &Value| tag.get("key") == Some(&json!(REQUEST)) && tag.get("value") == Some(&json!(request_id));
    if tags.iter().any(is_ours) { arn_of(described) } else { None }
}

fn drafted(
    described: &Value,
    containers: &[CloneContainer<Resolved>],
    image_tag: Option<&str>,
) -> Result<Draft, String> {
    let Some(definition) = described.get("taskDefinition").and_then(Value::as_object) else {
        return Err("ECS describes a task definition without saying what is in it".to_owned());
    };
    let text = |name: &str| definition.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let given = definition.iter().filter(|(name, _)| !GIVEN_BY_ECS.contains(&name.as_str()));
    let mut input: Map<String, Value> = given.map(|(name, value)| (name.clone(), value.clone())).collect();
    let original = text("taskDefinitionArn");
    let there = input.get_mut("containerDefinitions").and_then(Value::as_array_mut);
    let (changes, essential) = change(there.map_or(&mut [], Vec::as_mut_slice), containers, image_tag)
        .map_err(|wrong| format!("the task definition {original} cannot be copied: {wrong}"))?;
    let tags = described.get("tags").and_then(Value::as_array).into_iter().flatten();
    let tags: Vec<Value> = tags.filter(|tag| is_handed_on(tag)).cloned().collect();
    if !tags.is_empty() {
        input.insert("tags".to_owned(), tags.into());
    }
    Ok(Draft {
        original,
        is_active: text("status") == "ACTIVE",
        changes,
        essential,
        family: text("family"),
        revision: definition.get("revision").and_then(Value::as_u64).unwrap_or_default(),
        input,
    })
}

/// Whether a copy may have the tag: AWS's own nobody else may write, and an earlier request's is not this one's.
fn is_handed_on(tag: &Value) -> bool {
    let key = tag.get("key").and_then(Value::as_str).unwrap_or_default();
    !key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) && key != REQUEST
}

/// Gives containers their images. Whether one is another than before, and which containers are essential.
fn change(
    there: &mut [Value],
    containers: &[CloneContainer<Resolved>],
    image_tag: Option<&str>,
) -> Result<(bool, Vec<String>), String> {
    let name_of = |container: &Value| container.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let names: Vec<String> = there.iter().map(name_of).collect();
    let missing: BTreeSet<&str> = containers
        .iter()
        .map(|container| container.name.as_str())
        .filter(|name| !names.iter().any(|there| there == name))
        .collect();
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.into_iter().collect();
        let names = names.join("`, `");
        return Err(format!("it has no container `{}`: its containers are `{names}`", missing.join("`, `")));
    }
    let mut changes = false;
    for CloneContainer { name, image_tag: own } in containers {
        let tag = own.as_ref().map(Text::as_str).or(image_tag).map(str::trim).filter(|tag| !tag.is_empty());
        let Some(tag) = tag else {
            return Err(format!("no tag is given for the image of its container `{name}`"));
        };
        for container in there.iter_mut().filter(|container| name_of(container) == *name) {
            let Some(image) = container.get_mut("image") else {
                return Err(format!("its container `{name}` has no image"));
            };
            let new = retagged(image.as_str().unwrap_or_default(), tag)
                .map_err(|wrong| format!("container `{name}`: {wrong}"))?;
            changes |= image.as_str() != Some(&new);
            *image = new.into();
        }
    }
    // A container is essential where nothing is said.
    let is_essential = |container: &&Value| container.get("essential").and_then(Value::as_bool) != Some(false);
    Ok((changes, there.iter().filter(is_essential).map(name_of).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described() -> Value {
        json!({
            "taskDefinition": {
                "taskDefinitionArn": "arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/api:7",
                "containerDefinitions": [
                    {"name": "web", "image": "repo/web:1", "essential": true, "restartPolicy": {"enabled": true}},
                    {"name": "log", "image": "repo/log", "essential": false, "versionConsistency": "disabled"},
                ],
                "family": "api", "revision": 7, "status": "ACTIVE", "cpu": "256", "volumes": [],
                "fromTheFuture": {"b": 1, "a": [2]}, "enableFaultInjection": true,
                "requiresAttributes": [{"name": "x"}], "compatibilities": ["FARGATE"],
                "registeredAt": 1.5, "registeredBy": "arn:aws-cn:iam::123456789012:root", "deregisteredAt": 2.5,
            },
            "tags": [
                {"key": "team", "value": "shop"}, {"key": "aws:cloudformation:stack-name", "value": "other"},
                {"key": REQUEST, "value": "earlier"},
            ],
        })
    }

    fn named(names: &[&str]) -> Vec<CloneContainer<Resolved>> {
        names.iter().map(|name| CloneContainer { name: (*name).to_owned(), image_tag: None }).collect()
    }

    /// TK-08, TK-30.
    #[test]
    fn nothing_but_the_image_changes() {
        let draft = drafted(&described(), &named(&["web"]), Some("2")).unwrap();
        assert!(draft.changes && draft.is_active);
        assert_eq!(draft.essential, ["web"]);
        let expected = r#"{"containerDefinitions":[{"name":"web","image":"repo/web:2","essential":true,"restartPolicy":{"enabled":true}},{"name":"log","image":"repo/log","essential":false,"versionConsistency":"disabled"}],"family":"api","cpu":"256","volumes":[],"fromTheFuture":{"b":1,"a":[2]},"enableFaultInjection":true,"tags":[{"key":"team","value":"shop"}]}"#;
        assert_eq!(Value::Object(draft.input).to_string(), expected);
    }

    #[test]
    fn no_tags_are_left_out() {
        let mut described = described();
        described["tags"] = json!([]);
        assert!(!drafted(&described, &named(&["web"]), Some("2")).unwrap().input.contains_key("tags"));
        described.as_object_mut().unwrap().remove("tags");
        assert!(!drafted(&described, &named(&["web"]), Some("1")).unwrap().changes, "it has that tag already");
    }

    /// TK-07.
    #[test]
    fn a_container_that_is_not_there_is_an_error() {
        let wrong = drafted(&described(), &named(&["wbe", "web", "lgo"]), Some("2")).unwrap_err();
        assert!(wrong.ends_with("it has no container `lgo`, `wbe`: its containers are `web`, `log`"), "{wrong}");
        let wrong = drafted(&described(), &named(&["log"]), Some(" ")).unwrap_err();
        assert!(wrong.ends_with("no tag is given for the image of its container `log`"), "{wrong}");
    }
}
