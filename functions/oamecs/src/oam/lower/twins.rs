//! Requests that two components would both take: a cluster may choose one of the two, and a load balancer has no such rules.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::program::Workload;
use crate::program::environment::Scheme;
use crate::program::exposure::Protocol;
use crate::program::reach::{Host, Path, Route};

/// A host, a path, and whether they are those of a load balancer without a public address.
type Requests = (String, String, bool);

/// Reports routes that another component has too, and takes them away from the later one.
pub(super) fn report(workloads: &mut BTreeMap<String, Workload>, diagnostics: &mut Diagnostics) {
    let mut taken: BTreeMap<Requests, String> = BTreeMap::new();
    for (name, workload) in workloads {
        for exposure in &mut workload.exposures {
            let scheme = exposure.reach.scheme.as_ref().map(|scheme| scheme.value);
            exposure.routes.retain(|route| {
                let requests = requests(route, scheme == Some(Scheme::Internal));
                let twin = requests.iter().find_map(|requests| {
                    let owner = taken.get(requests).filter(|owner| *owner != name)?;
                    Some((requests, owner))
                });
                if let Some(((host, path, _), owner)) = twin {
                    diagnostics
                        .error(route.origin, format!("requests for `{host}{path}` are for `{owner}` too"))
                        .fix("lead those for another host or path to one of the two");
                    return false;
                }
                taken.extend(requests.into_iter().map(|requests| (requests, name.clone())));
                true
            });
        }
        // Without routes it would take all requests.
        workload
            .exposures
            .retain(|exposure| exposure.protocol == Some(Protocol::Opaque) || !exposure.routes.is_empty());
    }
}

/// The requests of a route, as far as they are known.
fn requests(route: &Route, is_internal: bool) -> Vec<Requests> {
    let hosts: Vec<&str> =
        route.hosts.iter().filter_map(|host: &Host| host.value.known()).map(String::as_str).collect();
    // A host that is not known is like no other.
    let hosts = if route.hosts.is_empty() { vec![""] } else { hosts };
    let path = |path: &Path| match path {
        Path::Prefix(path) | Path::Pattern(path) => path.clone(),
        Path::Exact(path) => format!("{path} exactly"),
    };
    let paths: Vec<String> = route.paths.iter().map(path).collect();
    let paths = if paths.is_empty() { vec!["/".to_owned()] } else { paths };
    let all = hosts.into_iter().flat_map(|host| paths.iter().map(move |path| (host.to_owned(), path.clone())));
    all.map(|(host, path)| (host, path, is_internal)).collect()
}
