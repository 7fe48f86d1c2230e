//! What workloads run on: on Fargate, on instances of a provider that exists, or on instances that are made here.
//!
//! In: the workloads of all applications. Out: for each environment what its cluster must have ([`wanted`]); for each
//! workload how ECS divides its tasks ([`strategy`]).

use std::collections::BTreeMap;

use super::instances::{Group, group, processor, room};
use super::logs;
use super::site::Site;
use crate::cloudformation::resource::ecs::CapacityProviderStrategyItem;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, Value};
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::environment::{Cluster, Environment, Gateways, Network};
use crate::program::placement::Property;
use crate::program::platform::{Capacity, Machine, Provider, Share, Subnets};
use crate::program::workload::Run;
use crate::program::{Application, Program, Workload};

/// What the cluster of an environment must have besides Fargate.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Instances to be made, by what tells them from others.
    pub(super) groups: BTreeMap<String, Group>,
    /// Providers that exist, by a text that tells them apart.
    pub(super) providers: BTreeMap<String, Text>,
}

/// What the clusters must have, by environment.
pub(super) fn wanted<'p>(program: &'p Program, diagnostics: &mut Diagnostics) -> BTreeMap<&'p str, Wanted> {
    let mut all: BTreeMap<&str, Wanted> = BTreeMap::new();
    for application in program.applications.values() {
        let Some(environment) = program.environments.get(&application.environment) else { continue };
        let wanted = all.entry(&application.environment).or_default();
        for (name, workload) in &application.workloads {
            if workload.machine() == Machine::Instance {
                check_way_out(environment, name, workload, diagnostics);
            }
            add(wanted, environment, name, workload, diagnostics);
        }
    }
    for application in program.applications.values() {
        let Some(environment) = program.environments.get(&application.environment) else { continue };
        // What runs once on each of them asks for none.
        let is_everywhere =
            |workload: &Workload| matches!(workload.run, Run::EachMachine(_)) && logs::needs_setup(workload);
        if let Some(wanted) = all.get_mut(application.environment.as_str())
            && application.workloads.values().any(is_everywhere)
        {
            wanted.groups.values_mut().for_each(|group| group.logs_anywhere = true);
        }
        let is_declared = program.declared.contains(&application.environment);
        let has_instances = all.get(application.environment.as_str()).is_some_and(|wanted| !wanted.groups.is_empty());
        for (name, workload) in &application.workloads {
            check_registered(environment, is_declared || has_instances, name, workload, diagnostics);
        }
    }
    for (environment, wanted) in &all {
        advise_processors(program, environment, wanted, diagnostics);
        for (key, group) in &wanted.groups {
            // Of two applications it is not known here whether they are ever there together.
            for application in program.applications.values().filter(|other| other.environment == *environment) {
                room::check(group, &on(application, key), diagnostics);
            }
        }
    }
    all
}

/// The workloads of an application that run on the instances that `key` tells from others.
fn on<'p>(application: &'p Application, key: &str) -> Vec<(&'p str, &'p Workload)> {
    let is_here = |(name, workload): &(&'p String, &'p Workload)| matches!(group(name, workload), Some(Ok((other, _))) if other == key);
    application.workloads.iter().filter(is_here).map(|(name, workload)| (name.as_str(), workload)).collect()
}

/// Tells of what runs on each machine, and of which nobody says for which processor, where machines have both.
fn advise_processors(program: &Program, environment: &str, wanted: &Wanted, diagnostics: &mut Diagnostics) {
    let mut groups = wanted.groups.values();
    let Some(first) = groups.next() else { return };
    if groups.all(|group| group.processor() == first.processor()) {
        return;
    }
    let applications = program.applications.values().filter(|application| application.environment == environment);
    for (name, workload) in applications.flat_map(|application| &application.workloads) {
        let mut conditions = workload.placement.conditions.iter();
        let chooses = conditions.any(|condition| condition.value.property == Property::Processor);
        if matches!(workload.run, Run::EachMachine(_)) && processor(workload).is_none() && !chooses {
            diagnostics
                .advice(
                    workload.origin,
                    format!(
                        "`{name}` runs on machines with processors of both kinds: its images must be built for both"
                    ),
                )
                .fix(format!(
                    "to have it on those of one kind, write `CpuArchitecture` for `{name}` under `Workloads`"
                ));
        }
    }
}

/// Instances that are registered must have somebody who registers them: nobody else knows of a cluster that is made for
/// the applications of a template alone.
fn check_registered(
    environment: &Environment,
    is_known: bool,
    name: &str,
    workload: &Workload,
    diagnostics: &mut Diagnostics,
) {
    let Some(capacity) = workload.platform.capacity.as_ref().filter(|at| at.value == Capacity::Registered) else {
        return;
    };
    if matches!(environment.cluster, Cluster::Made { .. }) && !is_known {
        diagnostics
            .error(capacity.origin, format!("`{name}` runs on registered instances, and nobody registers any with the cluster, which is made here"))
            .fix("name a cluster that has some, `Environment: { Cluster: … }`, or declare an `OamEcs::Environment` whose cluster instances can join; or write `EC2`, and instances are made");
        return;
    }
    diagnostics.advice(
        capacity.origin,
        "tasks wait until instances that are registered with the cluster have room for them; nobody adds instances for them",
    );
}

fn add(wanted: &mut Wanted, environment: &Environment, name: &str, workload: &Workload, diagnostics: &mut Diagnostics) {
    let origin = place(workload);
    if let Some(Capacity::Providers(shares)) = workload.platform.capacity.as_ref().map(|capacity| &capacity.value) {
        for Share { provider, .. } in shares {
            if let Provider::Named(name) = provider {
                wanted.providers.insert(key(provider), Text::from(name));
            }
        }
    }
    let group = match group(name, workload) {
        Some(Ok((key, group))) => Some((key, group)),
        Some(Err(fault)) => {
            diagnostics.error(fault.origin, fault.message).fix(fault.fix);
            None
        }
        None => None,
    };
    let Some((key, group)) = group else { return };
    if !matches!(environment.cluster, Cluster::Made { .. }) {
        diagnostics
            .error(origin, format!("`{name}` needs instances, and they cannot be made for a cluster that is given: its owner's list of capacity providers would be overwritten"))
            .fix("name a capacity provider that the cluster has, or leave `Cluster` out for a cluster that is made");
        return;
    }
    match wanted.groups.get_mut(&key) {
        None => {
            wanted.groups.insert(key, group);
        }
        Some(other) if other.joins(&group) => other.join(&group),
        Some(other) => {
            let message = format!(
                "`{name}` and `{}` would share the instances `{key}`, and say different things of them",
                other.workload()
            );
            diagnostics
                .error(origin, message)
                .fix("say the same of both, or give one of them a `Name` of its own: `EC2: { Name: … }`");
        }
    }
}

/// A task on an instance never has a public address
/// ([networking](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html)).
fn check_way_out(environment: &Environment, name: &str, workload: &Workload, diagnostics: &mut Diagnostics) {
    let asked = workload.platform.subnets.as_ref().map(|asked| &asked.value);
    let fix = match &environment.network {
        _ if matches!(asked, Some(Subnets::Public)) => "leave the choice of subnets out, or write `private`",
        // They are the author's to know.
        _ if matches!(asked, Some(Subnets::Each(_))) => return,
        Network::Made { gateways: Gateways::None, .. } => "write `NatGateways: one`, or leave it out",
        Network::Given { private: None, .. } => "give `PrivateSubnetIds`, subnets with a route to a NAT gateway",
        Network::Found { .. } => {
            diagnostics.advice(place(workload), format!("`{name}` runs on an instance, where tasks have no public addresses: the network that is found must have private subnets with a route to a NAT gateway"));
            return;
        }
        Network::Made { .. } | Network::Imported { .. } | Network::Given { .. } => return,
    };
    diagnostics
        .error(place(workload), format!("`{name}` runs on an instance, where tasks have no public addresses, and its subnets have no other way to images, logs and secrets"))
        .fix(fix);
}

/// What asks for the machine of a workload.
fn place(workload: &Workload) -> Origin {
    let gpus = || workload.containers().find_map(|container| container.gpus.as_ref()).map(|gpus| gpus.origin);
    let capacity = workload.platform.capacity.as_ref().map(|capacity| capacity.origin);
    capacity.or_else(gpus).unwrap_or(workload.origin)
}

/// How ECS divides the tasks of a service among capacity providers.
pub(super) struct Strategy {
    pub(super) items: Vec<CapacityProviderStrategyItem>,
    /// A text that changes when the strategy does: ECS takes another one only with a new deployment.
    pub(super) nonce: String,
}

/// The strategy of a workload. On clusters of ours there always is one, as a service cannot move from a launch type to a
/// provider without being replaced; a cluster that is given may have none, but for what is named it must. What runs once on
/// each machine has none: it starts none.
pub(super) fn strategy(
    name: &str,
    workload: &Workload,
    site: &Site,
    diagnostics: &mut Diagnostics,
) -> Option<Strategy> {
    if matches!(workload.run, Run::EachMachine(_)) && workload.machine() == Machine::Instance {
        return None;
    }
    if let Some(Ok((key, _))) = group(name, workload) {
        let provider = site.instances.get(&key)?;
        let item = CapacityProviderStrategyItem {
            capacity_provider: Function::reference(provider).into(),
            base: None,
            weight: Some(1),
        };
        return Some(Strategy { items: vec![item], nonce: provider.to_string() });
    }
    let default = Capacity::provider(Provider::Fargate);
    let capacity = workload.platform.capacity.as_ref();
    let Capacity::Providers(shares) = capacity.map_or(&default, |capacity| &capacity.value) else { return None };
    let is_plain = matches!(shares.as_slice(), [Share { provider: Provider::Fargate, .. }]);
    if is_plain && !site.owns_cluster {
        return None;
    }
    if let (Some(capacity), false) = (capacity, site.owns_cluster) {
        let mut names: Vec<String> = shares.iter().map(|share| format!("`{}`", key(&share.provider))).collect();
        names.dedup();
        diagnostics.advice(
            capacity.origin,
            format!(
                "the cluster that is given must have the capacity provider{} {}",
                if names.len() == 1 { "" } else { "s" },
                names.join(", ")
            ),
        );
    }
    let items = shares.iter().map(|Share { provider, base, weight }| CapacityProviderStrategyItem {
        capacity_provider: match provider {
            Provider::Fargate => "FARGATE".into(),
            Provider::FargateSpot => "FARGATE_SPOT".into(),
            Provider::Named(name) => Text::from(name),
        },
        base: *base,
        weight: Some(*weight),
    });
    let nonce: Vec<String> = match shares.as_slice() {
        [only] => vec![key(&only.provider)],
        shares => shares
            .iter()
            .map(|share| format!("{} {}+{}", key(&share.provider), share.base.unwrap_or_default(), share.weight))
            .collect(),
    };
    Some(Strategy { items: items.collect(), nonce: nonce.join(", ") })
}

/// A text that tells a provider from others: its name, or the function that gives it.
fn key(provider: &Provider) -> String {
    match provider {
        Provider::Fargate => "FARGATE".to_owned(),
        Provider::FargateSpot => "FARGATE_SPOT".to_owned(),
        Provider::Named(name) => match Text::from(name) {
            Value::Literal(name) => name.into_owned(),
            Value::Function(function) => serde_json::json!(function).to_string(),
        },
    }
}
