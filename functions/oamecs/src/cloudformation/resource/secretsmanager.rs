//! [AWS Secrets Manager](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SecretsManager.html).

use serde::Serialize;

use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::SecretsManager::Secret`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html):
/// a value that only roles see. `Ref` is its ARN. At most one of the two ways to its value is there; with none it has no
/// value until somebody gives it one, and tasks that want it do not start.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    /// Up to 512 letters, digits and `/_+=.@-`; generated when absent. Changing it replaces the secret.
    pub name: Option<Text>,
    /// Up to 2,048 characters.
    pub description: Option<Text>,
    /// A random value. Changing it makes another value.
    pub generate_secret_string: Option<GenerateSecretString>,
    /// The value. Only a parameter with `NoEcho`, or a dynamic reference, keeps it out of the template.
    pub secret_string: Option<Text>,
    /// Id, alias or ARN of a key; AWS's own key for Secrets Manager when absent, which no other account can use.
    pub kms_key_id: Option<Text>,
}

impl Properties for Secret {
    const TYPE: &'static str = "AWS::SecretsManager::Secret";
}

/// How a random value is made.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GenerateSecretString {
    /// Characters, up to 4,096: 32 when absent.
    pub password_length: Option<u32>,
    /// Characters that it must not have.
    pub exclude_characters: Option<Text>,
    /// Whether it has no a to z.
    pub exclude_lowercase: Option<bool>,
    /// Whether it has no A to Z.
    pub exclude_uppercase: Option<bool>,
    /// Whether it has no digits.
    pub exclude_numbers: Option<bool>,
    /// Whether it has none of ``!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~``.
    pub exclude_punctuation: Option<bool>,
    /// Whether it may have a space.
    pub include_space: Option<bool>,
    /// Whether it has at least one of each kind; it has when absent.
    pub require_each_included_type: Option<bool>,
    /// The key under which the value is put into the template. Required with it.
    pub generate_string_key: Option<Text>,
    /// A JSON object as a text, to which the value is added. Required with the key.
    pub secret_string_template: Option<Text>,
}
