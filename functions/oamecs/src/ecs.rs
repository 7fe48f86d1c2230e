//! From the model to AWS resources: environments first, then the applications on them.
//!
//! In: a [`Program`]. Out: [`Lowered`], the resources with their roles and origins, and what `Fn::GetAtt` of a declaration
//! stands for. One module an AWS concern; none knows a document format.

mod alarms;
mod application;
mod capabilities;
mod capacity;
mod collision;
mod container_definition;
mod container_runtime;
mod custom_resource;
mod discovery;
mod ecs_name;
mod environment;
mod environment_files;
mod ephemeral_storage;
mod execute_command;
mod facts;
mod family;
mod fargate;
mod files;
mod health;
mod health_check;
mod host_network;
mod image;
mod instances;
mod job;
mod load_balancer;
mod log_router;
mod logs;
mod measured;
mod network;
mod permissions;
mod placement;
mod preparation;
mod prices;
mod release;
mod restart_policy;
mod role;
mod scaling;
mod schedule;
mod scope;
mod secret;
mod security_group;
mod service;
mod service_connect;
mod site;
mod storage;
mod tags;
mod task_definition;
mod task_size;
mod task_subnets;
mod watchdog;
mod workload;

use std::collections::BTreeMap;

use crate::cloudformation::Lowered;
use crate::diagnostic::Diagnostics;
use crate::installation::Installation;
use crate::program::{Application, Program};

pub use prices::advise_prices;

#[cfg(test)]
pub(crate) use role::roles;
use site::Site;

/// Lowers a program to resources. What is to happen on every deployment happens as `nonce` changes.
pub fn lower(program: &Program, installation: &Installation, nonce: &str, diagnostics: &mut Diagnostics) -> Lowered {
    let declared = &program.declared;
    let mut lowered = Lowered::default();
    let mut sites: BTreeMap<&str, Site> = BTreeMap::new();
    let mut wanted = capacity::wanted(program, diagnostics);
    for (id, environment) in &program.environments {
        let capacity = wanted.remove(id.as_str()).unwrap_or_default();
        let site = environment::lower(
            id,
            environment,
            declared.contains(id),
            &capacity,
            installation,
            &mut lowered,
            diagnostics,
        );
        sites.insert(id, site);
    }
    for (id, environment) in &program.environments {
        let Some(site) = sites.get_mut(id.as_str()) else { continue };
        let applications = program.applications.values().filter(|application| application.environment == *id);
        let applications: Vec<&Application> = applications.collect();
        load_balancer::agree(site, &applications);
        environment::lower_listeners(id, environment, site, &applications, installation, &mut lowered, diagnostics);
    }
    collision::report(program, &sites, diagnostics);
    for (id, application) in &program.applications {
        let Some(site) = sites.get(application.environment.as_str()) else { continue };
        application::lower(id, application, site, installation, nonce, &mut lowered, diagnostics);
        if application.environment != *id {
            lowered.shared_by.entry(application.environment.clone()).or_default().insert(id.clone());
        }
    }
    for (id, release) in &program.releases {
        let context = release::Context { program, sites: &sites, installation, nonce };
        release::lower(id, release, &context, &mut lowered, diagnostics);
    }
    if let Some(boundary) = &installation.permissions_boundary {
        permissions::bound(boundary, &mut lowered.resources);
    }
    lowered.shared_by.retain(|id, _| !declared.contains(id));
    lowered
}

#[cfg(test)]
mod tests;
