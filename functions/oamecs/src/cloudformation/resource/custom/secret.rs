//! `Custom::OamEcsSecret`: finds a secret by its name.

use serde::{Deserialize, Serialize};

use crate::cloudformation::Function;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// Finds a secret, so that a wrong name fails the stack in seconds, and roles name what they may read exactly. It never hands
/// on the value. `Ref` is the ARN.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Secret<F = Function> {
    /// Name or ARN, in the region of the stack.
    pub name: Text<F>,
    /// Keys that the value must have, a JSON object then. Checked where the installation lets the function read the value.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

impl Properties for Secret {
    const TYPE: &'static str = "Custom::OamEcsSecret";
}

impl Secret {
    /// The attribute that is the exact ARN, with the six characters at its end.
    pub const ARN: &'static str = "Arn";

    /// The attribute that is the ARN of the key that encrypts it, AWS's own included.
    pub const KMS_KEY_ARN: &'static str = "KmsKeyArn";
}
