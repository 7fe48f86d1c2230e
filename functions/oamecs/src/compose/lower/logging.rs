//! [`logging`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#logging): output goes to CloudWatch Logs,
//! unless a driver that ECS has says otherwise.

use std::collections::BTreeMap;

use super::super::model::Logging;
use super::{Lowering, secret_variables};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::suggestion;
use crate::expression::Expr;
use crate::program::platform::{Driver, Log};

type Options = BTreeMap<String, Located<Expr<String>>>;

/// The options of [ECS's `awslogs` driver](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html).
const AWSLOGS: &[&str] = &[
    "awslogs-create-group",
    "awslogs-datetime-format",
    "awslogs-group",
    "awslogs-multiline-pattern",
    "awslogs-region",
    "awslogs-stream-prefix",
    "max-buffer-size",
    "mode",
];

/// The options of [Docker's other drivers](https://docs.docker.com/engine/logging/configure/), what all of them take left out.
const FLUENTD: &[&str] = &[
    "fluentd-address",
    "fluentd-async",
    "fluentd-async-reconnect-interval",
    "fluentd-buffer-limit",
    "fluentd-max-retries",
    "fluentd-request-ack",
    "fluentd-retry-wait",
    "fluentd-sub-second-precision",
];
const GELF: &[&str] = &[
    "gelf-address",
    "gelf-compression-level",
    "gelf-compression-type",
    "gelf-tcp-max-reconnect",
    "gelf-tcp-reconnect-delay",
];
const SPLUNK: &[&str] = &[
    "splunk-caname",
    "splunk-capath",
    "splunk-format",
    "splunk-gzip",
    "splunk-gzip-level",
    "splunk-index",
    "splunk-insecureskipverify",
    "splunk-source",
    "splunk-sourcetype",
    "splunk-token",
    "splunk-url",
    "splunk-verify-connection",
];
const SYSLOG: &[&str] = &[
    "syslog-address",
    "syslog-facility",
    "syslog-format",
    "syslog-tls-ca-cert",
    "syslog-tls-cert",
    "syslog-tls-key",
    "syslog-tls-skip-verify",
];

/// What all of them take.
const COMMON: &[&str] = &["env", "env-regex", "labels", "labels-regex", "max-buffer-size", "mode", "tag"];

/// Drivers of Docker that ECS has too, with their options and those that they cannot do without.
const DRIVERS: &[(&str, Driver, &[&str], &[&str])] = &[
    ("fluentd", Driver::Fluentd, FLUENTD, &["fluentd-address"]),
    ("gelf", Driver::Gelf, GELF, &["gelf-address"]),
    ("journald", Driver::Journald, &[], &[]),
    ("splunk", Driver::Splunk, SPLUNK, &["splunk-token", "splunk-url"]),
    ("syslog", Driver::Syslog, SYSLOG, &[]),
];

/// Ends of the names of options that hold credentials.
const CONFIDENTIAL: [&str; 8] =
    ["apikey", "api-key", "api_key", "license_key", "licensekey", "passwd", "password", "token"];

/// Where the output of a service goes; `None` where it says nothing that counts.
pub(super) fn lower(service: &str, logging: Logging, lowering: &mut Lowering<'_>) -> Option<Log> {
    let Logging { origin, driver, options, secret_options } = logging;
    let place = driver.as_ref().map_or(origin, |driver| driver.origin);
    let name = driver.as_ref().map(|driver| driver.value.as_str());
    if let Some(other) = DRIVERS.iter().find(|(known, ..)| Some(*known) == name) {
        let (known, driver, allowed, needed) = *other;
        let options = of_driver(known, &[allowed, COMMON].concat(), options, lowering.diagnostics);
        for missing in
            needed.iter().filter(|name| !options.contains_key(**name) && !secret_options.contains_key(**name))
        {
            let fix = format!(
                "write it under `options`, or name a secret with it under `x-aws-secret_options`: `{missing}: …`"
            );
            lowering.diagnostics.error(place, format!("the driver `{known}` needs the option `{missing}`")).fix(fix);
        }
        return Some(log(service, place, driver, options, secret_options, lowering));
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
            let names = DRIVERS.iter().map(|(name, ..)| *name).chain(["awsfirelens", "awslogs", "none"]);
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
        let lower = name.to_ascii_lowercase();
        let is_confidential = CONFIDENTIAL.iter().any(|end| lower.ends_with(end));
        if is_confidential && value.value.known().is_some() {
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

fn of_awslogs(options: Options, diagnostics: &mut Diagnostics) -> Options {
    let options = of_driver("awslogs", AWSLOGS, options, diagnostics);
    let known = |name: &str| Some((options.get(name)?.origin, options.get(name)?.value.known()?.as_str()));
    if let Some((origin, mode)) = known("mode")
        && !["blocking", "non-blocking"].contains(&mode)
    {
        diagnostics
            .error(origin, format!("`{mode}` is no mode of a log driver"))
            .fix("write `non-blocking`, or `blocking` to rather stop the container than lose a line");
    }
    if let Some((origin, size)) = known("max-buffer-size") {
        let digits = size.trim_end_matches(|last: char| "bkmgBKMG".contains(last));
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_ascii_digit()) {
            diagnostics.error(origin, format!("`{size}` is no size of a buffer")).fix("write for example `25m`");
        } else if known("mode").is_some_and(|(_, mode)| mode == "blocking") {
            diagnostics.note(origin, "`max-buffer-size` has no effect: with `mode: blocking` there is no buffer");
        }
    }
    options
}

/// The options that a driver has; others are reported.
fn of_driver(driver: &str, allowed: &[&str], options: Options, diagnostics: &mut Diagnostics) -> Options {
    let mut kept = BTreeMap::new();
    for (name, value) in options {
        if allowed.contains(&name.as_str()) {
            kept.insert(name, value);
            continue;
        }
        let error = diagnostics.error(value.origin, format!("`{name}` is no option of the driver `{driver}` on ECS"));
        // A test of the predecessor had it; Docker refuses to start a container with it.
        let documented = (name == "awslogs-datetime-pattern").then_some("awslogs-datetime-format");
        match documented.or_else(|| suggestion(&name, allowed.iter().copied())) {
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None => error.fix("remove it"),
        }
    }
    kept
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
