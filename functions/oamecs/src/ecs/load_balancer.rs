//! How published ports are reached: load balancers, their listeners, and the target groups behind them.
//!
//! In: the exposures of an application's workloads. Out: for each workload, the target groups that its service registers
//! with, what it waits for, and who may reach its ports; and the application's addresses. HTTP shares one Application
//! Load Balancer (the environment's, if it has one), everything else one Network Load Balancer.

mod full_name;
mod plan;
mod target_group;

use std::collections::BTreeMap;

use self::full_name::full_name;
use self::plan::{Listener, Plan};
use super::measured::Requests;
use super::role::Role;
use super::scope::Scope;
use super::security_group::{Caller, traffic};
use super::site::Site;
use crate::cloudformation::resource::ec2;
use crate::cloudformation::resource::elbv2::{self, Action, Attribute, Certificate, Protocol, RedirectConfig};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Attributes, Function, LogicalId, Value};
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::Application;
use crate::program::exposure::Transport;

/// The policy of TLS listeners: TLS 1.3 and 1.2 with forward secrecy, as AWS Security Hub asks (ELB.17).
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/// How a workload is reached.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    /// The target groups that its service registers with, by container and port.
    pub(super) target_groups: Vec<(String, u16, LogicalId)>,
    /// The listeners that must be there before its service.
    pub(super) after: Vec<LogicalId>,
    /// Who may reach its ports.
    pub(super) callers: Vec<Caller>,
    /// Where requests to it are counted.
    pub(super) requests: Option<Requests>,
    /// Its address for people.
    pub(super) url: Option<Text>,
}

/// The ports that an application asks of its load balancer for HTTP, and what asks for them.
pub(super) fn http_ports(application: &Application, site: &Site) -> BTreeMap<u16, Origin> {
    plan::plan(application, site, &mut Diagnostics::default()).http_ports()
}

/// Lowers the exposures of all workloads of an application.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    application: &Application,
    site: &Site,
    attributes: &mut Attributes,
) -> BTreeMap<String, Reached> {
    let plan = plan::plan(application, site, scope.diagnostics);
    let mut reached: BTreeMap<String, Reached> = BTreeMap::new();
    if !plan.http.is_empty() {
        lower_http(scope, application, &plan, site, attributes, &mut reached);
    }
    if !plan.network.is_empty() {
        lower_network(scope, application, &plan, site, attributes, &mut reached);
    }
    attributes.extend(plan::application_url(&reached).map(|url| ("Url".to_owned(), url)));
    reached
}

fn lower_http(
    scope: &mut Scope<'_>,
    application: &Application,
    plan: &Plan<'_>,
    site: &Site,
    attributes: &mut Attributes,
    reached: &mut BTreeMap<String, Reached>,
) {
    let origin = application.origin;
    let (arn, group, dns_name, shared) = if let Some(shared) = &site.load_balancer {
        (shared.arn.clone(), shared.security_group.clone(), shared.dns_name.clone(), true)
    } else {
        let group = group(scope, Role::LoadBalancerGroup, origin, &site.vpc);
        let made = application_load_balancer(
            scope,
            origin,
            site.faces_internet,
            site.balancer_subnets.clone(),
            &group,
            &site.way_in,
        );
        describe(attributes, "LoadBalancer", &made, &group);
        let dns_name = Function::GetAtt(made.clone(), "DNSName").into();
        (Function::reference(&made).into(), Function::GetAtt(group, "GroupId").into(), Some(dns_name), false)
    };
    // A group that the user owns is theirs to open.
    if site.load_balancer.as_ref().is_none_or(|shared| shared.ours) {
        for (port, origin) in plan.http_ports() {
            admit_world(scope, Role::ListenerIngress(port), origin, &group, Transport::Tcp, port);
        }
    }
    for (port, listener) in &plan.http {
        let target = target_group::http(scope, listener, site, shared);
        let tls = site.certificate.as_ref().map(|certificate| Certificate { certificate_arn: certificate.clone() });
        let properties = elbv2::Listener {
            load_balancer_arn: arn.clone(),
            port: *port,
            protocol: if tls.is_some() { Protocol::Https } else { Protocol::Http },
            ssl_policy: tls.is_some().then(|| TLS_POLICY.into()),
            certificates: tls.into_iter().collect(),
            default_actions: vec![Action::Forward { target_group_arn: Function::reference(&target).into() }],
        };
        let id = scope.add(Role::Listener(*port), listener.exposure.origin, &properties).id();
        let entry = reached.entry(listener.workload.to_owned()).or_default();
        entry.requests.get_or_insert_with(|| Requests { load_balancer: full_name(&arn), target_group: target.clone() });
        entry.register(listener, target, id, &group, true);
        if entry.url.is_none() {
            let scheme = if site.certificate.is_some() { "https" } else { "http" };
            entry.url = dns_name.as_ref().map(|name| url(scheme, name, *port));
        }
    }
    if let Some(origin) = plan.redirect {
        let properties = elbv2::Listener {
            load_balancer_arn: arn,
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
        };
        // Not before there is something to lead to.
        let secure = plan.http.contains_key(&443).then(|| Role::Listener(443).id(scope.owner, None));
        scope.add(Role::Listener(80), origin, &properties).after(&secure);
    }
}

fn lower_network(
    scope: &mut Scope<'_>,
    application: &Application,
    plan: &Plan<'_>,
    site: &Site,
    attributes: &mut Attributes,
    reached: &mut BTreeMap<String, Reached>,
) {
    let origin = application.origin;
    let group = group(scope, Role::NetworkLoadBalancerGroup, origin, &site.vpc);
    let load_balancer = elbv2::LoadBalancer {
        kind: elbv2::LoadBalancerType::Network,
        scheme: scheme(site.faces_internet),
        ip_address_type: None,
        subnets: site.balancer_subnets.clone(),
        security_groups: vec![Function::GetAtt(group.clone(), "GroupId").into()],
        load_balancer_attributes: vec![Attribute { key: "load_balancing.cross_zone.enabled", value: "true".into() }],
    };
    let load_balancer = scope.add(Role::NetworkLoadBalancer, origin, &load_balancer).after(&site.way_in).id();
    describe(attributes, "NetworkLoadBalancer", &load_balancer, &group);
    let dns_name: Text = Function::GetAtt(load_balancer.clone(), "DNSName").into();
    let group: Text = Function::GetAtt(group, "GroupId").into();
    for (port, listener) in &plan.network {
        let exposure = listener.exposure;
        let target = target_group::network(scope, listener, site);
        let properties = elbv2::Listener {
            load_balancer_arn: Function::reference(&load_balancer).into(),
            port: *port,
            protocol: match exposure.transport {
                Transport::Tcp => Protocol::Tcp,
                Transport::Udp => Protocol::Udp,
            },
            ssl_policy: None,
            certificates: Vec::new(),
            default_actions: vec![Action::Forward { target_group_arn: Function::reference(&target).into() }],
        };
        admit_world(scope, Role::NetworkListenerIngress(*port), exposure.origin, &group, exposure.transport, *port);
        let id = scope.add(Role::NetworkListener(*port), exposure.origin, &properties).id();
        let entry = reached.entry(listener.workload.to_owned()).or_default();
        entry.register(listener, target, id, &group, false);
        if let (Transport::Udp, Some(port)) = (exposure.transport, listener.health_port) {
            entry.admit(Caller { group: group.clone(), port, transport: Transport::Tcp, speaks_http: false });
        }
        if entry.url.is_none() && *port == 443 {
            entry.url = Some(url("https", &dns_name, *port));
        }
    }
}

impl Reached {
    fn register(&mut self, listener: &Listener<'_>, target: LogicalId, id: LogicalId, group: &Text, speaks_http: bool) {
        let exposure = listener.exposure;
        self.target_groups.push((exposure.container.clone(), exposure.target, target));
        self.after.push(id);
        let (port, transport) = (exposure.target, exposure.transport);
        self.admit(Caller { group: group.clone(), port, transport, speaks_http });
    }

    fn admit(&mut self, caller: Caller) {
        if !self.callers.contains(&caller) {
            self.callers.push(caller);
        }
    }
}

/// An Application Load Balancer.
pub(super) fn application_load_balancer(
    scope: &mut Scope<'_>,
    origin: Origin,
    faces_internet: bool,
    subnets: Value<Vec<Text>>,
    group: &LogicalId,
    way_in: &[LogicalId],
) -> LogicalId {
    let properties = elbv2::LoadBalancer {
        kind: elbv2::LoadBalancerType::Application,
        scheme: scheme(faces_internet),
        ip_address_type: None,
        subnets,
        security_groups: vec![Function::GetAtt(group.clone(), "GroupId").into()],
        load_balancer_attributes: vec![
            Attribute { key: "routing.http.desync_mitigation_mode", value: "defensive".into() },
            Attribute { key: "routing.http.drop_invalid_header_fields.enabled", value: "true".into() },
        ],
    };
    scope.add(Role::LoadBalancer, origin, &properties).after(way_in).id()
}

/// The group that a load balancer sends from. Its rules are resources of their own, so that a port more changes no group.
pub(super) fn group(scope: &mut Scope<'_>, role: Role, origin: Origin, vpc: &Text) -> LogicalId {
    // A description can never change, so it says nothing that might.
    let group = ec2::SecurityGroup {
        group_description: format!("Callers of a load balancer: {}", role.id(scope.owner, None)),
        vpc_id: vpc.clone(),
        security_group_ingress: Vec::new(),
        security_group_egress: Vec::new(),
    };
    scope.add(role, origin, &group).id()
}

fn admit_world(scope: &mut Scope<'_>, role: Role, origin: Origin, group: &Text, transport: Transport, port: u16) {
    let anybody = ec2::Ingress {
        traffic: traffic(transport, port),
        source: ec2::Source::CidrIp("0.0.0.0/0".into()),
        description: Some(format!("Anybody to published port {port}")),
    };
    scope.add(role, origin, &ec2::SecurityGroupIngress { group_id: group.clone(), rule: anybody });
}

fn scheme(faces_internet: bool) -> elbv2::Scheme {
    if faces_internet { elbv2::Scheme::InternetFacing } else { elbv2::Scheme::Internal }
}

fn describe(attributes: &mut Attributes, name: &str, load_balancer: &LogicalId, group: &LogicalId) {
    let reference = Function::reference(load_balancer);
    attributes.insert(format!("{name}.Arn"), reference.into());
    for attribute in ["CanonicalHostedZoneID", "DNSName", "LoadBalancerFullName"] {
        attributes.insert(format!("{name}.{attribute}"), Function::GetAtt(load_balancer.clone(), attribute).into());
    }
    attributes.insert(format!("{name}.SecurityGroupId"), Function::GetAtt(group.clone(), "GroupId").into());
}

fn url(scheme: &str, dns_name: &Text, port: u16) -> Text {
    let name = match dns_name {
        Value::Function(Function::GetAtt(id, attribute)) => format!("${{{id}.{attribute}}}"),
        _ => return dns_name.clone(),
    };
    let port = match (scheme, port) {
        ("http", 80) | ("https", 443) => String::new(),
        _ => format!(":{port}"),
    };
    Function::Sub(format!("{scheme}://{name}{port}").into()).into()
}
