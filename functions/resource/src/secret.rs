//! `Custom::OamEcsSecret`: finds a secret by its name.
//!
//! In: a name or an ARN, and keys that its value must have. Out: the exact ARN, and that of the key that encrypts it. The value is
//! read where keys are asked for and the installation allows it, and goes no further than that.

use std::collections::{BTreeMap, BTreeSet};

use oamecs::cloudformation::resource::custom;
use oamecs::cloudformation::value::Resolved;
use serde_json::Value;

use crate::aws::{code, explained};
use crate::work::{AtOnce, Change, Event, Failure, Outcome, Progress, Site, Work};

/// The contract.
type Properties = custom::Secret<Resolved>;

/// AWS's own key, which encrypts secrets that name no other.
const AWS_KEY: &str = "alias/aws/secretsmanager";

/// The type of resource.
#[derive(Clone, Copy, Debug)]
pub struct Secret;

impl Work for Secret {
    type Properties = Properties;
    type State = AtOnce;

    fn is_name(&self, physical_id: &str) -> bool {
        physical_id.starts_with("arn:")
    }

    async fn start(&self, event: &Event<Properties>, site: &Site) -> Progress<AtOnce> {
        match &event.change {
            Change::Create { properties } | Change::Update { properties, .. } => {
                Ok(find(properties, site).await?.into())
            }
            // It was only found.
            Change::Delete { physical_id, .. } => Ok(Outcome::new(physical_id).into()),
        }
    }

    async fn poll(&self, _: &Event<Properties>, state: AtOnce, _: &Site) -> Progress<AtOnce> {
        match state {}
    }

    async fn give_up(&self, _: &Event<Properties>, state: AtOnce, _: &Site) -> Result<Outcome, Failure> {
        match state {}
    }
}

/// The attributes, as far as the ARN says them: the key is AWS's own where nothing else is known.
pub fn attributes(arn: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::from([(custom::Secret::ARN.to_owned(), arn.to_owned())]);
    if let Some(keys) = keys_of(arn) {
        attributes.insert(custom::Secret::KMS_KEY_ARN.to_owned(), format!("{keys}:{AWS_KEY}"));
    }
    attributes
}

async fn find(properties: &Properties, site: &Site) -> Result<Outcome, Failure> {
    let Properties { name, keys } = properties;
    let name = name.as_str();
    let secrets = site.aws.secrets();
    let found = secrets.describe_secret().secret_id(name).send().await.map_err(|error| {
        Failure::new(match code(&error) {
            Some("ResourceNotFoundException") => {
                format!("there is no secret `{name}` in {}: make it, or correct the name", site.aws.region())
            }
            _ => format!("the secret `{name}` cannot be found: {}", explained(&error)),
        })
    })?;
    if found.deleted_date().is_some() {
        return Err(Failure::new(format!(
            "the secret `{name}` is scheduled for deletion: restore it, or name another"
        )));
    }
    let arn = found.arn().unwrap_or_default();
    if !keys.is_empty() {
        check_keys(name, arn, keys, site).await?;
    }
    let key = key_arn(found.kms_key_id(), arn, site).await?;
    Ok(Outcome::new(arn).with(custom::Secret::ARN, arn).with(custom::Secret::KMS_KEY_ARN, key))
}

/// A valid ARN in any case, as the policy of a role names it. AWS's own key needs no permission, so its alias does.
async fn key_arn(key: Option<&str>, secret: &str, site: &Site) -> Result<String, Failure> {
    let Some(keys) = keys_of(secret) else { return Err(Failure::new(format!("`{secret}` is no ARN of a secret"))) };
    match key {
        None | Some(AWS_KEY) => Ok(format!("{keys}:{AWS_KEY}")),
        Some(arn) if arn.contains(":key/") => Ok(arn.to_owned()),
        Some(alias) if alias.contains("alias/") => site.aws.key_arn(alias).await.map_err(|error| {
            Failure::new(format!("the key `{alias}` that encrypts the secret cannot be found: {error}"))
        }),
        Some(id) => Ok(format!("{keys}:key/{id}")),
    }
}

/// What the ARNs of the keys begin with that are where a secret is.
fn keys_of(secret: &str) -> Option<String> {
    // arn:<partition>:secretsmanager:<region>:<account>:secret:<name>
    let parts: Vec<&str> = secret.split(':').collect();
    let [_, partition, _, region, account, ..] = parts.as_slice() else { return None };
    Some(format!("arn:{partition}:kms:{region}:{account}"))
}

/// Whether the value has all of the keys, where the function may read it.
async fn check_keys(name: &str, arn: &str, keys: &[String], site: &Site) -> Result<(), Failure> {
    let value = match site.aws.secrets().get_secret_value().secret_id(arn).send().await {
        Ok(value) => value,
        Err(error) if matches!(code(&error), Some("AccessDeniedException" | "DecryptionFailure")) => {
            tracing::info!(
                name,
                "the installation does not let the function read this secret: its keys are not checked"
            );
            return Ok(());
        }
        Err(error) => return Err(Failure::new(format!("the secret `{name}` has no value: {}", explained(&error)))),
    };
    let Some(Value::Object(value)) = value.secret_string().and_then(|text| serde_json::from_str(text).ok()) else {
        return Err(Failure::new(format!(
            "the value of the secret `{name}` is no JSON object, and has no key `{}`",
            keys.join("`, `")
        )));
    };
    let missing: BTreeSet<&String> = keys.iter().filter(|key| !value.contains_key(*key)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let missing: Vec<&str> = missing.into_iter().map(String::as_str).collect();
    let there: Vec<&str> = value.keys().map(String::as_str).collect();
    Err(Failure::new(format!(
        "the secret `{name}` has no key `{}`: its keys are `{}`",
        missing.join("`, `"),
        there.join("`, `")
    )))
}
