//! Workloads that are in the network of their machines.
//!
//! Such a task has no network interface, no address and no security groups of its own: who reaches its ports is up to the group
//! of the machine, and so is whom it reaches. In: a workload. Out: the rules of that group where the machines are made here, and
//! what its author should know.

use std::collections::{BTreeMap, BTreeSet};

use super::role::Role;
use super::scope::Scope;
use super::security_group::{Caller, Members, traffic};
use super::service;
use super::site::Site;
use super::storage::mounts::mounted;
use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::ec2;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Resources, Value};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::list_some;
use crate::gather::Gather;
use crate::program::exposure::Transport;
use crate::program::platform::{Capacity, Machine};
use crate::program::workload::Run;
use crate::program::{Application, Workload};

/// The group of the machines that a workload runs on, where they are made here.
pub(super) fn machines<'s>(workload: &Workload, site: &'s Site) -> Option<&'s Text> {
    match workload.platform.capacity.as_ref().map(|capacity| &capacity.value) {
        Some(Capacity::Providers(_) | Capacity::Registered) => None,
        Some(Capacity::Instances(_)) | None => site.instance_group.as_ref(),
    }
}

/// Lets callers reach the ports of a workload on its machines, and the workload reach the members of its networks. The rules
/// follow from the caller and the port alone: two workloads may ask for the same one, which a group takes once.
pub(super) fn open(
    scope: &mut Scope<'_>,
    workload: &Workload,
    site: &Site,
    (members, workloads): (&BTreeMap<String, Members>, &BTreeMap<String, Workload>),
    callers: &[Caller],
) -> Vec<LogicalId> {
    let Some(machines) = machines(workload, site) else { return Vec::new() };
    // What the environment's load balancer may is the environment's: two applications may ask for the same rule.
    let own = scope.owner;
    let shared = owner(machines, scope.resources).unwrap_or(own).to_owned();
    let mut rules = Vec::new();
    let mut add = |scope: &mut Scope<'_>, owner: &str, (name, role): (&str, Role), group: &Text, rule: ec2::Ingress| {
        let id = role.id(owner, Some(name));
        if !scope.resources.contains_key(&id) {
            let ingress = ec2::SecurityGroupIngress { group_id: group.clone(), rule };
            scope.of(owner).add_for(name, role, workload.origin, &ingress);
        }
        rules.push(id);
    };
    for Caller { group: caller, port, transport, speaks_http: _ } in callers {
        let is_shared = owner(caller, scope.resources).is_some_and(|owner| owner == shared);
        let name = match caller {
            Value::Literal(id) => id.to_string(),
            Value::Function(Function::GetAtt(id, _)) => id.to_string(),
            Value::Function(function) => format!("late {}", hash(&serde_json::to_string(function).unwrap_or_default())),
        };
        let role = match transport {
            Transport::Tcp => Role::MachineTcp(*port),
            Transport::Udp => Role::MachineUdp(*port),
        };
        let ingress = ec2::Ingress {
            traffic: traffic(*transport, *port),
            source: ec2::Source::SourceSecurityGroupId(caller.clone()),
            description: Some(format!("From the load balancer to port {port} of a machine")),
        };
        add(scope, if is_shared { &shared } else { own }, (&name, role), machines, ingress);
    }
    for name in workload.networks.iter().filter(|name| has_members(name, workloads)) {
        let Some(Members { group, rule: Some(_) }) = members.get(name) else { continue };
        let rule = ec2::Ingress {
            traffic: ec2::Traffic::All,
            source: ec2::Source::SourceSecurityGroupId(machines.clone()),
            description: Some("Workloads in the network of their machines reach members".to_owned()),
        };
        add(scope, own, (name, Role::MachineMember), group, rule);
    }
    rules
}

/// The declaration or environment for which a group is made, if it is made here.
fn owner<'r>(group: &Text, resources: &'r Resources) -> Option<&'r str> {
    match group {
        Value::Function(Function::GetAtt(id, _)) => Some(&resources.get(id)?.owner),
        Value::Literal(_) | Value::Function(_) => None,
    }
}

/// Whether anybody has the group of a network.
fn has_members(network: &str, workloads: &BTreeMap<String, Workload>) -> bool {
    workloads.values().any(|workload| !workload.on_machine_network() && workload.networks.contains(network))
}

/// Tells what is other than with addresses of one's own, and what cannot be.
pub(super) fn check(application: &Application, site: &Site, diagnostics: &mut Diagnostics) {
    let asked = |workload: &Workload| workload.platform.network_mode.as_ref().map(|mode| mode.origin);
    let all: Vec<(&str, &Workload, Origin)> = application
        .workloads
        .iter()
        .filter(|(_, workload)| workload.wants_machine_network())
        .filter_map(|(name, workload)| Some((name.as_str(), workload, asked(workload)?)))
        .collect();
    for (name, _, origin) in all.iter().filter(|(_, workload, _)| workload.machine() == Machine::Fargate) {
        diagnostics
            .error(*origin, format!("`{name}` runs on Fargate, where a task cannot be in the network of its machine"))
            .fix("leave `NetworkMode` out, or run it on instances, with the capacity `EC2`");
    }
    let here: Vec<(&str, &Workload, Origin)> =
        all.into_iter().filter(|(_, workload, _)| workload.on_machine_network()).collect();
    let Some((_, _, first)) = here.first() else { return };
    let names: Vec<&str> = here.iter().map(|(name, _, _)| *name).collect();
    diagnostics.advice(
        *first,
        format!("what is in the network of its machine reaches the metadata of the machine, and with it the machine's role, whatever its own role is: {}", list_some(&names)),
    );
    for (name, workload, _) in &here {
        check_workload(name, workload, diagnostics);
    }
    advise_groups(&here, application, site, diagnostics);
    advise_updates(&here, diagnostics);
    check_ports(&here, diagnostics);
}

fn check_workload(name: &str, workload: &Workload, diagnostics: &mut Diagnostics) {
    let platform = &workload.platform;
    let subnets = platform.subnets.as_ref().map(|it| (it.origin, "subnets"));
    let address = platform.public_address.as_ref().map(|it| (it.origin, "public address"));
    for (origin, what) in subnets.into_iter().chain(address) {
        let message =
            format!("the {what} of `{name}` are those of its machine, whose network it is in: this has no effect");
        diagnostics.note(origin, message);
    }
    for parameters in workload.containers().map(|container| &container.kernel_parameters) {
        for (parameter, Located { origin, .. }) in parameters.iter().filter(|(key, _)| key.starts_with("net.")) {
            diagnostics
                .error(*origin, format!("`{name}` is in the network of its machine, and `{parameter}` would be set for all of it, which ECS refuses"))
                .fix("remove it, or leave `NetworkMode` out");
        }
    }
}

/// The ports of a machine that a workload takes.
fn ports(workload: &Workload) -> BTreeSet<u16> {
    let declared = workload.containers().flat_map(|container| &container.ports).map(|port| port.value.number);
    declared.chain(workload.exposures.iter().map(|exposure| exposure.target)).gather()
}

/// The groups of machines that exist are their owner's to open.
fn advise_groups(
    here: &[(&str, &Workload, Origin)],
    application: &Application,
    site: &Site,
    diagnostics: &mut Diagnostics,
) {
    let foreign = here.iter().filter(|(_, workload, _)| machines(workload, site).is_none());
    for (name, workload, origin) in foreign {
        let public: BTreeSet<u16> = workload.exposures.iter().filter(|it| it.public).map(|it| it.target).gather();
        let ports: Vec<String> = public.iter().map(u16::to_string).collect();
        let ports: Vec<&str> = ports.iter().map(String::as_str).collect();
        if !ports.is_empty() {
            let message = format!(
                "the machines of `{name}` are not made here: their security group must admit the load balancer at port {}",
                list_some(&ports)
            );
            diagnostics.advice(*origin, message);
        }
        let near = workload.networks.iter().filter(|network| has_members(network, &application.workloads));
        let near: Vec<&str> = near.map(String::as_str).collect();
        if !near.is_empty() {
            let message = format!(
                "the machines of `{name}` are not made here: it reaches members of {} only where their security group admits that of the machines",
                list_some(&near)
            );
            diagnostics.advice(*origin, message);
        }
        if !mounted(workload).is_empty() {
            let message = format!(
                "the machines of `{name}` are not made here: the mount targets of its volumes must admit the machines' security group at port 2049"
            );
            diagnostics.advice(*origin, message);
        }
    }
}

/// The old task has the port until it ends, and so the new one needs another machine.
fn advise_updates(here: &[(&str, &Workload, Origin)], diagnostics: &mut Diagnostics) {
    let stays = |workload: &Workload| {
        // What is wrong with them is said elsewhere.
        let (minimum, _) = service::percentages(workload, &mut Diagnostics::default());
        let Run::Replicas(replicas) = &workload.run else { return false };
        // ECS rounds the least number up: of one task, it stops none above 0 per cent.
        let keeps_all = match replicas.value.known() {
            Some(count) => (u64::from(*count) * u64::from(minimum)).div_ceil(100) >= u64::from(*count),
            None => minimum >= 100,
        };
        keeps_all && !ports(workload).is_empty()
    };
    let waiting: Vec<&(&str, &Workload, Origin)> = here.iter().filter(|(_, workload, _)| stays(workload)).collect();
    let Some((_, _, origin)) = waiting.first() else { return };
    let names: Vec<&str> = waiting.iter().map(|(name, _, _)| *name).collect();
    diagnostics
        .advice(*origin, format!("an update starts a new task before it stops the old one, which has the port of its machine: without a machine more than there are tasks, it waits until it fails: {}", list_some(&names)))
        .fix("let old tasks stop first, by the order of the update or by a minimum that leaves one out (0 percent of one task, 50 of two), or have a machine to spare");
}

/// Two that listen on one port are never on one machine.
fn check_ports(here: &[(&str, &Workload, Origin)], diagnostics: &mut Diagnostics) {
    for (index, (name, workload, origin)) in here.iter().enumerate() {
        let mine = ports(workload);
        for (other_name, other, _) in here.iter().take(index) {
            let capacity = |workload: &Workload| workload.platform.capacity.clone().map(|capacity| capacity.value);
            if capacity(workload) != capacity(other) {
                continue;
            }
            if let Some(port) = ports(other).intersection(&mine).next() {
                let message = format!(
                    "`{name}` and `{other_name}` both take port {port} of their machine, so that no machine runs both"
                );
                diagnostics.note(*origin, message);
            }
        }
    }
}
