//! How resources of our own types reach the function that serves them.

use crate::cloudformation::Function;
use crate::cloudformation::resource::custom;
use crate::cloudformation::value::Text;
use crate::installation::{Installation, ServiceToken};

/// What the function of the installation is asked, and the seconds for which CloudFormation waits for its answer.
pub(super) fn served<P>(installation: &Installation, timeout: u32, properties: P) -> custom::Served<P> {
    let service_token = match &installation.service_token {
        ServiceToken::Exported(name) => Function::ImportValue(Box::new(Text::from(name.clone()))).into(),
        ServiceToken::Arn(arn) => Text::from(arn.clone()),
    };
    custom::Served { service: custom::Service { service_token, service_timeout: timeout }, properties }
}
