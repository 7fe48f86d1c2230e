//! The subnets that the tasks of a workload are in, and whether they have public addresses there.

use super::site::Site;
use super::storage::mounts::mounted;
use crate::cloudformation::resource::Switch;
use crate::cloudformation::value::Text;
use crate::cloudformation::{LogicalId, Value};
use crate::diagnostic::{Diagnostics, Origin};
use crate::program::Workload;
use crate::program::platform::{Machine, Subnets};

/// The subnets of a workload's tasks.
pub(super) fn subnets(workload: &Workload, site: &Site, diagnostics: &mut Diagnostics) -> Value<Vec<Text>> {
    let Some(asked) = &workload.platform.subnets else { return of_site(workload, site) };
    let (list, kind) = match &asked.value {
        Subnets::Public => (&site.public_subnets, "public"),
        Subnets::Private => (&site.private_subnets, "private"),
        Subnets::Each(ids) => {
            if !mounted(workload).is_empty() {
                diagnostics.advice(
                    asked.origin,
                    "volumes are mounted only in the zones of the network's own subnets: these must be in the same zones",
                );
            }
            return Value::Literal(ids.iter().map(Text::from).collect());
        }
    };
    list.clone().unwrap_or_else(|| {
        report_none(kind, asked.origin, diagnostics);
        site.task_subnets.clone()
    })
}

fn report_none(kind: &str, origin: Origin, diagnostics: &mut Diagnostics) {
    diagnostics
        .error(origin, format!("the network has no {kind} subnets that are known when the template is expanded"))
        .fix(format!("give the ids of the {kind} subnets in `Environment`, or here as a list"));
}

/// The subnets that the network has for tasks. Where their list is known late, tasks that mount volumes are only in those that
/// have a mount target.
fn of_site(workload: &Workload, site: &Site) -> Value<Vec<Text>> {
    match &site.task_subnets {
        Value::Function(_) if !mounted(workload).is_empty() => {
            Value::Literal(site.zone_subnets.iter().map(|zone| zone.subnet.clone()).collect())
        }
        subnets => subnets.clone(),
    }
}

/// What must be there before a task in its subnets can reach its image.
pub(super) fn way_out<'s>(workload: &Workload, site: &'s Site) -> &'s [LogicalId] {
    match workload.platform.subnets.as_ref().map(|asked| &asked.value) {
        // Where its machine is, it is with the machine.
        _ if workload.on_machine_network() => &[],
        Some(Subnets::Public) => &site.way_in,
        _ => &site.way_out,
    }
}

/// Whether tasks have public addresses: as it is asked for, else where their subnets have no other way out.
pub(super) fn public_address(workload: &Workload, site: &Site) -> Value<Switch> {
    if workload.machine() == Machine::Instance {
        // A task on an instance never has one.
        return Value::Literal(Switch::Disabled);
    }
    match (&workload.platform.public_address, &workload.platform.subnets) {
        (Some(asked), _) => Value::Literal(Switch::from(asked.value)),
        (None, Some(asked)) => match asked.value {
            Subnets::Public => Value::Literal(Switch::from(true)),
            Subnets::Private => Value::Literal(Switch::from(false)),
            Subnets::Each(_) => site.public_addresses.clone(),
        },
        (None, None) => site.public_addresses.clone(),
    }
}
