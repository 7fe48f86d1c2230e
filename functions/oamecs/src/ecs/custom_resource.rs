//! How resources of our own types reach the function that serves them.

use crate::cloudformation::Function;
use crate::cloudformation::resource::custom;
use crate::cloudformation::value::Text;
use crate::installation::{Installation, ServiceToken};

/// The function of the installation, and the seconds for which CloudFormation waits for it.
pub(super) fn service(installation: &Installation, timeout: u32) -> custom::Service {
    let service_token = match &installation.service_token {
        ServiceToken::Exported(name) => Function::ImportValue(Box::new(Text::from(name.clone()))).into(),
        ServiceToken::Arn(arn) => Text::from(arn.clone()),
    };
    custom::Service { service_token, service_timeout: timeout }
}
