//! What must be there before what: `DependsOn` of a declaration and on a declaration.
//!
//! A declaration's own `DependsOn` is for its roots, its resources that need no other of its resources: everything else
//! comes after them anyway. `DependsOn: Shop` waits for what makes an application run, its services and custom
//! resources; for an environment, and for what has neither, it waits for its ends, the resources that no other of its
//! resources needs: once they are there, all of it is.
//! Source: [DependsOn](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html).

use std::collections::BTreeSet;

use super::Kind;
use crate::cloudformation::{LogicalId, Reference, Resource, Resources, Survey};
use crate::gather::Gather;

/// Of `group`, the positions of the resources of one owner, those that need no other of it.
pub(super) fn roots(resources: &Resources, group: &[usize]) -> Vec<usize> {
    let members: BTreeSet<&str> = members(resources, group).map(|(id, _)| id.as_str()).gather();
    let is_root = |index: &usize| {
        let Some((id, resource)) = resources.get_index(*index) else { return false };
        let mut needs_other = false;
        needs(resource, &mut |needed| needs_other |= needed != id.as_str() && members.contains(needed));
        !needs_other
    };
    group.iter().copied().filter(is_root).collect()
}

/// What `DependsOn` of a declaration waits for, of `group`, the positions of its resources.
pub(super) fn awaited(kind: Kind, resources: &Resources, group: &[usize]) -> Vec<LogicalId> {
    if matches!(kind, Kind::Application | Kind::Compose | Kind::Stackfile) {
        let runs = |resource: &Resource| {
            resource.kind == "AWS::ECS::Service"
                || resource.kind == "AWS::Scheduler::Schedule"
                || resource.kind == "AWS::CloudFormation::CustomResource"
                || resource.kind.starts_with("Custom::")
        };
        let running: Vec<LogicalId> =
            members(resources, group).filter(|(_, resource)| runs(resource)).map(|(id, _)| id.clone()).collect();
        if !running.is_empty() {
            return running;
        }
    }
    let mut needed = BTreeSet::new();
    for (id, resource) in members(resources, group) {
        needs(resource, &mut |other| {
            if other != id.as_str() {
                needed.insert(other);
            }
        });
    }
    // What is made on demand is there before whatever needs it, or not at all.
    let certain = members(resources, group).filter(|(_, resource)| resource.on_demand.is_none());
    certain.map(|(id, _)| id).filter(|id| !needed.contains(id.as_str())).cloned().collect()
}

fn members<'a>(resources: &'a Resources, group: &'a [usize]) -> impl Iterator<Item = (&'a LogicalId, &'a Resource)> {
    group.iter().filter_map(|index| resources.get_index(*index))
}

/// Takes out of `depends_on` what a resource's properties refer to anyway, whatever the conditions: cfn-lint warns of it
/// (W3005).
pub(super) fn without_implied(depends_on: &mut Vec<LogicalId>, properties: &Survey) {
    if depends_on.is_empty() {
        return;
    }
    let implied: BTreeSet<&str> = properties
        .references()
        .filter_map(|(reference, optional)| match reference {
            Reference::Ref(id) | Reference::Attribute(id) if !optional => Some(id),
            _ => None,
        })
        .gather();
    depends_on.retain(|id| !implied.contains(id.as_str()));
}

fn needs<'a>(resource: &'a Resource, visit: &mut impl FnMut(&'a str)) {
    for id in &resource.depends_on {
        visit(id.as_str());
    }
    for (reference, _) in resource.properties.survey().references() {
        if let Reference::Ref(id) | Reference::Attribute(id) = reference {
            visit(id);
        }
    }
}
