//! Where the output of a service goes.

use std::collections::BTreeMap;

use super::super::model::Logging;
use super::Lowering;
use crate::diagnostic::Located;
use crate::document::suggestion;
use crate::options::log_driver::{self, JSON_FILE, Options};
use crate::program::platform::{Driver, Log, Machine};

/// Where the output of a service goes; `None`: to the log group of all.
pub(super) fn lower(service: &str, logging: Logging, machine: Machine, lowering: &mut Lowering<'_>) -> Option<Log> {
    let Logging { origin: _, driver, options } = logging;
    let origin = driver.origin;
    let name = driver.value.as_str();
    let (driver, options) = match name {
        "awslogs" => {
            let options = log_driver::of_awslogs(options, lowering.diagnostics);
            return Some(Log { origin, driver: Driver::CloudWatch, options, secrets: BTreeMap::new() });
        }
        "none" => {
            return Some(Log { origin, driver: Driver::Nowhere, options: BTreeMap::new(), secrets: BTreeMap::new() });
        }
        "awsfirelens" => (Driver::Router, options),
        _ => {
            let known = if name == JSON_FILE.name { Some(&JSON_FILE) } else { log_driver::find(name) };
            let Some(known) = known else {
                unknown(&driver, lowering);
                return None;
            };
            if machine == Machine::Fargate && known.driver != Driver::Splunk {
                lowering
                    .diagnostics
                    .error(origin, format!("Fargate has no log driver `{name}`"))
                    .fix(format!("remove `logging`, and the output goes to CloudWatch Logs; or write `log_driver: awsfirelens`, and a log router sends it on; or run `{service}` on instances"));
                return None;
            }
            let options = known.options(options, lowering.diagnostics);
            for missing in known.needed.iter().filter(|needed| !options.contains_key(**needed)) {
                let has_secret = lowering.given(service, missing).is_some();
                if !has_secret {
                    let message = format!("the driver `{name}` needs the option `{missing}`");
                    lowering.diagnostics.error(origin, message).fix("write it under `options`");
                }
            }
            (known.driver, options)
        }
    };
    let needed = log_driver::find(name).map(|known| known.needed).unwrap_or_default();
    let mut log = Log { origin, driver, options: Options::new(), secrets: BTreeMap::new() };
    for option in needed.iter().filter(|option| !options.contains_key(**option)) {
        if let Some(part) = lowering.given(service, option) {
            log.secrets.insert((*option).to_owned(), part);
        }
    }
    for (option, value) in options {
        if let Some(part) = lowering.given(service, &option) {
            log.secrets.insert(option, part);
            continue;
        }
        if log_driver::is_confidential(&option) && value.value.known().is_some() {
            lowering
                .diagnostics
                .note(
                    value.origin,
                    format!("`{option}` puts a credential where everybody who may see the template reads it"),
                )
                .fix(format!(
                    "write `Secrets: {{ {option}: … }}` beside `Document`, with the name or the ARN of a secret"
                ));
        }
        log.options.insert(option, value);
    }
    Some(log)
}

/// Has the group of CloudWatch Logs made that a service names, where there is none: without it no task would start, and whether there
/// is one nobody knows before.
pub(super) fn make_group(log: &mut Log) {
    const MAKE: &str = "awslogs-create-group";
    if let (Driver::CloudWatch, Some(group)) = (log.driver, log.options.get("awslogs-group")) {
        let origin = group.origin;
        log.options.entry(MAKE.to_owned()).or_insert_with(|| Located::new(origin, "true".into()));
    }
}

fn unknown(driver: &Located<String>, lowering: &mut Lowering<'_>) {
    let names = log_driver::names().chain(["awsfirelens", "awslogs", "json-file", "none"]);
    let near = suggestion(&driver.value, names);
    let entry = lowering.diagnostics.error(driver.origin, format!("ECS has no log driver `{}`", driver.value));
    match near {
        Some(near) => entry.fix(format!("did you mean `{near}`?")),
        None => entry.fix("remove `logging`, and the output goes to CloudWatch Logs; or write `log_driver: awsfirelens`, and a log router sends it on"),
    }
}
