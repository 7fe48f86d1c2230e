//! What two applications of a template cannot both have: a port of a shared load balancer, a name in a name space, a name
//! space of one name in a network. CloudFormation would find out halfway through.

use std::collections::BTreeMap;

use super::load_balancer;
use super::site::Site;
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::{Application, Program};

/// What may be there once, and the application that has it.
type Taken<'a> = BTreeMap<(String, String), &'a str>;

/// Reports what applications on the same sites would both make.
pub(super) fn report(program: &Program, sites: &BTreeMap<&str, Site>, diagnostics: &mut Diagnostics) {
    let (mut ports, mut names, mut spaces) = (Taken::new(), Taken::new(), Taken::new());
    for (id, application) in &program.applications {
        let Some(site) = sites.get(application.environment.as_str()) else { continue };
        let site = site.with(&application.surroundings, application.origin, &mut Diagnostics::default());
        if let Some(shared) = &site.load_balancer {
            for (port, origin) in load_balancer::http_ports(application, &site) {
                let other = claim(&mut ports, format!("{:?}", shared.arn), port.to_string(), id);
                if let Some(other) = other {
                    diagnostics
                        .error(origin, format!("`{other}` publishes port {port} on the same load balancer"))
                        .fix("publish it at another port, or on a load balancer of its own");
                }
            }
        }
        let Some(space) = &site.namespace else {
            let domain = site.domain.clone().unwrap_or_else(|| application.name.value.clone());
            if let Some(other) = claim(&mut spaces, format!("{:?}", site.vpc), domain.to_ascii_lowercase(), id) {
                diagnostics.error(application.name.origin,
                    format!(
                        "`{other}` in the same network is called `{domain}` too, and names in it would be found in both"
                    ),
                )
                .fix("give one of them another name");
            }
            continue;
        };
        for (name, origin) in own_names(application) {
            if let Some(other) = claim(&mut names, format!("{:?}", space.id), name.to_ascii_lowercase(), id) {
                diagnostics
                    .error(origin, format!("`{other}` has the name `{name}` in the same name space"))
                    .fix("rename one of them, or leave each application its own name space");
            }
        }
    }
}

/// Who has it already, if that is another application.
fn claim<'a>(taken: &mut Taken<'a>, place: String, what: String, id: &'a str) -> Option<&'a str> {
    let owner = *taken.entry((place, what)).or_insert(id);
    (owner != id).then_some(owner)
}

fn own_names(application: &Application) -> BTreeMap<&str, Origin> {
    let workloads = application.workloads.iter().filter(|(_, workload)| workload.serves());
    let aliases = application.workloads.values().flat_map(|workload| &workload.aliases);
    let aliases = aliases.map(|(alias, origin)| (alias.as_str(), *origin));
    workloads.map(|(name, workload)| (name.as_str(), workload.origin)).chain(aliases).collect()
}
