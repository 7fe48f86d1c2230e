//! From a configuration to the model.
//!
//! In: a [`Configuration`], and what is said beside it. Out: a [`Release`]. What CloudFormation makes itself, in this template,
//! gets its image from there: such a service is only put in its place, between the tasks.

use std::collections::BTreeMap;

use super::model::{Configuration, LaunchType, Network, Provider, Service, Task};
use super::names::{name, service_of};
use super::settings::{Options, Settings};
use crate::cloudformation::function::{attribute, call, substitution};
use crate::cloudformation::substitution::{Piece, pieces};
use crate::diagnostic::{Located, Origin};
use crate::document::{Reader, list_some, suggestion};
use crate::expression::Expr;
use crate::program::Release;
use crate::program::release::{self, Capacity, Image, Interface, Machine, Owner, Phase, Roll, Run, Stage, Step};

/// Lowers the configuration of the declaration at `origin`.
pub fn lower(configuration: Configuration, settings: &Settings, origin: Origin, reader: &mut Reader<'_>) -> Release {
    let Configuration { cluster, pre, services, post } = configuration;
    let mut lowering = Lowering { settings, found: BTreeMap::new(), reader };
    let stages = vec![
        lowering.tasks(pre, Phase::Before, &settings.skip_pre),
        lowering.services(services),
        lowering.tasks(post, Phase::After, &settings.skip_post),
    ];
    lowering.check_workloads();
    Release { origin, cluster: cluster.value, stages }
}

/// What the parts of a configuration share on their way.
struct Lowering<'s, 'r, 'd> {
    settings: &'s Settings,
    /// What is called by a name.
    found: BTreeMap<String, Found<'s>>,
    reader: &'r mut Reader<'d>,
}

/// What is called by a name.
#[derive(Default)]
struct Found<'s> {
    is_task: bool,
    is_service: bool,
    containers: Vec<String>,
    /// What is said by that name.
    own: Option<&'s Options>,
}

impl<'s> Lowering<'s, '_, '_> {
    fn tasks(&mut self, tasks: Vec<Task>, phase: Phase, skip: &[Expr<String>]) -> Stage {
        let mut steps = BTreeMap::new();
        for task in tasks {
            let name = name(&task.family.value);
            let origin = task.family.origin;
            self.meet(&name, &task.containers).is_task = true;
            let run = self.task(&name, task, skip);
            if steps.insert(name.clone(), Step::Run(Box::new(run))).is_some() {
                self.twice(
                    origin,
                    &format!("the family `{name}` is in this stage already"),
                    "raise `count` to run more of its tasks, or move one to the other stage",
                );
            }
        }
        Stage { phase, steps }
    }

    fn services(&mut self, services: Vec<Service>) -> Stage {
        let mut steps = BTreeMap::new();
        for service in services {
            let name = name(&service.name.value);
            let origin = service.name.origin;
            self.meet(&name, &service.containers).is_service = true;
            let roll = self.service(&name, service);
            if steps.insert(name.clone(), Step::Roll(Box::new(roll))).is_some() {
                self.twice(
                    origin,
                    &format!("the service `{name}` is here already"),
                    "leave one of the two out, and name all containers in the other",
                );
            }
        }
        Stage { phase: Phase::Services, steps }
    }

    fn twice(&mut self, origin: Origin, message: &str, fix: &str) {
        self.reader.diagnostics.error(origin, message).fix(fix);
    }

    /// Remembers a name, and what it stands for.
    fn meet(&mut self, name: &str, containers: &[Located<String>]) -> &mut Found<'s> {
        let found = self.found.entry(name.to_owned()).or_default();
        found.containers.extend(containers.iter().map(|container| container.value.clone()));
        found.own = self.settings.workloads.get(name).map(|own| &own.value);
        found
    }

    fn own(&self, name: &str) -> Option<&'s Options> {
        self.settings.workloads.get(name).map(|own| &own.value)
    }

    /// An option: what is said by name, or else of all.
    fn option<T: Clone>(&self, name: &str, get: impl Fn(&Options) -> &Option<T>) -> Option<T> {
        self.own(name).and_then(|own| get(own).clone()).or_else(|| get(&self.settings.defaults).clone())
    }

    /// The containers with the tags that they get; those without any are left out.
    fn images(&self, name: &str, containers: &[Located<String>]) -> Vec<Image> {
        let (own, all) = (self.own(name), &self.settings.defaults);
        let single = |options: &Options, container: &str| options.containers.get(container).cloned();
        let images = containers.iter().filter_map(|container| {
            let tag = own
                .and_then(|own| single(own, &container.value).or_else(|| own.image_tag.clone()))
                .or_else(|| single(all, &container.value).or_else(|| all.image_tag.clone()))?;
            Some(Image { container: container.value.clone(), tag: tag.value })
        });
        images.collect()
    }

    fn task(&mut self, name: &str, task: Task, skip: &[Expr<String>]) -> Run {
        let Task { origin, family, count, containers, launch_type, providers, network } = task;
        let mut images = self.images(name, &containers);
        if let Some(id) = self.made_here(&family.value) {
            self.reader.diagnostics.advice(
                family.origin,
                format!("`{id}` is of this template, so that its images are what the template says, whatever the tag"),
            );
            images.clear();
        } else if images.is_empty() {
            self.reader
                .diagnostics
                .note(
                    family.origin,
                    format!("no tag is given, so that `{name}` runs with the images that it has, once"),
                )
                .fix("write `ImageTag` beside the document, and `Run: always` for what is to run on every deployment");
        }
        Run {
            origin,
            tasks_of: declared(&family.value),
            definition: family.value,
            images,
            subjects: containers.into_iter().map(|container| container.value).collect(),
            count: count.value,
            capacity: capacity(launch_type, providers),
            network: network.map(|Network { assign_public_ip, security_groups, subnets }| Interface {
                public_address: assign_public_ip,
                groups: security_groups,
                subnets,
            }),
            always: self.option(name, |options| &options.run).is_some_and(|run| run.value),
            exclusive: self.option(name, |options| &options.exclusive).is_some_and(|exclusive| exclusive.value),
            timeout: self.option(name, |options| &options.timeout),
            verdict: self.option(name, |options| &options.exit_policy).map(|verdict| verdict.value),
            on_failure: self.option(name, |options| &options.on_failure).map(|failure| failure.value),
            skip: skip.to_vec(),
        }
    }

    fn service(&mut self, name: &str, service: Service) -> Roll {
        let Service { origin, name: reference, containers, force, max_wait } = service;
        let own = self.own(name);
        let force = own.and_then(|own| own.force.clone()).or(force).or_else(|| self.settings.defaults.force.clone());
        let owner = self.owner(&reference.value);
        let images = self.images(name, &containers);
        match &owner {
            Owner::Foreign(_) => {
                let is_forced = force.as_ref().is_some_and(|force| force.value);
                if images.is_empty() && !is_forced {
                    self.reader
                        .diagnostics
                        .error(reference.origin, format!("no tag is given for the images of `{name}`, so that nothing would be rolled out"))
                        .fix("write `ImageTag: !Ref Tag` beside the document, or `force: true` for the same images once more");
                }
            }
            Owner::Author(id) | Owner::Declared { declaration: id, .. } => {
                let what = if name == id { "" } else { &format!(" `{name}`") };
                self.reader.diagnostics.advice(
                    reference.origin,
                    format!("`{id}` of this template rolls{what} out by itself: its images are what the template says, whatever the tag"),
                );
                self.unused(name, id);
            }
        }
        if let (Owner::Author(id), reader) = (&owner, &mut *self.reader) {
            let force = force.as_ref().filter(|force| force.value).map(|force| ("force", force.origin));
            for (key, origin) in force.into_iter().chain(max_wait.as_ref().map(|wait| ("max_wait", wait.origin))) {
                reader
                    .diagnostics
                    .note(origin, format!("`{key}` has no effect on `{name}`, as `{id}` is a resource of your own"))
                    .fix(match key {
                        "force" => format!("write `ForceNewDeployment` in the properties of `{id}`"),
                        _ => format!(
                            "write `DeploymentConfiguration` with a circuit breaker in the properties of `{id}`"
                        ),
                    });
            }
        }
        Roll {
            origin,
            owner,
            images,
            force,
            max_wait: max_wait.map(|minutes| minutes.map(|minutes| minutes * 60)),
            wait_for: self.option(name, |options| &options.wait_for),
            while_busy: self.option(name, |options| &options.while_busy),
            on_missing: self.option(name, |options| &options.on_missing),
            on_failure: self.option(name, |options| &options.on_failure),
            on_removal: self.option(name, |options| &options.on_delete),
            take_over: self.option(name, |options| &options.take_over),
        }
    }

    /// Notes what is said by name of a service that CloudFormation rolls out itself.
    fn unused(&mut self, name: &str, id: &str) {
        let Some(own) = self.own(name) else { return };
        // What it is asked to force it does, where it is ours.
        let mut unused: Vec<(&str, Origin)> =
            own.of_services().into_iter().filter(|(key, _)| *key != "Force").collect();
        unused.extend(own.on_failure.as_ref().map(|failure| ("OnFailure", failure.origin)));
        unused.extend(own.image_tag.as_ref().map(|tag| ("ImageTag", tag.origin)));
        unused.extend(own.containers.values().map(|tag| ("Containers", tag.origin)));
        let is_task = self.found.get(name).is_some_and(|found| found.is_task);
        for (key, origin) in unused {
            if !(is_task && matches!(key, "OnFailure" | "ImageTag" | "Containers")) {
                let message = format!("`{key}` has no effect on `{name}`, which `{id}` of this template rolls out");
                self.reader.diagnostics.note(origin, message);
            }
        }
    }

    /// The resource or declaration of this template that makes a task definition.
    fn made_here(&self, family: &Expr<String>) -> Option<String> {
        let (id, path) = reference(family)?;
        let kind = self.reader.early.type_of(&id)?;
        let is_definition = match path.as_deref() {
            None | Some("TaskDefinitionArn") => kind == "AWS::ECS::TaskDefinition",
            Some(path) => kind.starts_with("OamEcs::") && path.ends_with(".TaskDefinitionArn"),
        };
        is_definition.then_some(id)
    }

    /// Who makes a service.
    fn owner(&self, service: &Expr<String>) -> Owner {
        let foreign = || Owner::Foreign(service.clone());
        let Some((id, path)) = reference(service) else { return foreign() };
        let Some(kind) = self.reader.early.type_of(&id) else { return foreign() };
        let path = path.as_deref();
        if kind == "AWS::ECS::Service" && matches!(path, None | Some("Name" | "ServiceArn")) {
            return Owner::Author(id);
        }
        match path.and_then(service_of) {
            Some((workload, "Name" | "Arn")) if kind.starts_with("OamEcs::") => {
                Owner::Declared { workload: workload.to_owned(), declaration: id }
            }
            _ => foreign(),
        }
    }

    /// Reports what is said of names that nothing has, of containers that are not named, and of what has no use for it.
    fn check_workloads(&mut self) {
        let diagnostics = &mut *self.reader.diagnostics;
        for (name, Located { origin, value }) in &self.settings.workloads {
            let Some(found) = self.found.get(name) else {
                let names: Vec<&str> = self.found.keys().map(String::as_str).collect();
                let entry = diagnostics.unknown(*origin, format!("there is no task and no service `{name}`"));
                match suggestion(name, names.iter().copied()) {
                    Some(near) => entry.fix(format!("did you mean `{near}`?")),
                    None => entry.fix(format!("the tasks and services are {}", list_some(&names))),
                }
                continue;
            };
            for (container, tag) in &value.containers {
                if !found.containers.contains(container) {
                    let names: Vec<&str> = found.containers.iter().map(String::as_str).collect();
                    diagnostics
                        .unknown(
                            tag.origin,
                            format!("`{container}` is none of the containers of `{name}` that get another image"),
                        )
                        .fix(format!("write one of {}, or add it to `containers` in the document", list_some(&names)));
                }
            }
            let of_others = match (found.is_task, found.is_service) {
                (true, false) => (value.of_services(), "a task"),
                (false, true) => (value.of_tasks(), "a service"),
                _ => continue,
            };
            for (key, origin) in of_others.0 {
                diagnostics.note(origin, format!("`{key}` has no effect on `{name}`, which is {}", of_others.1));
            }
        }
    }
}

/// The declaration and the workload whose task definition a reference leads to.
fn declared(definition: &Expr<String>) -> Option<(String, String)> {
    let (declaration, path) = reference(definition)?;
    let path = path?;
    let (workload, attribute) = service_of(&path)?;
    (attribute == "TaskDefinitionArn").then(|| (declaration, workload.to_owned()))
}

/// The id and the attribute that text is nothing but a reference to.
fn reference(text: &Expr<String>) -> Option<(String, Option<String>)> {
    let Expr::Deferred(deferred) = text else { return None };
    let path = match call(deferred.alone()?)? {
        ("Ref", argument) => return Some((argument.as_str()?.to_owned(), None)),
        ("Fn::GetAtt", argument) => attribute(argument)?.into_owned(),
        ("Fn::Sub", argument) => {
            let (text, variables) = substitution(argument)?;
            let mut pieces = pieces(text);
            match (pieces.next(), pieces.next(), variables) {
                (Some(Piece::Name(name)), None, None) => name.to_owned(),
                _ => return None,
            }
        }
        _ => return None,
    };
    match path.split_once('.') {
        Some((id, path)) => Some((id.to_owned(), Some(path.to_owned()))),
        None => Some((path, None)),
    }
}

fn capacity(launch_type: Option<LaunchType>, providers: Vec<Provider>) -> Capacity {
    if !providers.is_empty() {
        let providers = providers.into_iter().map(|Provider { name, base, weight }| release::Provider {
            name: name.value,
            base: base.map(|base| base.value),
            weight,
        });
        return Capacity::Providers(providers.collect());
    }
    match launch_type {
        None => Capacity::Cluster,
        Some(LaunchType::Ec2) => Capacity::Machine(Machine::Instance),
        Some(LaunchType::External) => Capacity::Machine(Machine::External),
        Some(LaunchType::Fargate) => Capacity::Machine(Machine::Fargate),
    }
}
