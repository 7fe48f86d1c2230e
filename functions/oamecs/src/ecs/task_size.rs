//! The size of a task: the sum of what its containers need, as the smallest size that Fargate has.

use super::fargate::{self, Size};
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::Workload;

/// The size of a workload's tasks; an error where Fargate has none that fits.
pub(super) fn task_size(name: &str, workload: &Workload, diagnostics: &mut Diagnostics) -> Option<Size> {
    let platform = &workload.platform;
    let (mut cpu, mut memory, mut origin) = (0_u64, 0_u64, workload.origin);
    for container in workload.containers() {
        if let Some(needed) = &container.resources.cpu {
            origin = needed.origin;
            // A processor is 1,024 units; the sum is rounded up, never down.
            cpu += (needed.value.0 * 1024).div_ceil(1000);
        }
        let reserved = container.resources.memory_reservation.as_ref();
        if let Some(needed) = container.resources.memory.as_ref().or(reserved) {
            origin = needed.origin;
            memory += needed.value.0.div_ceil(1024 * 1024);
        }
    }
    if let Some(given) = &platform.cpu {
        (cpu, origin) = (given.value.into(), given.origin);
    }
    if let Some(given) = &platform.memory {
        (memory, origin) = (given.value.into(), given.origin);
    }
    if let Some(size) = fargate::smallest(cpu, memory) {
        check_given(workload, size, diagnostics);
        return Some(size);
    }
    refuse(name, cpu, memory, origin, diagnostics);
    None
}

/// A size that was given is meant: it is not rounded.
fn check_given(workload: &Workload, size: Size, diagnostics: &mut Diagnostics) {
    let platform = &workload.platform;
    let cpu = platform.cpu.as_ref().filter(|given| given.value != size.cpu);
    let memory = platform.memory.as_ref().filter(|given| given.value != size.memory);
    if let Some(given) = cpu.or(memory) {
        let wanted = Size {
            cpu: platform.cpu.as_ref().map_or(size.cpu, |cpu| cpu.value),
            memory: platform.memory.as_ref().map_or(size.memory, |memory| memory.value),
        };
        if !fargate::exists(wanted) {
            diagnostics
                .error(
                    given.origin,
                    format!("Fargate has no task with {} CPU units and {} MiB", wanted.cpu, wanted.memory),
                )
                .fix(format!("the nearest size is `Cpu: {}` with `Memory: {}`", size.cpu, size.memory));
        }
    }
}

fn refuse(name: &str, cpu: u64, memory: u64, origin: Origin, diagnostics: &mut Diagnostics) {
    let Some(largest) = fargate::largest() else { return };
    diagnostics
        .error(
            origin,
            format!(
                "`{name}` needs {cpu} CPU units and {memory} MiB, and the largest task of Fargate has {} and {}",
                largest.cpu, largest.memory
            ),
        )
        .fix("ask for less, or divide the work among more replicas");
}
