//! Workloads: the roles and the task definition that each has, and what is made of it by when it runs.
//!
//! In: a workload, and what was lowered for its application before. Out: a [service](super::service) for what is there until
//! it is replaced, a [job](super::job) for what runs to its end once, or a [schedule](super::schedule).

use std::collections::BTreeMap;

use super::load_balancer::Reached;
use super::logs::Destination;
use super::permissions::{self, Taken};
use super::role::Role;
use super::scope::Scope;
use super::security_group::{self, Members};
use super::site::Site;
use super::{
    alarms, discovery, host_network, job, logs, preparation, scaling, schedule, secret, service, service_connect,
    storage, tags, task_definition, task_subnets,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::installation::Installation;
use crate::program::Workload;
use crate::program::workload::Run;

/// The most security groups that a task has.
const GROUPS_LIMIT: usize = 5;

/// The most tasks that a single call starts.
const COUNT_LIMIT: u32 = 10;

/// What workloads need to know of the rest of their application.
pub(super) struct Context<'a> {
    pub(super) site: &'a Site,
    pub(super) installation: &'a Installation,
    /// What no other request has.
    pub(super) nonce: &'a str,
    /// All workloads of the application.
    pub(super) workloads: &'a BTreeMap<String, Workload>,
    /// Where the output of workloads goes.
    pub(super) logs: BTreeMap<String, Destination>,
    pub(super) namespace: Option<discovery::Namespace>,
    pub(super) members: BTreeMap<String, Members>,
    pub(super) storages: BTreeMap<String, storage::Storage>,
    pub(super) secrets: secret::Secrets,
    pub(super) reached: BTreeMap<String, Reached>,
    /// Where the names of workloads are registered that have one.
    pub(super) names: BTreeMap<String, LogicalId>,
    /// Where workloads are registered under other names.
    pub(super) aliases: BTreeMap<String, Vec<LogicalId>>,
    /// Through which proxies workloads reach each other.
    pub(super) connect: service_connect::ServiceConnect,
}

/// What every workload has, whenever it runs.
pub(super) struct Tasks {
    pub(super) definition: LogicalId,
    pub(super) execution_role: Taken,
    pub(super) task_role: Taken,
    pub(super) security_groups: Vec<Text>,
    /// What must be there before the first of them starts.
    pub(super) after: Vec<LogicalId>,
}

/// Lowers a workload.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    context: &Context<'_>,
    attributes: &mut Attributes,
) {
    let tags = tags::fit(&workload.tags, workload.origin, scope.diagnostics);
    let mut scope = scope.tagged(&tags);
    let scope = &mut scope;
    let mut own = Attributes::new();
    let Some(tasks) = tasks(scope, name, workload, context, &mut own) else { return };
    for (role, Taken { arn, made }) in [("TaskRole", &tasks.task_role), ("ExecutionRole", &tasks.execution_role)] {
        own.insert(format!("{role}Arn"), arn.clone());
        own.extend(made.iter().map(|id| (format!("{role}Name"), Function::reference(id).into())));
    }
    let mut add = |attribute: &str, value: Function| own.insert(attribute.to_owned(), value.into());
    add("TaskDefinitionArn", Function::reference(&tasks.definition));
    match &workload.run {
        Run::Replicas(_) | Run::EachMachine(_) => {
            let Some(log) = context.logs.get(name) else { return };
            let log = logs::to_cloud_watch(log, &BTreeMap::new());
            let reached = context.reached.get(name);
            let service = service::Context {
                site: context.site,
                installation: context.installation,
                task_definition: &tasks.definition,
                nonce: context.nonce,
                discovery: context.names.get(name),
                security_groups: tasks.security_groups,
                reached,
                connect: context.connect.of_service(name, log),
                after: tasks.after,
            };
            let service = service::lower(scope, name, workload, service);
            scaling::lower(scope, name, workload, (&service, context.site), reached);
            let requests = reached.and_then(|reached| reached.requests.as_ref());
            alarms::lower(scope, name, workload, (&service, context.site), requests);
            add("Arn", Function::reference(&service));
            add("Name", Function::GetAtt(service, "Name"));
        }
        Run::Once { origin, replicas } => {
            check_count(name, replicas, scope.diagnostics);
            let run = job::lower(scope, name, workload, (*origin, replicas), tasks, context);
            for attribute in job::ATTRIBUTES {
                add(attribute, Function::GetAtt(run.clone(), attribute));
            }
        }
        Run::Scheduled { schedule, replicas } => {
            check_count(name, replicas, scope.diagnostics);
            let schedule = schedule::lower(scope, name, workload, (schedule, replicas), tasks, context);
            add("Arn", Function::GetAtt(schedule.clone(), "Arn"));
            add("Name", Function::reference(&schedule));
        }
    }
    // What runs beside another is known by its own name too.
    let beside = workload.beside.iter().map(|container| container.name.as_str());
    for known_as in beside.filter(|name| !context.workloads.contains_key(*name)).chain([name]) {
        let named = own.iter().map(|(attribute, value)| (format!("Services.{known_as}.{attribute}"), value.clone()));
        attributes.extend(named);
    }
}

/// The roles, the task definition and the security groups of a workload.
fn tasks(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    context: &Context<'_>,
    attributes: &mut Attributes,
) -> Option<Tasks> {
    let log = context.logs.get(name)?;
    attributes.insert("LogGroup".to_owned(), log.group.clone());
    let prepared = preparation::is_needed(workload, context.namespace.as_ref())
        .then_some(context.installation.init_image.as_str());
    let secrets = context.secrets.grant(workload);
    let has_proxy = context.connect.memory(name) > 0;
    let execution_role = permissions::execution(scope, name, workload, (log, has_proxy), prepared, secrets);
    let grants = storage::mounts::grants(workload, &context.storages);
    let task_role = permissions::task(scope, name, workload, grants);
    let task_context = task_definition::Context {
        log,
        namespace: context.namespace.as_ref(),
        secrets: &context.secrets,
        volumes: &context.storages,
        installation: context.installation,
        endpoints: context.connect.endpoints(name),
        proxy_memory: context.connect.memory(name),
    };
    let definition = task_definition::lower(scope, name, workload, &task_context, &execution_role.arn, &task_role.arn);

    let mut after = task_subnets::way_out(workload, context.site).to_vec();
    after.extend(context.site.providers.clone());
    let mut security_groups: Vec<Text> = Vec::new();
    let on_machine = workload.on_machine_network();
    for members in workload.networks.iter().filter(|_| !on_machine).filter_map(|network| context.members.get(network)) {
        security_groups.push(members.group.clone());
        after.extend(members.rule.clone());
    }
    let reached = context.reached.get(name);
    if on_machine {
        let callers = reached.map_or(&[][..], |reached| &reached.callers);
        after.extend(host_network::open(scope, workload, context.site, (&context.members, context.workloads), callers));
    } else if let Some(reached) = reached {
        let (group, rules) =
            security_group::workload(scope, name, workload.origin, &context.site.vpc, &reached.callers);
        after.extend(rules);
        attributes.insert("SecurityGroupId".to_owned(), group.clone());
        security_groups.push(group);
    }
    if let Some(reached) = reached {
        after.extend(reached.after.iter().cloned());
        attributes.extend(reached.url().map(|url| ("Url".to_owned(), url.clone())));
    }
    if security_groups.len() > GROUPS_LIMIT {
        scope
            .diagnostics
            .error(workload.origin, format!("`{name}` would have {} security groups, one for each network and one for its published ports, and a task has {GROUPS_LIMIT} at most", security_groups.len()))
            .fix("put it on fewer networks");
    }
    for volume in storage::mounts::mounted(workload) {
        let storage = context.storages.get(volume).into_iter();
        after.extend(storage.flat_map(|storage| storage.ready(workload)).cloned());
    }
    for first in workload.after.keys().chain(context.connect.first(name)) {
        let Some(awaited) = context.workloads.get(first) else { continue };
        let role = match awaited.run {
            Run::Replicas(_) | Run::EachMachine(_) => Role::of_service(awaited),
            Run::Once { .. } => Role::Run,
            // Nothing waits for a schedule, which was said before.
            Run::Scheduled { .. } => continue,
        };
        after.push(role.id(scope.owner, Some(first)));
        after.extend(context.aliases.get(first).into_iter().flatten().cloned());
    }
    Some(Tasks { definition, execution_role, task_role, security_groups, after })
}

/// A single call starts so many tasks at most.
fn check_count(name: &str, replicas: &Located<Expr<u32>>, diagnostics: &mut Diagnostics) {
    if let Some(count) = replicas.value.known().filter(|count| **count > COUNT_LIMIT) {
        diagnostics
            .error(
                replicas.origin,
                format!("`{name}` would run {count} times at once, and ECS starts {COUNT_LIMIT} tasks at a time"),
            )
            .fix(format!("write {COUNT_LIMIT} or less"));
    }
}
