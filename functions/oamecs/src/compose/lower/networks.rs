//! [Networks](https://github.com/compose-spec/compose-spec/blob/main/06-networks.md): who reaches whom.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{self, Membership, Service};
use super::{Lowering, tags};
use crate::diagnostic::{Located, Origin};
use crate::document::{list, suggestion};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::Network;

/// The network that a service without `networks` is on.
const DEFAULT: &str = "default";

/// The networks of the document, and the one that services without `networks` are on.
pub(super) fn lower(services: &BTreeMap<String, Service>, lowering: &mut Lowering<'_>) -> BTreeMap<String, Network> {
    let mut networks = BTreeMap::new();
    for (key, network) in lowering.networks {
        let model::Network { origin, driver, external, internal, labels, name, security_group } = network.clone();
        if let Some(driver) = driver {
            check_driver(&driver, lowering);
        }
        let exists = external.filter(|external| external.value);
        let group = match (security_group, &exists) {
            (Some(group), _) => Some(group),
            (None, Some(external)) => {
                Some(group_of(key, name.clone(), external.origin, lowering).unwrap_or(Located::new(origin, "".into())))
            }
            (None, None) => None,
        };
        if let Some(internal) = internal.filter(|internal| internal.value) {
            note_internal(key, internal.origin, lowering);
        }
        let name = match name.map(|name| name.value) {
            Some(Expr::Known(name)) => name,
            _ => format!("{}_{key}", lowering.project),
        };
        let network = Network { origin, group, tags: tags::lower(labels, "com.docker.compose.network", &name) };
        networks.insert(key.clone(), network);
    }
    let is_on_default = |service: &Service| match &service.networks {
        Some(networks) => networks.is_empty() || networks.contains_key(DEFAULT),
        None => !service.network_mode.as_ref().is_some_and(|mode| is_shared(&mode.value)),
    };
    if !networks.contains_key(DEFAULT) && services.values().any(is_on_default) {
        let name = format!("{}_{DEFAULT}", lowering.project);
        let tags = tags::lower(model::Labels::new(), "com.docker.compose.network", &name);
        networks.insert(DEFAULT.to_owned(), Network { origin: lowering.settings.origin, group: None, tags });
    }
    networks
}

/// The security group that the network `key`, which exists, is.
fn group_of(
    key: &str,
    name: Option<Located<Expr<String>>>,
    external: Origin,
    lowering: &mut Lowering<'_>,
) -> Option<Located<Expr<String>>> {
    let is_group = |name: &Expr<String>| name.known().is_none_or(|name| name.starts_with("sg-") || name.contains("{{"));
    match name {
        Some(name) if is_group(&name.value) => Some(name),
        name => {
            let (origin, called) = match &name {
                Some(Located { origin, value: Expr::Known(name) }) => (*origin, name.as_str()),
                _ => (external, key),
            };
            lowering
                .diagnostics
                .error(origin, format!("`{called}` is no network that exists on ECS: there it is a security group, whose members reach each other"))
                .fix("give the id of the group as `name: sg-…`, or remove `external` for a network that is made");
            None
        }
    }
}

fn note_internal(key: &str, origin: Origin, lowering: &mut Lowering<'_>) {
    lowering.diagnostics.note(
        origin,
        format!("nothing outside reaches services that are only on internal networks such as `{key}`, but they reach the internet: ECS pulls their images by the same way"),
    );
}

/// The services all of whose networks are internal: nothing outside reaches them.
pub(super) fn internal(
    services: &BTreeMap<String, Service>,
    networks: &BTreeMap<String, model::Network>,
) -> BTreeSet<String> {
    let is_internal = |key: &str| {
        let network = networks.get(key);
        network.and_then(|network| network.internal.as_ref()).is_some_and(|internal| internal.value)
    };
    let is_inside = |service: &Service| match &service.networks {
        Some(networks) if !networks.is_empty() => networks.keys().all(|key| is_internal(key)),
        _ => is_internal(DEFAULT),
    };
    services.iter().filter(|(_, service)| is_inside(service)).map(|(name, _)| name.clone()).gather()
}

fn check_driver(driver: &Located<String>, lowering: &mut Lowering<'_>) {
    match driver.value.as_str() {
        "" | "default" => {}
        "bridge" | "overlay" => {
            lowering.diagnostics.note(
                driver.origin,
                format!("`driver: {}` has no effect: tasks use the network of their VPC", driver.value),
            );
        }
        other => {
            lowering
                .diagnostics
                .error(
                    driver.origin,
                    format!("the network driver `{other}` is not available on ECS: tasks use the network of their VPC"),
                )
                .fix("remove `driver`; the services of the network then reach each other by name");
        }
    }
}

/// The keys of the networks that a service is on, and its aliases there.
pub(super) fn memberships(
    service: &str,
    networks: Option<BTreeMap<String, Membership>>,
    network_mode: Option<Located<String>>,
    lowering: &mut Lowering<'_>,
) -> (BTreeSet<String>, Vec<Located<String>>) {
    if let Some(mode) = network_mode {
        if networks.is_some() {
            lowering.diagnostics.error(mode.origin, "`network_mode` and `networks` exclude each other").fix(
                if is_shared(&mode.value) {
                    "remove `networks`: the service is on those of the service that it shares a task with"
                } else {
                    "remove `network_mode`"
                },
            );
        } else {
            check_mode(service, &mode, lowering);
        }
    }
    let mut keys = BTreeSet::new();
    let mut aliases = Vec::new();
    for (key, membership) in networks.unwrap_or_default() {
        let Membership { origin, aliases: names } = membership;
        if key != DEFAULT && !lowering.networks.contains_key(&key) {
            report_undefined(&key, origin, lowering);
            continue;
        }
        keys.insert(key);
        aliases.extend(names);
    }
    if keys.is_empty() {
        keys.insert(DEFAULT.to_owned());
    }
    (keys, aliases)
}

fn report_undefined(key: &str, origin: Origin, lowering: &mut Lowering<'_>) {
    let known: Vec<&str> = lowering.networks.keys().chain(&lowering.unused.networks).map(String::as_str).collect();
    let error = lowering.diagnostics.error(origin, format!("the document has no network `{key}`"));
    match suggestion(key, known.iter().copied()) {
        Some(near) => error.fix(format!("did you mean `{near}`?")),
        None if known.is_empty() => {
            error.fix(format!("add it at the top of the document: `networks: {{ {key}: {{}} }}`"));
        }
        None => error.fix(format!("add it under `networks` at the top of the document, which has {}", list(&known))),
    }
}

/// Whether a network mode is about the network of another service.
fn is_shared(mode: &str) -> bool {
    mode.starts_with("service:") || mode.starts_with("container:")
}

fn check_mode(service: &str, mode: &Located<String>, lowering: &mut Lowering<'_>) {
    let text = mode.value.as_str();
    match text {
        "bridge" | "default" => {
            lowering.diagnostics.note(
                mode.origin,
                format!("`network_mode: {text}` has no effect: `{service}` is on the network `default`"),
            );
        }
        "host" => {
            lowering
                .diagnostics
                .error(mode.origin, "a task has a network interface of its own, on instances too: with the network of its machine nobody would find it by its name, and nothing would say who may reach it")
                .fix("remove `network_mode`, and write the ports that the service listens on under `ports`");
        }
        "none" => {
            lowering
                .diagnostics
                .error(mode.origin, "a task always has a network: without one it could not even send its logs")
                .fix("remove `network_mode`, and put the service on a network of its own under `networks`");
        }
        // Which that is, `tasks.rs` says.
        _ if is_shared(text) => {}
        _ => {
            lowering
                .diagnostics
                .error(mode.origin, format!("`{text}` is not a network mode that ECS has"))
                .fix("remove `network_mode`, and name networks under `networks`");
        }
    }
}
