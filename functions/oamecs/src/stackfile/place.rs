//! What depends on the cluster that services are in: on what they run, and what their task definitions are called.
//!
//! In: an application, and its environment, which may be declared further down the template. Out: the same application, in which
//! what nobody said is as it was with ecs-compose: services are on the instances of their cluster, and the family of a task
//! definition is `<cluster>-<service>`.

use crate::diagnostic::{Diagnostics, Located};
use crate::expression::{Deferred, Expr, Piece, concatenate};
use crate::program::environment::{Cluster, Environment, Network, Scheme};
use crate::program::platform::{Capacity, NetworkMode, RunWhen};
use crate::program::workload::{Found, Run};
use crate::program::{Application, Workload};

/// The label that ecs-compose put on load balancers.
const TAG: &str = "ecs_cluster";

/// Settles what depends on the cluster, for the declaration `id`.
pub fn place(id: &str, application: &mut Application, environment: &Environment, diagnostics: &mut Diagnostics) {
    let exists = match &environment.cluster {
        Cluster::Given(cluster) => Some(cluster.origin),
        Cluster::Imported { .. } => Some(environment.origin),
        Cluster::Made { .. } => None,
    };
    let name = match &environment.cluster {
        Cluster::Given(cluster) => Some(cluster_name(&cluster.value)),
        Cluster::Made { .. } | Cluster::Imported { .. } => None,
    };
    if let Some(cluster) = &name {
        application.tags.entry(TAG.to_owned()).or_insert_with(|| cluster.clone());
    }
    let name_space = application.surroundings.namespace.as_ref().or(environment.namespace.as_ref());
    let own_domain = name_space.is_none().then(|| format!("{}.local", application.name.value));
    let origin = application.origin;
    let prefix = name.unwrap_or_else(|| Expr::from(id));
    for (service, workload) in &mut application.workloads {
        if let (Found::As(name), Some(domain)) = (&workload.found, &own_domain) {
            diagnostics
                .note(
                    name.origin,
                    format!(
                        "`{service}` is found at `{}.{domain}`, as nothing says in which name space its name is",
                        name.value
                    ),
                )
                .fix("add `service_discovery: { namespace: … }`");
        }
        advise_of_runs(service, workload, diagnostics);
        check_subnets(workload, &environment.network, diagnostics);
        let options = &mut workload.platform;
        if options.capacity.is_none() {
            let capacity = match exists {
                Some(_) => Capacity::Registered,
                None => Capacity::Instances(Box::default()),
            };
            options.capacity = Some(Located::new(origin, capacity));
        }
        if options.family.is_none() {
            options.family = Some(Located::new(workload.origin, with_suffix(&prefix, service)));
        }
    }
    if let Some(cluster) = exists.filter(|_| matches!(environment.network, Network::Made { .. }))
        && application.workloads.values().any(needs_network)
    {
        diagnostics
            .error(
                cluster,
                "the instances of a cluster that exists are in a network that exists too, and nothing says which",
            )
            .fix("add `vpc` to the document, or `VpcId` with the subnets to `Environment`");
    }
}

/// Says of what runs on every deployment that it does, where the document asks for it and nobody else.
fn advise_of_runs(service: &str, workload: &Workload, diagnostics: &mut Diagnostics) {
    if let (Run::Once { origin, .. }, Some(run)) = (&workload.run, &workload.platform.run)
        && run.value == RunWhen::Always
        && run.origin == *origin
    {
        diagnostics
            .advice(*origin, format!("`{service}` runs on every deployment, as with ecs-compose, and the deployment waits for it"))
            .fix(format!("to run it only when it changes, write `Workloads: {{ {service}: {{ Run: on-change }} }}` beside `Document`"));
    }
}

/// Reports load balancers that the world is to reach where no subnet is open to it, and takes them away: it is said.
fn check_subnets(workload: &mut Workload, network: &Network, diagnostics: &mut Diagnostics) {
    if !matches!(network, Network::Given { public: None, .. }) {
        return;
    }
    let Workload { exposures, platform, .. } = workload;
    exposures.retain(|exposure| {
        let reach = exposure.reach.clone().or(platform.reach.clone());
        let is_made = reach.listener.is_none() && reach.balanced.is_none_or(|balanced| balanced.value);
        let scheme = reach.scheme.filter(|scheme| is_made && scheme.value == Scheme::InternetFacing);
        if let Some(scheme) = &scheme {
            diagnostics
                .error(
                    scheme.origin,
                    "a load balancer that the world reaches needs public subnets, and the document names none",
                )
                .fix("add `public: [subnet-…]` to `subnets` of `vpc`, or write `type: private`");
        }
        scheme.is_none()
    });
}

/// Whether something of a workload would be made in a network where its machines are not.
fn needs_network(workload: &Workload) -> bool {
    let is_registered = |capacity: &Located<Capacity>| capacity.value == Capacity::Registered;
    let has_address = |mode: &Located<NetworkMode>| mode.value == NetworkMode::Task;
    workload.platform.capacity.as_ref().is_some_and(is_registered)
        && (!workload.exposures.is_empty() || workload.platform.network_mode.as_ref().is_some_and(has_address))
}

/// The name of a cluster that is given by name or ARN.
fn cluster_name(cluster: &Expr<String>) -> Expr<String> {
    match cluster {
        Expr::Known(text) => Expr::from(text.rsplit('/').next().unwrap_or(text)),
        Expr::Deferred(_) => cluster.clone(),
    }
}

fn with_suffix(prefix: &Expr<String>, service: &str) -> Expr<String> {
    let suffix = Piece::Literal(format!("-{service}"));
    match prefix {
        Expr::Known(prefix) => Expr::from(format!("{prefix}-{service}")),
        Expr::Deferred(deferred) => {
            concatenate(Deferred::pieces(deferred).iter().cloned().chain(std::iter::once(suffix)))
        }
    }
}
