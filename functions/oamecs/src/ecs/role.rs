//! What each resource is among those of its declaration, and the logical id that follows from it.
//!
//! A role is a contract: its name is the end of a logical id and what patches call the resource. No role's name ends with
//! that of a role which follows a name, so that `web` with one role never meets `web-task` with another.

use std::borrow::Cow;

use crate::cloudformation::LogicalId;
use crate::program::Workload;

/// Makes the enum, its names and the list of all roles of one table. `after` tells roles of what has a name of its own, which
/// stands before the role in the logical id, from those of the declaration itself, which stand `alone`.
macro_rules! roles {
    ($($(#[$doc:meta])* $place:ident $role:ident $(($number:ty))?,)*) => {
        /// The role of a resource.
        #[expect(clippy::enum_variant_names, reason = "they are called so: a task role is a role")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Role {
            $($(#[$doc])* $role $(($number))?,)*
        }

        impl Role {
            /// The role's name, and its number where there are several.
            fn parts(self) -> (&'static str, Option<u16>) {
                match self {
                    $(roles!(@pattern $role number $(($number))?) => (stringify!($role), roles!(@number number $(($number))?)),)*
                }
            }

            /// Every role, with 1 for its number, and whether a name stands before it.
            #[cfg(test)]
            fn all() -> Vec<(Self, bool)> {
                vec![$((roles!(@value $role $(($number))?), stringify!($place) == "after"),)*]
            }
        }
    };
    (@pattern $role:ident $number:ident ($type:ty)) => { Self::$role($number) };
    (@pattern $role:ident $number:ident) => { Self::$role };
    (@number $number:ident ($type:ty)) => { Some(u16::from($number)) };
    (@number $number:ident) => { None };
    (@value $role:ident ($type:ty)) => { Self::$role(1) };
    (@value $role:ident) => { Self::$role };
}

roles! {
    /// Of an environment: its network. Numbers are those of zones, from 1.
    alone Vpc,
    alone InternetGateway,
    alone GatewayAttachment,
    alone PublicSubnet(u8),
    alone PublicRouteTable,
    alone PublicRoute,
    alone PublicAssociation(u8),
    alone PrivateSubnet(u8),
    alone PrivateRouteTable(u8),
    alone PrivateRoute(u8),
    alone PrivateAssociation(u8),
    alone NatGateway(u8),
    alone NatAddress(u8),
    alone NetworkLookup,
    /// Of an environment: its cluster, and what its instances have in common.
    alone Cluster,
    alone CapacityProviders,
    alone InstanceRole,
    alone InstanceProfile,
    alone InstanceGroup,

    /// Of who reaches instances, or is reached from them, by port or as a member of a network.
    after MachineTcp(u16),
    after MachineUdp(u16),
    after MachineMember,
    after MachineMount,

    /// Of instances of an environment that are alike.
    after LaunchTemplate,
    after Instances,
    after DrainingHook,
    after CapacityProvider,

    /// Of an application or an environment.
    alone Namespace,
    alone SharedNamespace,
    alone LoadBalancer,
    alone LoadBalancerGroup,
    alone NetworkLoadBalancer,
    alone NetworkLoadBalancerGroup,
    /// By published port; so are the rules of the load balancers' groups.
    alone Listener(u16),
    alone NetworkListener(u16),
    alone ListenerIngress(u16),
    alone NetworkListenerIngress(u16),
    /// The same of the load balancers for workloads that are not reached from where the others are.
    alone InternalLoadBalancer,
    alone InternalLoadBalancerGroup,
    alone InternalNetworkLoadBalancer,
    alone InternalNetworkLoadBalancerGroup,
    alone InternalListener(u16),
    alone InternalNetworkListener(u16),
    alone InternalListenerIngress(u16),
    alone InternalNetworkIngress(u16),
    alone PublicLoadBalancer,
    alone PublicLoadBalancerGroup,
    alone PublicNetworkLoadBalancer,
    alone PublicNetworkLoadBalancerGroup,
    alone PublicListener(u16),
    alone PublicNetworkListener(u16),
    alone PublicListenerIngress(u16),
    alone PublicNetworkIngress(u16),
    /// Of load balancers that are there for one workload, by the workload's name.
    after OwnHttpBalancer,
    after OwnHttpBalancerGroup,
    after OwnHttpBalancerListener(u16),
    after OwnHttpBalancerIngress(u16),
    after OwnHttpTargets(u16),
    after OwnBalancer,
    after OwnBalancerGroup,
    after OwnBalancerListener(u16),
    after OwnBalancerIngress(u16),
    after OwnTcpTargets(u16),
    after OwnUdpTargets(u16),
    /// Of a caller of a load balancer: a rule of its group, by published port.
    after HttpCaller(u16),
    after NetworkCaller(u16),
    /// Of a domain name: its record.
    after DnsRecord,
    alone LogGroup,

    /// Of a network of an application.
    after Network,
    after MemberIngress,

    /// Of a volume of an application.
    after FileSystem,
    after AccessPoint,
    after MountGroup,
    /// By zone, from 1.
    after MountTarget(u8),
    /// Of a volume and a subnet that is given.
    after SubnetMountTarget,
    /// Of a volume and a network.
    after MountIngress,

    /// Of a secret: itself, and where it is looked up by its name.
    after Secret,
    after SecretLookup,

    /// Of a workload.
    after TaskDefinition,
    after TaskRole,
    after ExecutionRole,
    after Service,
    /// The same in the network of its machine: ECS cannot take its interface away from a service.
    after ServiceOnMachine,
    /// Of a workload that runs to its end, instead of a service.
    after Run,
    after Schedule,
    /// On days of the week, where the other is on days of the month.
    after ScheduleByWeekday,
    after ScheduleRole,
    after Discovery,
    after SecurityGroup,
    /// By published port, and by the load balancer, as a target group belongs to one for life.
    after HttpTargetGroup(u16),
    after InternalHttpTargets(u16),
    after SharedTargetGroup(u16),
    after InternalSharedTargets(u16),
    after TcpTargetGroup(u16),
    after InternalTcpTargets(u16),
    after UdpTargetGroup(u16),
    after InternalUdpTargets(u16),
    after InsideHttpTargets(u16),
    after InsideTcpTargets(u16),
    after InsideUdpTargets(u16),
    after OutsideHttpTargets(u16),
    after OutsideTcpTargets(u16),
    after OutsideUdpTargets(u16),
    after ListenerTargets(u16),
    /// By published port: which requests of a listener are for it.
    after Rule(u16),
    /// Of its domain names, and of a certificate by published port where a listener has several.
    after Certificate,
    after ListenerCertificate(u16),
    /// Rules of its group, by container port: from an Application or a Network Load Balancer.
    after HttpIngress(u16),
    after TcpIngress(u16),
    after UdpIngress(u16),

    /// The log group of its own.
    after Logs,
    /// What sets its number of tasks.
    after ScalableTarget,
    after CpuScaling,
    after MemoryScaling,
    after RequestScaling,
    /// Of a workload and a metric.
    after MetricScaling,
    /// What ends its deployments.
    after Watchdog,
    after CpuAlarm,
    after ErrorAlarm,
    after MemoryAlarm,

    /// Of a name besides a workload's own.
    after Alias,
    after AliasTarget,
    /// Of a domain besides the application's own, and of a workload in it.
    after DomainNamespace,
    after DomainName,
    after DomainTarget,

    /// Of a release and what it runs before services get their new version, the services, and what it runs after that.
    after PreTask,
    after Rollout,
    after PostTask,

    /// Of workloads that are watched together, and of each of them.
    after Health,
    after HealthAlarm,
}

impl Role {
    /// The role's name.
    pub(super) fn name(self) -> Cow<'static, str> {
        let (name, number) = self.parts();
        match number {
            Some(number) => Cow::Owned(format!("{name}{number}")),
            None => Cow::Borrowed(name),
        }
    }

    /// The role of a workload's service.
    pub(super) fn of_service(workload: &Workload) -> Self {
        if workload.on_machine_network() { Self::ServiceOnMachine } else { Self::Service }
    }

    /// The logical id of the resource with this role of `owner` and, where it belongs to something named, of `name`.
    pub(super) fn id(self, owner: &str, name: Option<&str>) -> LogicalId {
        LogicalId::new(owner, name, &self.name())
    }
}

/// Every role's name, with 1 for its number, and whether a name stands before it: for the tests of what names roles.
#[cfg(test)]
pub(crate) fn roles() -> Vec<(String, bool)> {
    Role::all().into_iter().map(|(role, follows)| (role.name().into_owned(), follows)).collect()
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn no_role_ends_with_one_that_follows_a_name() {
        for (role, _) in Role::all() {
            for (named, _) in Role::all().into_iter().filter(|(named, follows)| *follows && *named != role) {
                assert!(!role.name().ends_with(&*named.name()), "{role:?} ends with {named:?}");
            }
        }
    }
}
