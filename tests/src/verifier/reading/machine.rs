//! The instances of a cluster: capacity providers, their groups and what these are launched from.

use serde_json::Value;

use super::reference::named;
use super::template::{Resource, Template};
use super::value::{elements, part, shape};

/// The type of a capacity provider.
pub(crate) const PROVIDER: &str = "AWS::ECS::CapacityProvider";
/// The type of a group of instances.
pub(crate) const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
/// The type of what instances are launched from.
pub(crate) const LAUNCH_TEMPLATE: &str = "AWS::EC2::LaunchTemplate";
/// The type of the association of a cluster with its capacity.
pub(crate) const ASSOCIATION: &str = "AWS::ECS::ClusterCapacityProviderAssociations";

/// The capacity of a cluster that is made of instances.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machines<'a> {
    /// The capacity provider.
    pub(crate) provider: Resource<'a>,
    /// Its group, when the template has it.
    pub(crate) group: Option<Resource<'a>>,
    /// What the group launches, when the template has it.
    pub(crate) launch: Option<Resource<'a>>,
}

/// All capacity of a template that is made of instances.
pub(crate) fn machines<'a>(template: &Template<'a>) -> impl Iterator<Item = Machines<'a>> {
    template.of(PROVIDER).filter(|provider| !settings(*provider).is_null()).map(|provider| {
        let group = template.named(part(settings(provider), "AutoScalingGroupArn"), GROUP);
        Machines { provider, group, launch: group.and_then(|group| launch_template(template, group)) }
    })
}

fn settings(provider: Resource<'_>) -> &Value {
    part(provider.properties, "AutoScalingGroupProvider")
}

/// What a group launches, when the template has it.
pub(crate) fn launch_template<'a>(template: &Template<'a>, group: Resource<'a>) -> Option<Resource<'a>> {
    let mixed = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId";
    ["LaunchTemplate.LaunchTemplateId", mixed]
        .into_iter()
        .find_map(|place| template.named(part(group.properties, place), LAUNCH_TEMPLATE))
}

impl<'a> Machines<'a> {
    /// What Amazon ECS is told about the group.
    pub(crate) fn settings(self) -> &'a Value {
        settings(self.provider)
    }

    /// What its instances are launched with; null where that is not known.
    pub(crate) fn data(self) -> &'a Value {
        self.launch.map_or(&Value::Null, |launch| part(launch.properties, "LaunchTemplateData"))
    }

    /// The clusters of the template that may use it.
    pub(crate) fn clusters(self, template: &Template<'a>) -> Vec<Resource<'a>> {
        let name = format!("${{{}}}", self.provider.id);
        template
            .of(ASSOCIATION)
            .chain(template.of("AWS::ECS::Cluster"))
            .filter(|holder| {
                elements(holder.properties, "CapacityProviders").known.into_iter().any(|found| shape(found) == name)
            })
            .flat_map(|holder| {
                let ids = named(part(holder.properties, "Cluster")).into_iter().filter_map(|id| template.get(id));
                if holder.kind == ASSOCIATION { ids.collect() } else { vec![holder] }
            })
            .collect()
    }
}
