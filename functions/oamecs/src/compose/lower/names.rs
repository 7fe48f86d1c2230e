//! The names under which services are found.

use std::collections::BTreeMap;

use super::super::model::Service;
use super::super::model::name::is_name;
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::program::host_name::is_host_name;

/// Checks that every service can be found by its name, and no two by the same.
pub(super) fn check(services: &BTreeMap<String, Service>, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for (name, service) in services {
        // What Compose takes for no name was reported when it was read.
        if is_name(name) && !is_host_name(name) {
            diagnostics
                .error(service.origin, format!("the service `{name}` could not be found: its name is no host name"))
                .fix("use a name of at most 63 letters, digits, `-` and `_`, with a letter or digit first and last");
        }
        if let Some(other) = known.insert(name.to_ascii_lowercase(), name) {
            diagnostics
                .error(
                    service.origin,
                    format!("`{name}` and `{other}` are the same host name, as case does not count in one"),
                )
                .fix("rename one of the services");
        }
    }
}

/// The names by which links call services, by service. A name is one service's: two that call different services by one
/// name would both find both.
pub(super) fn links(
    services: &BTreeMap<String, Service>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Vec<Located<String>>> {
    let mut called: BTreeMap<String, &str> = BTreeMap::new();
    let mut links: BTreeMap<String, Vec<Located<String>>> = BTreeMap::new();
    for link in services.values().flat_map(|service| &service.links) {
        let Some(alias) = &link.alias else { continue };
        let other = *called.entry(alias.to_ascii_lowercase()).or_insert(&link.service);
        if other != link.service {
            diagnostics
                .error(
                    link.origin,
                    format!(
                        "`{alias}` is `{other}` to one service and `{}` to another, and a name is found alike by all",
                        link.service
                    ),
                )
                .fix("link one of them under another name");
            continue;
        }
        links.entry(link.service.clone()).or_default().push(Located::new(link.origin, alias.clone()));
    }
    links
}

/// The names of `service` besides its own: those in its networks, those that links give it, and those of its
/// containers.
pub(super) fn aliases(
    service: &str,
    in_networks: Vec<Located<String>>,
    container_name: Option<Located<String>>,
    hostname: Option<Located<String>>,
    services: &BTreeMap<String, bool>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Origin> {
    let mut aliases = BTreeMap::new();
    let hostname = hostname.filter(|hostname| {
        diagnostics.note(
            hostname.origin,
            format!("`hostname` is for the neighbours of `{service}` only, who find it as `{}`: what a container calls itself is given by ECS", hostname.value),
        );
        true
    });
    for alias in in_networks.into_iter().chain(container_name).chain(hostname) {
        let Located { origin, value: name } = alias;
        if name.eq_ignore_ascii_case(service) {
            continue;
        }
        if !is_host_name(&name) {
            diagnostics
                .error(origin, format!("`{name}` is no host name under which `{service}` could be found"))
                .fix("use at most 63 letters, digits, `-` and `_`, with a letter or digit first and last");
        } else if let Some(other) = services.keys().find(|other| name.eq_ignore_ascii_case(other)) {
            diagnostics
                .error(
                    origin,
                    format!("`{service}` cannot be found as `{name}` as well, as that is the service `{other}`"),
                )
                .fix("choose another name");
        } else {
            aliases.insert(name, origin);
        }
    }
    aliases
}
