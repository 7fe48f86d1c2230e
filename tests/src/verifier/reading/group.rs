//! Security groups: what they admit and who is in them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::reference::target;
use super::template::{Resource, Template};
use super::value::{absent, is_function, number, objects, part, text};

/// The type of a security group.
pub(crate) const KIND: &str = "AWS::EC2::SecurityGroup";
const INGRESS: &str = "AWS::EC2::SecurityGroupIngress";
const EGRESS: &str = "AWS::EC2::SecurityGroupEgress";

/// One rule that lets something in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ingress<'a> {
    /// The resource that holds the rule: itself, or its group.
    pub(crate) holder: Resource<'a>,
    /// The id of the group that it belongs to.
    pub(crate) group: &'a str,
    /// Its properties.
    pub(crate) rule: &'a Value,
}

/// All ingress rules on groups of the template.
pub(crate) fn ingress<'a>(template: &Template<'a>) -> Vec<Ingress<'a>> {
    let inline = template.of(KIND).flat_map(|group| {
        objects(group.properties, "SecurityGroupIngress").known.into_iter().map(move |rule| Ingress {
            holder: group,
            group: group.id,
            rule,
        })
    });
    let standalone = template.of(INGRESS).filter_map(|holder| {
        let group = target(part(holder.properties, "GroupId"))?.id;
        template.get(group)?;
        Some(Ingress { holder, group, rule: holder.properties })
    });
    inline.chain(standalone).collect()
}

impl<'a> Ingress<'a> {
    /// Whether it is a resource of its own.
    pub(crate) fn standalone(self) -> bool {
        self.holder.kind == INGRESS
    }

    /// The group that it lets in, when the template has it.
    pub(crate) fn source(self, template: &Template<'a>) -> Option<Resource<'a>> {
        template.named(part(self.rule, "SourceSecurityGroupId"), KIND)
    }

    /// Whether it lets in a group or a prefix list of which nothing is known here.
    pub(crate) fn elsewhere(self) -> bool {
        !absent(self.rule, "SourceSecurityGroupId") || !absent(self.rule, "SourcePrefixListId")
    }

    /// The addresses that it lets in, when they are a literal.
    pub(crate) fn addresses(self) -> Option<&'a str> {
        text(self.rule, "CidrIp").or_else(|| text(self.rule, "CidrIpv6"))
    }

    /// Whether it lets in the whole internet.
    pub(crate) fn anyone(self) -> bool {
        matches!(self.addresses(), Some("0.0.0.0/0" | "::/0"))
    }

    /// Whether it covers a port; where that cannot be known it does.
    pub(crate) fn admits(self, port: i64, protocol: &str) -> bool {
        let number_of = if protocol == "udp" { "17" } else { "6" };
        match text(self.rule, "IpProtocol") {
            Some("-1") => true,
            Some(given) if given == protocol || given == number_of => {
                let (from, to) = (number(self.rule, "FromPort"), number(self.rule, "ToPort"));
                from.is_none_or(|from| from <= port) && to.is_none_or(|to| port <= to)
            }
            Some(_) => false,
            None => is_function(part(self.rule, "IpProtocol")),
        }
    }
}

/// What is in a security group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Member {
    /// A load balancer.
    LoadBalancer,
    /// Tasks.
    Task,
    /// Instances.
    Machine,
    /// The network interface of a file system.
    MountTarget,
    /// Anything else.
    Other,
}

/// What is in a group.
pub(crate) fn members(template: &Template<'_>, group: &str) -> BTreeSet<Member> {
    template
        .naming(group)
        .filter(|resource| ![KIND, INGRESS, EGRESS].contains(&resource.kind))
        .map(|resource| match resource.kind {
            "AWS::ElasticLoadBalancingV2::LoadBalancer" => Member::LoadBalancer,
            "AWS::EFS::MountTarget" => Member::MountTarget,
            "AWS::EC2::LaunchTemplate" => Member::Machine,
            "AWS::ECS::Service" | "AWS::ECS::TaskSet" | "AWS::Scheduler::Schedule" | "AWS::Events::Rule" => {
                Member::Task
            }
            kind if kind.starts_with("Custom::") => Member::Task,
            _ => Member::Other,
        })
        .collect()
}
