//! What the people who installed the macro have settled for all templates of the account.

/// Settings of the installation; the macro's function has them as environment variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// Options of the platform and `Tags` of all templates, where these are silent, as JSON.
    pub defaults: Option<String>,
    /// The image of containers that prepare a task: any with a shell, `awk`, `sed`, `find` and what they call coreutils.
    pub init_image: String,
    /// The log group of the macro's function, for messages that are cut.
    pub log_group: Option<String>,
    /// The ARN of the policy beyond which no role of a template reaches.
    pub permissions_boundary: Option<String>,
    /// The function that serves custom resources.
    pub service_token: ServiceToken,
}

/// How templates name the function that serves custom resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceToken {
    /// By the name under which the installation exports its ARN: the function then cannot be removed while stacks use it.
    Exported(String),
    /// By its ARN.
    Arn(String),
}

impl Default for Installation {
    fn default() -> Self {
        Self {
            defaults: None,
            init_image: "public.ecr.aws/docker/library/busybox:1.37".to_owned(),
            log_group: None,
            permissions_boundary: None,
            service_token: ServiceToken::Exported("OamEcs-ServiceToken".to_owned()),
        }
    }
}
