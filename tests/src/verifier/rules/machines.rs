//! Instances that tasks run on: that they join their cluster, can be scaled and can be reached by nobody.
//!
//! An instance that does not join is no error anywhere: its tasks wait for ever. Sources: ECS API Reference,
//! `AutoScalingGroupProvider`; ECS Developer Guide, "Bootstrapping container instances", "Amazon ECS container instance IAM
//! role", "Use GPUs with Amazon ECS"; Security Hub AutoScaling.3, EC2.170.

use serde_json::Value;

use super::{Report, Rule};
use crate::verifier::reading::machine::{GROUP, LAUNCH_TEMPLATE, launch_template, machines};
use crate::verifier::reading::policy::{self, grants};
use crate::verifier::reading::reference::named;
use crate::verifier::reading::routing::routing;
use crate::verifier::reading::service::services;
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, elements, is_function, number, objects, part, shape, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("termination-protection-works", termination_protection_works),
    Rule::new("instances-left-to-scaler", instances_left_to_scaler),
    Rule::new("instance-group-size", instance_group_size),
    Rule::new("instances-join-cluster", instances_join_cluster),
    Rule::new("instances-granted", instances_granted),
    Rule::new("instance-metadata-token", instance_metadata_token),
    Rule::new("instances-have-egress", instances_have_egress),
    Rule::new("instance-image-fits", instance_image_fits),
    Rule::new("gpu-has-instances", gpu_has_instances),
];

fn on(settings: &Value, place: &str) -> bool {
    text(settings, place) == Some("ENABLED")
}

/// Instances with tasks are kept from being scaled in by managed scaling, in a group that protects them.
fn termination_protection_works(template: &Template<'_>, report: &mut Report) {
    for found in machines(template).filter(|found| on(found.settings(), "ManagedTerminationProtection")) {
        let scaling = part(found.settings(), "ManagedScaling");
        if scaling.is_null() || text(scaling, "Status") == Some("DISABLED") {
            report.add(found.provider.id, "protects instances from scaling that is not managed");
        }
        let protected = |group: Resource<'_>| {
            let given = part(group.properties, "NewInstancesProtectedFromScaleIn");
            is_function(given) || truth(group.properties, "NewInstancesProtectedFromScaleIn") == Some(true)
        };
        if let Some(group) = found.group.filter(|group| !protected(*group)) {
            report.add(group.id, format!("its instances are not protected, as {} asks", found.provider.id));
        }
    }
}

/// Where the number of instances is managed, the template does not set it: each update of the stack would undo it.
fn instances_left_to_scaler(template: &Template<'_>, report: &mut Report) {
    for found in machines(template).filter(|found| on(found.settings(), "ManagedScaling.Status")) {
        let set = |group: &Resource<'_>| group.ours() && !absent(group.properties, "DesiredCapacity");
        if let Some(group) = found.group.filter(set) {
            report.add(group.id, format!("sets the number of instances that {} scales", found.provider.id));
        }
    }
}

/// A group may have instances, and not fewer than at least.
fn instance_group_size(template: &Template<'_>, report: &mut Report) {
    for group in template.of(GROUP) {
        let [least, most, wanted] =
            ["MinSize", "MaxSize", "DesiredCapacity"].map(|property| number(group.properties, property));
        let outside = |size: i64| least.is_some_and(|least| size < least) || most.is_some_and(|most| size > most);
        if most == Some(0) || least.or(most).is_some_and(outside) || wanted.is_some_and(outside) {
            report.add(group.id, format!("{least:?} instances at least, {most:?} at most, {wanted:?} wanted"));
        }
    }
}

/// Instances are told the cluster that has their capacity provider.
fn instances_join_cluster(template: &Template<'_>, report: &mut Report) {
    for found in machines(template) {
        let Some(launch) = found.launch else {
            continue;
        };
        let data = part(found.data(), "UserData");
        let script = match part(data, "Fn::Base64") {
            Value::Null if data.is_null() => data,
            // Encoded already: not read.
            Value::Null => continue,
            script => script,
        };
        let clusters = found.clusters(template);
        if clusters.is_empty() {
            continue;
        }
        let words = script.to_string();
        let told = words.contains("ECS_CLUSTER") || words.contains("Initialize-ECSAgent");
        let names = named(script);
        let own = clusters.iter().any(|cluster| names.contains(cluster.id));
        let other = names.iter().any(|id| template.get(id).is_some_and(|found| found.kind == "AWS::ECS::Cluster"));
        if !told {
            report.add(launch.id, "its instances join the cluster called default");
        } else if other && !own {
            report.add(launch.id, format!("its instances do not join the cluster of {}", found.provider.id));
        }
    }
}

/// Instances have a role with which they may join, take tasks and say how these are.
fn instances_granted(template: &Template<'_>, report: &mut Report) {
    let needed = ["ecs:RegisterContainerInstance", "ecs:Poll", "ecs:SubmitTaskStateChange", "ecs:DiscoverPollEndpoint"];
    for found in machines(template) {
        let Some(launch) = found.launch else {
            continue;
        };
        let profile = part(found.data(), "IamInstanceProfile");
        if profile.is_null() {
            report.add(launch.id, "its instances have no role with which to join");
            continue;
        }
        let Some(profile) = named(profile).into_iter().find_map(|id| template.get(id)) else {
            continue;
        };
        for role in elements(profile.properties, "Roles").known {
            // A profile takes roles by their names.
            let Some(role) = template.named(role, policy::KIND) else {
                continue;
            };
            let grants = grants(template, role);
            let missing = needed.into_iter().find(|action| !grants.unknown() && grants.of(action).next().is_none());
            if let Some(action) = missing {
                report.add(role.id, format!("instances of {} may not {action}", launch.id));
            }
        }
    }
}

/// The role of an instance is given to those who ask with a token only, which a request that was smuggled in does not have.
fn instance_metadata_token(template: &Template<'_>, report: &mut Report) {
    for launch in template.of(LAUNCH_TEMPLATE).filter(|launch| launch.ours()) {
        let tokens = part(launch.properties, "LaunchTemplateData.MetadataOptions.HttpTokens");
        if tokens.is_null() || tokens == "optional" {
            report.add(launch.id, "its instances tell their role's credentials without a token");
        }
    }
}

/// Instances reach the internet, where they find their cluster.
fn instances_have_egress(template: &Template<'_>, report: &mut Report) {
    if template.of("AWS::EC2::VPCEndpoint").next().is_some() {
        return;
    }
    for group in template.of(GROUP) {
        let launch = launch_template(template, group);
        let interfaces = launch.map(|launch| objects(launch.properties, "LaunchTemplateData.NetworkInterfaces").known);
        let interface = interfaces.unwrap_or_default().into_iter().next();
        for subnet in elements(group.properties, "VPCZoneIdentifier").known {
            let Some(subnet) = template.named(subnet, "AWS::EC2::Subnet") else {
                continue;
            };
            let asked = interface.filter(|interface| !absent(interface, "AssociatePublicIpAddress"));
            let given = asked.map_or_else(
                || (subnet.properties, "MapPublicIpOnLaunch"),
                |interface| (interface, "AssociatePublicIpAddress"),
            );
            if is_function(part(given.0, given.1)) {
                continue;
            }
            let public = truth(given.0, given.1) == Some(true);
            let routing = routing(template, subnet);
            if routing.known && !(if public { routing.public } else { routing.translated }) {
                report.add(group.id, format!("its instances do not reach the internet from {}", subnet.id));
            }
        }
    }
}

/// Whether instances of a type have processors by AWS, which run programs for `arm64`.
fn is_arm(instance: &str) -> Option<bool> {
    let family = instance.split_once('.')?.0;
    let generation = family.find(|letter: char| letter.is_ascii_digit())?;
    let after = family.split_at(generation).1.trim_start_matches(|letter: char| letter.is_ascii_digit());
    Some(family == "a1" || after.starts_with('g'))
}

/// The image of an instance is for its processor, and has the drivers of its GPU.
fn instance_image_fits(template: &Template<'_>, report: &mut Report) {
    for launch in template.of(LAUNCH_TEMPLATE) {
        let data = part(launch.properties, "LaunchTemplateData");
        let image = shape(part(data, "ImageId"));
        let (Some((_, image)), Some(instance)) =
            (image.split_once("/aws/service/ecs/optimized-ami/"), text(data, "InstanceType"))
        else {
            continue;
        };
        if is_arm(instance).is_some_and(|arm| arm != image.contains("/arm64/")) {
            report.add(launch.id, format!("{instance} does not run the image {image}"));
        }
        if has_gpu(instance) && image.starts_with("amazon-linux") && !image.contains("/gpu/") {
            report.add(launch.id, format!("{image} has no drivers for the GPU of {instance}"));
        }
    }
}

fn has_gpu(instance: &str) -> bool {
    let family = instance.split('.').next().unwrap_or_default();
    ["p", "g"].iter().any(|letter| {
        family.strip_prefix(letter).is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
    })
}

/// Where all instances that a service may get have a known type, one with a GPU is among them if its task needs one.
fn gpu_has_instances(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let needs = service.task(template).is_some_and(|task| {
            task.containers().known.iter().any(|container| {
                let wanted = objects(container.0, "ResourceRequirements").known;
                wanted.into_iter().any(|wanted| text(wanted, "Type") == Some("GPU"))
            })
        });
        let items = objects(service.start, "CapacityProviderStrategy");
        if !needs || !items.complete || items.known.is_empty() {
            continue;
        }
        let types: Vec<_> = items
            .known
            .iter()
            .map(|item| {
                let named = shape(part(item, "CapacityProvider"));
                let found = machines(template).find(|found| format!("${{{}}}", found.provider.id) == named)?;
                found.group.filter(|group| absent(group.properties, "MixedInstancesPolicy"))?;
                text(found.data(), "InstanceType")
            })
            .collect();
        if types.iter().all(|kind| kind.is_some_and(|kind| !has_gpu(kind))) {
            report.add(service.resource.id, "its task waits for a GPU, which no instance has");
        }
    }
}
