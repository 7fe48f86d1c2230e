//! The size of a task: the sum of what its containers need, as the smallest size that Fargate has, or exactly so on
//! instances.

use std::collections::BTreeSet;

use super::{fargate, log_router};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::gather::Gather;
use crate::program::platform::Machine;
use crate::program::workload::Until;
use crate::program::{Container, Workload};

/// The least and the most CPU units of a task on an instance.
const UNITS: std::ops::RangeInclusive<u64> = 128..=196_608;

/// The size of a task, where it has one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TaskSize {
    cpu: Option<u64>,
    memory: Option<u64>,
}

impl TaskSize {
    /// CPU units as ECS takes them.
    pub(super) fn cpu(self) -> Option<Text> {
        self.cpu.map(|cpu| cpu.to_string().into())
    }

    /// MiB.
    pub(super) fn mebibytes(self) -> Option<u32> {
        self.memory.and_then(|memory| u32::try_from(memory).ok())
    }

    /// MiB as ECS takes them.
    pub(super) fn memory(self) -> Option<Text> {
        self.memory.map(|memory| memory.to_string().into())
    }
}

/// The size of a workload's tasks, `proxy` MiB of which are for a proxy; an error where there is none that fits.
pub(super) fn task_size(name: &str, workload: &Workload, proxy: u64, diagnostics: &mut Diagnostics) -> TaskSize {
    match workload.machine() {
        Machine::Fargate => on_fargate(name, workload, proxy, diagnostics),
        Machine::Instance => on_instance(name, workload, proxy, diagnostics),
    }
}

/// The CPU units that a task needs.
pub(super) fn cpu(workload: &Workload) -> u64 {
    let needed = needed(workload, |container| container.resources.cpu_needed().map(|cpu| cpu.value.units()));
    workload.platform.cpu.as_ref().map_or(needed, |given| given.value.into())
}

/// The MiB that a task needs.
pub(super) fn memory(workload: &Workload) -> u64 {
    let needed =
        needed(workload, |container| container.resources.memory_needed().map(|memory| memory.value.mebibytes()));
    workload.platform.memory.as_ref().map_or(needed, |given| given.value.into())
}

/// What containers need together, or one of those alone that have ended when the others start.
fn needed(workload: &Workload, of: fn(&Container) -> Option<u64>) -> u64 {
    let dependencies = workload.containers().flat_map(|container| &container.after);
    let awaited = dependencies.filter(|(_, dependency)| dependency.until == Until::Completed);
    let first: BTreeSet<&str> = awaited.map(|(name, _)| name.as_str()).gather();
    let (mut together, mut alone) = (0, 0);
    for container in workload.containers() {
        let need = of(container).unwrap_or_default();
        if first.contains(container.name.as_str()) {
            alone = need.max(alone);
        } else {
            together += need;
        }
    }
    together.max(alone)
}

fn on_fargate(name: &str, workload: &Workload, proxy: u64, diagnostics: &mut Diagnostics) -> TaskSize {
    let (cpu, needed) = (cpu(workload), memory(workload));
    let is_given = workload.platform.memory.is_some();
    // Where nothing is asked for, the smallest task has room for a proxy.
    let memory = if is_given || needed == 0 { needed } else { needed + proxy };
    let Some(size) = fargate::smallest(cpu, memory) else {
        refuse(name, cpu, memory, place(workload), diagnostics);
        return TaskSize::default();
    };
    check_given(workload, size, diagnostics);
    if let Some(less) = fargate::smallest(cpu, needed).filter(|less| *less != size) {
        let message = format!(
            "tasks of `{name}` have {} MiB and {} CPU units instead of {} and {}: the proxy of Service Connect needs {proxy} MiB besides",
            size.memory, size.cpu, less.memory, less.cpu
        );
        let most = u64::from(less.memory) - proxy;
        diagnostics
            .advice(place(workload), message)
            .fix(format!("ask for {most} MiB or less in all to have the smaller ones"));
    }
    TaskSize { cpu: Some(size.cpu.into()), memory: Some(size.memory.into()) }
}

/// On an instance a task needs no size. It has one where it is given, or where each of its containers has a limit: a limit of
/// processors holds for the task only, as ECS knows none of a single container.
///
/// Beside a proxy a task needs a limit of memory, which its containers share with it.
fn on_instance(name: &str, workload: &Workload, proxy: u64, diagnostics: &mut Diagnostics) -> TaskSize {
    let sum = |limit: fn(&Container) -> Option<u64>| workload.containers().map(limit).sum::<Option<u64>>();
    let limit = sum(|container| container.resources.cpu.as_ref().map(|cpu| cpu.value.units()));
    let given = workload.platform.cpu.as_ref().map(|cpu| u64::from(cpu.value));
    let cpu = given.or(limit.filter(|units| UNITS.contains(units)));
    let mut limits = workload.containers().filter_map(|container| container.resources.cpu.as_ref());
    if let (None, Some(units), Some(first)) = (cpu, limit, limits.next()) {
        let message = format!(
            "{units} CPU units are a share here, not a limit: ECS limits tasks to {} units or more",
            UNITS.start()
        );
        diagnostics.note(first.origin, message);
    }
    if let Some(given) = workload.platform.cpu.as_ref().filter(|given| !UNITS.contains(&given.value.into())) {
        diagnostics
            .error(given.origin, format!("a task on an instance has {} to {} CPU units", UNITS.start(), UNITS.end()))
            .fix("write a number in this range, or leave it out");
    }
    let limit = sum(|container| container.resources.memory.as_ref().map(|memory| memory.value.mebibytes()));
    let given = workload.platform.memory.as_ref().map(|memory| u64::from(memory.value));
    // What is exactly as large as its containers has no room for what sends their output on.
    let memory = given.or(limit.map(|limit| limit + proxy + log_router::memory(workload)));
    if proxy > 0 && memory.is_none() {
        diagnostics
            .error(
                workload.origin,
                format!(
                    "on instances, Service Connect needs tasks with a limit of memory, and those of `{name}` have none"
                ),
            )
            .fix(format!("set `Memory` of `{name}`, or a limit of memory for each of its containers"));
    }
    TaskSize { cpu, memory }
}

/// What says how large a task is.
fn place(workload: &Workload) -> Origin {
    let platform = &workload.platform;
    let given = platform.memory.as_ref().or(platform.cpu.as_ref()).map(|given| given.origin);
    let needed = workload.containers().flat_map(|container| {
        let cpu = container.resources.cpu_needed().map(|cpu| cpu.origin);
        let memory = container.resources.memory_needed().map(|memory| memory.origin);
        cpu.into_iter().chain(memory)
    });
    given.or(needed.last()).unwrap_or(workload.origin)
}

/// A size that was given is meant: it is not rounded, and holds what the containers need.
fn check_given(workload: &Workload, size: fargate::Size, diagnostics: &mut Diagnostics) {
    let platform = &workload.platform;
    let cpu = platform.cpu.as_ref().filter(|given| given.value != size.cpu);
    let memory = platform.memory.as_ref().filter(|given| given.value != size.memory);
    if let Some(given) = cpu.or(memory) {
        let wanted = fargate::Size {
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

/// MiB that Docker gives a container at the least
/// ([memory](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_memory)).
const LEAST_MEMORY: u64 = 6;

/// Reports containers that are to have more memory than their task, `proxy` MiB of which are for a proxy.
pub(super) fn check_containers(workload: &Workload, proxy: u64, diagnostics: &mut Diagnostics) {
    let limits = || workload.containers().filter_map(|container| container.resources.memory.as_ref());
    let reservations = workload.containers().filter_map(|container| container.resources.memory_reservation.as_ref());
    for limit in limits().chain(reservations).filter(|limit| limit.value.mebibytes() < LEAST_MEMORY) {
        diagnostics
            .error(limit.origin, format!("a container has {LEAST_MEMORY} MiB of memory at least"))
            .fix("ask for more, 128 MiB for example, or leave it out");
    }
    let Some(Located { value: task, origin: _ }) = &workload.platform.memory else { return };
    let reserved = |container: &Container| {
        let resources = &container.resources;
        resources.memory_reservation.as_ref().or(resources.memory.as_ref()).map_or(0, |memory| memory.value.mebibytes())
    };
    let sum: u64 = workload.containers().map(reserved).sum();
    let largest = limits().max_by_key(|limit| limit.value);
    let too_large = largest.filter(|limit| limit.value.mebibytes() > u64::from(*task));
    if let Some(limit) = too_large {
        let message = format!("the container may use {} MiB, and its task has {task}", limit.value.mebibytes());
        diagnostics.error(limit.origin, message).fix("lower the limit, or raise the task's memory");
    } else if sum > u64::from(*task) {
        diagnostics
            .error(place(workload), format!("{sum} MiB are set aside for the containers, and their task has {task}"))
            .fix("set less aside, or raise the task's memory");
    } else if sum > 0 && sum + proxy > u64::from(*task) {
        diagnostics
            .error(place(workload), format!("{sum} MiB are set aside for the containers and {proxy} for the proxy of Service Connect, and their task has {task}"))
            .fix("set less aside, or raise the task's memory");
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
