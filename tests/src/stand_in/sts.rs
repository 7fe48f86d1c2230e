//! AWS STS: roles of other accounts.

use serde_json::Value;

use super::Refusal;

/// The access key of whoever has assumed a role: its name, in capitals.
pub fn key_of(role: &str) -> String {
    format!("ASIA{}", role.rsplit('/').next().unwrap_or_default().to_uppercase())
}

pub(super) fn call(operation: &str, input: &Value) -> Result<Value, Refusal> {
    assert_eq!(operation, "AssumeRole", "no stand-in for it");
    let role = input["RoleArn"].as_str().unwrap_or_default();
    if role.ends_with("/closed") {
        return Err(Refusal::new("AccessDenied", "not authorized to perform: sts:AssumeRole"));
    }
    let xmlns = "https://sts.amazonaws.com/doc/2011-06-15/";
    Ok(format!(
        "<AssumeRoleResponse xmlns=\"{xmlns}\"><AssumeRoleResult><Credentials><AccessKeyId>{}</AccessKeyId>\
         <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z\
         </Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:oamecs</AssumedRoleId><Arn>{role}</Arn>\
         </AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>",
        key_of(role)
    )
    .into())
}
