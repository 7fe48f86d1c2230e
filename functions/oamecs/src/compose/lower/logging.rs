//! [`logging`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#logging): output goes to CloudWatch Logs,
//! unless a driver that ECS has says otherwise.

use std::collections::BTreeMap;

use super::super::model::Logging;
use super::{Lowering, secret_variables};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::suggestion;
use crate::options::log_driver::{self, Options, of_awslogs};
use crate::program::platform::{Driver, Log};

/// Where the output of a service goes; `None` where it says nothing that counts.
pub(super) fn lower(service: &str, logging: Logging, lowering: &mut Lowering<'_>) -> Option<Log> {
    let Logging { origin, driver, options, secret_options } = logging;
    let place = driver.as_ref().map_or(origin, |driver| driver.origin);
    let name = driver.as_ref().map(|driver| driver.value.as_str());
    if let Some(known) = name.and_then(log_driver::find) {
        let options = known.options(options, lowering.diagnostics);
        let is_missing = |name: &&&str| !options.contains_key(**name) && !secret_options.contains_key(**name);
        for missing in known.needed.iter().filter(is_missing) {
            let fix = format!(
                "write it under `options`, or name a secret with it under `x-aws-secret_options`: `{missing}: …`"
            );
            let message = format!("the driver `{}` needs the option `{missing}`", known.name);
            lowering.diagnostics.error(place, message).fix(fix);
        }
        return Some(log(service, place, known.driver, options, secret_options, lowering));
    }
    match name {
        None | Some("" | "json-file" | "local") => {
            if let Some(name @ ("json-file" | "local")) = name {
                lowering.diagnostics.note(place, format!("`driver: {name}` has no effect: there is no disk of a host to log to, and the output goes to CloudWatch Logs"));
            }
            refuse_secrets(&secret_options, lowering.diagnostics);
            let options = of_docker(options, lowering.diagnostics);
            let log = Log { origin: place, driver: Driver::CloudWatch, options, secrets: BTreeMap::new() };
            (!log.options.is_empty()).then_some(log)
        }
        Some("awslogs") => {
            refuse_secrets(&secret_options, lowering.diagnostics);
            let options = of_awslogs(options, lowering.diagnostics);
            Some(Log { origin: place, driver: Driver::CloudWatch, options, secrets: BTreeMap::new() })
        }
        // Options are those of what the log router sends to, which are without number.
        Some("awsfirelens") => Some(log(service, place, Driver::Router, options, secret_options, lowering)),
        Some("none") => {
            refuse_secrets(&secret_options, lowering.diagnostics);
            for (name, value) in options {
                lowering
                    .diagnostics
                    .note(value.origin, format!("`{name}` has no effect: with `driver: none` the output is lost"));
            }
            Some(Log { origin: place, driver: Driver::Nowhere, options: BTreeMap::new(), secrets: BTreeMap::new() })
        }
        Some(other) => {
            let names = log_driver::names().chain(["awsfirelens", "awslogs", "none"]);
            let error = lowering.diagnostics.error(place, format!("ECS has no log driver `{other}`"));
            match suggestion(other, names) {
                Some(near) => error.fix(format!("did you mean `{near}`?")),
                None => error.fix("remove `logging`, and the output goes to CloudWatch Logs; or write `driver: awsfirelens`, and a log router sends it on"),
            }
            None
        }
    }
}

fn log(
    service: &str,
    origin: Origin,
    driver: Driver,
    options: Options,
    secret_options: Options,
    lowering: &mut Lowering<'_>,
) -> Log {
    for (name, value) in &options {
        if log_driver::is_confidential(name) && value.value.known().is_some() {
            lowering
                .diagnostics
                .note(
                    value.origin,
                    format!("`{name}` puts a credential where everybody who may see the template reads it"),
                )
                .fix(format!("name a secret with it under `x-aws-secret_options`: `{name}: …`"));
        }
    }
    let mut secrets = BTreeMap::new();
    for (name, given) in secret_options {
        if options.contains_key(&name) {
            lowering
                .diagnostics
                .error(given.origin, format!("`options` has a value for `{name}` too"))
                .fix(format!("remove `{name}` from `options`"));
        }
        if let Some(part) = secret_variables::part(format!("{service}:log:{name}"), &given, lowering) {
            secrets.insert(name, Located::new(given.origin, part));
        }
    }
    Log { origin, driver, options, secrets }
}

fn refuse_secrets(options: &Options, diagnostics: &mut Diagnostics) {
    for (name, value) in options {
        diagnostics
            .error(value.origin, format!("CloudWatch Logs needs no secrets, so `{name}` is none of its options"))
            .fix("remove it, or name the driver that has it");
    }
}

/// Options of the driver that Docker logs with; the predecessor took those of `awslogs` without the driver's name.
fn of_docker(options: Options, diagnostics: &mut Diagnostics) -> Options {
    let is_kept = |name: &String| name.starts_with("awslogs-") || name == "mode" || name == "max-buffer-size";
    let (awslogs, others): (Options, Options) = options.into_iter().partition(|(name, _)| is_kept(name));
    for (name, value) in others {
        diagnostics.note(value.origin, format!("`{name}` has no effect: the output goes to CloudWatch Logs, which keeps it for as long as the log group says"));
    }
    of_awslogs(awslogs, diagnostics)
}
