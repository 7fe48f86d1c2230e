//! What costs money while nothing happens.

use std::collections::BTreeMap;

use crate::cloudformation::Resources;
use crate::cloudformation::resource::{cloudwatch, custom, ec2, ecs, elbv2, servicediscovery};
use crate::cloudformation::template::Properties;
use crate::diagnostic::Diagnostics;
use crate::program::Program;
use crate::program::platform::Capacity;

/// The types that have a price by the hour or month, and what people call them.
const PRICED: [(&str, &str, &str); 6] = [
    (ec2::NatGateway::TYPE, "NAT gateway", "NAT gateways"),
    (elbv2::LoadBalancer::TYPE, "load balancer", "load balancers"),
    (servicediscovery::PrivateDnsNamespace::TYPE, "private DNS namespace", "private DNS namespaces"),
    (custom::Namespace::TYPE, "shared private DNS namespace", "shared private DNS namespaces"),
    (cloudwatch::CompositeAlarm::TYPE, "composite alarm", "composite alarms"),
    (ecs::Service::TYPE, "service whose tasks are paid by the second", "services whose tasks are paid by the second"),
];

/// Tells each declaration what of its resources is paid for even when idle.
pub(super) fn advise(program: &Program, resources: &Resources, diagnostics: &mut Diagnostics) {
    let mut counts: BTreeMap<&str, [usize; PRICED.len()]> = BTreeMap::new();
    for resource in resources.values() {
        let position = PRICED.iter().position(|(kind, _, _)| *kind == resource.kind);
        let entry = counts.entry(&resource.owner).or_default();
        if let Some(count) = position.and_then(|position| entry.get_mut(position)) {
            *count += 1;
        }
    }
    for (id, application) in &program.applications {
        let capacities = application.workloads.values().filter(|workload| workload.serves());
        let capacities = capacities.filter_map(|workload| workload.platform.capacity.as_ref());
        // Whoever registers instances pays for them, whatever runs there.
        let registered = capacities.filter(|capacity| capacity.value == Capacity::Registered).count();
        if let Some([.., services]) = counts.get_mut(id.as_str()) {
            *services = services.saturating_sub(registered);
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
