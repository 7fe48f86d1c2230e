//! Which instances a workload asks for: as its author says, or the smallest that it fits on.

use serde_json::json;

use super::machine_type::{self, Need, family, smallest};
use crate::cloudformation::Value;
use crate::cloudformation::value::Text;
use crate::diagnostic::Origin;
use crate::ecs::{logs, task_size};
use crate::expression::Expr;
use crate::program::Workload;
use crate::program::container::Gpus;
use crate::program::placement::Property;
use crate::program::platform::{Capacity, Instances, Machine, Processor};
use crate::program::workload::Run;

/// Instances that are alike.
#[derive(Debug)]
pub(in crate::ecs) struct Group {
    pub(super) origin: Origin,
    /// A workload that runs on them.
    pub(super) workload: String,
    pub(super) processor: Processor,
    pub(super) has_gpus: bool,
    /// Whether a workload takes network interfaces of theirs.
    pub(super) lends_interfaces: bool,
    /// Whether the agents are to know of all log drivers.
    pub(in crate::ecs) logs_anywhere: bool,
    pub(super) instances: Instances,
}

impl Group {
    /// Whether the other's workloads can run on these instances.
    pub(in crate::ecs) fn joins(&self, other: &Self) -> bool {
        self.processor == other.processor && self.instances == other.instances
    }

    /// Their processor.
    pub(in crate::ecs) fn processor(&self) -> Processor {
        self.processor
    }

    /// A workload that runs on them.
    pub(in crate::ecs) fn workload(&self) -> &str {
        &self.workload
    }

    /// Takes the other's workloads in.
    pub(in crate::ecs) fn join(&mut self, other: &Self) {
        self.has_gpus |= other.has_gpus;
        self.lends_interfaces |= other.lends_interfaces;
        self.logs_anywhere |= other.logs_anywhere;
    }
}

/// Why there are no instances for a workload.
pub(in crate::ecs) struct Fault {
    pub(in crate::ecs) origin: Origin,
    pub(in crate::ecs) message: String,
    pub(in crate::ecs) fix: String,
}

/// The instances that a workload asks for, and what tells them from others: their name, or their types. `None` where it
/// runs on something else.
///
/// Types are chosen by what the workload itself needs, so that another workload never moves it.
pub(in crate::ecs) fn group(name: &str, workload: &Workload) -> Option<Result<(String, Group), Fault>> {
    let wants_gpus = workload.containers().any(|container| container.gpus.is_some());
    let capacity = workload.platform.capacity.as_ref();
    let (origin, mut instances) = match capacity.map(|capacity| (capacity.origin, &capacity.value)) {
        Some((origin, Capacity::Instances(instances))) => (origin, Instances::clone(instances)),
        None if wants_gpus => (workload.origin, Instances::default()),
        Some((_, Capacity::Providers(_) | Capacity::Registered)) | None => return None,
    };
    if matches!(workload.run, Run::EachMachine(_)) && instances == Instances::default() && !wants_gpus {
        // It runs on those that others ask for.
        return None;
    }
    if let Err(fault) = settle(&mut instances, workload) {
        return Some(Err(fault));
    }
    let need = Need {
        cpu: task_size::cpu(workload),
        memory: task_size::memory(workload),
        gpus: workload.containers().filter_map(|container| container.gpus.as_ref()).map(|gpus| least(gpus.value)).sum(),
    };
    let processor = processor_of(workload, &instances);
    if instances.types.is_empty() {
        let Some(chosen) = smallest(need, processor) else {
            let Need { cpu, memory, gpus } = need;
            let parts = [(cpu, "CPU units"), (memory, "MiB"), (gpus.into(), "GPUs")];
            let parts = parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number} {unit}"));
            let message = format!(
                "`{name}` needs {}, and no type of instance that is chosen from has that for {}",
                parts.collect::<Vec<_>>().join(" and "),
                platform(processor)
            );
            let fix = "ask for less, or name a type: `EC2: { InstanceType: … }`".to_owned();
            return Some(Err(Fault { origin, message, fix }));
        };
        instances.types.push(chosen.into());
    }
    for known in instances.types.iter().filter_map(Expr::known) {
        let family = family(known);
        if wants_gpus && !family.has_gpus() {
            let message = format!("`{name}` needs GPUs, and `{known}` has none");
            let fix = "name a type that has, for example `g4dn.xlarge`".to_owned();
            return Some(Err(Fault { origin, message, fix }));
        }
        if family.processor() != processor {
            let message = format!(
                "`{known}` runs images for {}, and those of `{name}` are for {}",
                platform(family.processor()),
                platform(processor)
            );
            let (platform, architecture) = (platform(family.processor()), architecture(family.processor()));
            let fix = format!(
                "write `platform: {platform}`, or `CpuArchitecture: {architecture}` beside the document, or name another type"
            );
            return Some(Err(Fault { origin, message, fix }));
        }
    }
    let is_graphic = |kind: &Expr<String>| kind.known().is_some_and(|kind| family(kind).has_gpus());
    let has_gpus = wants_gpus || instances.types.iter().any(is_graphic);
    if has_gpus && processor == Processor::Arm64 && instances.image.is_none() {
        let message = "AWS has no image with drivers of GPUs for `linux/arm64`".to_owned();
        let fix = "name a type with another processor, or an image of your own: `EC2: { Ami: … }`".to_owned();
        return Some(Err(Fault { origin, message, fix }));
    }
    let key = instances.name.clone().unwrap_or_else(|| types_as_name(&instances));
    let (lends_interfaces, logs_anywhere) = (!workload.on_machine_network(), logs::needs_setup(workload));
    let workload = name.to_owned();
    Some(Ok((key, Group { origin, workload, processor, has_gpus, lends_interfaces, logs_anywhere, instances })))
}

/// The processor that the tasks of a workload are for; `None`: whichever their machines have.
pub(in crate::ecs) fn processor(workload: &Workload) -> Option<Processor> {
    if let Some(said) = &workload.platform.cpu_architecture {
        return Some(said.value);
    }
    if workload.machine() == Machine::Fargate {
        return Some(DEFAULT_PROCESSOR);
    }
    match group(&workload.main.name, workload)? {
        Ok((_, group)) => Some(group.processor),
        Err(_) => Some(DEFAULT_PROCESSOR),
    }
}

/// What images are built for where nobody says it.
const DEFAULT_PROCESSOR: Processor = Processor::Amd64;

/// The processor as the author says it, or the one of the types that the author names.
fn processor_of(workload: &Workload, instances: &Instances) -> Processor {
    let said = workload.platform.cpu_architecture.as_ref().map(|said| said.value);
    let named = || instances.types.iter().find_map(Expr::known).map(|kind| family(kind).processor());
    said.or_else(named).unwrap_or(DEFAULT_PROCESSOR)
}

/// The number of GPUs that a container has; `None` where that depends on an instance of which too little is known.
pub(in crate::ecs) fn gpus(workload: &Workload, gpus: Gpus) -> Option<u32> {
    match (gpus, group(&workload.main.name, workload)) {
        (Gpus::Count(count), _) => Some(count),
        (Gpus::All, Some(Ok((_, group)))) => {
            let mut counts = group.instances.types.iter().map(|kind| machine_type::gpus(kind.known()?));
            let first = counts.next()??;
            counts.all(|count| count == Some(first)).then_some(first)
        }
        (Gpus::All, _) => None,
    }
}

/// How many GPUs a container needs at the least.
pub(super) fn least(gpus: Gpus) -> u32 {
    match gpus {
        Gpus::Count(count) => count,
        Gpus::All => 1,
    }
}

/// Takes what the placement says of types and images: on instances that are made for it, it says which to make.
fn settle(instances: &mut Instances, workload: &Workload) -> Result<(), Fault> {
    for condition in &workload.placement.conditions {
        let origin = condition.origin;
        let condition = &condition.value;
        let contradiction = |what: &str| Fault {
            origin,
            message: format!("the instances that are made have another {what}"),
            fix: "say it in one place: below `EC2`".to_owned(),
        };
        match &condition.property {
            Property::Type if condition.equal => {
                let value = Expr::Known(condition.value.clone());
                if instances.types.is_empty() {
                    instances.types.push(value);
                } else if instances.types != [value] {
                    return Err(contradiction("type"));
                }
            }
            Property::Image if condition.equal => {
                let value = Expr::Known(condition.value.clone());
                if instances.image.get_or_insert_with(|| value.clone()) != &value {
                    return Err(contradiction("image"));
                }
            }
            Property::Label(label) => {
                let is_met = (instances.attributes.get(label) == Some(&condition.value)) == condition.equal;
                if !is_met {
                    return Err(Fault {
                        origin,
                        message: format!(
                            "no instance that is made here meets it: the attribute `{label}` is {}",
                            match instances.attributes.get(label) {
                                Some(other) => format!("`{other}`"),
                                None => "unknown to them".to_owned(),
                            }
                        ),
                        fix: format!(
                            "give it to them, `EC2: {{ Attributes: {{ {label}: {} }} }}`, or name a capacity provider whose instances have it",
                            condition.value
                        ),
                    });
                }
            }
            Property::Type
            | Property::Image
            | Property::Identity
            | Property::Zone
            | Property::Processor
            | Property::System => {}
        }
    }
    Ok(())
}

fn architecture(processor: Processor) -> &'static str {
    match processor {
        Processor::Amd64 => "X86_64",
        Processor::Arm64 => "ARM64",
    }
}

fn platform(processor: Processor) -> &'static str {
    match processor {
        Processor::Amd64 => "linux/amd64",
        Processor::Arm64 => "linux/arm64",
    }
}

/// `m7i-large`, `m7i-large-m6i-large-spot`.
fn types_as_name(instances: &Instances) -> String {
    let mut name: Vec<String> = instances
        .types
        .iter()
        .map(|kind| match Text::from(kind) {
            Value::Literal(kind) => kind.replace('.', "-"),
            Value::Function(function) => json!(function).to_string(),
        })
        .collect();
    name.extend(instances.spot.then(|| "spot".to_owned()));
    name.join("-")
}
