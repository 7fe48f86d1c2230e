//! [`healthcheck`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck): how the health of a
//! container is found out.

mod http;

use super::super::model::healthcheck::{Healthcheck, Test};
use crate::program::Probe;
use crate::program::probe::Command;

/// The probe that a health check is; `None` where it is switched off.
pub(super) fn lower(healthcheck: Healthcheck) -> Option<Probe> {
    let Healthcheck { origin, disable, test, interval, timeout, retries, start_period } = healthcheck;
    let command = match test {
        _ if disable => return None,
        None | Some(Test::None) => return None,
        Some(Test::Program(words)) => Command::Program(words),
        Some(Test::Shell(line)) => Command::Shell(line),
    };
    Some(Probe { origin, http: http::request(&command), command, interval, timeout, retries, start_period })
}
