//! Load balancers themselves, and who may reach their ports.

use std::collections::BTreeSet;

use super::plan::{Audience, Share};
use crate::cloudformation::logical_id::hash;
use crate::cloudformation::resource::ec2;
use crate::cloudformation::resource::elbv2::{self, Attribute};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId, Value};
use crate::diagnostic::{Located, Origin};
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::security_group::traffic;
use crate::ecs::site::Site;
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

/// The load balancer for HTTP that an audience reaches: the one that is shared, or one that is made.
pub(super) fn http(
    scope: &mut Scope<'_>,
    application: &Application,
    audience: Audience,
    site: &Site,
    attributes: &mut Attributes,
) -> Balancer {
    if let (Audience::Main, Some(shared)) = (audience, &site.load_balancer) {
        return Balancer {
            arn: shared.arn.clone(),
            group: shared.security_group.clone(),
            dns_name: shared.dns_name.clone(),
            zone: shared.zone.clone(),
            faces_internet: audience.faces_internet(site, true),
            kind: Kind::Shared,
            is_ours: shared.ours,
            owner: shared.owner.clone(),
        };
    }
    let (role, group_role, name) = match audience {
        Audience::Main => (Role::LoadBalancer, Role::LoadBalancerGroup, "LoadBalancer"),
        Audience::Internal => (Role::InternalLoadBalancer, Role::InternalLoadBalancerGroup, "InternalLoadBalancer"),
        Audience::Public => (Role::PublicLoadBalancer, Role::PublicLoadBalancerGroup, "PublicLoadBalancer"),
    };
    let faces_internet = audience.faces_internet(site, true);
    let group = group(scope, group_role, application.origin, &site.vpc);
    let subnets = subnets(audience, site);
    let properties = application_load_balancer(faces_internet, subnets, &group);
    let made = scope.add(role, application.origin, &properties).after(&site.way_in).id();
    finish(name, Kind::Own(audience), &made, &group, faces_internet, attributes)
}

/// The load balancer for everything else that an audience reaches, of one workload or of all.
pub(super) fn network(
    scope: &mut Scope<'_>,
    origin: Origin,
    share: Share<'_>,
    site: &Site,
    attributes: &mut Attributes,
) -> Balancer {
    let audience = share.audience;
    let (role, group_role, name) = match (share.workload, audience) {
        (Some(workload), _) => {
            let name = match audience {
                Audience::Main => "LoadBalancer",
                Audience::Internal => "InternalLoadBalancer",
                Audience::Public => "PublicLoadBalancer",
            };
            (Role::OwnBalancer, Role::OwnBalancerGroup, format!("Services.{workload}.{name}"))
        }
        (None, Audience::Main) => {
            (Role::NetworkLoadBalancer, Role::NetworkLoadBalancerGroup, "NetworkLoadBalancer".to_owned())
        }
        (None, Audience::Internal) => (
            Role::InternalNetworkLoadBalancer,
            Role::InternalNetworkLoadBalancerGroup,
            "InternalNetworkLoadBalancer".to_owned(),
        ),
        (None, Audience::Public) => (
            Role::PublicNetworkLoadBalancer,
            Role::PublicNetworkLoadBalancerGroup,
            "PublicNetworkLoadBalancer".to_owned(),
        ),
    };
    let owner = share.owner();
    let faces_internet = audience.faces_internet(site, false);
    let group = group_of(scope, owner.as_deref(), group_role, origin, &site.vpc);
    let properties = elbv2::LoadBalancer {
        kind: elbv2::LoadBalancerType::Network,
        scheme: scheme(faces_internet),
        ip_address_type: None,
        subnets: subnets(audience, site),
        security_groups: vec![Function::GetAtt(group.clone(), "GroupId").into()],
        load_balancer_attributes: vec![Attribute { key: "load_balancing.cross_zone.enabled", value: "true".into() }],
    };
    let made = scope.add_of(owner.as_deref(), role, origin, &properties).after(&site.way_in).id();
    let kind = owner.map_or(Kind::Own(audience), Kind::Apart);
    finish(&name, kind, &made, &group, faces_internet, attributes)
}

fn finish(
    name: &str,
    kind: Kind,
    made: &LogicalId,
    group: &LogicalId,
    faces_internet: bool,
    attributes: &mut Attributes,
) -> Balancer {
    attributes.insert(format!("{name}.Arn"), Function::reference(made).into());
    for attribute in ["CanonicalHostedZoneID", "DNSName", "LoadBalancerFullName"] {
        attributes.insert(format!("{name}.{attribute}"), Function::GetAtt(made.clone(), attribute).into());
    }
    let group = Text::from(Function::GetAtt(group.clone(), "GroupId"));
    attributes.insert(format!("{name}.SecurityGroupId"), group.clone());
    Balancer {
        arn: Function::reference(made).into(),
        group,
        dns_name: Some(Function::GetAtt(made.clone(), "DNSName").into()),
        zone: Some(Function::GetAtt(made.clone(), "CanonicalHostedZoneID").into()),
        faces_internet,
        kind,
        is_ours: true,
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
    group: &LogicalId,
) -> elbv2::LoadBalancer {
    elbv2::LoadBalancer {
        kind: elbv2::LoadBalancerType::Application,
        scheme: scheme(faces_internet),
        ip_address_type: None,
        subnets,
        security_groups: vec![Function::GetAtt(group.clone(), "GroupId").into()],
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
            _ if owner.is_some() => Role::OwnBalancerIngress(port),
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
