//! The disk that a task has as long as it runs:
//! [ephemeral storage](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html).

use crate::cloudformation::resource::ecs::EphemeralStorage;
use crate::diagnostic::Diagnostics;
use crate::program::Workload;

/// GiB that every task has, at no price of its own.
const INCLUDED: u32 = 20;

/// GiB that a task has at most.
const LIMIT: u32 = 200;

/// The disk of a workload's tasks; `None` for what every task has.
pub(super) fn lower(workload: &Workload, diagnostics: &mut Diagnostics) -> Option<EphemeralStorage> {
    let size = workload.platform.ephemeral_storage.as_ref()?;
    if !(INCLUDED..=LIMIT).contains(&size.value) {
        diagnostics
            .error(size.origin, format!("a task on Fargate has {INCLUDED} to {LIMIT} GiB of disk, not {}", size.value))
            .fix(format!("write a number of GiB from {INCLUDED} to {LIMIT}"));
        return None;
    }
    if size.value == INCLUDED {
        return None;
    }
    let message = format!(
        "each task pays for {} GiB of disk, what is beyond {INCLUDED} GiB, by the second",
        size.value - INCLUDED
    );
    diagnostics.advice(size.origin, message);
    Some(EphemeralStorage { size_in_gib: size.value })
}
