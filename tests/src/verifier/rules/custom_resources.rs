//! The custom resources of ours, as far as a template shows whether they will be answered in time.
//!
//! Sources: CloudFormation, `AWS::CloudFormation::CustomResource` (`ServiceTimeout` is 1 to 3,600 seconds, and an hour where it
//! is absent); User Guide, "Custom resources" (updates of the service token are not supported).

use super::{Report, Rule};
use crate::verifier::reading::reference::references;
use crate::verifier::reading::service::{RUN, starting};
use crate::verifier::reading::task::Task;
use crate::verifier::reading::template::{Resource, Template};
use crate::verifier::reading::value::{absent, number, part, shape};

pub(super) const RULES: &[Rule] = &[
    Rule::new("custom-service-token", custom_service_token),
    Rule::new("custom-service-timeout", custom_service_timeout),
    Rule::new("custom-attribute", custom_attribute),
    Rule::new("run-ends-in-time", run_ends_in_time),
    Rule::new("run-has-network", run_has_network),
];

fn ours<'a>(template: &Template<'a>) -> impl Iterator<Item = Resource<'a>> {
    template.resources().filter(|resource| resource.kind.starts_with("Custom::OamEcs"))
}

/// All of ours go to one function, by an ARN that an update of the function does not change.
fn custom_service_token(template: &Template<'_>, report: &mut Report) {
    let mut first: Option<(Resource<'_>, String)> = None;
    for resource in ours(template) {
        let token = part(resource.properties, "ServiceToken");
        if token.is_null() {
            report.add(resource.id, "nobody serves it");
            continue;
        }
        let token = shape(token);
        if token.starts_with("arn:") && token.split(':').count() > 7 {
            report.add(resource.id, "goes to one version of the function, which can never be another");
        }
        match &first {
            Some((other, before)) if *before != token => {
                report.add(resource.id, format!("goes to another function than {}", other.id));
            }
            Some(_) => {}
            None => first = Some((resource, token)),
        }
    }
}

/// Each says after how many seconds nobody answers any more, or a stack that cannot be made waits an hour, and another one
/// when it rolls back.
fn custom_service_timeout(template: &Template<'_>, report: &mut Report) {
    for resource in ours(template) {
        let given = part(resource.properties, "ServiceTimeout");
        if given.is_null() {
            report.add(resource.id, "has no ServiceTimeout");
        } else if !number(resource.properties, "ServiceTimeout").is_some_and(|given| (1..=3600).contains(&given)) {
            report.add(resource.id, format!("its ServiceTimeout is {given}, not a number from 1 to 3600"));
        }
    }
}

/// Nobody asks for what the function does not answer: the stack would fail, after the function has done its work.
fn custom_attribute(template: &Template<'_>, report: &mut Report) {
    let everywhere = template.resources().map(|resource| (resource.id, resource.properties));
    let outputs = part(template.document, "Outputs").as_object().into_iter().flatten();
    for (id, value) in everywhere.chain(outputs.map(|(id, output)| (id.as_str(), part(output, "Value")))) {
        for reference in references(value) {
            let (Some(asked), Some(attribute)) = (template.get(reference.id), reference.attribute) else {
                continue;
            };
            let answered = match asked.kind {
                "Custom::OamEcsNetwork" => {
                    attribute == "VpcId" || attribute == "TaskAddresses" || is_subnet(asked, attribute)
                }
                "Custom::OamEcsSecret" => matches!(attribute, "Arn" | "KmsKeyArn"),
                "Custom::OamEcsNamespace" => matches!(attribute, "Arn" | "HostedZoneId"),
                "Custom::OamEcsRollout" => matches!(attribute, "Status" | "TaskDefinitionArn" | "DeploymentId"),
                RUN => matches!(attribute, "Status" | "TaskArns" | "ExitCodes" | "StartedAt" | "StoppedAt"),
                _ => true,
            };
            if !answered {
                report.add(id, format!("{} has no {attribute}", asked.id));
            }
        }
    }
}

/// Whether a network has a subnet of this name: one of each kind in as many zones as were asked for.
fn is_subnet(network: Resource<'_>, attribute: &str) -> bool {
    let kinds = ["PublicSubnet", "PrivateSubnet", "TaskSubnet"];
    let zone = kinds.iter().find_map(|kind| attribute.strip_prefix(kind)?.parse::<i64>().ok());
    let zones = number(network.properties, "Zones").unwrap_or(6);
    zone.is_some_and(|zone| (1..=zones).contains(&zone))
}

/// A task may take less time than CloudFormation waits, so that its own failure is what is told.
fn run_ends_in_time(template: &Template<'_>, report: &mut Report) {
    for run in template.of(RUN) {
        let usual = absent(run.properties, "Timeout").then_some(900);
        let taken = number(run.properties, "Timeout").or(usual);
        if let (Some(waited), Some(taken)) = (number(run.properties, "ServiceTimeout"), taken)
            && taken >= waited
        {
            report.add(run.id, format!("may take {taken} s, and is given up after {waited} s"));
        }
    }
}

/// A task with a network interface of its own is told where.
fn run_has_network(template: &Template<'_>, report: &mut Report) {
    for run in starting(template).filter(|run| run.resource.kind == RUN) {
        let awsvpc = run.task(template).is_some_and(Task::awsvpc);
        if awsvpc && absent(run.start, "NetworkConfiguration") {
            report.add(run.resource.id, "its task needs subnets and security groups");
        }
    }
}
