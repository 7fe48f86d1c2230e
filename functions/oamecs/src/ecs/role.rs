//! What each resource is among those of its declaration, and the logical id that follows from it.
//!
//! A role is a contract: its name is the end of a logical id and what patches call the resource. No role's name ends with
//! another's, so that `web` with one role never meets `web-task` with another.

use std::borrow::Cow;

use crate::cloudformation::LogicalId;

/// The role of a resource.
#[expect(clippy::enum_variant_names, reason = "they are called so: a task role is a role")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Of an environment: its network.
    Vpc,
    InternetGateway,
    GatewayAttachment,
    /// By zone, from 1.
    PublicSubnet(u8),
    PublicRouteTable,
    PublicRoute,
    PublicAssociation(u8),
    PrivateSubnet(u8),
    PrivateRouteTable(u8),
    PrivateRoute(u8),
    PrivateAssociation(u8),
    NatGateway(u8),
    NatAddress(u8),
    /// Of an environment: its cluster.
    Cluster,

    /// Of an application or an environment.
    Namespace,
    LoadBalancer,
    LoadBalancerGroup,
    NetworkLoadBalancer,
    NetworkLoadBalancerGroup,
    /// By published port.
    Listener(u16),
    NetworkListener(u16),
    /// Rules of the load balancers' groups, by published port.
    ListenerIngress(u16),
    NetworkListenerIngress(u16),
    LogGroup,

    /// Of a network of an application.
    Network,
    MemberIngress,

    /// Of a volume of an application.
    FileSystem,
    AccessPoint,
    MountGroup,
    MountTarget(u8),
    /// Of a volume and a subnet that is given.
    SubnetMountTarget,
    /// Of a volume and a network.
    MountIngress,

    /// Of a workload.
    TaskDefinition,
    TaskRole,
    ExecutionRole,
    Service,
    Discovery,
    SecurityGroup,
    /// By published port, and by the load balancer, as a target group belongs to one for life.
    HttpTargetGroup(u16),
    InternalHttpTargets(u16),
    SharedTargetGroup(u16),
    InternalSharedTargets(u16),
    TcpTargetGroup(u16),
    InternalTcpTargets(u16),
    UdpTargetGroup(u16),
    InternalUdpTargets(u16),
    /// Rules of its group, by container port: from an Application or a Network Load Balancer.
    HttpIngress(u16),
    TcpIngress(u16),
    UdpIngress(u16),

    /// Of a name besides a workload's own.
    Alias,
    AliasTarget,
}

impl Role {
    /// The role's name.
    pub(crate) fn name(self) -> Cow<'static, str> {
        let (name, number) = self.parts();
        match number {
            Some(number) => Cow::Owned(format!("{name}{number}")),
            None => Cow::Borrowed(name),
        }
    }

    /// The logical id of the resource with this role of `owner` and, where it belongs to something named, of `name`.
    pub(crate) fn id(self, owner: &str, name: Option<&str>) -> LogicalId {
        LogicalId::new(owner, name, &self.name())
    }

    fn parts(self) -> (&'static str, Option<u16>) {
        match self {
            Self::Vpc => ("Vpc", None),
            Self::InternetGateway => ("InternetGateway", None),
            Self::GatewayAttachment => ("GatewayAttachment", None),
            Self::PublicSubnet(zone) => ("PublicSubnet", Some(zone.into())),
            Self::PublicRouteTable => ("PublicRouteTable", None),
            Self::PublicRoute => ("PublicRoute", None),
            Self::PublicAssociation(zone) => ("PublicAssociation", Some(zone.into())),
            Self::PrivateSubnet(zone) => ("PrivateSubnet", Some(zone.into())),
            Self::PrivateRouteTable(zone) => ("PrivateRouteTable", Some(zone.into())),
            Self::PrivateRoute(zone) => ("PrivateRoute", Some(zone.into())),
            Self::PrivateAssociation(zone) => ("PrivateAssociation", Some(zone.into())),
            Self::NatGateway(zone) => ("NatGateway", Some(zone.into())),
            Self::NatAddress(zone) => ("NatAddress", Some(zone.into())),
            Self::Cluster => ("Cluster", None),
            Self::Namespace => ("Namespace", None),
            Self::LoadBalancer => ("LoadBalancer", None),
            Self::LoadBalancerGroup => ("LoadBalancerGroup", None),
            Self::NetworkLoadBalancer => ("NetworkLoadBalancer", None),
            Self::NetworkLoadBalancerGroup => ("NetworkLoadBalancerGroup", None),
            Self::Listener(port) => ("Listener", Some(port)),
            Self::NetworkListener(port) => ("NetworkListener", Some(port)),
            Self::ListenerIngress(port) => ("ListenerIngress", Some(port)),
            Self::NetworkListenerIngress(port) => ("NetworkListenerIngress", Some(port)),
            Self::LogGroup => ("LogGroup", None),
            Self::Network => ("Network", None),
            Self::MemberIngress => ("MemberIngress", None),
            Self::FileSystem => ("FileSystem", None),
            Self::AccessPoint => ("AccessPoint", None),
            Self::SubnetMountTarget => ("SubnetMountTarget", None),
            Self::MountGroup => ("MountGroup", None),
            Self::MountIngress => ("MountIngress", None),
            Self::MountTarget(zone) => ("MountTarget", Some(zone.into())),
            Self::TaskDefinition => ("TaskDefinition", None),
            Self::TaskRole => ("TaskRole", None),
            Self::ExecutionRole => ("ExecutionRole", None),
            Self::Service => ("Service", None),
            Self::Discovery => ("Discovery", None),
            Self::SecurityGroup => ("SecurityGroup", None),
            Self::HttpTargetGroup(port) => ("HttpTargetGroup", Some(port)),
            Self::SharedTargetGroup(port) => ("SharedTargetGroup", Some(port)),
            Self::TcpTargetGroup(port) => ("TcpTargetGroup", Some(port)),
            Self::UdpTargetGroup(port) => ("UdpTargetGroup", Some(port)),
            Self::InternalHttpTargets(port) => ("InternalHttpTargets", Some(port)),
            Self::InternalSharedTargets(port) => ("InternalSharedTargets", Some(port)),
            Self::InternalTcpTargets(port) => ("InternalTcpTargets", Some(port)),
            Self::InternalUdpTargets(port) => ("InternalUdpTargets", Some(port)),
            Self::HttpIngress(port) => ("HttpIngress", Some(port)),
            Self::TcpIngress(port) => ("TcpIngress", Some(port)),
            Self::UdpIngress(port) => ("UdpIngress", Some(port)),
            Self::Alias => ("Alias", None),
            Self::AliasTarget => ("AliasTarget", None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    /// Roles of things that have names of their own: after a name, one role must not look like another.
    const NAMED: [Role; 27] = [
        Role::Network,
        Role::MemberIngress,
        Role::FileSystem,
        Role::AccessPoint,
        Role::MountGroup,
        Role::MountTarget(1),
        Role::MountIngress,
        Role::TaskDefinition,
        Role::TaskRole,
        Role::ExecutionRole,
        Role::Service,
        Role::Discovery,
        Role::SecurityGroup,
        Role::HttpTargetGroup(1),
        Role::SharedTargetGroup(1),
        Role::TcpTargetGroup(1),
        Role::UdpTargetGroup(1),
        Role::InternalHttpTargets(1),
        Role::InternalSharedTargets(1),
        Role::InternalTcpTargets(1),
        Role::InternalUdpTargets(1),
        Role::HttpIngress(1),
        Role::TcpIngress(1),
        Role::UdpIngress(1),
        Role::SubnetMountTarget,
        Role::Alias,
        Role::AliasTarget,
    ];

    /// Roles without a name before them.
    const UNNAMED: [Role; 24] = [
        Role::Vpc,
        Role::InternetGateway,
        Role::GatewayAttachment,
        Role::PublicSubnet(1),
        Role::PublicRouteTable,
        Role::PublicRoute,
        Role::PublicAssociation(1),
        Role::PrivateSubnet(1),
        Role::PrivateRouteTable(1),
        Role::PrivateRoute(1),
        Role::PrivateAssociation(1),
        Role::NatGateway(1),
        Role::NatAddress(1),
        Role::Cluster,
        Role::Namespace,
        Role::LoadBalancer,
        Role::LoadBalancerGroup,
        Role::NetworkLoadBalancer,
        Role::NetworkLoadBalancerGroup,
        Role::Listener(1),
        Role::NetworkListener(1),
        Role::ListenerIngress(1),
        Role::NetworkListenerIngress(1),
        Role::LogGroup,
    ];

    #[test]
    fn no_role_ends_with_a_named_role() {
        for role in NAMED.iter().chain(&UNNAMED) {
            for named in NAMED.iter().filter(|named| *named != role) {
                assert!(!role.name().ends_with(&*named.name()), "{role:?} ends with {named:?}");
            }
        }
    }
}
