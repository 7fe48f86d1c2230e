//! ECS services: what they run, where they register, how they are deployed.
//!
//! Sources: ECS API Reference, `CreateService`; ECS Developer Guide, "Amazon ECS service definition parameters".

use super::{Report, Rule};
use crate::verifier::reading::forwarding::{TARGET_GROUP, forwarding_to};
use crate::verifier::reading::reference::named;
use crate::verifier::reading::service::{services, starters, starting};
use crate::verifier::reading::task::Task;
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, elements, number, objects, part, shape, text, truth};

pub(super) const RULES: &[Rule] = &[
    Rule::new("service-container-exists", service_container_exists),
    Rule::new("service-port-mapped", service_port_mapped),
    Rule::new("service-awaits-listener", service_awaits_listener),
    Rule::new("target-type-fits", target_type_fits),
    Rule::new("no-interface-on-machine", no_interface_on_machine),
    Rule::new("deployment-can-move", deployment_can_move),
    Rule::new("zone-rebalancing-can-move", zone_rebalancing_can_move),
    Rule::new("desired-count", desired_count),
    Rule::new("desired-count-left-to-scaler", desired_count_left_to_scaler),
    Rule::new("circuit-breaker", circuit_breaker),
    Rule::new("capacity-stated-once", capacity_stated_once),
    Rule::new("capacity-provider-associated", capacity_provider_associated),
    Rule::new("service-connect-port", service_connect_port),
];

/// A load balancer sends to a container that the task has.
fn service_container_exists(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let Some(containers) = service.task(template).map(Task::containers) else {
            continue;
        };
        for load_balancer in service.load_balancers().known {
            let missing = text(load_balancer, "ContainerName").filter(|name| containers.named(name).is_none());
            if let Some(name) = missing.filter(|_| !containers.nameless()) {
                report.add(service.resource.id, format!("registers container {name}, which its task does not have"));
            }
        }
    }
}

/// A load balancer sends to a port that the container maps.
fn service_port_mapped(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let Some(containers) = service.task(template).map(Task::containers) else {
            continue;
        };
        for load_balancer in service.load_balancers().known {
            let name = text(load_balancer, "ContainerName");
            let (Some(container), Some(port)) =
                (name.and_then(|name| containers.named(name)), number(load_balancer, "ContainerPort"))
            else {
                continue;
            };
            let (ports, complete) = container.ports();
            if complete && !ports.iter().any(|(mapped, _)| *mapped == port) {
                report.add(service.resource.id, format!("container {} does not map port {port}", container.label()));
            }
        }
    }
}

/// A service comes after a listener or rule that sends to its target group: `CreateService` refuses a target group
/// without a load balancer (and AWS Copilot's templates wait, for that reason).
fn service_awaits_listener(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        for load_balancer in service.load_balancers().known {
            let arn = part(load_balancer, "TargetGroupArn");
            let Some(target_group) = template.named(arn, TARGET_GROUP) else {
                continue;
            };
            let forwarders = forwarding_to(template, arn);
            let awaited =
                forwarders.iter().any(|forwarder| template.comes_after(service.resource.id, forwarder.resource.id));
            if !forwarders.is_empty() && !awaited {
                report.add(
                    service.resource.id,
                    format!("does not wait for the listener that sends to {}", target_group.id),
                );
            }
        }
    }
}

/// Targets are addresses where each task has an address, and instances where it has none.
fn target_type_fits(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let Some(task) = service.task(template) else {
            continue;
        };
        let mode = part(task.resource.properties, "NetworkMode");
        if !mode.is_null() && !mode.is_string() {
            continue;
        }
        for load_balancer in service.load_balancers().known {
            let Some(target_group) = template.named(part(load_balancer, "TargetGroupArn"), TARGET_GROUP) else {
                continue;
            };
            let given = part(target_group.properties, "TargetType");
            let given = if given.is_null() { Some("instance") } else { given.as_str() };
            let wanted = if task.awsvpc() { "ip" } else { "instance" };
            if given.is_some_and(|given| given != wanted) {
                report.add(target_group.id, format!("{} needs target type {wanted}", service.resource.id));
            }
        }
    }
}

/// What is in the network of its machine has neither an interface nor an address of its own that Cloud Map could know without a
/// port: ECS refuses such a service.
fn no_interface_on_machine(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        if !service.task(template).is_some_and(Task::on_machine) {
            continue;
        }
        if !absent(service.resource.properties, "NetworkConfiguration") {
            report.add(service.resource.id, "its tasks have no network interface to configure");
        }
        let registries = objects(service.resource.properties, "ServiceRegistries").known;
        if registries.iter().any(|registry| absent(registry, "ContainerPort")) {
            report.add(service.resource.id, "its tasks have no address to register, but for a port");
        }
    }
}

/// A deployment may start a task before it stops one, or the other way round; else it never begins.
fn deployment_can_move(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let configuration = part(service.resource.properties, "DeploymentConfiguration");
        let daemon = text(service.resource.properties, "SchedulingStrategy") == Some("DAEMON");
        let least = number(configuration, "MinimumHealthyPercent").or((!daemon).then_some(100));
        let most = number(configuration, "MaximumPercent");
        if most.is_some_and(|most| most <= 100 && least.is_some_and(|least| least >= most)) {
            report.add(service.resource.id, "a deployment may neither start nor stop a task");
        }
    }
}

/// Rebalancing starts a task before it stops one (ECS Developer Guide, "Balancing an Amazon ECS service across
/// Availability Zones").
fn zone_rebalancing_can_move(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let properties = service.resource.properties;
        let most = number(properties, "DeploymentConfiguration.MaximumPercent");
        let enabled = text(properties, "AvailabilityZoneRebalancing") == Some("ENABLED");
        if enabled && most.is_some_and(|most| most <= 100) {
            report.add(service.resource.id, "zone rebalancing needs a maximum of more than 100 percent");
        }
    }
}

/// The number of tasks is not negative.
fn desired_count(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        if number(service.resource.properties, "DesiredCount").is_some_and(|count| count < 0) {
            report.add(service.resource.id, "a negative number of tasks");
        }
    }
}

/// Where a scaler sets the number of tasks, the template does not: each update of the stack would undo its work.
fn desired_count_left_to_scaler(template: &Template<'_>, report: &mut Report) {
    for scaler in template.of("AWS::ApplicationAutoScaling::ScalableTarget").filter(|scaler| scaler.ours()) {
        if text(scaler.properties, "ScalableDimension") != Some("ecs:service:DesiredCount") {
            continue;
        }
        let scaled = named(part(scaler.properties, "ResourceId"));
        for service in services(template).filter(|service| scaled.contains(service.resource.id)) {
            if !absent(service.resource.properties, "DesiredCount") {
                report.add(service.resource.id, format!("sets the number of tasks that {} scales", scaler.id));
            }
        }
    }
}

/// Our services stop a deployment that fails, instead of trying for hours.
fn circuit_breaker(template: &Template<'_>, report: &mut Report) {
    for service in services(template).filter(|service| service.resource.ours()) {
        let properties = service.resource.properties;
        let rolling = matches!(text(properties, "DeploymentController.Type"), None | Some("ECS"));
        let breaker = part(properties, "DeploymentConfiguration.DeploymentCircuitBreaker");
        if rolling && (breaker.is_null() || truth(breaker, "Enable") == Some(false)) {
            report.add(service.resource.id, "the deployment circuit breaker is off");
        }
    }
}

/// A service has a launch type or a capacity provider strategy, not both.
fn capacity_stated_once(template: &Template<'_>, report: &mut Report) {
    for service in starters(template) {
        if !absent(service.start, "LaunchType") && !absent(service.start, "CapacityProviderStrategy") {
            report.add(service.resource.id, "has both a launch type and a capacity provider strategy");
        }
    }
}

/// The cluster has the capacity providers of what starts tasks before that comes, and until it is gone.
fn capacity_provider_associated(template: &Template<'_>, report: &mut Report) {
    for service in starting(template) {
        let Some(cluster) = template.named(part(service.start, "Cluster"), "AWS::ECS::Cluster") else {
            continue;
        };
        let holds = |value, name: &str| {
            let providers = elements(value, "CapacityProviders");
            !providers.complete || providers.known.iter().any(|provider| shape(provider) == name)
        };
        for item in objects(service.start, "CapacityProviderStrategy").known {
            let provider = part(item, "CapacityProvider");
            // A parameter or an import: whatever it names is associated elsewhere.
            if !provider.is_string() && template.named(provider, "AWS::ECS::CapacityProvider").is_none() {
                continue;
            }
            let name = shape(provider);
            let associated = template.of("AWS::ECS::ClusterCapacityProviderAssociations").any(|association| {
                named(part(association.properties, "Cluster")).contains(cluster.id)
                    && holds(association.properties, &name)
                    && template.comes_after(service.resource.id, association.id)
            });
            if !associated && !holds(cluster.properties, &name) {
                report.add(service.resource.id, format!("{} may not have {name} yet", cluster.id));
            }
        }
    }
}

/// Service Connect publishes ports that the task has by that name.
fn service_connect_port(template: &Template<'_>, report: &mut Report) {
    for service in services(template) {
        let Some(task) = service.task(template) else {
            continue;
        };
        let containers = task.containers().known;
        let names: Vec<_> = containers
            .iter()
            .flat_map(|container| objects(container.0, "PortMappings").known)
            .filter_map(|mapping| text(mapping, "Name"))
            .collect();
        for published in objects(service.resource.properties, "ServiceConnectConfiguration.Services").known {
            if let Some(port) = text(published, "PortName").filter(|port| !names.contains(port)) {
                report.add(service.resource.id, format!("publishes port {port}, which its task does not have"));
            }
        }
    }
}
