//! Containers that are started again within their task, within the bounds of
//! [ECS](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html).

use std::ops::RangeInclusive;

use crate::cloudformation::resource::ecs::RestartPolicy;
use crate::diagnostic::{Diagnostics, Located};
use crate::program::container::Restart;

/// Seconds that a container must have run, or it is not started again.
const PERIOD: RangeInclusive<u32> = 60..=1800;

/// Lowers a restart policy.
pub(super) fn restart_policy(restart: &Located<Restart>, diagnostics: &mut Diagnostics) -> RestartPolicy {
    let Restart { unless, after } = &restart.value;
    let period = after.as_ref().map(|after| {
        let fitting = after.value.clamp(*PERIOD.start(), *PERIOD.end());
        if fitting != after.value {
            let message = format!(
                "ECS starts a container again that ran for {} to {} seconds, so `{}` becomes `{fitting}`",
                PERIOD.start(),
                PERIOD.end(),
                after.value
            );
            diagnostics.note(after.origin, message);
        }
        fitting
    });
    RestartPolicy {
        enabled: true,
        ignored_exit_codes: unless.iter().map(|code| i32::from(*code)).collect(),
        // The shortest, as other platforms start a container again at once.
        restart_attempt_period: Some(period.unwrap_or(*PERIOD.start())),
    }
}
