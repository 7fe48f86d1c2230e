//! What a container asks of the kernel and of its machine, in the words of ECS.
//!
//! What Fargate has not is reported here, unless a front end has told its author in its own words and left it out.

use std::collections::BTreeMap;

use super::capabilities;
use super::fargate;
use super::{instances, placement};
use crate::cloudformation::resource::ecs::{
    ContainerDefinition, Device as EcsDevice, DevicePermission, IpcMode, LinuxParameters, PidMode, ResourceRequirement,
    ResourceType, SystemControl, Ulimit,
};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::expression::Expr;
use crate::program::container::{Device, Gpus, Limit, Privileges, Resources};
use crate::program::platform::Machine;
use crate::program::workload::Sharing;
use crate::program::{Container, Workload};

/// What to do where Fargate is too little.
const USE_INSTANCES: &str = "remove it, or run the service on instances, with the capacity `EC2`";

/// The parameters of the kernel that a container has for itself, beside those that begin with `net.`
/// ([Docker](https://docs.docker.com/reference/cli/docker/container/run/#sysctl)).
const KERNEL_PARAMETERS: [&str; 8] = [
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shm_rmid_forced",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
];

/// Sets what a container asks of its machine. The fields are those of the container that are about it.
pub(super) fn lower(
    definition: &mut ContainerDefinition,
    workload: &Workload,
    container: &Container,
    diagnostics: &mut Diagnostics,
) {
    let machine = workload.machine();
    let Privileges { all, added, dropped, labels } = &container.privileges;
    definition.privileged = all.as_ref().and_then(|all| privileged(all, machine, diagnostics));
    definition.docker_security_options = security_options(labels, workload, diagnostics);
    let parameters = LinuxParameters {
        init_process_enabled: container.init.as_ref().map(|init| init.value),
        capabilities: capabilities::lower(added, dropped, machine, diagnostics),
        shared_memory_size: container.shared_memory.as_ref().and_then(|size| {
            is_possible(size.origin, "a size of `/dev/shm`", machine, diagnostics)
                .then(|| u32::try_from(size.value.mebibytes()).unwrap_or(u32::MAX))
        }),
        devices: devices(&container.devices, machine, diagnostics),
        // Directories in memory are storage; instances have no swap space.
        ..LinuxParameters::default()
    };
    let is_empty = matches!(
        &parameters,
        LinuxParameters { init_process_enabled: None, capabilities: None, shared_memory_size: None, devices, .. }
            if devices.is_empty()
    );
    definition.linux_parameters = (!is_empty).then_some(parameters);
    definition.system_controls = system_controls(&container.kernel_parameters, diagnostics);
    definition.ulimits = ulimits(&container.limits, machine, diagnostics);
    definition.stop_timeout = container.stop_grace.as_ref().map(|seconds| stop_timeout(seconds, machine, diagnostics));
    definition.resource_requirements =
        container.gpus.as_ref().and_then(|gpus| graphics(workload, gpus, diagnostics)).into_iter().collect();
    share_of_machine(definition, &container.resources, machine);
}

/// Whether the machine has `what`; reported where it has not.
fn is_possible(origin: Origin, what: &str, machine: Machine, diagnostics: &mut Diagnostics) -> bool {
    if machine == Machine::Fargate {
        diagnostics.error(origin, format!("Fargate has no {what}")).fix(USE_INSTANCES);
    }
    machine == Machine::Instance
}

fn privileged(all: &Located<bool>, machine: Machine, diagnostics: &mut Diagnostics) -> Option<bool> {
    let what = "machine that a container could have all rights on";
    (!all.value || is_possible(all.origin, what, machine, diagnostics))
        .then_some(all.value)
        .filter(|_| machine == Machine::Instance)
}

/// What a container has of processors and memory. On Fargate the task's size says it.
fn share_of_machine(definition: &mut ContainerDefinition, resources: &Resources, machine: Machine) {
    let Resources { cpu, cpu_reservation, memory, memory_reservation } = resources;
    let mebibytes = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX);
    definition.memory_reservation = memory_reservation.as_ref().map(|bytes| mebibytes(bytes.value.mebibytes()));
    if machine == Machine::Fargate {
        return;
    }
    let units = cpu_reservation.as_ref().or(cpu.as_ref()).map(|cpu| cpu.value.units());
    definition.cpu = units.map(|units| u32::try_from(units).unwrap_or(u32::MAX));
    definition.memory = memory.as_ref().map(|bytes| mebibytes(bytes.value.mebibytes()));
    // ECS takes no reservation that is as large as the limit.
    if definition.memory_reservation.is_some() && definition.memory_reservation == definition.memory {
        definition.memory_reservation = None;
    }
}

fn graphics(workload: &Workload, gpus: &Located<Gpus>, diagnostics: &mut Diagnostics) -> Option<ResourceRequirement> {
    if workload.machine() == Machine::Fargate {
        diagnostics
            .error(gpus.origin, "Fargate has no GPUs")
            .fix("leave the capacity out, or write `EC2`: the service then runs on an instance with GPUs");
        return None;
    }
    let Some(count) = instances::gpus(workload, gpus.value) else {
        // Where no instances can be made, that was reported.
        if !matches!(instances::group(&workload.main.name, workload), Some(Err(_))) {
            diagnostics
                .error(
                    gpus.origin,
                    "ECS gives a container a number of GPUs, and how many there are is not known of these instances",
                )
                .fix("write the number");
        }
        return None;
    };
    Some(ResourceRequirement { kind: ResourceType::Gpu, value: count.to_string().into() })
}

/// [Security options](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html) of Docker.
fn security_options(labels: &[Located<String>], workload: &Workload, diagnostics: &mut Diagnostics) -> Vec<Text> {
    let machine = workload.machine();
    let is_made = placement::are_made(workload);
    let mut options = Vec::new();
    for Located { origin, value } in labels {
        let (kind, setting) = value.split_once(':').unwrap_or((value, ""));
        match (kind, machine) {
            ("no-new-privileges", _) if setting == "false" => {}
            ("no-new-privileges", Machine::Instance) => options.push("no-new-privileges".into()),
            ("no-new-privileges", Machine::Fargate) => {
                diagnostics.note(*origin, "`no-new-privileges` has no effect on Fargate: a program that changes its user may gain rights in its container; each task has a virtual machine of its own all the same");
            }
            ("label", Machine::Fargate) => {
                diagnostics.note(*origin, "labels of SELinux have no effect: Fargate does not use it");
            }
            ("label" | "apparmor", Machine::Instance) if !is_made => options.push(value.clone().into()),
            ("label" | "apparmor", Machine::Instance) => {
                diagnostics
                    .error(*origin, format!("instances that are made here do not use what `{value}` is about"))
                    .fix("remove it, or name a capacity provider whose instances do");
            }
            ("seccomp" | "systempaths", _) => {
                diagnostics
                    .error(
                        *origin,
                        format!(
                            "ECS has no `{kind}` setting: the system calls that Docker allows by default are allowed"
                        ),
                    )
                    .fix("remove it, if the program can do with these; otherwise it needs all rights, on instances");
            }
            (_, Machine::Fargate) => {
                diagnostics
                    .error(*origin, format!("Fargate has no security option `{value}`"))
                    .fix("remove it; tasks are isolated from each other by virtual machines");
            }
            (_, Machine::Instance) => {
                diagnostics
                    .error(*origin, format!("ECS has no security option `{value}`"))
                    .fix("write `no-new-privileges`, or remove it");
            }
        }
    }
    options
}

fn devices(devices: &[Located<Device>], machine: Machine, diagnostics: &mut Diagnostics) -> Vec<EcsDevice> {
    let mut lowered = Vec::new();
    for Located { origin, value: Device { host, container, permissions } } in devices {
        if !is_possible(*origin, "devices that a container could use", machine, diagnostics) {
            continue;
        }
        let permission = |letter| match letter {
            'r' => Some(DevicePermission::Read),
            'w' => Some(DevicePermission::Write),
            'm' => Some(DevicePermission::Mknod),
            _ => None,
        };
        lowered.push(EcsDevice {
            host_path: host.clone(),
            container_path: container.clone(),
            permissions: permissions.chars().filter_map(permission).collect(),
        });
    }
    lowered
}

fn system_controls(
    parameters: &BTreeMap<String, Located<Expr<String>>>,
    diagnostics: &mut Diagnostics,
) -> Vec<SystemControl> {
    let is_own =
        |name: &str| name.starts_with("net.") || name.starts_with("fs.mqueue.") || KERNEL_PARAMETERS.contains(&name);
    for (name, value) in parameters.iter().filter(|(name, _)| !is_own(name)) {
        diagnostics
            .error(value.origin, format!("`{name}` is a setting of the whole machine, not of a container, and ECS sets none of these"))
            .fix(format!("remove it; on instances that are made here, set it when they start: `EC2: {{ UserData: sysctl -w {name}=… }}`"));
    }
    let own = parameters.iter().filter(|(name, _)| is_own(name));
    own.map(|(name, value)| SystemControl { namespace: name.clone(), value: (&value.value).into() }).collect()
}

/// Reports parameters of what a task's containers have together. Where they set those of the network to different values, the
/// last to start would decide; where memory is their machine's, so are its parameters.
pub(super) fn check_shared(workload: &Workload, diagnostics: &mut Diagnostics) {
    let shares_memory = workload.shared_memory.as_ref().is_some_and(|sharing| sharing.value == Sharing::Machine);
    let parameters = || workload.containers().flat_map(|container| &container.kernel_parameters);
    for (name, value) in parameters().filter(|(name, _)| shares_memory && !name.starts_with("net.")) {
        diagnostics
            .error(
                value.origin,
                format!("the container shares its machine's memory, and `{name}` would be set for all of it"),
            )
            .fix("remove one of the two");
    }
    let mut seen: BTreeMap<&str, &Expr<String>> = BTreeMap::new();
    for container in workload.containers() {
        for (name, value) in container.kernel_parameters.iter().filter(|(name, _)| name.starts_with("net.")) {
            let first = seen.entry(name).or_insert(&value.value);
            if *first != &value.value {
                diagnostics
                    .error(
                        value.origin,
                        format!("containers of one task share its network, and another sets `{name}` differently"),
                    )
                    .fix("set it in one of them");
            }
        }
    }
}

fn ulimits(limits: &BTreeMap<String, Located<Limit>>, machine: Machine, diagnostics: &mut Diagnostics) -> Vec<Ulimit> {
    let mut ulimits = Vec::new();
    for (name, limit) in limits {
        let Limit { soft, hard } = limit.value;
        if machine == Machine::Fargate {
            if !fargate::ULIMITS.contains(&name.as_str()) {
                diagnostics.note(
                    limit.origin,
                    format!("Fargate has a fixed value for the limit `{name}`; only `nofile` can be set"),
                );
                continue;
            }
            let range = 0..=i64::from(fargate::NOFILE_LIMIT);
            if !range.contains(&soft) || !range.contains(&hard) {
                diagnostics
                    .error(limit.origin, format!("a process on Fargate opens {} files at most", fargate::NOFILE_LIMIT))
                    .fix(format!("write a number, {} at most", fargate::NOFILE_LIMIT));
            }
        }
        ulimits.push(Ulimit { name: name.clone(), soft_limit: soft, hard_limit: hard });
    }
    ulimits
}

fn stop_timeout(seconds: &Located<u32>, machine: Machine, diagnostics: &mut Diagnostics) -> u32 {
    let (least, most) = (fargate::STOP_TIMEOUT_LEAST, fargate::STOP_TIMEOUT_LIMIT);
    if seconds.value > most && machine == Machine::Fargate {
        diagnostics
            .error(
                seconds.origin,
                format!(
                    "Fargate waits {most} seconds at most before it ends a container by force, not {}",
                    seconds.value
                ),
            )
            .fix(format!("write {most} seconds or less, or run the service on instances, with the capacity `EC2`"));
    } else if seconds.value < least {
        let who = if machine == Machine::Fargate { "Fargate" } else { "ECS" };
        diagnostics
            .note(seconds.origin, format!("{who} waits {least} seconds at least before it ends a container by force"));
    }
    seconds.value.max(least)
}

/// With whom the containers of a task share processes and memory.
pub(super) fn sharing(workload: &Workload, diagnostics: &mut Diagnostics) -> (Option<PidMode>, Option<IpcMode>) {
    let machine = workload.machine();
    let processes = workload.processes.as_ref().and_then(|sharing| match sharing.value {
        Sharing::Replica => Some(PidMode::Task),
        Sharing::Machine => {
            is_possible(sharing.origin, "machine whose processes a container could see", machine, diagnostics)
                .then_some(PidMode::Host)
        }
    });
    let memory = workload.shared_memory.as_ref().and_then(|sharing| {
        let mode = match sharing.value {
            Sharing::Replica => IpcMode::Task,
            Sharing::Machine => IpcMode::Host,
        };
        is_possible(sharing.origin, "memory that containers share", machine, diagnostics).then_some(mode)
    });
    (processes, memory)
}
