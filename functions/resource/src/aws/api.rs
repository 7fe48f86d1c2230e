//! Signed requests to services that have no client here, and requests that nobody signs.
//!
//! In: a [`Call`], of which the protocol of the service has made a body. Out: the body of the answer, or an [`ApiError`] with the code
//! that the service gave. The SDK's own machinery sends it: its connections, time-outs and retries.

use std::time::{Duration, SystemTime};

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::TransientErrorClassifier;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use serde_json::Value;

use super::{ATTEMPT, Aws, retries, unanswered, unmetered, xml};

/// A request to a service.
#[derive(Clone, Debug)]
pub struct Call {
    /// What the service is called in its address and in signatures: `ec2`.
    pub service: &'static str,
    /// What is done, for logs.
    pub operation: &'static str,
    /// The path; `/` mostly.
    pub path: String,
    /// Headers besides those that every request has.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// For how long it is waited for, before it is sent once more.
    pub attempt: Duration,
}

impl Call {
    /// A call in [JSON](https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html), to `prefix.operation`.
    pub fn json(service: &'static str, version: &str, prefix: &str, operation: &'static str, body: &Value) -> Self {
        Self {
            service,
            operation,
            path: "/".to_owned(),
            headers: vec![
                ("content-type", format!("application/x-amz-json-{version}")),
                ("x-amz-target", format!("{prefix}.{operation}")),
            ],
            body: body.to_string(),
            attempt: ATTEMPT,
        }
    }

    /// A call in the [query protocol](https://smithy.io/2.0/aws/protocols/aws-query-protocol.html), whose answer is XML.
    pub fn query(
        service: &'static str,
        version: &str,
        operation: &'static str,
        parameters: &[(String, String)],
    ) -> Self {
        let encoded =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let mut body = format!("Action={operation}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{}={}", encoded(name), encoded(value)));
        }
        Self {
            service,
            operation,
            path: "/".to_owned(),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body,
            attempt: ATTEMPT,
        }
    }
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The HTTP status; 0 where there was no answer.
    pub status: u16,
    /// What the service calls the error: `AccessDeniedException`.
    pub code: String,
    /// What it says of it.
    pub message: String,
    /// The whole answer, of which some errors tell more.
    pub body: String,
}

impl Aws {
    /// Calls a service and reads its JSON.
    ///
    /// # Errors
    /// What the service answered, or why it did not.
    pub async fn call_json(&self, call: Call) -> Result<Value, ApiError> {
        let body = self.call(call).await?;
        serde_json::from_str(&body).map_err(|error| ApiError::local("InvalidResponse", &error))
    }

    /// Calls a service: the body of its answer.
    ///
    /// # Errors
    /// What the service answered, or why it did not.
    pub async fn call(&self, call: Call) -> Result<String, ApiError> {
        let endpoint = self.endpoint(call.service);
        let request = self.signed(&call, &endpoint).await?;
        self.send((call.service, call.operation), &endpoint, request, call.attempt).await
    }

    /// Calls a service and reads its JSON, and does not try again: for what must not happen twice where only the answer is lost.
    ///
    /// # Errors
    /// What the service answered, or why it did not, which [`ApiError::may_pass`] perhaps.
    pub async fn call_json_once(&self, call: Call) -> Result<Value, ApiError> {
        let endpoint = self.endpoint(call.service);
        let request = self.signed(&call, &endpoint).await?;
        let names = (call.service, call.operation);
        let body = self.try_to_send(names, &endpoint, request, (call.attempt, &RetryConfig::disabled())).await?;
        serde_json::from_str(&body).map_err(|error| ApiError::local("InvalidResponse", &error))
    }

    /// Sends a request as it is to an address: the body of the answer. What may have been a fault of the moment is tried again.
    ///
    /// # Errors
    /// What was answered, or why nothing was.
    pub async fn send(
        &self,
        (service, operation): (&'static str, &'static str),
        endpoint: &str,
        request: HttpRequest,
        attempt: Duration,
    ) -> Result<String, ApiError> {
        self.try_to_send((service, operation), endpoint, request, (attempt, &retries())).await
    }

    async fn try_to_send(
        &self,
        (service, operation): (&'static str, &'static str),
        endpoint: &str,
        request: HttpRequest,
        (attempt, retries): (Duration, &RetryConfig),
    ) -> Result<String, ApiError> {
        let config = self.config();
        let mut sending = Operation::builder()
            .service_name(service)
            .operation_name(operation)
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(endpoint)
            .no_auth()
            .standard_retry(retries)
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(attempt).build())
            .with_connection_poisoning()
            .runtime_plugin(retrying())
            .retry_classifier(TransientErrorClassifier::<ApiError>::new())
            .retry_classifier(Temporary);
        if let Some(client) = config.http_client() {
            sending = sending.http_client(client);
        }
        if let Some(sleep) = config.sleep_impl() {
            sending = sending.sleep_impl(sleep);
        }
        if let Some(time) = config.time_source() {
            sending = sending.time_source(time);
        }
        let sending = sending
            .serializer(|request: HttpRequest| Ok::<_, BoxError>(request))
            .deserializer(|response: &HttpResponse| read(response).map_err(OrchestratorError::operation))
            .build();
        sending.invoke(request).await.map_err(|error| match error {
            SdkError::ServiceError(error) => error.into_err(),
            // Without the address, which may be a secret.
            SdkError::TimeoutError(_) => ApiError::local("Timeout", &"there was no answer in time"),
            other => ApiError::local("NoAnswer", &unanswered(&other)),
        })
    }

    fn endpoint(&self, service: &str) -> String {
        if let Some(endpoint) = self.config().endpoint_url() {
            return endpoint.trim_end_matches('/').to_owned();
        }
        let region = self.region();
        format!("https://{service}.{region}.{}", dns_suffix(region))
    }

    async fn signed(&self, call: &Call, endpoint: &str) -> Result<HttpRequest, ApiError> {
        let Some(provider) = self.config().credentials_provider() else {
            return Err(ApiError::local("NoCredentials", &"the environment has none"));
        };
        let identity = provider.provide_credentials().await;
        let identity = identity.map_err(|error| ApiError::local("NoCredentials", &error))?.into();
        let unfit = |error: &dyn std::fmt::Display| ApiError::local("InvalidRequest", error);
        let now = self.config().time_source().map_or_else(SystemTime::now, |source| source.now());
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region())
            .name(call.service)
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unfit(&error))?
            .into();
        let url = format!("{endpoint}{}", call.path);
        let headers = call.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let signable = SignableRequest::new("POST", &url, headers, SignableBody::Bytes(call.body.as_bytes()))
            .map_err(|error| unfit(&error))?;
        let (instructions, _) = sign(signable, &parameters).map_err(|error| unfit(&error))?.into_parts();

        let mut request = request("POST", &call.path, call.body.clone().into()).map_err(|error| unfit(&error))?;
        for (name, value) in &call.headers {
            request.headers_mut().insert(*name, value.clone());
        }
        for (name, value) in instructions.headers() {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        Ok(request)
    }
}

/// Retries without a budget, as those of the clients.
fn retrying() -> StaticRuntimePlugin {
    let mut layer = Layer::new("retries");
    layer.store_put(unmetered());
    StaticRuntimePlugin::new().with_config(layer.freeze())
}

/// A request whose address gets its beginning when it is sent.
///
/// # Errors
/// A path that is none.
pub fn request(method: &str, path: &str, body: SdkBody) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(body);
    request.set_method(method)?;
    request.set_uri(path)?;
    Ok(request)
}

fn read(response: &HttpResponse) -> Result<String, ApiError> {
    let body = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
    let status = response.status().as_u16();
    if (200..300).contains(&status) {
        return Ok(body);
    }
    let header = response.headers().get("x-amzn-errortype").map(str::to_owned);
    let (code, message) = error_of(&body);
    let code = header.or(code).unwrap_or_else(|| format!("HTTP {status}"));
    // `com.amazonaws.kms#NotFoundException:http://…`
    let code = code.split(':').next().and_then(|code| code.rsplit('#').next()).unwrap_or(&code).to_owned();
    Err(ApiError { status, code, message: message.unwrap_or_default(), body })
}

/// The code and the message of an error, as JSON or as XML.
fn error_of(body: &str) -> (Option<String>, Option<String>) {
    if let Ok(json) = serde_json::from_str::<Value>(body) {
        let text = |names: [&str; 2]| names.iter().find_map(|name| json.get(*name)?.as_str().map(str::to_owned));
        return (text(["__type", "code"]), text(["message", "Message"]));
    }
    xml::error_of(body)
}

impl ApiError {
    pub(crate) fn local(code: &str, message: &dyn std::fmt::Display) -> Self {
        Self { status: 0, code: code.to_owned(), message: message.to_string(), body: String::new() }
    }

    /// Whether the same may go well a moment later, or has: an answer that is lost is an error too.
    pub fn may_pass(&self) -> bool {
        self.is_temporary() || matches!(self.code.as_str(), "Timeout" | "NoAnswer" | "InvalidResponse")
    }

    /// Whether the same may go well a moment later.
    fn is_temporary(&self) -> bool {
        const CODES: [&str; 8] = [
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestTimeout",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ];
        matches!(self.status, 429 | 500..=599) || CODES.contains(&self.code.as_str())
    }
}

/// Errors of the moment are tried again.
#[derive(Debug)]
struct Temporary;

impl ClassifyRetry for Temporary {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let error = error.and_then(|error| error.as_operation_error()?.downcast_ref::<ApiError>());
        match error {
            Some(error) if error.is_temporary() => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "errors of the moment"
    }
}

/// What addresses of the Region's services end with:
/// [partitions](https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
fn dns_suffix(region: &str) -> &'static str {
    const SUFFIXES: [(&str, &str); 7] = [
        ("cn-", "amazonaws.com.cn"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("eusc-", "amazonaws.eu"),
        ("", "amazonaws.com"),
    ];
    SUFFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("amazonaws.com", |(_, suffix)| suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_their_partitions_addresses() {
        assert_eq!(dns_suffix("eu-west-1"), "amazonaws.com");
        assert_eq!(dns_suffix("us-gov-west-1"), "amazonaws.com");
        assert_eq!(dns_suffix("cn-north-1"), "amazonaws.com.cn");
        assert_eq!(dns_suffix("us-isob-east-1"), "sc2s.sgov.gov");
    }

    #[test]
    fn errors_of_all_protocols_have_a_code() {
        let json = r#"{"__type":"com.amazonaws.kms#NotFoundException","message":"no such key"}"#;
        assert_eq!(error_of(json).0.as_deref(), Some("com.amazonaws.kms#NotFoundException"));
        let query = "<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>";
        assert_eq!(
            error_of(query),
            (Some("ValidationError".to_owned()), Some("Stack with id x does not exist".to_owned()))
        );
        let ec2 = "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>none</Message></Error></Errors></Response>";
        assert_eq!(error_of(ec2).0.as_deref(), Some("InvalidVpcID.NotFound"));
        assert_eq!(error_of("<html>"), (None, None));
    }
}
