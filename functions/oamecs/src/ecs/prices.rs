//! What costs money while nothing happens.

use std::collections::BTreeMap;

use crate::cloudformation::resource::{
    autoscaling, cloudwatch, custom, ec2, ecs, elbv2, secretsmanager, servicediscovery,
};
use crate::cloudformation::template::Properties;
use crate::diagnostic::Diagnostics;
use crate::program::Program;
use crate::program::platform::Machine;

/// The types that have a price by the hour or month, and what people call them.
const PRICED: [(&str, &str, &str); 8] = [
    (ec2::NatGateway::TYPE, "NAT gateway", "NAT gateways"),
    (elbv2::LoadBalancer::TYPE, "load balancer", "load balancers"),
    (servicediscovery::PrivateDnsNamespace::TYPE, "private DNS namespace", "private DNS namespaces"),
    (custom::Namespace::TYPE, "shared private DNS namespace", "shared private DNS namespaces"),
    (cloudwatch::CompositeAlarm::TYPE, "composite alarm", "composite alarms"),
    (secretsmanager::Secret::TYPE, "secret", "secrets"),
    (autoscaling::AutoScalingGroup::TYPE, "group of instances", "groups of instances"),
    (ecs::Service::TYPE, "service whose tasks are paid by the second", "services whose tasks are paid by the second"),
];

/// Tells each declaration what of its resources is paid for even when idle. `resources` are the owner and the type of each.
pub fn advise_prices<'a>(
    program: &Program,
    resources: impl Iterator<Item = (&'a str, &'static str)>,
    diagnostics: &mut Diagnostics,
) {
    let mut counts: BTreeMap<&str, [usize; PRICED.len()]> = BTreeMap::new();
    for (owner, kind) in resources {
        let position = PRICED.iter().position(|(priced, _, _)| *priced == kind);
        let entry = counts.entry(owner).or_default();
        if let Some(count) = position.and_then(|position| entry.get_mut(position)) {
            *count += 1;
        }
    }
    for (id, application) in &program.applications {
        let services = application.workloads.values().filter(|workload| workload.serves());
        // Instances are paid for, whatever runs there.
        let on_instances = services.filter(|workload| workload.machine() == Machine::Instance).count();
        if let Some([.., services]) = counts.get_mut(id.as_str()) {
            *services = services.saturating_sub(on_instances);
        }
    }
    for (owner, counts) in counts {
        let named: Vec<String> = PRICED
            .iter()
            .zip(counts)
            .filter(|(_, count)| *count > 0)
            .map(|((_, one, many), count)| if count == 1 { format!("1 {one}") } else { format!("{count} {many}") })
            .collect();
        let application = program.applications.get(owner).map(|application| application.origin);
        let environment = program.environments.get(owner).map(|environment| environment.origin);
        if let (Some(origin), false) = (application.or(environment), named.is_empty()) {
            let whose =
                if application.is_some() || program.declared.contains(owner) { "" } else { " for all applications" };
            diagnostics.advice(origin, format!("these have a price even when idle{whose}: {}", named.join(", ")));
        }
    }
}
