//! The custom-resource Lambda: CloudFormation's request to [`resource::Function`], which answers it.

use std::env;
use std::time::SystemTime;

use lambda_runtime::{LambdaEvent, run, service_fn};
use resource::aws::Aws;
use resource::clock::Clock;
use resource::{Function, Invocation};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    log();
    // The default hook prints the panic's text, which may hold what was being read.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    let function = &Function {
        aws: Aws::of_environment().await,
        name: env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
        table: env::var("OAMECS_LEDGER").ok().filter(|table| !table.is_empty()),
    };
    run(service_fn(|event: LambdaEvent<Value>| async move {
        let LambdaEvent { payload, context } = event;
        let invocation = Invocation {
            id: context.request_id.clone(),
            deadline: context.deadline(),
            clock: Clock::starting_at(SystemTime::now()),
        };
        Box::pin(function.handle(&payload, &invocation)).await.map_err(lambda_runtime::Error::from)
    }))
    .await
}

/// Logs as JSON, which `template.yaml` asks Lambda for, from the level that is set there on; never what the libraries trace,
/// which holds requests as they are.
fn log() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let level = level.unwrap_or(tracing::Level::INFO).min(tracing::Level::INFO);
    tracing_subscriber::fmt().json().with_max_level(level).init();
}
