//! HTTP: listeners of Application Load Balancers, and the rules that lead from them to workloads.

use std::collections::BTreeMap;

use super::address::Address;
use super::balancer::{self, Asked, Balancer, Kind, Opening};
use super::domain::{self, Names};
use super::full_name::{full_name, full_name_of_listener};
use super::plan::{Audience, HttpListener, Plan, Share, Target, by_balancer};
use super::rule::{self, Rule};
use super::{Reached, target_group};
use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::elbv2::{
    self, Action, Certificate, FixedResponseConfig, Protocol, RedirectConfig,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::site::Site;
use crate::expression::Expr;
use crate::installation::Installation;
use crate::program::Application;
use crate::program::exposure::Transport;
use crate::program::reach::Caller;

/// The policy of TLS listeners: TLS 1.3 and 1.2 with forward secrecy, as AWS Security Hub asks (ELB.17).
pub(super) const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/// What lowering a listener needs besides the listener.
pub(super) struct Context<'a> {
    pub(super) application: &'a Application,
    pub(super) site: &'a Site,
    pub(super) installation: &'a Installation,
}

/// Lowers the HTTP listeners of an application.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    plan: &Plan<'_>,
    context: &Context<'_>,
    attributes: &mut Attributes,
    reached: &mut BTreeMap<String, Reached>,
) {
    for (share, listeners) in by_balancer(&plan.http) {
        let targets: Vec<&Target<'_>> = listeners.iter().flat_map(|(_, listener)| &listener.targets).collect();
        let asked = Asked::by(&targets, share, context.application, scope.diagnostics);
        let balancer = balancer::http(scope, &asked, context.site, attributes);
        let mut names = Names::default();
        for (port, listener) in listeners {
            if balancer.owner.is_some() {
                join(scope, port, listener, &balancer, context, reached);
            } else {
                own(scope, share, port, listener, &balancer, context, reached);
            }
            listener.targets.iter().for_each(|target| names.add(target, context.site));
        }
        // Names that lead to what several applications share belong to whom that belongs to.
        if balancer.owner.is_none() {
            names.lower(scope, &balancer, context.installation);
        }
    }
}

/// Lowers a listener of the application's own, with its rules.
fn own(
    scope: &mut Scope<'_>,
    share: Share<'_>,
    port: u16,
    listener: &HttpListener<'_>,
    balancer: &Balancer,
    context: &Context<'_>,
    reached: &mut BTreeMap<String, Reached>,
) {
    let Some(origin) = listener.targets.first().map(|target| target.exposure.origin) else { return };
    let (owner, audience) = (share.owner(), share.audience);
    let owner = owner.as_deref();
    let (role, redirect_role) = match (owner, audience) {
        (Some(_), _) => (Role::OwnHttpBalancerListener(port), Role::OwnHttpBalancerListener(80)),
        (None, Audience::Main) => (Role::Listener(port), Role::Listener(80)),
        (None, Audience::Internal) => (Role::InternalListener(port), Role::InternalListener(80)),
        (None, Audience::Public) => (Role::PublicListener(port), Role::PublicListener(80)),
    };
    let id = role.id(scope.owner, owner);
    let reference = Text::from(Function::reference(&id));
    let open = |scope: &mut Scope<'_>, port: u16, origin: Origin| {
        if balancer.is_ours {
            let (transport, group) = (Transport::Tcp, &balancer.group);
            let callers = callers(listener);
            let opening = Opening { audience, http: true, owner, port, transport, origin, group };
            balancer::admit(scope, &opening, callers.as_deref());
        }
    };
    open(scope, port, origin);
    if let Some(origin) = listener.redirect {
        open(scope, 80, origin);
    }
    let filters = filters(listener, balancer.is_ours);
    let mut fallback = nothing();
    for target in &listener.targets {
        let group = target_group::http(scope, target, context.site, balancer);
        let entry = reached.entry(target.workload.to_owned()).or_default();
        entry.register(target, group.clone(), &balancer.group, true);
        entry.count(full_name(&balancer.arn), &group);
        let sources = if filters { sources(target, scope.diagnostics) } else { Vec::new() };
        if target.is_default() && sources.is_empty() {
            fallback = forward(&group);
            entry.after.push(id.clone());
        } else {
            let rules = rule::rules(scope.owner, &target.name(), target.exposure.published, &target.routes, &sources);
            entry.after.extend(add_rules(scope, target, &reference, &rules, &group));
        }
        entry.addresses.extend(Address::of(target, listener.is_secure, port, balancer.dns_name.as_ref()));
    }
    let mut certificates = Vec::new();
    if listener.is_secure {
        let targets: Vec<&Target<'_>> = listener.targets.iter().collect();
        certificates = domain::certificates(scope.owner, &targets, context.site);
    }
    add_listener(scope, (owner, role), origin, &balancer.arn, port, &certificates, fallback);
    domain::more_certificates(scope, &reference, port, certificates.get(1..).unwrap_or_default(), origin);
    if let Some(origin) = listener.redirect {
        // Not before there is something to lead to.
        scope.add_of(owner, redirect_role, origin, &redirect(&balancer.arn)).after([&id]);
    }
}

/// Lowers the rules of an application on a listener of its environment.
fn join(
    scope: &mut Scope<'_>,
    port: u16,
    listener: &HttpListener<'_>,
    balancer: &Balancer,
    context: &Context<'_>,
    reached: &mut BTreeMap<String, Reached>,
) {
    let owner = balancer.owner.as_deref().unwrap_or_default();
    let id = Role::Listener(port).id(owner, None);
    let reference = Text::from(Function::reference(&id));
    for target in &listener.targets {
        let group = target_group::http(scope, target, context.site, balancer);
        let entry = reached.entry(target.workload.to_owned()).or_default();
        entry.register(target, group.clone(), &balancer.group, true);
        entry.count(full_name(&balancer.arn), &group);
        let sources = sources(target, scope.diagnostics);
        let rules = rule::rules(scope.owner, &target.name(), target.exposure.published, &target.routes, &sources);
        entry.after.extend(add_rules(scope, target, &reference, &rules, &group));
        entry.addresses.extend(Address::of(target, listener.is_secure, port, balancer.dns_name.as_ref()));
    }
    let targets: Vec<&Target<'_>> = listener.targets.iter().collect();
    let given = domain::given_certificates(&targets, context.site);
    let more: Vec<(String, Text)> =
        given.into_iter().filter(|(_, arn)| context.site.certificate.as_ref() != Some(arn)).collect();
    if let Some(first) = targets.first() {
        domain::more_certificates(scope, &reference, port, &more, first.exposure.origin);
    }
}

/// Lowers what is reached by listeners that exist.
pub(super) fn foreign(
    scope: &mut Scope<'_>,
    plan: &Plan<'_>,
    context: &Context<'_>,
    reached: &mut BTreeMap<String, Reached>,
) {
    for target in &plan.foreign {
        let Some(Located { origin, value: listener }) = &target.reach.listener else { continue };
        let group = match (&listener.security_group, &context.site.load_balancer) {
            (Some(group), _) => Text::from(&group.value),
            (None, Some(shared)) => shared.security_group.clone(),
            (None, None) => {
                scope
                    .diagnostics
                    .error(
                        *origin,
                        "tasks must admit the listener's load balancer, and its security group is not known",
                    )
                    .fix("write the listener as a map, with `Arn` and `SecurityGroupId`");
                continue;
            }
        };
        if target.routes.is_empty() {
            scope
                .diagnostics
                .error(*origin, "the listener exists, and it is not said which of its requests are for the service")
                .fix("add `Domain` or `Path`; `Path: /` is for all requests");
            continue;
        }
        let sources = sources(target, scope.diagnostics);
        let rules = rule::rules(scope.owner, &target.name(), target.exposure.published, &target.routes, &sources);
        if target.routes.iter().any(|route| route.priority.is_none()) {
            let proposed = rules.first().map_or(1, |rule| rule.priority);
            scope
                .diagnostics
                .error(
                    *origin,
                    "the listener has other rules that are not known here, and two rules cannot have the same priority",
                )
                .fix(format!("write a `Priority` that none of them has, for example `{proposed}`"));
            continue;
        }
        let balancer = Balancer {
            arn: Text::from(&listener.arn),
            group: group.clone(),
            dns_name: None,
            zone: None,
            faces_internet: true,
            kind: Kind::Foreign(hash(&domain::key(&listener.arn))),
            is_ours: false,
            owner: None,
        };
        let targets = target_group::http(scope, target, context.site, &balancer);
        let entry = reached.entry(target.workload.to_owned()).or_default();
        entry.register(target, targets.clone(), &group, true);
        entry.count(full_name_of_listener(&balancer.arn), &targets);
        let rule_ids = add_rules(scope, target, &balancer.arn, &rules, &targets);
        entry.after.extend(rule_ids);
        let port = target.exposure.published;
        entry.addresses.extend(Address::of(target, port == 443, port, None));
        if target.reach.records.as_ref().is_none_or(|wish| wish.value != crate::program::reach::Records::None) {
            for host in domain::hosts(target) {
                domain::unknown_balancer(host, scope.diagnostics);
            }
        }
    }
}

fn add_rules(
    scope: &mut Scope<'_>,
    target: &Target<'_>,
    listener: &Text,
    rules: &[Rule],
    group: &LogicalId,
) -> Vec<LogicalId> {
    let origin = target.routes.first().map_or(target.exposure.origin, |route| route.origin);
    let mut ids = Vec::new();
    for rule in rules {
        let properties = elbv2::ListenerRule {
            listener_arn: listener.clone(),
            priority: rule.priority,
            conditions: rule.conditions(),
            actions: vec![forward(group)],
        };
        let role = Role::Rule(target.exposure.published);
        ids.push(scope.add_for(&rule.name(&target.name()), role, origin, &properties).id());
    }
    ids
}

/// Adds a listener, of a workload's own load balancer if it has an owner; without certificates it speaks HTTP in the clear.
pub(super) fn add_listener(
    scope: &mut Scope<'_>,
    (owner, role): (Option<&str>, Role),
    origin: Origin,
    balancer: &Text,
    port: u16,
    certificates: &[(String, Text)],
    fallback: Action,
) {
    let certificate = certificates.first().map(|(_, arn)| Certificate { certificate_arn: arn.clone() });
    let properties = elbv2::Listener {
        load_balancer_arn: balancer.clone(),
        port,
        protocol: if certificate.is_some() { Protocol::Https } else { Protocol::Http },
        ssl_policy: certificate.is_some().then(|| TLS_POLICY.into()),
        certificates: certificate.into_iter().collect(),
        default_actions: vec![fallback],
    };
    scope.add_of(owner, role, origin, &properties);
}

/// A listener at port 80 that leads to port 443.
pub(super) fn redirect(balancer: &Text) -> elbv2::Listener {
    elbv2::Listener {
        load_balancer_arn: balancer.clone(),
        port: 80,
        protocol: Protocol::Http,
        ssl_policy: None,
        certificates: Vec::new(),
        default_actions: vec![Action::Redirect {
            redirect_config: RedirectConfig {
                protocol: Some(Protocol::Https),
                port: Some("443".into()),
                status_code: elbv2::RedirectStatusCode::Permanent,
                host: None,
                path: None,
                query: None,
            },
        }],
    }
}

/// The answer to requests that are for nobody.
pub(super) fn nothing() -> Action {
    Action::FixedResponse {
        fixed_response_config: FixedResponseConfig {
            status_code: "404".to_owned(),
            content_type: Some("text/plain"),
            message_body: Some("Not found".into()),
        },
    }
}

fn forward(group: &LogicalId) -> Action {
    Action::Forward { target_group_arn: Function::reference(group).into() }
}

/// Who reaches a port of a listener: everybody who reaches one of its targets; `None` for anybody.
pub(super) fn callers(listener: &HttpListener<'_>) -> Option<Vec<Located<Caller>>> {
    let mut all = Vec::new();
    for target in &listener.targets {
        all.extend(target.reach.callers.as_ref()?.value.iter().cloned());
    }
    Some(all)
}

/// Whether rules must tell callers apart, as the load balancer's group lets in more than one of the targets takes.
pub(super) fn filters(listener: &HttpListener<'_>, is_ours: bool) -> bool {
    let mut values = listener.targets.iter().map(|target| {
        let callers = target.reach.callers.as_ref().map(|callers| &callers.value);
        callers.map(|callers| callers.iter().map(|caller| &caller.value).collect::<Vec<_>>())
    });
    let first = values.next().flatten();
    !is_ours || values.any(|other| other != first)
}

/// The blocks that requests for a target must come from; none for all.
pub(super) fn sources(target: &Target<'_>, diagnostics: &mut Diagnostics) -> Vec<Expr<String>> {
    let mut sources = Vec::new();
    for caller in target.reach.callers.iter().flat_map(|callers| &callers.value) {
        match &caller.value {
            Caller::Block(block) | Caller::Block6(block) => {
                if !sources.contains(block) {
                    sources.push(block.clone());
                }
            }
            Caller::List(_) | Caller::Group(_) => {
                diagnostics
                    .error(caller.origin, "others share the listener, so that rules tell callers apart, and rules know blocks of addresses only")
                    .fix("write blocks such as `10.0.0.0/8`, or publish the service at a port of its own");
            }
        }
    }
    sources
}
