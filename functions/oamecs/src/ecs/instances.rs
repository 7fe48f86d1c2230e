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

mod group;
mod launch_template;
mod machine_type;
pub(super) mod room;

pub(super) use group::{Group, gpus, group, processor};

use std::collections::BTreeMap;

use serde_json::json;

use super::capacity::Wanted;
use super::network::Network;
use super::permissions::PATH;
use super::role::Role;
use super::scope::Scope;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::resource::autoscaling::{
    AutoScalingGroup, InstancesDistribution, LaunchTemplate as Launched, LaunchTemplateOverrides,
    LaunchTemplateSpecification, LifecycleHook, LifecycleResult, LifecycleTransition, MixedInstancesPolicy,
    SpotAllocationStrategy, TagProperty,
};
use crate::cloudformation::resource::ec2::SecurityGroup;
use crate::cloudformation::resource::ecs::{
    AutoScalingGroupProvider, CapacityProvider, ClusterCapacityProviderAssociations, ManagedScaling,
};
use crate::cloudformation::resource::iam::{InstanceProfile, PolicyDocument, Principal, Role as IamRole, Statement};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::diagnostic::Origin;
use crate::expression::Expr;
use crate::gather::Gather;
use crate::program::Tags;
use crate::program::platform::Instances;

/// How many instances there are at most where nothing else is said.
const MOST: u32 = 10;

/// What ECS calls the hook by which it drains.
const DRAINING_HOOK: &str = "ecs-managed-draining-termination-hook";

/// Seconds that the hook waits, as ECS sets it.
const DRAINING_TIMEOUT: u32 = 3600;

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
    if wanted.groups.values().any(|group| group.lends_interfaces) {
        scope.diagnostics.advice(
            origin,
            "each task on an instance takes one of its network interfaces, of which it has few: the account setting `awsvpcTrunking` makes room for more",
        );
    }
    let shared = shared(scope, origin, network);
    let lowered = wanted
        .groups
        .iter()
        .map(|(key, group)| (key.clone(), lower_group(scope, key, group, &shared, cluster, network)));
    lowered.gather()
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
    // Nobody reaches an instance but at ports of tasks in its network, for which there are rules: the others have network
    // interfaces, and groups, of their own.
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
    let Group { origin, workload: _, processor: _, has_gpus: _, lends_interfaces: _, logs_anywhere: _, instances } =
        group;
    let (target, protected) = (instances.target, instances.protected);
    let template = launch_template::template(group, shared, cluster, &scope.tags);
    let template = scope.add_for(key, Role::LaunchTemplate, *origin, &template).id();
    let properties = auto_scaling_group(key, group, &template, network, &scope.tags);
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
    if protected {
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
            managed_termination_protection: Some(Switch::from(protected)),
            managed_draining: Some(Switch::Enabled),
        },
    };
    scope.add_for(key, Role::CapacityProvider, *origin, &provider).after([&hook]).id()
}

/// The group of instances, which grows and shrinks with what runs.
fn auto_scaling_group(
    key: &str,
    group: &Group,
    template: &LogicalId,
    network: &Network,
    tags: &Tags,
) -> AutoScalingGroup {
    let Instances {
        types,
        minimum,
        maximum,
        spot,
        protected,
        // They are the launch template's, or the capacity provider's.
        name: _,
        image: _,
        volume_size: _,
        target: _,
        attributes: _,
        start_script: _,
    } = &group.instances;
    let mut group_tags: Vec<TagProperty> = tags
        .iter()
        .map(|(key, value)| TagProperty { key: key.clone(), value: value.into(), propagate_at_launch: true })
        .collect();
    // ECS sets it; what the template does not have, an update would take away.
    group_tags.push(TagProperty {
        key: "AmazonECSManaged".to_owned(),
        value: "true".into(),
        propagate_at_launch: true,
    });
    if !tags.contains_key("Name") {
        group_tags.push(TagProperty {
            key: "Name".to_owned(),
            value: Function::Sub(format!("${{AWS::StackName}} {key}").into()).into(),
            propagate_at_launch: true,
        });
    }
    AutoScalingGroup {
        min_size: count(minimum.as_ref(), 0),
        max_size: count(maximum.as_ref(), MOST),
        launch_template: None,
        mixed_instances_policy: Some(MixedInstancesPolicy {
            launch_template: Launched {
                launch_template_specification: LaunchTemplateSpecification {
                    launch_template_id: Function::reference(template).into(),
                    version: Function::GetAtt(template.clone(), "LatestVersionNumber").into(),
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
    }
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
