//! Mount targets: where a file system is reached in each zone, and from which groups.

use std::collections::BTreeMap;

use super::{MACHINES, Named, Surroundings};
use crate::cloudformation::resource::{ec2, efs};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::diagnostic::Origin;
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::ecs::site::{Site, Zone, ZoneSubnet};

/// The port of NFS.
const NFS: u16 = 2049;

/// The group of a volume's mount targets.
pub(super) fn group(scope: &mut Scope<'_>, name: &str, origin: Origin, site: &Site) -> Text {
    let id = Role::MountGroup.id(scope.owner, Some(name));
    let group = ec2::SecurityGroup {
        group_description: format!("Mount targets of a volume: {id}"),
        vpc_id: site.vpc.clone(),
        security_group_ingress: Vec::new(),
        security_group_egress: Vec::new(),
    };
    Text::from(Function::GetAtt(scope.add_for(name, Role::MountGroup, origin, &group).id(), "GroupId"))
}

/// The rules by which the networks whose members mount a volume reach its mount targets.
pub(super) fn rules(
    scope: &mut Scope<'_>,
    name: &str,
    origin: Origin,
    group: &Text,
    surroundings: &Surroundings<'_>,
) -> BTreeMap<String, LogicalId> {
    // The dot is in no name of either, so that the pair has an id of its own.
    add_rules(scope, origin, group, surroundings, |caller| format!("{name}.{caller}"))
}

/// The same for a group that exists. Several volumes may name it, and it takes each rule once: so the rule's id follows from
/// the group, whichever volume is the first to need it.
pub(super) fn rules_of_others(
    scope: &mut Scope<'_>,
    origin: Origin,
    group: &Text,
    surroundings: &Surroundings<'_>,
) -> BTreeMap<String, LogicalId> {
    let written = serde_json::to_string(group).unwrap_or_default();
    add_rules(scope, origin, group, surroundings, |caller| format!("{}.{caller}", written.trim_matches('"')))
}

fn add_rules(
    scope: &mut Scope<'_>,
    origin: Origin,
    group: &Text,
    surroundings: &Surroundings<'_>,
    name: impl Fn(&str) -> String,
) -> BTreeMap<String, LogicalId> {
    let mut rules = BTreeMap::new();
    let networks = surroundings.callers.iter().filter_map(|caller| {
        let members = surroundings.networks.get(*caller)?;
        Some((*caller, &members.group, Role::MountIngress, "From members of a network to the file system"))
    });
    let machines = surroundings.machines.as_ref();
    let machines = machines.map(|group| (MACHINES, group, Role::MachineMount, "From machines to the file system"));
    for (caller, source, role, description) in networks.chain(machines) {
        let rule = ec2::SecurityGroupIngress {
            group_id: group.clone(),
            rule: ec2::Ingress {
                traffic: ec2::Traffic::Tcp { from_port: NFS, to_port: NFS },
                source: ec2::Source::SourceSecurityGroupId(source.clone()),
                description: Some(description.to_owned()),
            },
        };
        let name = name(caller);
        let id = role.id(scope.owner, Some(&name));
        if !scope.resources.contains_key(&id) {
            scope.add_for(&name, role, origin, &rule);
        }
        rules.insert(caller.to_owned(), id);
    }
    rules
}

/// The mount targets of a volume.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    origin: Origin,
    file_system: &Named,
    group: &Text,
    site: &Site,
) -> Vec<LogicalId> {
    let mut targets = Vec::new();
    for ZoneSubnet { zone, subnet } in &site.zone_subnets {
        let target = efs::MountTarget {
            file_system_id: file_system.id.clone(),
            subnet_id: subnet.clone(),
            security_groups: vec![group.clone()],
        };
        let target = match zone {
            Zone::Number(number) => scope.add_for(name, Role::MountTarget(*number), origin, &target),
            Zone::Subnet(id) => scope.add_for(&format!("{name}.{id}"), Role::SubnetMountTarget, origin, &target),
        };
        targets.push(target.id());
    }
    targets
}
