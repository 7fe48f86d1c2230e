//! A [service](https://github.com/compose-spec/compose-spec/blob/main/05-services.md) as a workload of one container.

use super::super::model::healthcheck::Test;
use super::super::model::runtime::Runtime;
use super::super::model::{Mount, Service};
use super::missing_files::Texts;
use super::restart::{self, Place};
use super::{
    Lowering, dependencies, deployment, exposure, files, image, logging, mounts, names, networks, probe, resources,
    run, runtime, secret_variables, tags,
};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::container::Bytes;
use crate::program::platform::{Options, Processor};
use crate::program::scaling::Scaling;
use crate::program::workload::{Found, Run};
use crate::program::{Container, Workload};

impl Service {
    /// Whether others can wait for it to be healthy.
    pub(super) fn is_checked(&self) -> bool {
        self.healthcheck
            .as_ref()
            .is_some_and(|healthcheck| !healthcheck.disable && healthcheck.test != Some(Test::None))
    }
}

/// The workload that `service` is; `None` where it has no image, which is reported.
#[expect(clippy::too_many_lines, reason = "every attribute has its line, so that none is forgotten")]
pub(super) fn lower(name: &str, service: Service, lowering: &mut Lowering<'_>) -> Option<Workload> {
    let Service {
        origin,
        build,
        command,
        configs,
        container_name,
        cpus,
        depends_on,
        deploy,
        entrypoint,
        env_file,
        environment,
        expose,
        healthcheck,
        hostname,
        image,
        init,
        labels,
        // Each is among `depends_on`, and its other name was read before.
        links: _,
        logging,
        mem_limit,
        mem_reservation,
        network_mode,
        networks,
        platform,
        ports,
        read_only,
        restart,
        runtime,
        scale,
        secrets,
        stdin_open,
        stop_grace_period,
        stop_signal,
        storage_size,
        tmpfs: _,
        tty,
        ulimits,
        user,
        volumes,
        volumes_from: _,
        working_dir,
        pull_credentials,
        secret_variables,
        options,
    } = service;
    let image = image::lower(name, origin, image, build.map(|build| build.origin), lowering);
    let partner = network_mode.as_ref().map(|mode| mode.value.clone()).filter(|mode| mode.contains(':'));
    let (networks, network_aliases) = networks::memberships(name, networks, network_mode, lowering);
    let given_names = network_aliases.into_iter().chain(lowering.links.get(name).into_iter().flatten().cloned());
    let aliases =
        names::aliases(name, given_names.collect(), container_name, hostname, lowering.services, lowering.diagnostics);
    let is_internal = lowering.internal.contains(lowering.tasks.host(name));
    let after = dependencies::after(name, depends_on, lowering);
    let probe = healthcheck.and_then(probe::lower);
    let texts = Texts {
        command: command.as_ref(),
        entrypoint: entrypoint.as_ref(),
        environment: &environment,
        probe: probe.as_ref(),
    };
    let is_socket_mounted = volumes.iter().any(Mount::is_docker_socket);
    let own = lowering.mounting.get(name);
    let mounts::Mounts { mounts, files } =
        own.map(|own| mounts::lower(name, own, &texts.socket(), lowering)).unwrap_or_default();
    let files = files::lower(files, secrets, configs, user.as_ref(), lowering);
    texts.check(&mounts, &files, is_socket_mounted, lowering);
    let secrets = secret_variables::lower(name, secret_variables, &environment, lowering);
    let credentials = secret_variables::credentials(name, pull_credentials, lowering);
    let log = logging.and_then(|logging| logging::lower(name, logging, lowering));
    let deploy = deployment::lower(deploy, lowering.diagnostics);
    let replicas = replicas(scale, deploy.replicas, lowering.diagnostics);
    let run = run::lower(name, origin, deploy.mode, replicas, lowering);
    let place = match (lowering.tasks.joined(name), &run) {
        (Some(host), _) => Place::Beside(&host.value),
        (None, Run::Once { .. } | Run::Scheduled { .. }) => Place::Job,
        (None, Run::Replicas(_) | Run::EachMachine(_)) => Place::Service,
    };
    let diagnostics = &mut *lowering.diagnostics;
    let ending = restart::lower(name, restart, deploy.restart_policy, place, diagnostics);
    let (ports, mut exposures) = exposure::lower(name, ports, expose, diagnostics);
    if is_internal {
        exposure::withhold(name, &mut exposures, diagnostics);
    }
    let quota = runtime::quota(&runtime, diagnostics);
    let Runtime {
        cap_add,
        cap_drop,
        cpu_period: _,
        cpu_quota: _,
        devices,
        gpus,
        ipc,
        pid,
        privileged,
        runtime,
        security_opt,
        shm_size,
        sysctls,
    } = runtime;
    let cpus = resources::processors(cpus, quota, diagnostics);
    let resources = resources::lower(deploy.limits, deploy.reservations, cpus, mem_limit, mem_reservation, diagnostics);
    let requests = gpus.into_iter().chain(deploy.devices).collect();
    let gpus = runtime::gpus(requests, deploy.generic_resources, diagnostics);
    runtime::check_runtime(runtime, gpus.is_some(), diagnostics);
    let processes = runtime::sharing("pid", pid, partner.as_deref(), diagnostics);
    let shared_memory = runtime::sharing("ipc", ipc, partner.as_deref(), diagnostics);
    note_signal(stop_signal, diagnostics);
    let container = Container {
        origin,
        name: name.to_owned(),
        image: image?,
        credentials,
        entrypoint: entrypoint.map(|words| words.value),
        command: command.map(|words| words.value),
        environment,
        secrets,
        environment_files: env_file,
        files: files.files,
        working_directory: working_dir,
        user,
        read_only,
        init,
        interactive: stdin_open,
        terminal: tty,
        labels: labels.into_iter().map(|(key, value)| (key, value.value)).gather(),
        ports,
        mounts,
        probe,
        resources,
        limits: ulimits,
        stop_grace: stop_grace_period,
        restart: ending.restart,
        essential: ending.essential,
        after: after.containers,
        privileges: runtime::privileges(privileged, cap_add, cap_drop, security_opt),
        kernel_parameters: sysctls,
        devices: runtime::devices(devices),
        gpus,
        shared_memory: shm_size,
        log,
    };
    Some(Workload {
        origin,
        run,
        main: container,
        beside: Vec::new(),
        networks,
        found: Found::ByName,
        aliases,
        // A service is called at the ports that its container listens on.
        addresses: Vec::new(),
        exposures,
        after: after.tasks,
        update: deploy.update,
        placement: deploy.placement,
        processes,
        shared_memory,
        platform: Options {
            autoscaling: autoscaling(options.autoscaling.clone(), deploy.autoscaling, diagnostics),
            cpu_architecture: architecture(options.cpu_architecture.clone(), platform, diagnostics),
            ..disk(options, storage_size, diagnostics)
        },
        tags: tags::lower(deploy.labels, "com.docker.compose.service", name),
    })
}

/// The disk that `storage_opt` asks for, where nothing else is said of it. Every task has 20 GiB.
fn disk(mut options: Options, size: Option<Located<Bytes>>, diagnostics: &mut Diagnostics) -> Options {
    let Some(size) = size else { return options };
    let gibibytes = u32::try_from(size.value.0.div_ceil(1 << 30)).unwrap_or(u32::MAX);
    if gibibytes <= 20 {
        diagnostics.note(size.origin, "`size` has no effect: a task has 20 GiB of disk in any case");
    } else if options.ephemeral_storage.is_none() {
        options.ephemeral_storage = Some(size.map(|_| gibibytes));
    }
    options
}

/// The predecessor had it below `deploy`; options are at the service.
fn autoscaling(
    option: Option<Located<Scaling>>,
    deploy: Option<Located<Scaling>>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Scaling>> {
    if let (Some(option), Some(_)) = (&option, &deploy) {
        diagnostics.error(option.origin, "`x-aws-autoscaling` is here and below `deploy`").fix("remove one of the two");
    }
    deploy.or(option)
}

/// The document's word for it is the image's platform.
fn architecture(
    option: Option<Located<Processor>>,
    platform: Option<Located<Processor>>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Processor>> {
    if let (Some(option), Some(platform)) = (&option, &platform)
        && option.value != platform.value
    {
        diagnostics
            .error(option.origin, "`x-aws-cpu_architecture` is another than that of `platform`")
            .fix("remove one of the two");
    }
    option.or(platform)
}

fn replicas(
    scale: Option<Located<Expr<u32>>>,
    replicas: Option<Located<Expr<u32>>>,
    diagnostics: &mut Diagnostics,
) -> Option<Located<Expr<u32>>> {
    if let (Some(scale), Some(replicas)) = (&scale, &replicas)
        && scale.value != replicas.value
    {
        diagnostics.error(scale.origin, "`scale` and `deploy.replicas` differ").fix("remove `scale`");
    }
    replicas.or(scale)
}

fn note_signal(signal: Option<Located<String>>, diagnostics: &mut Diagnostics) {
    if let Some(Located { origin, value }) = signal {
        diagnostics
            .note(origin, format!("ECS stops a container with the signal that its image names, SIGTERM if it names none; `{value}` is not sent unless it is that"))
            .fix(format!("write `STOPSIGNAL {value}` in the image's Dockerfile"));
    }
}
