//! The interfaces of AWS that the function uses.
//!
//! In: the SDK's configuration. Out: [`Aws`], from which every type of resource takes its clients. ECS, Cloud Map, Route 53 and
//! Secrets Manager by the SDK; services of which one or two operations are needed by signed requests of our own ([`api`]),
//! as their SDKs would cost minutes of every build and megabytes of the function.

pub mod api;
pub mod ec2;
pub mod ecs;
pub mod kms;
pub mod lambda;
pub mod load_balancers;
pub mod logs;
pub mod stacks;
mod xml;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

/// The clients, each made when it is used first.
#[derive(Clone, Debug)]
pub struct Aws(Arc<Clients>);

#[derive(Debug)]
struct Clients {
    config: SdkConfig,
    ecs: OnceLock<aws_sdk_ecs::Client>,
    route53: OnceLock<aws_sdk_route53::Client>,
    secrets: OnceLock<aws_sdk_secretsmanager::Client>,
    service_discovery: OnceLock<aws_sdk_servicediscovery::Client>,
}

/// The client that the SDK would take by default, with another library for TLS.
fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector = Connector::builder()
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
            .proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    })
}

impl Aws {
    /// AWS as the environment of a Lambda function names it.
    pub async fn of_environment() -> Self {
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http_client());
        Self::new(config.retry_config(retries()).timeout_config(timeouts()).load().await)
    }

    /// AWS as this configuration names it.
    pub fn new(config: SdkConfig) -> Self {
        Self(Arc::new(Clients {
            config,
            ecs: OnceLock::new(),
            route53: OnceLock::new(),
            secrets: OnceLock::new(),
            service_discovery: OnceLock::new(),
        }))
    }

    /// What all clients are made from.
    pub fn config(&self) -> &SdkConfig {
        &self.0.config
    }

    /// The Region; empty where the environment names none.
    pub fn region(&self) -> &str {
        self.config().region().map_or("", AsRef::as_ref)
    }

    /// Amazon ECS.
    pub fn ecs(&self) -> &aws_sdk_ecs::Client {
        self.0.ecs.get_or_init(|| {
            let config = aws_sdk_ecs::config::Builder::from(&self.0.config);
            aws_sdk_ecs::Client::from_conf(config.retry_partition(unmetered()).build())
        })
    }

    /// Amazon Route 53.
    pub fn route53(&self) -> &aws_sdk_route53::Client {
        self.0.route53.get_or_init(|| {
            let config = aws_sdk_route53::config::Builder::from(&self.0.config);
            aws_sdk_route53::Client::from_conf(config.retry_partition(unmetered()).build())
        })
    }

    /// Amazon Route 53, in the account of a role.
    ///
    /// # Errors
    /// Why the function cannot act with the role.
    pub async fn route53_as(&self, role: &str) -> Result<aws_sdk_route53::Client, CredentialsError> {
        let provider = AssumeRoleProvider::builder(role).session_name("oamecs").configure(self.config()).build().await;
        // A session is longer than a run.
        let session = provider.provide_credentials().await?;
        let config = aws_sdk_route53::config::Builder::from(self.config()).credentials_provider(session);
        Ok(aws_sdk_route53::Client::from_conf(config.retry_partition(unmetered()).build()))
    }

    /// AWS Secrets Manager.
    pub fn secrets(&self) -> &aws_sdk_secretsmanager::Client {
        self.0.secrets.get_or_init(|| {
            let config = aws_sdk_secretsmanager::config::Builder::from(&self.0.config);
            aws_sdk_secretsmanager::Client::from_conf(config.retry_partition(unmetered()).build())
        })
    }

    /// AWS Cloud Map.
    pub fn service_discovery(&self) -> &aws_sdk_servicediscovery::Client {
        self.0.service_discovery.get_or_init(|| {
            let config = aws_sdk_servicediscovery::config::Builder::from(&self.0.config);
            aws_sdk_servicediscovery::Client::from_conf(config.retry_partition(unmetered()).build())
        })
    }
}

/// A throttled call is tried for about a minute: nobody waits for these calls but CloudFormation, which has the time.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(8).with_max_backoff(Duration::from_secs(15))
}

/// The SDK shares a budget of retries among all calls of a process, which spares services with many clients. Here one caller in
/// trouble would use up what the next one needs.
fn unmetered() -> RetryPartition {
    RetryPartition::custom("oamecs").token_bucket(TokenBucket::unlimited()).build()
}

/// For how long a call is waited for, before it is made once more.
pub(crate) const ATTEMPT: Duration = Duration::from_secs(25);

/// A call that hangs must not take the time that the answer needs.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(Duration::from_secs(20))
        .operation_attempt_timeout(ATTEMPT)
        .build()
}

/// What a call of the SDK failed with, for the author: `AccessDeniedException: User … is not authorized …`.
pub fn explained<E, R>(error: &SdkError<E, R>) -> String
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match (code(error), error.as_service_error().and_then(ProvideErrorMetadata::message)) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => unanswered(error),
    }
}

/// Why a call has no answer of its service's. What was sent and what came is not in it: a task definition holds values that only
/// its owner may read, and whoever may describe a stack reads its events.
fn unanswered<E, R>(error: &SdkError<E, R>) -> String {
    match error {
        SdkError::TimeoutError(_) => "there was no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) => format!("there is no connection: {}", causes(error)),
            None => "there is no connection".to_owned(),
        },
        SdkError::ResponseError(_) | SdkError::ServiceError(_) => "the answer cannot be read".to_owned(),
        _ => "the request cannot be made".to_owned(),
    }
}

/// An error, and what it comes from, without what was sent and what came.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text
}

/// The code of the error that a service answered: `AccessDeniedException`.
pub fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    #[test]
    fn what_a_service_answered_is_in_no_reason() {
        let unread = SdkError::<ErrorMetadata, _>::response_error("at byte 7: secret", "{\"value\": \"secret\"}");
        assert_eq!(explained(&unread), "the answer cannot be read");
        let nameless = SdkError::service_error(ErrorMetadata::builder().build(), "secret");
        assert_eq!(explained(&nameless), "the answer cannot be read");
    }
}
