//! From the canonical model of stackfiles to the model of what runs.
//!
//! In: a [`Stack`] whose services have all that is said of all of them. Out: an [`Application`]. Here is said what the values mean
//! together: who is reached by whom, what is secret, which machines are asked for. Every struct is taken apart by name and without
//! `..`, so that a field that nobody maps does not compile.

mod healthcheck;
mod logging;
mod reach;
mod secrets;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::model::{Groups, Stack, Vpc};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::document::{list_some, suggestion};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::application::{Network, Surroundings};
use crate::program::platform::Logs;
use crate::program::{Application, Secret, Tags};

/// The network of tasks where no group is given.
const NETWORK: &str = "default";

/// What the lowering of a service looks at besides the service.
struct Lowering<'a> {
    settings: &'a Settings<'a>,
    /// The groups of load balancers that the world reaches.
    public_groups: Option<Groups>,
    /// The groups of the other load balancers.
    private_groups: Option<Groups>,
    /// The names of networks.
    networks: BTreeSet<String>,
    /// Whether these are groups that exist, in which no machine is.
    has_groups: bool,
    /// What containers are told in confidence; grows as they are lowered.
    secrets: BTreeMap<String, Secret>,
    /// The entries of `Secrets` that something asked for.
    used: BTreeSet<String>,
    /// The names of load balancers in DNS, with the service that has them.
    records: BTreeMap<String, String>,
    diagnostics: &'a mut Diagnostics,
}

/// The application that a stackfile describes. `None` where nothing of it can run; what is wrong is in `diagnostics` in any case.
pub fn lower(
    stack: Stack,
    settings: &Settings<'_>,
    environment: String,
    diagnostics: &mut Diagnostics,
) -> Option<Application> {
    // The name space is the application's surroundings.
    let Stack { origin: _, vpc, namespace: _, services } = stack;
    let Vpc { environment: _, public_groups, private_groups } = vpc;
    let networks = networks(private_groups.as_ref(), settings.origin);
    let mut lowering = Lowering {
        settings,
        has_groups: private_groups.is_some(),
        public_groups,
        private_groups,
        networks: networks.keys().cloned().gather(),
        secrets: BTreeMap::new(),
        used: BTreeSet::new(),
        records: BTreeMap::new(),
        diagnostics,
    };
    let names: Vec<&str> = services.keys().map(String::as_str).collect();
    unknown_images(settings, &names, lowering.diagnostics);
    let mut workloads = BTreeMap::new();
    for (name, service) in services {
        if let Some(workload) = service::lower(&name, service, &mut lowering) {
            workloads.insert(name, workload);
        }
    }
    lowering.report_unused_secrets();
    let application = Application {
        origin: settings.origin,
        name: Located::new(settings.origin, domain(settings.id)),
        environment,
        surroundings: Surroundings::default(),
        networks,
        volumes: BTreeMap::new(),
        secrets: lowering.secrets,
        logs: Logs::default(),
        workloads,
        domains: BTreeMap::new(),
        // Whoever calls a service does so by its whole name, or at its load balancer.
        short_names: false,
        health: BTreeMap::new(),
        tags: Tags::new(),
    };
    Some(application).filter(|application| !application.workloads.is_empty())
}

/// Reports images that are for no service of the document.
fn unknown_images(settings: &Settings<'_>, services: &[&str], diagnostics: &mut Diagnostics) {
    for (name, image) in settings.images.iter().filter(|(name, _)| !services.contains(&name.as_str())) {
        let message = format!("the document has no service `{name}` that this image could be for");
        diagnostics.error(image.origin, message).fix(match suggestion(name, services.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the services are {}; remove the image, if it is for none of them", list_some(services)),
        });
    }
}

/// The first label of the domain of what has no name space.
fn domain(id: &str) -> String {
    id.to_ascii_lowercase()
}

/// A network for each group that tasks are in, or one that is made.
fn networks(groups: Option<&Groups>, origin: Origin) -> BTreeMap<String, Network> {
    let network = |origin, group| Network { origin, group, tags: Tags::new() };
    let Some(groups) = groups else { return BTreeMap::from([(NETWORK.to_owned(), network(origin, None))]) };
    let named = groups.value.iter().enumerate().map(|(index, group)| {
        let name = match &group.value {
            Expr::Known(id) => id.clone(),
            Expr::Deferred(_) => format!("private-{index}"),
        };
        (name, network(group.origin, Some(group.clone())))
    });
    named.gather()
}
