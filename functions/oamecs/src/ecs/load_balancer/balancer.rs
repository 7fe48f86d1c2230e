//! Load balancers themselves, and who may reach their ports.

use std::collections::BTreeSet;

use super::plan::{Audience, Share, Target};
use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::ec2;
use crate::cloudformation::resource::elbv2::{self, Attribute};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId, Value};
use crate::diagnostic::{Diagnostics, Located, Origin};
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::security_group::traffic;
use crate::ecs::site::Site;
use crate::expression::Expr;
use crate::program::Application;
use crate::program::exposure::Transport;
use crate::program::reach::Caller;

/// A load balancer, as far as its listeners and targets need it.
#[derive(Clone, Debug)]
pub(super) struct Balancer {
    pub(super) arn: Text,
    /// The group that it sends from.
    pub(super) group: Text,
    /// Its name in DNS, and the zone of that, where they are known.
    pub(super) dns_name: Option<Text>,
    pub(super) zone: Option<Text>,
    pub(super) faces_internet: bool,
    /// What tells its target groups from those of other load balancers, as a group belongs to one for life.
    pub(super) kind: Kind,
    /// Whether its group is ours to add rules to.
    pub(super) is_ours: bool,
    /// The environment that its listeners belong to.
    pub(super) owner: Option<String>,
}

/// A load balancer as its target groups know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The application's own, by who reaches it.
    Own(Audience),
    /// The one of a workload, by what is part of the logical ids of what is there for it.
    Apart(String),
    /// One that is shared.
    Shared,
    /// That of a listener that exists; the text tells the listener from others.
    Foreign(String),
}

/// A load balancer that is asked for.
pub(super) struct Asked<'a> {
    /// What asks for it.
    pub(super) origin: Origin,
    /// Whom it is there for, and who reaches it.
    pub(super) share: Share<'a>,
    /// The security groups that are given for it; none: one is made.
    pub(super) groups: &'a [Located<Expr<String>>],
    /// What `Fn::GetAtt` calls it where it is there for a workload alone.
    pub(super) attribute: &'static str,
}

impl<'a> Asked<'a> {
    /// What its targets ask for. What is there for all workloads is the application's.
    pub(super) fn by(
        targets: &[&'a Target<'a>],
        share: Share<'a>,
        application: &Application,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let first = targets.first().filter(|_| share.workload.is_some());
        let origin = first.map_or(application.origin, |target| target.exposure.origin);
        let mut given = targets.iter().filter_map(|target| target.reach.groups.as_ref());
        let groups = given.next().filter(|_| share.workload.is_some());
        for other in given.filter(|other| groups.is_some_and(|groups| !same(groups, other))) {
            diagnostics
                .error(other.origin, "another port of the load balancer asks for other security groups")
                .fix("say it once, for all ports of the workload");
        }
        let groups = groups.map_or(&[][..], |groups| &groups.value);
        Self { origin, share, groups, attribute: "LoadBalancer" }
    }

    /// Its name in attributes.
    fn name(&self, http: bool) -> String {
        let kind = match (self.share.workload, http) {
            (Some(_), _) => self.attribute,
            (None, true) => "LoadBalancer",
            (None, false) => "NetworkLoadBalancer",
        };
        let name = match self.share.audience {
            Audience::Main => kind.to_owned(),
            Audience::Internal => format!("Internal{kind}"),
            Audience::Public => format!("Public{kind}"),
        };
        self.share.workload.map_or(name.clone(), |workload| format!("Services.{workload}.{name}"))
    }
}

fn same(one: &Located<Vec<Located<Expr<String>>>>, other: &Located<Vec<Located<Expr<String>>>>) -> bool {
    one.value.iter().map(|group| &group.value).eq(other.value.iter().map(|group| &group.value))
}

/// The security groups of a load balancer: those that are given, or one that is made and has the role. Tasks admit the first,
/// as whatever a load balancer sends carries all of them.
fn groups(scope: &mut Scope<'_>, asked: &Asked<'_>, role: Role, site: &Site) -> (Vec<Text>, bool) {
    if !asked.groups.is_empty() {
        return (asked.groups.iter().map(|group| Text::from(&group.value)).collect(), false);
    }
    let made = group_of(scope, asked.share.owner().as_deref(), role, asked.origin, &site.vpc);
    (vec![Function::GetAtt(made, "GroupId").into()], true)
}

/// The load balancer for HTTP that is asked for: the one that is shared, or one that is made.
pub(super) fn http(scope: &mut Scope<'_>, asked: &Asked<'_>, site: &Site, attributes: &mut Attributes) -> Balancer {
    let share = asked.share;
    if let (Share::MAIN, Some(shared)) = (share, &site.load_balancer) {
        return Balancer {
            arn: shared.arn.clone(),
            group: shared.security_group.clone(),
            dns_name: shared.dns_name.clone(),
            zone: shared.zone.clone(),
            faces_internet: share.faces_internet(site, true),
            kind: Kind::Shared,
            is_ours: shared.ours,
            owner: shared.owner.clone(),
        };
    }
    let (role, group_role) = match (share.workload, share.audience) {
        (Some(_), _) => (Role::OwnHttpBalancer, Role::OwnHttpBalancerGroup),
        (None, Audience::Main) => (Role::LoadBalancer, Role::LoadBalancerGroup),
        (None, Audience::Internal) => (Role::InternalLoadBalancer, Role::InternalLoadBalancerGroup),
        (None, Audience::Public) => (Role::PublicLoadBalancer, Role::PublicLoadBalancerGroup),
    };
    let faces_internet = share.faces_internet(site, true);
    let (groups, is_ours) = groups(scope, asked, group_role, site);
    let subnets = subnets(share.audience, site);
    let properties = application_load_balancer(faces_internet, subnets, groups.clone());
    make(scope, asked, (role, true), &properties, (groups, is_ours), site, attributes)
}

/// The load balancer for everything else that is asked for, of one workload or of all.
pub(super) fn network(scope: &mut Scope<'_>, asked: &Asked<'_>, site: &Site, attributes: &mut Attributes) -> Balancer {
    let share = asked.share;
    let (role, group_role) = match (share.workload, share.audience) {
        (Some(_), _) => (Role::OwnBalancer, Role::OwnBalancerGroup),
        (None, Audience::Main) => (Role::NetworkLoadBalancer, Role::NetworkLoadBalancerGroup),
        (None, Audience::Internal) => (Role::InternalNetworkLoadBalancer, Role::InternalNetworkLoadBalancerGroup),
        (None, Audience::Public) => (Role::PublicNetworkLoadBalancer, Role::PublicNetworkLoadBalancerGroup),
    };
    let (groups, is_ours) = groups(scope, asked, group_role, site);
    let properties = elbv2::LoadBalancer {
        kind: elbv2::LoadBalancerType::Network,
        scheme: scheme(share.faces_internet(site, false)),
        ip_address_type: None,
        subnets: subnets(share.audience, site),
        security_groups: groups.clone(),
        load_balancer_attributes: vec![Attribute { key: "load_balancing.cross_zone.enabled", value: "true".into() }],
    };
    make(scope, asked, (role, false), &properties, (groups, is_ours), site, attributes)
}

/// Makes a load balancer, for HTTP or for everything else, with groups that are ours or not.
fn make(
    scope: &mut Scope<'_>,
    asked: &Asked<'_>,
    (role, http): (Role, bool),
    properties: &elbv2::LoadBalancer,
    (groups, is_ours): (Vec<Text>, bool),
    site: &Site,
    attributes: &mut Attributes,
) -> Balancer {
    let owner = asked.share.owner();
    let made = scope.add_of(owner.as_deref(), role, asked.origin, properties).after(&site.way_in).id();
    let name = asked.name(http);
    attributes.insert(format!("{name}.Arn"), Function::reference(&made).into());
    for attribute in ["CanonicalHostedZoneID", "DNSName", "LoadBalancerFullName"] {
        attributes.insert(format!("{name}.{attribute}"), Function::GetAtt(made.clone(), attribute).into());
    }
    let group = groups.into_iter().next().unwrap_or_else(|| "".into());
    attributes.insert(format!("{name}.SecurityGroupId"), group.clone());
    Balancer {
        arn: Function::reference(&made).into(),
        group,
        dns_name: Some(Function::GetAtt(made.clone(), "DNSName").into()),
        zone: Some(Function::GetAtt(made.clone(), "CanonicalHostedZoneID").into()),
        faces_internet: asked.share.faces_internet(site, http),
        kind: owner.map_or(Kind::Own(asked.share.audience), Kind::Apart),
        is_ours,
        owner: None,
    }
}

fn subnets(audience: Audience, site: &Site) -> Value<Vec<Text>> {
    match (audience, &site.public_subnets) {
        (Audience::Main, _) | (Audience::Public, None) => site.balancer_subnets.clone(),
        (Audience::Internal, _) => site.task_subnets.clone(),
        (Audience::Public, Some(public)) => public.clone(),
    }
}

/// An Application Load Balancer.
pub(in crate::ecs) fn application_load_balancer(
    faces_internet: bool,
    subnets: Value<Vec<Text>>,
    security_groups: Vec<Text>,
) -> elbv2::LoadBalancer {
    elbv2::LoadBalancer {
        kind: elbv2::LoadBalancerType::Application,
        scheme: scheme(faces_internet),
        ip_address_type: None,
        subnets,
        security_groups,
        load_balancer_attributes: vec![
            Attribute { key: "routing.http.desync_mitigation_mode", value: "defensive".into() },
            Attribute { key: "routing.http.drop_invalid_header_fields.enabled", value: "true".into() },
        ],
    }
}

/// The group that a load balancer sends from. Its rules are resources of their own, so that a port more changes no group.
pub(in crate::ecs) fn group(scope: &mut Scope<'_>, role: Role, origin: Origin, vpc: &Text) -> LogicalId {
    group_of(scope, None, role, origin, vpc)
}

/// The same, of a load balancer that has a name of its own.
fn group_of(scope: &mut Scope<'_>, owner: Option<&str>, role: Role, origin: Origin, vpc: &Text) -> LogicalId {
    // A description can never change, so it says nothing that might.
    let group = ec2::SecurityGroup {
        group_description: format!("Callers of a load balancer: {}", role.id(scope.owner, owner)),
        vpc_id: vpc.clone(),
        security_group_ingress: Vec::new(),
        security_group_egress: Vec::new(),
    };
    scope.add_of(owner, role, origin, &group).id()
}

/// A port of a load balancer that is opened.
pub(super) struct Opening<'a> {
    pub(super) audience: Audience,
    pub(super) http: bool,
    /// What is part of the logical ids of what is there for one workload.
    pub(super) owner: Option<&'a str>,
    pub(super) port: u16,
    pub(super) transport: Transport,
    pub(super) origin: Origin,
    pub(super) group: &'a Text,
}

/// Lets callers in at a port; `None`: anybody who reaches the load balancer.
pub(super) fn admit(scope: &mut Scope<'_>, opening: &Opening<'_>, callers: Option<&[Located<Caller>]>) {
    let Opening { audience, http, owner, port, transport, origin, group } = *opening;
    let Some(callers) = callers else {
        let role = match (audience, http) {
            (_, true) if owner.is_some() => Role::OwnHttpBalancerIngress(port),
            (_, false) if owner.is_some() => Role::OwnBalancerIngress(port),
            (Audience::Main, true) => Role::ListenerIngress(port),
            (Audience::Main, false) => Role::NetworkListenerIngress(port),
            (Audience::Internal, true) => Role::InternalListenerIngress(port),
            (Audience::Internal, false) => Role::InternalNetworkIngress(port),
            (Audience::Public, true) => Role::PublicListenerIngress(port),
            (Audience::Public, false) => Role::PublicNetworkIngress(port),
        };
        let anybody = ec2::Ingress {
            traffic: traffic(transport, port),
            source: ec2::Source::CidrIp("0.0.0.0/0".into()),
            description: Some(format!("Anybody to published port {port}")),
        };
        scope.add_of(owner, role, origin, &ec2::SecurityGroupIngress { group_id: group.clone(), rule: anybody });
        return;
    };
    let mut admitted = BTreeSet::new();
    for caller in callers {
        let (name, source) = match &caller.value {
            Caller::Block(block) => (Text::from(block), ec2::Source::CidrIp(block.into())),
            Caller::Block6(block) => (Text::from(block), ec2::Source::CidrIpv6(block.into())),
            Caller::List(list) => (Text::from(list), ec2::Source::SourcePrefixListId(list.into())),
            Caller::Group(group) => (Text::from(group), ec2::Source::SourceSecurityGroupId(group.into())),
        };
        let name = match name {
            Value::Literal(text) => text.into_owned(),
            Value::Function(function) => {
                format!("late {}", hash(&serde_json::to_string(&function).unwrap_or_default()))
            }
        };
        // Load balancers of two audiences have groups of their own, whose rules must not meet.
        let name = match (owner, audience) {
            (Some(owner), _) => format!("{owner} of {name}"),
            (None, Audience::Main) => name,
            (None, Audience::Internal) => format!("internal {name}"),
            (None, Audience::Public) => format!("public {name}"),
        };
        if !admitted.insert(name.clone()) {
            continue;
        }
        let ingress = ec2::Ingress {
            traffic: traffic(transport, port),
            source,
            description: Some(format!("A caller of published port {port}")),
        };
        let role = if http { Role::HttpCaller(port) } else { Role::NetworkCaller(port) };
        let entry = ec2::SecurityGroupIngress { group_id: group.clone(), rule: ingress };
        scope.add_for(&name, role, caller.origin, &entry);
    }
}

fn scheme(faces_internet: bool) -> elbv2::Scheme {
    if faces_internet { elbv2::Scheme::InternetFacing } else { elbv2::Scheme::Internal }
}
