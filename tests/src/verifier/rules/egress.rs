//! How tasks reach the internet, and what must be there before they try.
//!
//! A task that starts too early, or in a subnet that leads nowhere, cannot fetch its image: the circuit breaker
//! then rolls the stack back. Sources: ECS Developer Guide, "Fargate task networking"; CloudFormation User Guide,
//! "`DependsOn` attribute", on gateway attachments.

use super::{Report, Rule};
use crate::verifier::reading::forwarding::LOAD_BALANCER;
use crate::verifier::reading::routing::routing;
use crate::verifier::reading::service::{starters, starting};
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{part, shape, text};

pub(super) const RULES: &[Rule] = &[
    Rule::new("service-awaits-egress", service_awaits_egress),
    Rule::new("service-has-egress", service_has_egress),
    Rule::new("gateway-attached-first", gateway_attached_first),
];

/// A service, or a task that is run once, waits for the routes of its subnets and for their association with them.
fn service_awaits_egress(template: &Template<'_>, report: &mut Report) {
    for service in starting(template) {
        for subnet in service.subnets(template).0 {
            for needed in routing(template, subnet).needed {
                if !template.comes_after(service.resource.id, needed) {
                    report.add(service.resource.id, format!("does not wait for {needed}"));
                }
            }
        }
    }
}

/// Tasks have public addresses where the way out is an internet gateway, and none where it is a NAT gateway.
fn service_has_egress(template: &Template<'_>, report: &mut Report) {
    let endpoints = template.of("AWS::EC2::VPCEndpoint").next().is_some();
    for service in starters(template) {
        let id = service.resource.id;
        let address = part(service.start, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp");
        let public = match address.as_str() {
            Some("ENABLED") => true,
            Some("DISABLED") => false,
            None if address.is_null() => false,
            _ => continue,
        };
        for subnet in service.subnets(template).0 {
            let routing = routing(template, subnet);
            // Instances fetch images, secrets and files for their tasks, on their own way out.
            let fetched = super::capacity::on_fargate(template, service) == Some(false);
            if !routing.known || endpoints || fetched {
                continue;
            }
            if public && routing.translated {
                report.add(id, format!("has public addresses in {}, which leads to a NAT gateway", subnet.id));
            } else if public && !routing.public {
                report.add(id, format!("{} does not lead to the internet", subnet.id));
            } else if !public && !routing.translated {
                report.add(id, format!("private addresses do not reach the internet from {}", subnet.id));
            }
        }
    }
}

/// What needs the internet gateway comes after its attachment, and so goes before it.
fn gateway_attached_first(template: &Template<'_>, report: &mut Report) {
    for attachment in template.of("AWS::EC2::VPCGatewayAttachment") {
        let gateway = shape(part(attachment.properties, "InternetGatewayId"));
        let vpc = shape(part(attachment.properties, "VpcId"));
        let in_vpc = |subnet: &serde_json::Value| {
            let subnet = template.named(subnet, "AWS::EC2::Subnet");
            subnet.is_some_and(|subnet| shape(part(subnet.properties, "VpcId")) == vpc)
        };
        let needs = |resource: &Resource<'_>| match resource.kind {
            "AWS::EC2::Route" => shape(part(resource.properties, "GatewayId")) == gateway,
            "AWS::EC2::NatGateway" => {
                text(resource.properties, "ConnectivityType") != Some("private")
                    && in_vpc(part(resource.properties, "SubnetId"))
            }
            LOAD_BALANCER => {
                text(resource.properties, "Scheme") != Some("internal")
                    && super::load_balancers::subnets(*resource).known.into_iter().any(in_vpc)
            }
            _ => false,
        };
        for resource in template.resources().filter(needs) {
            if !template.comes_after(resource.id, attachment.id) {
                report.add(resource.id, format!("does not wait for {}", attachment.id));
            }
        }
    }
}
