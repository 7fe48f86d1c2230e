//! Applications: everything that is made for one, in the order in which one thing needs another.

use std::collections::BTreeMap;

use serde_json::json;

use super::load_balancer::{self, Reached};
use super::logs::{self, Destination};
use super::permissions::{self, Taken};
use super::role::Role;
use super::scope::Scope;
use super::security_group::{self, Members};
use super::site::Site;
use super::{alarms, discovery, family, preparation, scaling, secret, service, storage, tags, task_definition};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId, Lowered};
use crate::diagnostic::Diagnostics;
use crate::document::list;
use crate::installation::Installation;
use crate::program::{Application, Workload};

/// The most security groups that a task has.
const GROUPS_LIMIT: usize = 5;

/// Lowers the application of the declaration `id`.
pub(super) fn lower(
    id: &str,
    application: &Application,
    site: &Site,
    installation: &Installation,
    lowered: &mut Lowered,
    diagnostics: &mut Diagnostics,
) {
    let Application {
        origin,
        name: _,
        environment: _,
        surroundings,
        networks,
        volumes,
        secrets: _,
        logs: _,
        workloads,
        tags,
    } = application;
    let site = &site.with(surroundings, *origin, diagnostics);
    let mut attributes = Attributes::new();
    let tags = tags::fit(tags, *origin, diagnostics);
    let mut scope = Scope { owner: id, tags, name: None, resources: &mut lowered.resources, diagnostics };
    attributes.insert("Cluster".to_owned(), site.cluster.clone());
    attributes.insert("VpcId".to_owned(), site.vpc.clone());
    let logs = logs::lower(&mut scope, application, &mut attributes);
    let namespace = discovery::namespace(&mut scope, application, site, &mut attributes);
    let mut members = BTreeMap::new();
    for (name, network) in networks {
        let network = security_group::network(&mut scope, name, network, &site.vpc);
        attributes.insert(format!("Networks.{name}.SecurityGroupId"), network.group.clone());
        members.insert(name.clone(), network);
    }
    let storages = storage::lower(&mut scope, application, &members, site, &mut attributes);
    let secrets = secret::lower(&mut scope, application, installation, &mut attributes);
    let reached = load_balancer::lower(&mut scope, application, site, &mut attributes);
    let mut names = BTreeMap::new();
    for (name, workload) in workloads {
        let tags = tags::fit(&workload.tags, workload.origin, scope.diagnostics);
        let mut scope = scope.tagged(&tags);
        names.insert(name.clone(), discovery::workload(&mut scope, name, workload, &namespace));
    }
    let aliases = discovery::aliases(&mut scope, application, &namespace, &names);
    let context = Context { site, installation, logs, namespace, members, storages, secrets, reached, names, aliases };
    for (name, workload) in workloads {
        lower_workload(&mut scope, name, workload, &context, &mut attributes);
    }
    advise_sizes(application, scope.diagnostics);
    family::check(application, scope.diagnostics);
    for name in volumes.keys() {
        if let Some(storage) = context.storages.get(name) {
            let output = json!({
                "Description": format!("The file system of the volume {name}, which is kept when the stack is deleted"),
                "Value": storage.file_system_id(),
            });
            lowered.outputs.insert(Role::FileSystem.id(id, Some(name)).to_string(), (id.to_owned(), output));
        }
    }
    for (name, arn) in context.secrets.outliving() {
        let output = json!({
            "Description": format!("The secret {name}, which is kept when the stack is deleted"),
            "Value": arn,
        });
        lowered.outputs.insert(Role::Secret.id(id, Some(name)).to_string(), (id.to_owned(), output));
    }
    lowered.attributes.insert(id.to_owned(), attributes);
}

struct Context<'a> {
    site: &'a Site,
    installation: &'a Installation,
    /// Where the output of workloads goes.
    logs: BTreeMap<String, Destination>,
    namespace: discovery::Namespace,
    members: BTreeMap<String, Members>,
    storages: BTreeMap<String, storage::Storage>,
    secrets: secret::Secrets,
    reached: BTreeMap<String, Reached>,
    /// Where the names of workloads are registered.
    names: BTreeMap<String, LogicalId>,
    /// Where workloads are registered under other names.
    aliases: BTreeMap<String, Vec<LogicalId>>,
}

/// Docker gives a container what the machine has; a task has a size, and the smallest is small.
fn advise_sizes(application: &Application, diagnostics: &mut Diagnostics) {
    let is_silent = |workload: &Workload| {
        let options = &workload.platform;
        let resources = workload.containers().map(|container| &container.resources);
        options.cpu.is_none()
            && options.memory.is_none()
            && resources.into_iter().all(|resources| resources.memory.is_none())
    };
    let silent = application.workloads.iter().filter(|(_, workload)| is_silent(workload));
    let names: Vec<&str> = silent.map(|(name, _)| name.as_str()).collect();
    if !names.is_empty() {
        let message = format!(
            "services that ask for no memory have what goes with their processors, 512 MiB at least: {}",
            list(&names)
        );
        diagnostics.advice(application.origin, message);
    }
}

/// Lowers one workload.
fn lower_workload(
    scope: &mut Scope<'_>,
    name: &str,
    workload: &Workload,
    context: &Context<'_>,
    attributes: &mut Attributes,
) {
    let tags = tags::fit(&workload.tags, workload.origin, scope.diagnostics);
    let mut scope = scope.tagged(&tags);
    let scope = &mut scope;
    let reached = context.reached.get(name);
    let (Some(discovery), Some(log)) = (context.names.get(name), context.logs.get(name)) else { return };
    let prepared =
        preparation::is_needed(workload, &context.namespace).then_some(context.installation.init_image.as_str());
    let secrets = context.secrets.grant(workload);
    let execution_role = permissions::execution(scope, name, workload, log, prepared, secrets);
    let grants = task_definition::volume_grants(workload, &context.storages);
    let task_role = permissions::task(scope, name, workload, grants);
    let task_context = task_definition::Context {
        log,
        namespace: &context.namespace,
        secrets: &context.secrets,
        volumes: &context.storages,
        installation: context.installation,
    };
    let task_definition =
        task_definition::lower(scope, name, workload, &task_context, &execution_role.arn, &task_role.arn);

    let mut after = context.site.way_out.clone();
    let mut groups: Vec<Text> = Vec::new();
    for members in workload.networks.iter().filter_map(|network| context.members.get(network)) {
        groups.push(members.group.clone());
        after.extend(members.rule.clone());
    }
    if let Some(reached) = reached {
        let (group, rules) =
            security_group::workload(scope, name, workload.origin, &context.site.vpc, &reached.callers);
        after.extend(rules);
        attributes.insert(format!("Services.{name}.SecurityGroupId"), group.clone());
        groups.push(group);
        after.extend(reached.after.iter().cloned());
        if let Some(url) = &reached.url {
            attributes.insert(format!("Services.{name}.Url"), url.clone());
        }
    }
    if groups.len() > GROUPS_LIMIT {
        scope
            .diagnostics
            .error(workload.origin, format!("`{name}` would have {} security groups, one for each network and one for its published ports, and a task has {GROUPS_LIMIT} at most", groups.len()))
            .fix("put it on fewer networks");
    }
    for volume in task_definition::mounted(workload) {
        let storage = context.storages.get(volume).into_iter();
        after.extend(storage.flat_map(|storage| storage.ready(&workload.networks)).cloned());
    }
    for first in workload.after.keys() {
        after.push(Role::Service.id(scope.owner, Some(first)));
        after.extend(context.aliases.get(first).into_iter().flatten().cloned());
    }
    let service_context = service::Context {
        site: context.site,
        task_definition: &task_definition,
        discovery,
        security_groups: groups,
        reached,
        after,
    };
    let service = service::lower(scope, name, workload, service_context);
    scaling::lower(scope, name, workload, (&service, context.site), reached);
    let requests = reached.and_then(|reached| reached.requests.as_ref());
    alarms::lower(scope, name, workload, (&service, context.site), requests);
    for (attribute, value) in [
        ("Arn", Function::reference(&service)),
        ("Name", Function::GetAtt(service.clone(), "Name")),
        ("TaskDefinitionArn", Function::reference(&task_definition)),
    ] {
        attributes.insert(format!("Services.{name}.{attribute}"), value.into());
    }
    for (role, Taken { arn, made }) in [("TaskRole", task_role), ("ExecutionRole", execution_role)] {
        attributes.insert(format!("Services.{name}.{role}Arn"), arn);
        if let Some(id) = made {
            attributes.insert(format!("Services.{name}.{role}Name"), Function::reference(&id).into());
        }
    }
}
