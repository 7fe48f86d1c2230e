//! The macro Lambda: CloudFormation's request to [`oamecs::expand`], and its answer back.
//!
//! CloudFormation shows an author only what a *successful* invocation says. So this function always succeeds: whatever
//! goes wrong, a panic included, is an answer with the status `failure` and a message. What is logged is what the author is
//! told: names, and values that are not what they must be. Values of environment variables and of `NoEcho` parameters are
//! in neither.

mod answer;
mod request;

use std::convert::Infallible;
use std::env;

use lambda_runtime::{LambdaEvent, run, service_fn};
use oamecs::installation::{Installation, ServiceToken};
use serde_json::value::RawValue;

use answer::Answer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log();
    // The default hook prints the panic's text, which may hold what was being read.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    let installation = installation();
    run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let answer = answer::answer(&event.payload, &installation, &event.context.request_id);
        async move { Ok::<Answer, Infallible>(answer) }
    }))
    .await
}

/// Logs as JSON, which `template.yaml` asks Lambda for, from the level that is set there on.
fn log() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt().json().with_max_level(level.unwrap_or(tracing::Level::INFO)).init();
}

/// The settings of the installation: `template.yaml` sets `OAMECS_…`, Lambda the rest.
fn installation() -> Installation {
    let given = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let default = Installation::default();
    Installation {
        defaults: given("OAMECS_DEFAULTS"),
        init_image: given("OAMECS_INIT_IMAGE").unwrap_or(default.init_image),
        log_group: given("AWS_LAMBDA_LOG_GROUP_NAME"),
        permissions_boundary: given("OAMECS_PERMISSIONS_BOUNDARY"),
        service_token: given("OAMECS_SERVICE_TOKEN")
            .map(ServiceToken::Arn)
            .or_else(|| given("OAMECS_SERVICE_TOKEN_EXPORT").map(ServiceToken::Exported))
            .unwrap_or(default.service_token),
    }
}
