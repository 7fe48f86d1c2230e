//! What may be there once on a listener: what is asked of it, for those who look for contradictions.

use super::plan::{self, HttpListener, Plan, Share, Target};
use super::rule::{self, Rule};
use super::{domain, http};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Origin};
use crate::ecs::site::Site;
use crate::program::Application;

/// A rule on a listener, or a listener as a whole.
pub(in crate::ecs) struct Claim {
    /// What tells the listener from others.
    pub(in crate::ecs) listener: String,
    /// Its port.
    pub(in crate::ecs) port: u16,
    /// The workload.
    pub(in crate::ecs) workload: String,
    /// What asks for it.
    pub(in crate::ecs) origin: Origin,
    /// The rule; `None`: the listener is the application's own, and nobody else can have it.
    pub(in crate::ecs) rule: Option<Asked>,
}

/// A rule that is asked for.
pub(in crate::ecs) struct Asked {
    /// Its place on the listener.
    pub(in crate::ecs) priority: u32,
    /// The requests that it takes.
    pub(in crate::ecs) requests: Vec<String>,
    rule: Rule,
}

impl Asked {
    /// A priority of its kind that `is_free`.
    pub(in crate::ecs) fn free(&self, is_free: impl Fn(u32) -> bool) -> Option<u32> {
        self.rule.free(is_free)
    }
}

/// What an application asks of listeners, and the names in DNS that it makes: these by the application that they belong to.
pub(in crate::ecs) fn claims(id: &str, application: &Application, site: &Site) -> (Vec<Claim>, Vec<(String, Origin)>) {
    let plan = plan::plan(application, site, &mut Diagnostics::default());
    let mut claims = Vec::new();
    for ((share, port), listener) in &plan.http {
        let shared = site.load_balancer.as_ref().filter(|_| *share == Share::MAIN);
        let name = match shared {
            Some(shared) => format!("{:?} {port}", shared.arn),
            None => format!("{id} {share:?} {port}"),
        };
        let owns = shared.is_none_or(|shared| shared.owner.is_none());
        if owns && shared.is_some() {
            claims.extend(whole(&name, *port, listener));
            let redirect = listener.redirect.and_then(|_| listener.targets.first());
            claims.extend(redirect.map(|target| Claim {
                listener: name.replace(&format!(" {port}"), " 80"),
                port: 80,
                workload: target.workload.to_owned(),
                origin: target.exposure.origin,
                rule: None,
            }));
        }
        let filters = !owns || http::filters(listener, shared.is_none_or(|shared| shared.ours));
        for target in &listener.targets {
            // What a listener of the application's own does by default is no rule.
            if !owns || !target.is_default() || (filters && target.reach.callers.is_some()) {
                of_target(id, &name, *port, target, filters, &mut claims);
            }
        }
    }
    for target in &plan.foreign {
        if let Some(listener) = &target.reach.listener {
            let name = format!("{:?}", Text::from(&listener.value.arn));
            of_target(id, &name, target.exposure.published, target, true, &mut claims);
        }
    }
    let names = own_names(&plan, site);
    (claims, names)
}

fn whole(name: &str, port: u16, listener: &HttpListener<'_>) -> Option<Claim> {
    let first = listener.targets.first()?;
    Some(Claim {
        listener: name.to_owned(),
        port,
        workload: first.workload.to_owned(),
        origin: first.exposure.origin,
        rule: None,
    })
}

fn of_target(id: &str, name: &str, port: u16, target: &Target<'_>, filters: bool, claims: &mut Vec<Claim>) {
    let sources = if filters { http::sources(target, &mut Diagnostics::default()) } else { Vec::new() };
    let origin = target.routes.first().map_or(target.exposure.origin, |route| route.origin);
    for rule in rule::rules(id, &target.name(), target.exposure.published, &target.routes, &sources) {
        claims.push(Claim {
            listener: name.to_owned(),
            port,
            workload: target.workload.to_owned(),
            origin,
            rule: Some(Asked { priority: rule.priority, requests: rule.requests(), rule }),
        });
    }
}

/// The names in DNS that lead to load balancers of the application's own.
fn own_names(plan: &Plan<'_>, site: &Site) -> Vec<(String, Origin)> {
    let is_shared = |share: Share<'_>| share == Share::MAIN && site.load_balancer.is_some();
    let http =
        plan.http.iter().filter(|((share, _), _)| !is_shared(*share)).flat_map(|(_, listener)| &listener.targets);
    let targets = http.chain(plan.network.values());
    targets.flat_map(domain::hosts).map(|host| (domain::key(&host.value), host.origin)).collect()
}
