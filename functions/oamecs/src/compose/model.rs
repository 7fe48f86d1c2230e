//! Compose's own canonical model: long forms only, variables replaced, every value typed.
//!
//! In: the tree after [`support`](super::support), which holds nothing but mapped attributes. Out: a [`Project`]. What
//! is read here has the right shape; whether it makes sense together is for [`lower`](super::lower) to say.

mod bytes;
mod cpus;
pub mod dependency;
pub mod deploy;
pub mod driver_opts;
mod duration;
pub mod gpu;
pub mod grant;
pub mod healthcheck;
pub(super) mod image;
pub mod labels;
pub mod link;
pub mod logging;
pub mod mount;
pub(super) mod name;
pub mod network;
pub mod placement;
pub mod port;
pub mod restart;
pub mod runtime;
pub mod secret;
pub mod service;
pub(super) mod surroundings;
pub mod tmpfs;
pub mod ulimit;
mod values;
pub mod volume;
pub mod volumes_from;

pub use dependency::{Condition, Dependency};
pub use deploy::Deploy;
pub use driver_opts::DriverOpts;
pub use gpu::{DeviceRequest, GenericResource};
pub use grant::Grant;
pub use healthcheck::Healthcheck;
pub use labels::Labels;
pub use link::Link;
pub use logging::Logging;
pub use mount::Mount;
pub use network::{Membership, Network};
pub use placement::Placement;
pub use port::Port;
pub use secret::{Config, Secret};
pub use service::Service;
pub use tmpfs::Tmpfs;
pub use volume::Volume;
pub use volumes_from::VolumesFrom;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Loader;
use super::overlay;
use super::profiles::Inactive;
pub use super::unused::Unused;
use crate::cloudformation::Overlay;
use crate::diagnostic::{Located, Origin};
use crate::document::Node;
use crate::gather::Gather;
use crate::options;
use crate::program::platform::Retention;

/// A Compose document.
#[derive(Clone, Debug)]
pub struct Project {
    /// The document.
    pub origin: Origin,
    /// Its [name](https://github.com/compose-spec/compose-spec/blob/main/04-version-and-name.md).
    pub name: Located<String>,
    /// Its [services](https://github.com/compose-spec/compose-spec/blob/main/05-services.md), by name.
    pub services: BTreeMap<String, Service>,
    /// The services that are in the document but not in `services`, and why.
    pub absent: BTreeMap<String, Absence>,
    /// Its [networks](https://github.com/compose-spec/compose-spec/blob/main/06-networks.md), by key.
    pub networks: BTreeMap<String, Network>,
    /// Its [volumes](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md), by key.
    pub volumes: BTreeMap<String, Volume>,
    /// Its [secrets](https://github.com/compose-spec/compose-spec/blob/main/09-secrets.md), by key.
    pub secrets: BTreeMap<String, Secret>,
    /// Its [configs](https://github.com/compose-spec/compose-spec/blob/main/08-configs.md), by key.
    pub configs: BTreeMap<String, Config>,
    /// What is in the document, at its top, and no service uses.
    pub unused: Unused,
    /// `x-aws-logs_retention`: how long its log group keeps what it has.
    pub logs_retention: Option<Located<Retention>>,
    /// What it lays over the template that it becomes.
    pub overlay: Overlay,
    /// Where it says that it runs, by the keys of an `OamEcs::Environment`.
    pub surroundings: IndexMap<String, Node>,
}

/// What was in the document and is no longer in the tree.
pub(super) struct Missing {
    pub(super) inactive: Inactive,
    /// Services at the wrong level, which was reported.
    pub(super) strays: Vec<String>,
    pub(super) unused: Unused,
}

/// Why a service of the document is not in the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// None of these profiles is active.
    Profiles(Vec<String>),
    /// It could not be read, which was reported.
    Faulty,
}

impl Project {
    pub(super) fn read(
        node: Node,
        name: Located<String>,
        missing: Missing,
        loader: &mut Loader<'_, '_, '_>,
    ) -> Option<Self> {
        let origin = node.origin;
        let mut fields = loader.reader.fields(node, "a Compose document, a map with `services`")?;
        let Missing { inactive, strays, unused } = missing;
        let mut absent: BTreeMap<_, _> =
            inactive.into_iter().map(|(name, profiles)| (name, Absence::Profiles(profiles))).gather();
        absent.extend(strays.into_iter().map(|name| (name, Absence::Faulty)));
        let mut services = BTreeMap::new();
        match fields.take("services") {
            None => {
                loader
                    .reader
                    .diagnostics
                    .error(origin, "the document has no `services`")
                    .fix("write `services: { web: { image: nginx, ports: [\"80:80\"] } }`");
            }
            Some(node) => {
                let place = node.origin;
                for (name, node) in loader
                    .fields(
                        node,
                        "a map of services by name",
                        "each service below its name, as `web: { image: nginx }`",
                    )?
                    .rest()
                {
                    loader.check_name(&name, "service", node.origin);
                    match Service::read(node, &name, loader) {
                        Some(service) => services.insert(name, service).map(|_| ()),
                        None => absent.insert(name, Absence::Faulty).map(|_| ()),
                    };
                }
                if services.is_empty() && absent.values().all(|absence| *absence != Absence::Faulty) {
                    let (message, fix) = if absent.is_empty() {
                        (
                            "the document has no service",
                            "write one, for example `web: { image: nginx, ports: [\"80:80\"] }`",
                        )
                    } else {
                        (
                            "no service is left, as no profile is active",
                            "give `COMPOSE_PROFILES` under `Variables`, or remove `profiles` from a service",
                        )
                    };
                    loader.reader.diagnostics.error(place, message).fix(fix);
                }
            }
        }
        let logs_retention =
            fields.take("x-aws-logs_retention").and_then(|node| options::log::retention(&node, loader.reader));
        let surroundings = surroundings::read(&mut fields, loader);
        let overlay = fields.take("x-aws-cloudformation").map(|node| overlay::read(node, loader)).unwrap_or_default();
        let networks = named(fields.take("networks"), "network", loader, Network::read);
        let volumes = named(fields.take("volumes"), "volume", loader, Volume::read);
        let secrets = named(fields.take("secrets"), "secret", loader, Secret::read);
        let configs = named(fields.take("configs"), "config", loader, Config::read);
        let mut project = Self {
            origin,
            name,
            services,
            absent,
            networks,
            volumes,
            secrets,
            configs,
            unused,
            logs_retention,
            overlay,
            surroundings,
        };
        if !project.overlay.sections.is_empty() {
            project.overlay.aliases = overlay::aliases(&project);
        }
        Some(project)
    }
}

fn named<T>(
    node: Option<Node>,
    what: &str,
    loader: &mut Loader<'_, '_, '_>,
    read: fn(Node, &mut Loader<'_, '_, '_>) -> Option<T>,
) -> BTreeMap<String, T> {
    let mut found = BTreeMap::new();
    let example = format!("each {what} below its name, as `data: {{}}`");
    let entries = node.and_then(|node| loader.fields(node, &format!("a map of {what}s by name"), &example));
    for (name, node) in entries.into_iter().flat_map(crate::document::Fields::rest) {
        loader.check_name(&name, what, node.origin);
        if let Some(value) = read(node, loader) {
            found.insert(name, value);
        }
    }
    found
}
