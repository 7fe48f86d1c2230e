//! From Compose's canonical model to the model of what runs.
//!
//! In: a [`Project`]. Out: an [`Application`]. Here is said what the values mean together: references, conflicts, cycles,
//! and what an attribute with a meaning of its own for each value becomes. Every struct is taken apart by name and without
//! `..`, so that an attribute that nobody maps does not compile.

mod configs;
mod dependencies;
mod deployment;
mod exposure;
mod files;
mod image;
mod logging;
mod missing_files;
mod mounts;
mod names;
mod networks;
mod placement;
mod probe;
mod resources;
mod restart;
mod run;
mod runtime;
mod secret_variables;
mod secrets;
mod tags;
mod tasks;
mod volumes;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::model::{Absence, Project};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{list_some, suggestion};
use crate::gather::Gather;
use crate::program::application::Surroundings;
use crate::program::platform::Logs;
use crate::program::secret::Content;
use crate::program::{Application, Secret, Tags};

/// What the lowering of a service looks at besides the service.
struct Lowering<'a> {
    settings: &'a Settings<'a>,
    project: &'a str,
    /// The services that are there, and whether they have a health check.
    services: &'a BTreeMap<String, bool>,
    /// Those that are not, and why.
    absent: &'a BTreeMap<String, Absence>,
    networks: &'a BTreeMap<String, super::model::Network>,
    volumes: &'a BTreeMap<String, super::model::Volume>,
    secrets: &'a BTreeMap<String, super::model::Secret>,
    /// What is in the document's configs; without those that errors were reported for.
    contents: BTreeMap<String, Content>,
    configs: &'a BTreeMap<String, super::model::Config>,
    /// Secrets that are not the document's own: external configs, and what services name themselves.
    others: BTreeMap<String, Secret>,
    unused: &'a super::model::Unused,
    /// Which services share a task.
    tasks: &'a tasks::Tasks,
    /// Other names of services by which links call them, by service.
    links: &'a BTreeMap<String, Vec<Located<String>>>,
    /// The services whose end others wait for, and where they say so.
    awaited: &'a BTreeMap<String, Origin>,
    /// The services all of whose networks are internal.
    internal: &'a BTreeSet<String>,
    /// What the volumes of the document are.
    places: BTreeMap<String, volumes::Place>,
    /// Those that are made, not given.
    made: BTreeSet<String>,
    /// What every service says of mounts.
    mounting: &'a BTreeMap<String, mounts::Own>,
    /// The host's directories that become volumes.
    roots: mounts::Roots,
    /// Those that did so far, and where they are mounted first.
    host_volumes: BTreeMap<String, Origin>,
    diagnostics: &'a mut Diagnostics,
}

/// The application that a project is. `None` where nothing of it can run; what is wrong is in `diagnostics` in any case.
pub fn lower(
    project: Project,
    settings: &Settings<'_>,
    environment: String,
    diagnostics: &mut Diagnostics,
) -> Option<Application> {
    let Project {
        origin: _,
        name,
        services,
        absent,
        networks,
        volumes,
        secrets,
        configs,
        unused,
        logs_retention,
        overlay: _,
        surroundings: _,
    } = project;
    let health = services.iter().map(|(name, service)| (name.clone(), service.is_checked())).gather();
    unknown_images(settings, &health, &absent, diagnostics);
    names::check(&services, diagnostics);
    let tasks = tasks::Tasks::of(&services, &absent, diagnostics);
    let is_circular = dependencies::report_cycle(&services, diagnostics) || tasks.report_cycle(&services, diagnostics);
    let awaited = dependencies::awaited(&services, &tasks);
    let internal = networks::internal(&services, &networks);
    let links = names::links(&services, diagnostics);
    let mounting = mounts::all(&services);
    let mut lowering = Lowering {
        settings,
        project: &name.value,
        services: &health,
        absent: &absent,
        networks: &networks,
        volumes: &volumes,
        secrets: &secrets,
        contents: BTreeMap::new(),
        configs: &configs,
        unused: &unused,
        others: BTreeMap::new(),
        tasks: &tasks,
        links: &links,
        awaited: &awaited,
        internal: &internal,
        places: BTreeMap::new(),
        made: BTreeSet::new(),
        mounting: &mounting,
        roots: mounts::Roots::default(),
        host_volumes: BTreeMap::new(),
        diagnostics,
    };
    let kept = volumes::lower(&mut lowering);
    lowering.roots = mounts::Roots::of(&mounting, volumes::directories(&lowering.places), settings);
    lowering.contents = configs::lower(&mut lowering);
    let mut application = Application {
        origin: settings.origin,
        name: name.clone(),
        environment,
        surroundings: Surroundings::default(),
        networks: networks::lower(&services, &mut lowering),
        volumes: kept,
        secrets: secrets::lower(&mut lowering),
        logs: Logs { retention: logs_retention, ..Logs::default() },
        workloads: BTreeMap::new(),
        domains: BTreeMap::new(),
        short_names: true,
        health: BTreeMap::new(),
        tags: Tags::from([("com.docker.compose.project".to_owned(), name.value.as_str().into())]),
    };
    for (name, service) in services {
        if let Some(workload) = workload::lower(&name, service, &mut lowering) {
            application.workloads.insert(name, workload);
        }
    }
    tasks.join(&mut application.workloads, lowering.diagnostics);
    if is_circular {
        // That was told: the resources that would wait for each other are no second fault.
        application.workloads.values_mut().for_each(|workload| workload.after.clear());
    }
    volumes::add_host_volumes(&lowering, &mut application.volumes);
    settings.bind_mounts.report_unused(mounts::sources(&mounting, &lowering.places), lowering.diagnostics);
    application.secrets.append(&mut lowering.others);
    mounts::advise_shared(&application.workloads, lowering.diagnostics);
    Some(application).filter(|application| !application.workloads.is_empty())
}

fn unknown_images(
    settings: &Settings<'_>,
    services: &BTreeMap<String, bool>,
    absent: &BTreeMap<String, Absence>,
    diagnostics: &mut Diagnostics,
) {
    for (name, image) in &settings.images {
        if services.contains_key(name) || absent.contains_key(name) {
            continue;
        }
        let error = diagnostics
            .error(image.origin, format!("the document has no service `{name}` that this image could be for"));
        let names: Vec<&str> = services.keys().map(String::as_str).collect();
        error.fix(match suggestion(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the services are {}; remove the image, if it is for none of them", list_some(&names)),
        });
    }
}
