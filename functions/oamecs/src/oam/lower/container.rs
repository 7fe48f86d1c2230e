//! A container of a component, as the program has it.

use std::collections::{BTreeMap, BTreeSet};

use super::component::Context;
use super::volumes::Places;
use super::{Lowering, environment, files, probe, secrets};
use crate::diagnostic::{Diagnostics, Located};
use crate::oam::model::container::{Resources, Security};
use crate::oam::model::{self};
use crate::program::container::{self, Container, Gpus, Port, Privileges};
use crate::program::platform::Machine;

/// Lowers a container; `None` where it has no image, which was reported.
pub(super) fn lower(
    container: model::Container,
    places: &Places,
    context: &Context<'_>,
    lowering: &mut Lowering<'_>,
) -> Option<Container> {
    let model::Container {
        origin,
        name,
        image,
        command,
        args,
        working_directory,
        env,
        files: own_files,
        ports,
        resources,
        mounts,
        liveness,
        readiness,
        startup,
        pull_secret,
        security,
    } = container;
    let env = environment::lower(env, lowering);
    for words in command.iter().chain(&args) {
        for word in &words.value {
            env.refuse_secrets(word, None, words.origin, lowering.diagnostics);
        }
    }
    let words = |words: Option<Located<Vec<_>>>| {
        words.map(|words| words.value.into_iter().map(|word| env.expand(word)).collect::<Vec<_>>())
    };
    let (entrypoint, command) = (words(command), words(args));
    let (mounts, mut files) = places.mounts(mounts, lowering);
    files.extend(files::lower(own_files, lowering));
    let is_balanced = context.balanced.contains(&name.value);
    let probe = probe::of_container(liveness, readiness, startup, is_balanced, lowering.diagnostics);
    let gpus = gpus(&resources, context, lowering);
    let Security { user, read_only, added, dropped, privileged } = security;
    Some(Container {
        origin,
        // The colon is in no name of a secret.
        credentials: pull_secret
            .map(|secret| secrets::credentials(&format!("{}:{}", context.component, name.value), &secret, lowering)),
        name: name.value,
        image: image?,
        entrypoint,
        command,
        environment: env.texts,
        secrets: env.secrets,
        environment_files: Vec::new(),
        files,
        working_directory,
        user,
        read_only,
        init: None,
        interactive: None,
        terminal: None,
        labels: BTreeMap::new(),
        ports: listening(ports, lowering.diagnostics),
        mounts,
        probe,
        resources: needs(resources),
        limits: BTreeMap::new(),
        stop_grace: context.grace.clone(),
        restart: None,
        essential: true,
        after: BTreeMap::new(),
        privileges: Privileges { all: privileged, added, dropped, labels: Vec::new() },
        kernel_parameters: BTreeMap::new(),
        devices: Vec::new(),
        gpus,
        shared_memory: None,
        log: None,
    })
}

fn listening(ports: Vec<model::container::Port>, diagnostics: &mut Diagnostics) -> Vec<Located<Port>> {
    let mut seen = BTreeSet::new();
    let mut listening = Vec::new();
    for model::container::Port { origin, name: _, number, transport } in ports {
        let port = Port { number, transport };
        if seen.insert(port) {
            listening.push(Located::new(origin, port));
        } else {
            diagnostics.note(origin, format!("port {number} is declared twice"));
        }
    }
    listening
}

/// What is asked for is set aside; only a limit limits.
fn needs(resources: Resources) -> container::Resources {
    let Resources { cpu, memory, cpu_limit, memory_limit, gpu: _ } = resources;
    container::Resources {
        cpu: cpu_limit,
        cpu_reservation: cpu.filter(|cpu| cpu.value.0 > 0),
        memory: memory_limit,
        memory_reservation: memory.filter(|memory| memory.value.0 > 0),
    }
}

/// Graphics processors, where the component runs on machines that may have some: what cannot be had is an error, and never a
/// container without.
fn gpus(resources: &Resources, context: &Context<'_>, lowering: &mut Lowering<'_>) -> Option<Located<Gpus>> {
    let gpu = resources.gpu.as_ref().filter(|gpu| gpu.value > 0)?;
    if lowering.settings.machines.said_of(context.component) == Some(Machine::Instance) {
        return Some(gpu.clone().map(Gpus::Count));
    }
    lowering
        .diagnostics
        .error(gpu.origin, format!("`{}` requires {} GPUs, and Fargate has none", context.component, gpu.value))
        .fix(format!(
            "run it on instances that have some, by `Workloads: {{ {}: {{ Capacity: … }} }}`, or remove `gpu`",
            context.component
        ));
    None
}
