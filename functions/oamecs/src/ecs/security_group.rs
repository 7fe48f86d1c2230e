//! Who reaches whom: a group for each network of an application, one for each exposed workload.
//!
//! Members of a network reach each other on any port. From outside, only the load balancer's group reaches a published
//! port; no rule admits addresses to a task.

use super::role::Role;
use super::scope::Scope;
use super::tags;
use crate::cloudformation::resource::ec2;
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::diagnostic::Origin;
use crate::program::Network;
use crate::program::exposure::Transport;

/// A network, lowered.
#[derive(Clone, Debug)]
pub(super) struct Members {
    /// The group's id.
    pub(super) group: Text,
    /// The rule by which members reach each other, where it is ours to make; workloads wait for it.
    pub(super) rule: Option<LogicalId>,
}

/// Somebody who may reach a port of a workload.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Caller {
    pub(super) group: Text,
    pub(super) port: u16,
    pub(super) transport: Transport,
    /// Whether it is an Application Load Balancer.
    pub(super) speaks_http: bool,
}

/// Lowers a network to a group whose members reach each other. A group that exists is its owner's: no rule is added to it.
pub(super) fn network(scope: &mut Scope<'_>, name: &str, network: &Network, vpc: &Text) -> Members {
    let Network { origin, group, tags } = network;
    if let Some(group) = group {
        return Members { group: Text::from(&group.value), rule: None };
    }
    let tags = tags::fit(tags, *origin, scope.diagnostics);
    let mut scope = scope.tagged(&tags);
    let id = Role::Network.id(scope.owner, Some(name));
    // A description can never change, so it says nothing that might.
    let group = ec2::SecurityGroup {
        group_description: format!("Members of a network of workloads: {id}"),
        vpc_id: vpc.clone(),
        security_group_ingress: Vec::new(),
        security_group_egress: Vec::new(),
    };
    let id = scope.add_for(name, Role::Network, *origin, &group).on_demand().id();
    let group = Text::from(Function::GetAtt(id.clone(), "GroupId"));
    let rule = ec2::SecurityGroupIngress {
        group_id: group.clone(),
        rule: ec2::Ingress {
            traffic: ec2::Traffic::All,
            source: ec2::Source::SourceSecurityGroupId(group.clone()),
            description: Some("Members of the network reach each other".to_owned()),
        },
    };
    let rule = scope.add_for(name, Role::MemberIngress, *origin, &rule).made_with(&id).id();
    Members { group, rule: Some(rule) }
}

/// Lowers the group of an exposed workload, with a rule for each caller. Rules are resources of their own: while a workload
/// moves to another port, the old one is still reached.
pub(super) fn workload(
    scope: &mut Scope<'_>,
    name: &str,
    origin: Origin,
    vpc: &Text,
    callers: &[Caller],
) -> (Text, Vec<LogicalId>) {
    let id = Role::SecurityGroup.id(scope.owner, Some(name));
    let group = ec2::SecurityGroup {
        group_description: format!("Published ports of a workload: {id}"),
        vpc_id: vpc.clone(),
        security_group_ingress: Vec::new(),
        security_group_egress: Vec::new(),
    };
    let id = scope.add_for(name, Role::SecurityGroup, origin, &group).id();
    let group = Text::from(Function::GetAtt(id, "GroupId"));
    let mut rules = Vec::new();
    for Caller { group: caller, port, transport, speaks_http } in callers {
        let role = match (speaks_http, transport) {
            (true, _) => Role::HttpIngress(*port),
            (false, Transport::Tcp) => Role::TcpIngress(*port),
            (false, Transport::Udp) => Role::UdpIngress(*port),
        };
        let ingress = ec2::SecurityGroupIngress {
            group_id: group.clone(),
            rule: ec2::Ingress {
                traffic: traffic(*transport, *port),
                source: ec2::Source::SourceSecurityGroupId(caller.clone()),
                description: Some(format!("From the load balancer to port {port}")),
            },
        };
        rules.push(scope.add_for(name, role, origin, &ingress).id());
    }
    (group, rules)
}

/// The traffic of a single port.
pub(super) fn traffic(transport: Transport, port: u16) -> ec2::Traffic {
    match transport {
        Transport::Tcp => ec2::Traffic::Tcp { from_port: port, to_port: port },
        Transport::Udp => ec2::Traffic::Udp { from_port: port, to_port: port },
    }
}
