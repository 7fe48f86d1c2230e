//! [`restart`](https://github.com/compose-spec/compose-spec/blob/main/05-services.md#restart) and
//! [`deploy.restart_policy`](https://github.com/compose-spec/compose-spec/blob/main/deploy.md#restart_policy): what becomes of
//! a container that ended.
//!
//! A container that runs beside another is started again within their task. One with a task of its own is not: ECS starts
//! another task, and gives up a deployment whose tasks end again and again, which a container that starts again would hide.

use super::super::model::deploy::RestartPolicy;
use super::super::model::restart::Restart as Given;
use crate::diagnostic::{Diagnostics, Located};
use crate::program::container::Restart;

/// Where a container runs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// It is what its service is, there until it is replaced.
    Service,
    /// It runs to its end.
    Job,
    /// Beside that of another service.
    Beside(&'a str),
}

/// What becomes of a container that ended.
#[derive(Debug)]
pub(super) struct Ending {
    /// Whether its task ends with it.
    pub(super) essential: bool,
    /// When it is started again instead.
    pub(super) restart: Option<Located<Restart>>,
}

/// What becomes of the container of a service when it ends; `deploy` has the say before `restart`.
pub(super) fn lower(
    service: &str,
    restart: Option<Located<Given>>,
    policy: Option<RestartPolicy>,
    place: Place<'_>,
    diagnostics: &mut Diagnostics,
) -> Ending {
    let mut window = None;
    let mut tries = None;
    let restart = match policy {
        None => restart,
        Some(RestartPolicy { origin, condition, max_attempts, window: given }) => {
            (tries, window) = (max_attempts, given);
            Some(condition.unwrap_or(Located::new(origin, Given::Always)))
        }
    };
    if let Some(Located { origin, value: Given::OnFailure(Some(number)) }) = restart {
        tries = tries.or(Some(Located::new(origin, number)));
    }
    if let Some(tries) = &tries {
        let message = match place {
            Place::Job => format!("the limit of {} restarts has no effect: `{service}` is run once", tries.value),
            Place::Service => format!(
                "the limit of {} restarts has no effect: ECS starts a task of `{service}` again whenever it ends",
                tries.value
            ),
            Place::Beside(host) => format!(
                "the limit of {} restarts has no effect: ECS starts `{service}` again however often it ends, and another task of `{host}` where it ends within a minute of its start",
                tries.value
            ),
        };
        diagnostics.note(tries.origin, message);
    }
    match place {
        Place::Beside(_) => {}
        Place::Service | Place::Job => {
            if let Some(window) = &window {
                diagnostics.note(window.origin, "`window` has no effect: ECS starts another task");
            }
        }
    }
    let Some(Located { origin, value: given }) = restart else { return Ending { essential: true, restart: None } };
    match (place, given) {
        (Place::Service, Given::No) => {
            diagnostics.note(origin, format!("`restart: no` has no effect: ECS starts a task of `{service}` again whenever it ends, however it ends"));
        }
        (Place::Job, Given::Always | Given::UnlessStopped) => {
            diagnostics
                .note(origin, format!("it has no effect: `{service}` runs to its end, and not again until it changes"));
        }
        (Place::Job, Given::OnFailure(_)) => {
            diagnostics.note(origin, format!("it has no effect: when `{service}` fails, so does the deployment"));
        }
        (Place::Service, Given::Always | Given::UnlessStopped | Given::OnFailure(_)) | (Place::Job, Given::No) => {}
        (Place::Beside(_), Given::No) => return Ending { essential: false, restart: None },
        (Place::Beside(_), Given::Always | Given::UnlessStopped) => {
            let restart = Restart { unless: Vec::new(), after: window };
            return Ending { essential: true, restart: Some(Located::new(origin, restart)) };
        }
        (Place::Beside(host), Given::OnFailure(_)) => {
            diagnostics
                .note(origin, format!("when `{service}` ends with 0, its task ends too, and ECS starts another one of `{host}`"))
                .fix("where it is to end, write `restart: \"no\"`, or have another service wait for it with `condition: service_completed_successfully`");
            let restart = Restart { unless: vec![0], after: window };
            return Ending { essential: true, restart: Some(Located::new(origin, restart)) };
        }
    }
    Ending { essential: true, restart: None }
}
