//! What is not HTTP: listeners of Network Load Balancers, which pass on connections and datagrams.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Address;
use super::balancer::{self, Asked, Opening};
use super::domain::{self, Names};
use super::http::{Context, TLS_POLICY};
use super::plan::{Audience, Plan, Secured, Target, by_balancer};
use super::{Reached, target_group};
use crate::cloudformation::resource::elbv2::{self, Action, Certificate, Protocol};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function};
use crate::diagnostic::Diagnostics;
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::security_group::Caller;
use crate::gather::Gather;
use crate::program::exposure::Transport;

/// Lowers the other listeners of an application. A name that leads to HTTP, one of `taken`, leads nowhere else.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    plan: &Plan<'_>,
    context: &Context<'_>,
    attributes: &mut Attributes,
    reached: &mut BTreeMap<String, Reached>,
) {
    let mut taken: BTreeSet<String> = plan
        .http
        .values()
        .flat_map(|listener| &listener.targets)
        .flat_map(domain::hosts)
        .map(|host| domain::key(&host.value))
        .gather();
    for (share, targets) in by_balancer(&plan.network) {
        let all: Vec<&Target<'_>> = targets.iter().map(|(_, target)| *target).collect();
        let mut asked = Asked::by(&all, share, context.application, scope.diagnostics);
        if plan.http.keys().any(|(other, _)| *other == share) {
            asked.attribute = "NetworkLoadBalancer";
        }
        let balancer = balancer::network(scope, &asked, context.site, attributes);
        let owner = share.owner();
        let mut names = Names::default();
        for (port, target) in targets {
            report_what_is_for_http(target, scope.diagnostics);
            let exposure = target.exposure;
            let group = target_group::network(scope, target, context.site, &balancer);
            let role = match (&owner, share.audience) {
                (Some(_), _) => Role::OwnBalancerListener(port),
                (None, Audience::Main) => Role::NetworkListener(port),
                (None, Audience::Internal) => Role::InternalNetworkListener(port),
                (None, Audience::Public) => Role::PublicNetworkListener(port),
            };
            let id = role.id(scope.owner, owner.as_deref());
            let is_secure = target.certificates != Secured::No;
            let certificates =
                if is_secure { domain::certificates(scope.owner, &[target], context.site) } else { Vec::new() };
            let first = certificates.first().map(|(_, arn)| Certificate { certificate_arn: arn.clone() });
            let properties = elbv2::Listener {
                load_balancer_arn: balancer.arn.clone(),
                port,
                protocol: match exposure.transport {
                    Transport::Tcp if is_secure => Protocol::Tls,
                    Transport::Tcp => Protocol::Tcp,
                    Transport::Udp => Protocol::Udp,
                },
                ssl_policy: first.is_some().then(|| TLS_POLICY.into()),
                certificates: first.into_iter().collect(),
                default_actions: vec![Action::Forward { target_group_arn: Function::reference(&group).into() }],
            };
            let callers = target.reach.callers.as_ref().map(|callers| callers.value.as_slice());
            let (transport, origin) = (exposure.transport, exposure.origin);
            let opening = Opening {
                audience: share.audience,
                http: false,
                owner: owner.as_deref(),
                port,
                transport,
                origin,
                group: &balancer.group,
            };
            if balancer.is_ours {
                balancer::admit(scope, &opening, callers);
            } else if let Some(callers) = &target.reach.callers {
                scope
                    .diagnostics
                    .error(
                        callers.origin,
                        "the load balancer has security groups that exist, and they say who reaches it",
                    )
                    .fix("say it there, or leave the groups out");
            }
            scope.add_of(owner.as_deref(), role, exposure.origin, &properties);
            let reference = Text::from(Function::reference(&id));
            let more = certificates.get(1..).unwrap_or_default();
            domain::more_certificates(scope, &reference, port, more, exposure.origin);
            let entry = reached.entry(target.workload.to_owned()).or_default();
            entry.register(target, group, &balancer.group, false);
            entry.after.push(id);
            if let (Transport::Udp, Some(port)) = (exposure.transport, target.health_port) {
                let group = balancer.group.clone();
                entry.admit(Caller { group, port, transport: Transport::Tcp, speaks_http: false });
            }
            if let (Some(_), Some(name)) = (&owner, balancer.dns_name.clone()) {
                let endpoint = Function::Join(":", vec![name, port.to_string().into()]);
                entry.endpoints.push((port, endpoint.into()));
            }
            if port == 443 {
                entry.addresses.extend(Address::of(target, true, port, balancer.dns_name.as_ref()));
            }
            if domain::hosts(target).all(|host| taken.insert(domain::key(&host.value))) {
                names.add(target, context.site);
            }
        }
        names.lower(scope, &balancer, context.installation);
    }
}

/// What a Network Load Balancer does not do is no fault where the workload publishes HTTP too, which it is meant for.
fn report_what_is_for_http(target: &Target<'_>, diagnostics: &mut Diagnostics) {
    if target.is_beside_http {
        return;
    }
    let reach = &target.reach;
    let faults = [reach.paths.as_ref().map(|it| it.origin), reach.priority.as_ref().map(|it| it.origin)];
    let port = target.exposure.target;
    for origin in faults.into_iter().flatten() {
        diagnostics
            .error(origin, format!("port {port} does not speak HTTP, and only requests of HTTP have paths"))
            .fix("say that the port speaks HTTP (`app_protocol: http`), or remove it");
    }
    if let Some(slow) = reach.slow_start.as_ref().filter(|slow| slow.value > 0) {
        diagnostics.note(slow.origin, "a slow start has no effect where connections are passed on");
    }
}
