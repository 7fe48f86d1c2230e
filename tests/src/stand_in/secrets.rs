//! AWS Secrets Manager, and the keys that encrypt its values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Refusal;

/// A secret.
#[derive(Clone, Debug, Default)]
pub struct Secret {
    /// With the six characters at its end.
    pub arn: String,
    /// `None`: it may not be read.
    pub value: Option<String>,
    /// AWS's own where there is none.
    pub key: Option<String>,
    /// Whether it is going to be deleted.
    pub is_deleted: bool,
}

/// The secrets of the account, by name.
#[derive(Debug, Default)]
pub struct Secrets {
    /// The secrets.
    pub secrets: BTreeMap<String, Secret>,
}

impl Secrets {
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        let id = input["SecretId"].as_str().unwrap_or_default();
        let found = self.secrets.iter().find(|(name, secret)| *name == id || secret.arn == id);
        let Some((name, secret)) = found else {
            return Err(Refusal::new("ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
        };
        match operation {
            "DescribeSecret" => {
                let mut answer = json!({ "ARN": secret.arn, "Name": name });
                if let Some(key) = &secret.key {
                    answer["KmsKeyId"] = key.as_str().into();
                }
                if secret.is_deleted {
                    answer["DeletedDate"] = json!(1_700_000_000);
                }
                Ok(answer)
            }
            "GetSecretValue" => match &secret.value {
                Some(value) => Ok(json!({ "ARN": secret.arn, "Name": name, "SecretString": value })),
                None => Err(Refusal::new("AccessDeniedException", "the function may not read it")),
            },
            _ => panic!("no stand-in for secretsmanager {operation}"),
        }
    }
}

/// AWS KMS: keys by their aliases.
#[derive(Debug, Default)]
pub struct Keys {
    /// From an alias, or its ARN, to the ARN of its key.
    pub aliases: BTreeMap<String, String>,
}

impl Keys {
    pub(super) fn call(&mut self, operation: &str, input: &Value) -> Result<Value, Refusal> {
        assert_eq!(operation, "DescribeKey", "no stand-in for it");
        let alias = input["KeyId"].as_str().unwrap_or_default();
        match self.aliases.get(alias) {
            Some(arn) => Ok(json!({ "KeyMetadata": { "Arn": arn, "KeyId": arn.rsplit('/').next() } })),
            None => Err(Refusal::new("NotFoundException", format!("Alias {alias} is not found."))),
        }
    }
}
