//! Instances that are made for tasks, as many as these need: groups of instances that are alike, and what a cluster has to
//! know of them.
//!
//! In: what workloads ask for. Out: a launch template, an Auto Scaling group and a capacity provider for each group, and the
//! list of the cluster's capacity providers.
//!
//! A stack with instances can be deleted, which takes three things
//! ([containers-roadmap 631](https://github.com/aws/containers-roadmap/issues/631)):
//! - The list is a resource of its own that services depend on, so that everything goes in the order service, list,
//!   provider, group, cluster, each when nothing uses it any more.
//! - Instances are not protected from scale-in unless the author wants it. ECS does not lift its protection when the
//!   provider goes ([2862](https://github.com/aws/containers-roadmap/issues/2862)), and the group then never gets empty.
//!   Managed draining moves tasks away from an instance before it goes, which the protection is mostly wanted for.
//! - The hook by which ECS drains has an hour to answer, and is left behind when the provider goes. It is declared here
//!   under the name that ECS gives it, so that it goes before the group does; deleting a hook lets instances pass.

mod machine_type;

use std::collections::BTreeMap;

use serde_json::json;

use super::capacity::Wanted;
use super::network::Network;
use super::permissions::PATH;
use super::role::Role;
use super::scope::Scope;
use super::task_size;
use crate::cloudformation::resource::autoscaling::{
    AutoScalingGroup, InstancesDistribution, LaunchTemplate as Launched, LaunchTemplateOverrides,
    LaunchTemplateSpecification, LifecycleHook, LifecycleResult, LifecycleTransition, MixedInstancesPolicy,
    SpotAllocationStrategy, TagProperty,
};
use crate::cloudformation::resource::ec2::{
    Availability, BlockDeviceMapping, Ebs, HttpTokens, IamInstanceProfile, LaunchTemplate, LaunchTemplateData,
    MetadataOptions, SecurityGroup, TagSpecification, VolumeType,
};
use crate::cloudformation::resource::ecs::{
    AutoScalingGroupProvider, CapacityProvider, ClusterCapacityProviderAssociations, ManagedScaling,
};
use crate::cloudformation::resource::iam::{InstanceProfile, PolicyDocument, Principal, Role as IamRole, Statement};
use crate::cloudformation::resource::{Switch, Tag};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId, Value};
use crate::diagnostic::Origin;
use crate::expression::{Deferred, Expr, Piece, concatenate};
use crate::program::Workload;
use crate::program::container::Gpus;
use crate::program::placement::Property;
use crate::program::platform::{Capacity, Instances};
use crate::program::workload::Processor;
use machine_type::{Need, family, smallest};

/// How many instances there are at most where nothing else is said.
const MOST: u32 = 10;

/// GiB of an instance's disk where nothing else is said: as much as the images of AWS have, and room for large images of
/// programs where there are GPUs.
const DISK: u32 = 30;
const DISK_WITH_GPUS: u32 = 100;

/// What ECS calls the hook by which it drains.
const DRAINING_HOOK: &str = "ecs-managed-draining-termination-hook";

/// Seconds that the hook waits, as ECS sets it.
const DRAINING_TIMEOUT: u32 = 3600;

/// Instances that are alike.
#[derive(Debug)]
pub(super) struct Group {
    origin: Origin,
    /// A workload that runs on them.
    workload: String,
    processor: Processor,
    has_gpus: bool,
    instances: Instances,
}

impl Group {
    /// Whether the other's workloads can run on these instances.
    pub(super) fn joins(&self, other: &Self) -> bool {
        self.processor == other.processor && self.instances == other.instances
    }

    /// A workload that runs on them.
    pub(super) fn workload(&self) -> &str {
        &self.workload
    }

    /// Takes the other's workloads in.
    pub(super) fn join(&mut self, other: Self) {
        self.has_gpus |= other.has_gpus;
    }
}

/// Why there are no instances for a workload.
pub(super) struct Fault {
    pub(super) origin: Origin,
    pub(super) message: String,
    pub(super) fix: String,
}

/// The instances that a workload asks for, and what tells them from others: their name, or their types. `None` where it
/// runs on something else.
///
/// Types are chosen by what the workload itself needs, so that another workload never moves it.
pub(super) fn group(name: &str, workload: &Workload) -> Option<Result<(String, Group), Fault>> {
    let wants_gpus = workload.containers().any(|container| container.gpus.is_some());
    let capacity = workload.platform.capacity.as_ref();
    let (origin, mut instances) = match capacity.map(|capacity| (capacity.origin, &capacity.value)) {
        Some((origin, Capacity::Instances(instances))) => (origin, Instances::clone(instances)),
        None if wants_gpus => (workload.origin, Instances::default()),
        Some((_, Capacity::Providers(_))) | None => return None,
    };
    if let Err(fault) = settle(&mut instances, workload) {
        return Some(Err(fault));
    }
    let need = Need {
        cpu: task_size::cpu(workload),
        memory: task_size::memory(workload),
        gpus: workload.containers().filter_map(|container| container.gpus.as_ref()).map(|gpus| least(gpus.value)).sum(),
    };
    let processor = workload.processor.value;
    if instances.types.is_empty() {
        let Some(chosen) = smallest(need, processor) else {
            let Need { cpu, memory, gpus } = need;
            let graphics = if gpus > 0 { format!(", {gpus} GPUs") } else { String::new() };
            let message = format!(
                "`{name}` needs {cpu} CPU units, {memory} MiB{graphics}, and no type of instance that is chosen from has them for {}",
                platform(processor)
            );
            let fix = "ask for less, or name a type: `EC2: { InstanceType: … }`".to_owned();
            return Some(Err(Fault { origin, message, fix }));
        };
        instances.types.push(chosen.into());
    }
    for known in instances.types.iter().filter_map(Expr::known) {
        let family = family(known);
        if wants_gpus && !family.has_gpus() {
            let message = format!("`{name}` needs GPUs, and `{known}` has none");
            let fix = "name a type that has, for example `g4dn.xlarge`".to_owned();
            return Some(Err(Fault { origin, message, fix }));
        }
        if family.processor() != processor {
            let message = format!(
                "`{known}` runs images for {}, and those of `{name}` are for {}",
                platform(family.processor()),
                platform(processor)
            );
            let fix = format!("write `platform: {}`, or name another type", platform(family.processor()));
            return Some(Err(Fault { origin, message, fix }));
        }
    }
    let is_graphic = |kind: &Expr<String>| kind.known().is_some_and(|kind| family(kind).has_gpus());
    let has_gpus = wants_gpus || instances.types.iter().any(is_graphic);
    if has_gpus && processor == Processor::Arm64 && instances.image.is_none() {
        let message = "AWS has no image with drivers of GPUs for `linux/arm64`".to_owned();
        let fix = "write `platform: linux/amd64`, or name an image of your own: `EC2: { Ami: … }`".to_owned();
        return Some(Err(Fault { origin, message, fix }));
    }
    let key = instances.name.clone().unwrap_or_else(|| types_as_name(&instances));
    Some(Ok((key, Group { origin, workload: name.to_owned(), processor, has_gpus, instances })))
}

/// The number of GPUs that a container has; `None` where that depends on an instance of which too little is known.
pub(super) fn gpus(name: &str, workload: &Workload, gpus: Gpus) -> Option<u32> {
    match (gpus, group(name, workload)) {
        (Gpus::Count(count), _) => Some(count),
        (Gpus::All, Some(Ok((_, group)))) => {
            let mut counts = group.instances.types.iter().map(|kind| machine_type::gpus(kind.known()?));
            let first = counts.next()??;
            counts.all(|count| count == Some(first)).then_some(first)
        }
        (Gpus::All, _) => None,
    }
}

fn least(gpus: Gpus) -> u32 {
    match gpus {
        Gpus::Count(count) => count,
        Gpus::All => 1,
    }
}

/// Takes what the placement says of types and images: on instances that are made for it, it says which to make.
fn settle(instances: &mut Instances, workload: &Workload) -> Result<(), Fault> {
    for condition in &workload.placement.conditions {
        let origin = condition.origin;
        let condition = &condition.value;
        let contradiction = |what: &str| Fault {
            origin,
            message: format!("the instances that are made have another {what}"),
            fix: "say it in one place: below `EC2`".to_owned(),
        };
        match &condition.property {
            Property::Type if condition.equal => {
                let value = Expr::Known(condition.value.clone());
                if instances.types.is_empty() {
                    instances.types.push(value);
                } else if instances.types != [value] {
                    return Err(contradiction("type"));
                }
            }
            Property::Image if condition.equal => {
                let value = Expr::Known(condition.value.clone());
                if instances.image.get_or_insert_with(|| value.clone()) != &value {
                    return Err(contradiction("image"));
                }
            }
            Property::Label(label) => {
                let is_met = (instances.attributes.get(label) == Some(&condition.value)) == condition.equal;
                if !is_met {
                    return Err(Fault {
                        origin,
                        message: format!(
                            "no instance that is made here meets it: the attribute `{label}` is {}",
                            match instances.attributes.get(label) {
                                Some(other) => format!("`{other}`"),
                                None => "unknown to them".to_owned(),
                            }
                        ),
                        fix: format!(
                            "give it to them, `EC2: {{ Attributes: {{ {label}: {} }} }}`, or name a capacity provider whose instances have it",
                            condition.value
                        ),
                    });
                }
            }
            Property::Type
            | Property::Image
            | Property::Identity
            | Property::Zone
            | Property::Processor
            | Property::System => {}
        }
    }
    Ok(())
}

fn platform(processor: Processor) -> &'static str {
    match processor {
        Processor::Amd64 => "linux/amd64",
        Processor::Arm64 => "linux/arm64",
    }
}

/// `m7i-large`, `m7i-large-m6i-large-spot`.
fn types_as_name(instances: &Instances) -> String {
    let mut name: Vec<String> = instances
        .types
        .iter()
        .map(|kind| match Text::from(kind) {
            Value::Literal(kind) => kind.replace('.', "-"),
            Value::Function(function) => json!(function).to_string(),
        })
        .collect();
    name.extend(instances.spot.then(|| "spot".to_owned()));
    name.join("-")
}

/// Lowers the groups of an environment to their capacity providers, by what tells the groups apart.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    origin: Origin,
    wanted: &Wanted,
    cluster: &LogicalId,
    network: &Network,
) -> BTreeMap<String, LogicalId> {
    if wanted.groups.is_empty() {
        return BTreeMap::new();
    }
    scope.diagnostics.advice(
        origin,
        "each task on an instance takes one of its network interfaces, of which it has few: the account setting `awsvpcTrunking` makes room for more",
    );
    let shared = shared(scope, origin, network);
    let lowered = wanted
        .groups
        .iter()
        .map(|(key, group)| (key.clone(), lower_group(scope, key, group, &shared, cluster, network)));
    lowered.collect()
}

/// What all instances of an environment have in common.
struct Shared {
    profile: LogicalId,
    security_group: LogicalId,
}

fn shared(scope: &mut Scope<'_>, origin: Origin, network: &Network) -> Shared {
    let policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
    let role = IamRole {
        assume_role_policy_document: PolicyDocument::new(vec![Statement {
            principal: Some(Principal::Service("ec2.amazonaws.com")),
            action: vec!["sts:AssumeRole".into()],
            ..Statement::default()
        }]),
        path: Some(PATH.into()),
        // What the agent needs, as AWS keeps it up to date. Containers do not get it: see `agent_settings`.
        managed_policy_arns: vec![Function::Sub(policy.into()).into()],
        policies: Vec::new(),
        permissions_boundary: None,
        description: None,
    };
    let role = scope.add(Role::InstanceRole, origin, &role).id();
    let profile = InstanceProfile { roles: vec![Function::reference(&role).into()], path: Some(PATH.into()) };
    let profile = scope.add(Role::InstanceProfile, origin, &profile).id();
    let id = Role::InstanceGroup.id(scope.owner, None);
    // Nobody reaches an instance: tasks have network interfaces, and groups, of their own.
    let group = SecurityGroup {
        group_description: format!("Instances of a cluster: {id}"),
        vpc_id: network.vpc.clone(),
        security_group_ingress: Vec::new(),
        security_group_egress: Vec::new(),
    };
    let security_group = scope.add(Role::InstanceGroup, origin, &group).id();
    Shared { profile, security_group }
}

fn lower_group(
    scope: &mut Scope<'_>,
    key: &str,
    group: &Group,
    shared: &Shared,
    cluster: &LogicalId,
    network: &Network,
) -> LogicalId {
    let Group { origin, workload: _, processor, has_gpus, instances } = group;
    let Instances {
        name: _,
        types,
        minimum,
        maximum,
        spot,
        image,
        volume_size,
        target,
        protected,
        attributes,
        start_script,
    } = instances;
    let disk = volume_size.unwrap_or(if *has_gpus { DISK_WITH_GPUS } else { DISK });
    let tags: Vec<Tag> = scope.tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.into() }).collect();
    let template = LaunchTemplate {
        launch_template_data: LaunchTemplateData {
            image_id: Some(image_id(image.as_ref(), types, *processor, *has_gpus)),
            iam_instance_profile: Some(IamInstanceProfile {
                arn: Function::GetAtt(shared.profile.clone(), "Arn").into(),
            }),
            security_group_ids: vec![Function::GetAtt(shared.security_group.clone(), "GroupId").into()],
            user_data: Some(user_data(cluster, *spot, attributes, start_script.as_ref())),
            metadata_options: Some(MetadataOptions {
                http_tokens: Some(HttpTokens::Required),
                http_put_response_hop_limit: Some(1),
                http_endpoint: Some(Availability::Enabled),
                instance_metadata_tags: None,
            }),
            block_device_mappings: vec![BlockDeviceMapping {
                device_name: "/dev/xvda".into(),
                ebs: Ebs {
                    volume_size: Some(disk),
                    volume_type: Some(VolumeType::Gp3),
                    encrypted: Some(true),
                    delete_on_termination: Some(true),
                    ..Ebs::default()
                },
            }],
            tag_specifications: if tags.is_empty() {
                Vec::new()
            } else {
                vec![TagSpecification { resource_type: "volume", tags }]
            },
            ..LaunchTemplateData::default()
        },
        tag_specifications: Vec::new(),
    };
    let template = scope.add_for(key, Role::LaunchTemplate, *origin, &template).id();
    let mut group_tags: Vec<TagProperty> = scope
        .tags
        .iter()
        .map(|(key, value)| TagProperty { key: key.clone(), value: value.into(), propagate_at_launch: true })
        .collect();
    // ECS sets it; what the template does not have, an update would take away.
    group_tags.push(TagProperty {
        key: "AmazonECSManaged".to_owned(),
        value: "true".into(),
        propagate_at_launch: true,
    });
    if !scope.tags.contains_key("Name") {
        group_tags.push(TagProperty {
            key: "Name".to_owned(),
            value: Function::Sub(format!("${{AWS::StackName}} {key}").into()).into(),
            propagate_at_launch: true,
        });
    }
    let properties = AutoScalingGroup {
        min_size: count(minimum.as_ref(), 0),
        max_size: count(maximum.as_ref(), MOST),
        launch_template: None,
        mixed_instances_policy: Some(MixedInstancesPolicy {
            launch_template: Launched {
                launch_template_specification: LaunchTemplateSpecification {
                    launch_template_id: Function::reference(&template).into(),
                    version: Function::GetAtt(template, "LatestVersionNumber").into(),
                },
                overrides: types
                    .iter()
                    .map(|kind| LaunchTemplateOverrides {
                        instance_type: Some(kind.into()),
                        instance_requirements: None,
                    })
                    .collect(),
            },
            instances_distribution: spot.then_some(InstancesDistribution {
                on_demand_base_capacity: Some(0),
                on_demand_percentage_above_base_capacity: Some(0),
                on_demand_allocation_strategy: None,
                spot_allocation_strategy: Some(SpotAllocationStrategy::PriceCapacityOptimized),
            }),
        }),
        vpc_zone_identifier: network.tasks.subnets.clone(),
        new_instances_protected_from_scale_in: Some(*protected),
        capacity_rebalance: spot.then_some(true),
        max_instance_lifetime: None,
        health_check_grace_period: None,
        tags: group_tags,
    };
    // Another image or disk reaches the instances one by one, and each is drained before it goes. What would interfere rests
    // meanwhile: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    let update = json!({
        "AutoScalingRollingUpdate": {
            "MaxBatchSize": 1,
            "MinInstancesInService": 0,
            "SuspendProcesses": ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"],
        }
    });
    let instances = scope
        .add_for(key, Role::Instances, *origin, &properties)
        .with_attribute("UpdatePolicy", update)
        .after(&network.way_out)
        .id();
    let hook = LifecycleHook {
        auto_scaling_group_name: Function::reference(&instances).into(),
        lifecycle_hook_name: Some(DRAINING_HOOK),
        lifecycle_transition: LifecycleTransition::Terminating,
        heartbeat_timeout: Some(DRAINING_TIMEOUT),
        default_result: Some(LifecycleResult::Continue),
    };
    let hook = scope.add_for(key, Role::DrainingHook, *origin, &hook).id();
    if *protected {
        scope.diagnostics.advice(
            *origin,
            "instances that are protected keep the stack from being deleted: set `TerminationProtection: false` and lift the protection of those that run (`aws autoscaling set-instance-protection`) before",
        );
    }
    let id = Role::CapacityProvider.id(scope.owner, Some(key));
    let provider = CapacityProvider {
        // A name that begins with the stack's is refused where that begins with `ecs`, `aws` or `fargate`.
        name: Some(Function::Sub(format!("cp-${{AWS::StackName}}-{id}").into()).into()),
        auto_scaling_group_provider: AutoScalingGroupProvider {
            auto_scaling_group_arn: Function::reference(&instances).into(),
            managed_scaling: Some(ManagedScaling {
                status: Some(Switch::Enabled),
                target_capacity: Some(target.unwrap_or(100)),
                ..ManagedScaling::default()
            }),
            managed_termination_protection: Some(Switch::from(*protected)),
            managed_draining: Some(Switch::Enabled),
        },
    };
    scope.add_for(key, Role::CapacityProvider, *origin, &provider).after([&hook]).id()
}

/// The list of the capacity providers that a cluster of ours has. Services and tasks depend on it.
pub(super) fn associate(
    scope: &mut Scope<'_>,
    origin: Origin,
    cluster: &LogicalId,
    wanted: &Wanted,
    made: &BTreeMap<String, LogicalId>,
) -> LogicalId {
    let mut providers: Vec<Text> = vec!["FARGATE".into(), "FARGATE_SPOT".into()];
    providers.extend(wanted.providers.values().cloned());
    providers.extend(made.values().map(|provider| Function::reference(provider).into()));
    let properties = ClusterCapacityProviderAssociations {
        cluster: Function::reference(cluster).into(),
        capacity_providers: providers,
        default_capacity_provider_strategy: Vec::new(),
    };
    scope.add(Role::CapacityProviders, origin, &properties).id()
}

/// A number of instances as text, which is how Auto Scaling takes it.
fn count(number: Option<&Expr<u32>>, default: u32) -> Text {
    match number {
        Some(Expr::Known(number)) => number.to_string().into(),
        Some(Expr::Deferred(number)) => Function::from(number).into(),
        None => default.to_string().into(),
    }
}

/// The image: the author's, or what AWS makes for ECS, in the version of the day when the stack is made or updated
/// ([parameters](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html)).
fn image_id(image: Option<&Expr<String>>, types: &[Expr<String>], processor: Processor, has_gpus: bool) -> Text {
    let parameter = |name: &str| Text::from(format!("{{{{resolve:ssm:{name}}}}}"));
    let is_neuron = types.iter().filter_map(Expr::known).any(|kind| family(kind).has_neuron());
    let kind = match (image, processor) {
        (Some(Expr::Known(name)), _) if name.starts_with('/') => return parameter(name),
        (Some(image), _) => return image.into(),
        (None, _) if is_neuron => "amazon-linux-2023/neuron",
        (None, _) if has_gpus => "amazon-linux-2023/gpu",
        (None, Processor::Amd64) => "amazon-linux-2023",
        (None, Processor::Arm64) => "amazon-linux-2023/arm64",
    };
    parameter(&format!("/aws/service/ecs/optimized-ami/{kind}/recommended/image_id"))
}

/// What an instance does when it starts: it tells the agent its settings, before the agent starts, and then what the author
/// says.
fn user_data(
    cluster: &LogicalId,
    spot: bool,
    attributes: &BTreeMap<String, String>,
    script: Option<&Expr<String>>,
) -> Text {
    let literal = |text: &str| Piece::Literal(text.to_owned());
    let mut pieces = vec![
        literal("#!/bin/bash\ncat <<'SETTINGS' >> /etc/ecs/ecs.config\nECS_CLUSTER="),
        Piece::Function(json!({ "Ref": cluster })),
        literal("\n"),
        literal(&agent_settings(spot, attributes)),
        literal("SETTINGS\n"),
    ];
    match script {
        Some(Expr::Known(script)) => pieces.push(literal(script)),
        Some(Expr::Deferred(script)) => pieces.extend(Deferred::pieces(script).iter().cloned()),
        None => {}
    }
    Function::Base64(Box::new((&concatenate(pieces)).into())).into()
}

/// The [settings of the agent](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html).
fn agent_settings(spot: bool, attributes: &BTreeMap<String, String>) -> String {
    // Containers have their task's role, never the instance's.
    let mut settings = "ECS_AWSVPC_BLOCK_IMDS=true\n".to_owned();
    if spot {
        settings.push_str("ECS_ENABLE_SPOT_INSTANCE_DRAINING=true\n");
    }
    if !attributes.is_empty() {
        settings.push_str(&format!("ECS_INSTANCE_ATTRIBUTES={}\n", json!(attributes)));
    }
    settings
}
