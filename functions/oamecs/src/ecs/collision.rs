//! What two applications of a template cannot both have: a port of a shared load balancer, a name in a name space, a name
//! space of one name in a network. CloudFormation would find out halfway through.

use std::collections::{BTreeMap, BTreeSet};

use super::discovery;
use super::load_balancer::{self, Claim};
use super::site::Site;
use crate::diagnostic::{Diagnostics, Origin};
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::release::{Owner, Step};
use crate::program::{Application, Program};

/// What may be there once, and the application that has it.
type Taken<'a> = BTreeMap<(String, String), &'a str>;

/// Reports what applications on the same sites would both make.
pub(super) fn report(program: &Program, sites: &BTreeMap<&str, Site>, diagnostics: &mut Diagnostics) {
    let (mut records, mut names, mut spaces) = (Taken::new(), Taken::new(), Taken::new());
    let mut claims: Vec<(&str, Claim)> = Vec::new();
    for (id, application) in &program.applications {
        let Some(site) = sites.get(application.environment.as_str()) else { continue };
        let site = site.with(&application.surroundings, application.origin, &mut Diagnostics::default());
        let (asked, hosts) = load_balancer::claims(id, application, &site);
        claims.extend(asked.into_iter().map(|claim| (id.as_str(), claim)));
        for (host, origin) in hosts {
            if let Some(other) = claim(&mut records, host.clone(), String::new(), id) {
                diagnostics
                    .error(origin, format!("`{other}` has the domain name `{host}`, on a load balancer of its own"))
                    .fix("give the two different names, or one load balancer: that of an `OamEcs::Environment`");
            }
        }
        for domain in application.domains.keys() {
            let space = format!("{:?} {domain}", site.vpc);
            let found = application.workloads.iter().filter_map(|(name, at)| Some((at.found_as(name)?, at)));
            for (name, workload) in found {
                if let Some(other) = claim(&mut names, space.clone(), name.to_ascii_lowercase(), id) {
                    diagnostics
                        .error(workload.origin, format!("`{other}` has the name `{name}` in `{domain}` too"))
                        .fix("rename one of the two");
                }
            }
        }
        let space = match (&site.namespace, &site.domain) {
            (Some(space), _) => Some(format!("{:?}", space.id)),
            (None, Some(domain)) if domain.shared.is_some() => Some(format!("{:?} {}", site.vpc, domain.name)),
            (None, _) => None,
        };
        let Some(space) = space else {
            if !discovery::has_names(application) {
                continue;
            }
            let own = || application.name.value.clone();
            let domain = site.domain.as_ref().map_or_else(own, |domain| domain.name.clone());
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
            if let Some(other) = claim(&mut names, space.clone(), name.to_ascii_lowercase(), id) {
                diagnostics
                    .error(origin, format!("`{other}` has the name `{name}` in the same name space"))
                    .fix("rename one of them, or leave each application its own name space");
            }
        }
    }
    report_claims(&claims, diagnostics);
    report_releases(program, diagnostics);
}

/// Tells of services that two releases bring new versions to: CloudFormation would change them side by side.
fn report_releases(program: &Program, diagnostics: &mut Diagnostics) {
    let mut rolled: Vec<(&str, &Expr<String>, &Expr<String>)> = Vec::new();
    for (id, release) in &program.releases {
        for step in release.stages.iter().flat_map(|stage| stage.steps.values()) {
            let Step::Roll(roll) = step else { continue };
            let Owner::Foreign(service) = &roll.owner else { continue };
            let is_same = |(_, cluster, other): &&(&str, &Expr<String>, &Expr<String>)| {
                **cluster == release.cluster && *other == service
            };
            if let Some((other, _, _)) = rolled.iter().find(is_same) {
                diagnostics
                    .advice(roll.origin, format!("`{other}` brings new versions to this service too: where both are there, and neither waits for the other, they do so at the same time, and one of the versions is lost"))
                    .fix("name it in one of the two");
            } else {
                rolled.push((id, &release.cluster, service));
            }
        }
    }
}

/// Reports what two workloads both ask of one listener.
fn report_claims(claims: &[(&str, Claim)], diagnostics: &mut Diagnostics) {
    let name = |at: usize, other: usize| match (claims.get(at), claims.get(other)) {
        (Some((id, claim)), Some((other, _))) if id == other => format!("`{}`", claim.workload),
        (Some((id, claim)), _) => format!("`{}` of `{id}`", claim.workload),
        (None, _) => String::new(),
    };
    let mut priorities: BTreeMap<(&str, u32), usize> = BTreeMap::new();
    let mut requests: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut whole: BTreeMap<&str, usize> = BTreeMap::new();
    let taken: BTreeSet<(&str, u32)> =
        claims.iter().filter_map(|(_, claim)| Some((claim.listener.as_str(), claim.rule.as_ref()?.priority))).gather();
    for (index, (id, claim)) in claims.iter().enumerate() {
        let listener = claim.listener.as_str();
        let Some(asked) = &claim.rule else {
            let first = *whole.entry(listener).or_insert(index);
            if let Some((other, _)) = claims.get(first).filter(|(other, _)| other != id) {
                diagnostics
                    .error(claim.origin, format!("`{other}` publishes port {} on the same load balancer", claim.port))
                    .fix("name the load balancer in one `OamEcs::Environment` for both, which then share its listeners; or publish it at another port");
            }
            continue;
        };
        let same = asked.requests.iter().find_map(|request| {
            let first = *requests.entry((listener, request)).or_insert(index);
            let (other, first_claim) = claims.get(first)?;
            ((other, &first_claim.workload) != (id, &claim.workload)).then_some((first, request))
        });
        if let Some((first, request)) = same {
            let message = if request == "*/*" {
                format!(
                    "port {} is published by {} too, and neither says which requests are for it",
                    claim.port,
                    name(first, index)
                )
            } else {
                format!("requests for `{request}` at port {} are for {} too", claim.port, name(first, index))
            };
            diagnostics.error(claim.origin, message).fix(load_balancer::SHARE);
            continue;
        }
        let first = *priorities.entry((listener, asked.priority)).or_insert(index);
        if first != index {
            let entry = diagnostics.error(
                claim.origin,
                format!(
                    "the rules of {} and of `{}` at port {} have the same priority, {}",
                    name(first, index),
                    claim.workload,
                    claim.port,
                    asked.priority
                ),
            );
            let free = asked.free(|priority| !taken.contains(&(listener, priority)));
            entry.fix(match free {
                Some(free) => format!("write `Priority: {free}` for the one that is new"),
                None => "give one of them another `Priority`".to_owned(),
            });
        }
    }
}

/// Who has it already, if that is another application.
fn claim<'a>(taken: &mut Taken<'a>, place: String, what: String, id: &'a str) -> Option<&'a str> {
    let owner = *taken.entry((place, what)).or_insert(id);
    (owner != id).then_some(owner)
}

fn own_names(application: &Application) -> BTreeMap<&str, Origin> {
    let found =
        || application.workloads.iter().filter_map(|(name, workload)| Some((workload.found_as(name)?, workload)));
    let aliases = found().flat_map(|(_, workload)| &workload.aliases);
    let aliases = aliases.map(|(alias, origin)| (alias.as_str(), *origin));
    found().map(|(name, workload)| (name, workload.origin)).chain(aliases).gather()
}
