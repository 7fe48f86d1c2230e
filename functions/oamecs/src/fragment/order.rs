//! What must be there before what: `DependsOn` of a declaration and on a declaration.
//!
//! A declaration's own `DependsOn` is for its roots, its resources that need no other of its resources: everything else
//! comes after them anyway. `DependsOn: Shop` waits for what makes an application run, its services and custom
//! resources; for an environment, and for what has neither, it waits for its ends, the resources that no other of its
//! resources needs: once they are there, all of it is.
//! Source: [DependsOn](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html).

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::Kind;
use super::references::{Reference, each};
use crate::cloudformation::{LogicalId, Resource, Resources};

/// The resources of `group`, those of one owner, that need no other of it.
pub(super) fn roots(group: &Resources) -> Vec<LogicalId> {
    let mut roots = Vec::new();
    for (id, resource) in group {
        let mut needs_other = false;
        needs(resource, &mut |needed| needs_other |= needed != id.as_str() && group.contains_key(needed));
        if !needs_other {
            roots.push(id.clone());
        }
    }
    roots
}

/// The resources of `group`, those of a declaration, that `DependsOn` of the declaration waits for.
pub(super) fn awaited(kind: Kind, group: &Resources) -> Vec<LogicalId> {
    if kind == Kind::Compose {
        let runs = |resource: &Resource| {
            resource.kind == "AWS::ECS::Service"
                || resource.kind == "AWS::CloudFormation::CustomResource"
                || resource.kind.starts_with("Custom::")
        };
        let running: Vec<LogicalId> =
            group.iter().filter(|(_, resource)| runs(resource)).map(|(id, _)| id.clone()).collect();
        if !running.is_empty() {
            return running;
        }
    }
    let mut needed = BTreeSet::new();
    for (id, resource) in group {
        needs(resource, &mut |other| {
            if other != id.as_str() {
                needed.insert(other.to_owned());
            }
        });
    }
    group.keys().filter(|id| !needed.contains(id.as_str())).cloned().collect()
}

/// Takes out of `depends_on` what `properties` refer to anyway, whatever the conditions: cfn-lint warns of it (W3005).
pub(super) fn without_implied(depends_on: &mut Vec<String>, properties: Option<&Json>) {
    if depends_on.is_empty() {
        return;
    }
    let mut implied = BTreeSet::new();
    if let Some(properties) = properties {
        each(properties, &mut |reference, optional| match reference {
            Reference::Ref(id) | Reference::Attribute(id) if !optional => {
                implied.insert(id);
            }
            _ => {}
        });
    }
    depends_on.retain(|id| !implied.contains(id.as_str()));
}

fn needs<'a>(resource: &'a Resource, visit: &mut impl FnMut(&'a str)) {
    for id in &resource.depends_on {
        visit(id.as_str());
    }
    for value in Map::values(&resource.properties) {
        each(value, &mut |reference, _| match reference {
            Reference::Ref(id) | Reference::Attribute(id) => visit(id),
            Reference::Condition(_) => {}
        });
    }
}
