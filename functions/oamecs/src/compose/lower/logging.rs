//! [`logging`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#logging): output goes to CloudWatch Logs.

use std::collections::BTreeMap;

use super::super::model::Logging;
use crate::diagnostic::{Diagnostics, Located};
use crate::document::suggestion;
use crate::expression::Expr;

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

/// The options that apply.
pub(super) fn lower(logging: Logging, diagnostics: &mut Diagnostics) -> BTreeMap<String, Located<Expr<String>>> {
    let Logging { origin, driver, options } = logging;
    let place = driver.as_ref().map_or(origin, |driver| driver.origin);
    match driver.as_ref().map(|driver| driver.value.as_str()) {
        None | Some("") => of_docker(options, diagnostics),
        Some("awslogs") => of_awslogs(options, diagnostics),
        Some(driver @ ("json-file" | "local")) => {
            diagnostics.note(place, format!("`driver: {driver}` has no effect: there is no disk of a host to log to, and the output goes to CloudWatch Logs"));
            of_docker(options, diagnostics)
        }
        Some(driver) => {
            diagnostics
                .error(place, format!("`driver: {driver}` is not supported by this version yet"))
                .fix("remove `logging`; the output then goes to CloudWatch Logs");
            BTreeMap::new()
        }
    }
}

fn of_awslogs(
    options: BTreeMap<String, Located<Expr<String>>>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Located<Expr<String>>> {
    let mut kept = BTreeMap::new();
    for (name, value) in options {
        if AWSLOGS.contains(&name.as_str()) {
            kept.insert(name, value);
            continue;
        }
        let error = diagnostics.error(value.origin, format!("`{name}` is no option of the driver `awslogs` on ECS"));
        match suggestion(&name, AWSLOGS.iter().copied()) {
            Some(near) => error.fix(format!("did you mean `{near}`?")),
            None => error.fix("remove it"),
        }
    }
    kept
}

/// Options of the driver that Docker logs with; the predecessor took those of `awslogs` without the driver's name.
fn of_docker(
    options: BTreeMap<String, Located<Expr<String>>>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Located<Expr<String>>> {
    let (awslogs, others) = options.into_iter().partition(|(name, _)| name.starts_with("awslogs-"));
    let others: BTreeMap<String, Located<Expr<String>>> = others;
    for (name, value) in others {
        diagnostics.note(value.origin, format!("`{name}` has no effect: the output goes to CloudWatch Logs, which keeps it for as long as the log group says"));
    }
    of_awslogs(awslogs, diagnostics)
}
