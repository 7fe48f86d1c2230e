//! Drivers that take the output of containers, and their options: ECS's own, the same for every format.
//!
//! In: the name of a driver, options. Out: the options that it has; what it would refuse to start a container with is reported.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Located};
use crate::document::suggestion;
use crate::expression::Expr;
use crate::program::platform::Driver;

/// Options of a driver, by name.
pub(crate) type Options = BTreeMap<String, Located<Expr<String>>>;

/// A driver of Docker that ECS has too.
pub(crate) struct LogDriver {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is in the model.
    pub(crate) driver: Driver,
    /// Its own options.
    options: &'static [&'static str],
    /// Those that it cannot do without.
    pub(crate) needed: &'static [&'static str],
}

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

/// All but `awslogs` and `json-file`.
static DRIVERS: [LogDriver; 5] = [
    LogDriver { name: "fluentd", driver: Driver::Fluentd, options: FLUENTD, needed: &["fluentd-address"] },
    LogDriver { name: "gelf", driver: Driver::Gelf, options: GELF, needed: &["gelf-address"] },
    LogDriver { name: "journald", driver: Driver::Journald, options: &[], needed: &[] },
    LogDriver { name: "splunk", driver: Driver::Splunk, options: SPLUNK, needed: &["splunk-token", "splunk-url"] },
    LogDriver { name: "syslog", driver: Driver::Syslog, options: SYSLOG, needed: &[] },
];

/// The driver that writes files on its machine, for formats that have one.
pub(crate) static JSON_FILE: LogDriver = LogDriver {
    name: "json-file",
    driver: Driver::JsonFile,
    options: &["compress", "max-file", "max-size"],
    needed: &[],
};

/// Ends of the names of options that hold credentials.
const CONFIDENTIAL: [&str; 8] =
    ["apikey", "api-key", "api_key", "license_key", "licensekey", "passwd", "password", "token"];

/// The driver of a name, `awslogs` and `json-file` left out.
pub(crate) fn find(name: &str) -> Option<&'static LogDriver> {
    DRIVERS.iter().find(|driver| driver.name == name)
}

/// The names of drivers that [`find`] finds.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    DRIVERS.iter().map(|driver| driver.name)
}

/// Whether an option holds a credential, as its name says.
pub(crate) fn is_confidential(option: &str) -> bool {
    let lower = option.to_ascii_lowercase();
    CONFIDENTIAL.iter().any(|end| lower.ends_with(end))
}

impl LogDriver {
    /// Those of the options that it has; others are reported.
    pub(crate) fn options(&self, options: Options, diagnostics: &mut Diagnostics) -> Options {
        of_driver(self.name, &[self.options, COMMON].concat(), options, diagnostics)
    }
}

/// Those of the options that `awslogs` has; others, and values that it does not take, are reported.
pub(crate) fn of_awslogs(options: Options, diagnostics: &mut Diagnostics) -> Options {
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
