//! Applications: everything that is made for one, in the order in which one thing needs another.

use std::collections::BTreeMap;

use serde_json::json;

use super::role::Role;
use super::scope::Scope;
use super::site::Site;
use super::workload::{self, Context};
use super::{
    discovery, family, health, host_network, load_balancer, logs, secret, security_group, service_connect, storage,
    tags,
};
use crate::cloudformation::{Attributes, LogicalId, Lowered};
use crate::diagnostic::Diagnostics;
use crate::document::list;
use crate::installation::Installation;
use crate::program::{Application, Workload};

/// Lowers the application of the declaration `id`; `nonce` is another for every request.
pub(super) fn lower(
    id: &str,
    application: &Application,
    site: &Site,
    installation: &Installation,
    nonce: &str,
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
        // In `discovery`.
        domains: _,
        short_names: _,
        // In `health`.
        health: _,
        tags,
    } = application;
    let site = &site.with(surroundings, *origin, diagnostics);
    let mut attributes = Attributes::new();
    let tags = tags::fit(tags, *origin, diagnostics);
    let mut scope = Scope { owner: id, tags, name: None, resources: &mut lowered.resources, diagnostics };
    attributes.insert("Cluster".to_owned(), site.cluster.clone());
    attributes.insert("VpcId".to_owned(), site.vpc.clone());
    let logs = logs::lower(&mut scope, application, &mut attributes);
    let namespace = discovery::namespace(&mut scope, application, site, installation, &mut attributes);
    let mut members = BTreeMap::new();
    for (name, network) in networks {
        let network = security_group::network(&mut scope, name, network, &site.vpc);
        attributes.insert(format!("Networks.{name}.SecurityGroupId"), network.group.clone());
        members.insert(name.clone(), network);
    }
    let storages = storage::lower(&mut scope, application, &members, site, &mut attributes);
    let secrets = secret::lower(&mut scope, application, installation, &mut attributes);
    let reached = load_balancer::lower(&mut scope, application, site, installation, &mut attributes);
    let (mut names, mut aliases) = (BTreeMap::new(), BTreeMap::new());
    for (name, workload) in workloads.iter().filter(|(_, workload)| workload.serves()) {
        let tags = tags::fit(&workload.tags, workload.origin, scope.diagnostics);
        let mut scope = scope.tagged(&tags);
        discovery::check(name, workload, scope.diagnostics);
        let found = namespace.as_ref().and_then(|space| discovery::workload(&mut scope, name, workload, space));
        names.extend(found.map(|found| (name.clone(), found)));
    }
    if let Some(namespace) = &namespace {
        aliases = discovery::aliases(&mut scope, application, namespace, &names);
        let here = (namespace, site);
        discovery::domains(&mut scope, application, here, installation, &names, &mut aliases);
    }
    let connect = service_connect::lower(application, namespace.as_ref(), scope.diagnostics);
    let context = Context {
        site,
        installation,
        nonce,
        workloads,
        logs,
        namespace,
        members,
        storages,
        secrets,
        reached,
        names,
        aliases,
        connect,
    };
    for (name, workload) in workloads {
        workload::lower(&mut scope, name, workload, &context, &mut attributes);
    }
    health::lower(&mut scope, application, site, &context.reached, &mut attributes);
    advise_sizes(application, scope.diagnostics);
    family::check(application, scope.diagnostics);
    host_network::check(application, site, scope.diagnostics);
    for name in volumes.keys() {
        if let Some(file_system) = context.storages.get(name).and_then(storage::Storage::made_file_system) {
            let output = json!({
                "Description": format!("The file system of the volume {name}, which is kept when the stack is deleted"),
                "Value": file_system,
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
    for (name, reached) in &context.reached {
        for (port, endpoint) in &reached.endpoints {
            let output = json!({
                "Description": format!("Where port {port} of {name} is reached"),
                "Value": endpoint,
            });
            let key = LogicalId::new(id, Some(name), &format!("Port{port}Endpoint"));
            lowered.outputs.insert(key.to_string(), (id.to_owned(), output));
        }
    }
    lowered.attributes.insert(id.to_owned(), attributes);
}

/// Docker gives a container what the machine has; a task has a size, and the smallest is small.
fn advise_sizes(application: &Application, diagnostics: &mut Diagnostics) {
    let is_silent = |workload: &Workload| {
        let options = &workload.platform;
        let resources = workload.containers().map(|container| &container.resources);
        options.cpu.is_none()
            && options.memory.is_none()
            && resources.into_iter().all(|resources| resources.memory_needed().is_none())
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
