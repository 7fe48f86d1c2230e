//! Services that a release names and another declaration of the template makes.
//!
//! CloudFormation gives them their new version by itself. What a release says of how it does so, the workload is told here.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::document::{list_some, suggestion};
use crate::program::release::{Owner, Run, Step};
use crate::program::{Application, Program};

/// Has the workloads of other declarations do what releases say of them: they roll themselves out. What a workload says itself
/// wins.
pub(super) fn settle(program: &mut Program, diagnostics: &mut Diagnostics) {
    let Program { applications, releases, environments: _, declared: _ } = program;
    let steps = releases.values().flat_map(|release| &release.stages).flat_map(|stage| stage.steps.values());
    for step in steps {
        let roll = match step {
            Step::Roll(roll) => roll,
            Step::Run(run) => {
                check_network(run, applications, diagnostics);
                continue;
            }
        };
        let Owner::Declared { declaration, workload } = &roll.owner else { continue };
        // One that has errors is not there, which is said already.
        let Some(application) = applications.get_mut(declaration) else { continue };
        let Some(found) = application.workloads.get_mut(workload).filter(|workload| workload.serves()) else {
            let names: Vec<&str> = application
                .workloads
                .iter()
                .filter(|(_, workload)| workload.serves())
                .map(|(name, _)| name.as_str())
                .collect();
            let entry = diagnostics.error(roll.origin, format!("`{declaration}` has no service `{workload}`"));
            match suggestion(workload, names.iter().copied()) {
                Some(near) => entry.fix(format!("did you mean `{near}`?")),
                None => entry.fix(format!("its services are {}", list_some(&names))),
            }
            continue;
        };
        let platform = &mut found.platform;
        platform.max_wait = platform.max_wait.take().or(roll.max_wait.clone());
        platform.force_new_deployment = platform.force_new_deployment.take().or(roll.force.clone());
    }
}

/// Where a task has a network interface of its own, somebody must say where that is.
fn check_network(run: &Run, applications: &BTreeMap<String, Application>, diagnostics: &mut Diagnostics) {
    let Some((declaration, name)) = run.tasks_of.as_ref().filter(|_| run.network.is_none()) else { return };
    let workload = applications.get(declaration).and_then(|application| application.workloads.get(name));
    if workload.is_some_and(|workload| !workload.on_machine_network()) {
        diagnostics
            .error(run.origin, format!("each task of `{name}` has a network interface of its own, and `network_configuration` is missing"))
            .fix(format!("write `network_configuration: {{ vpc_configuration: {{ assign_public_ip: false, security_groups: [!GetAtt {declaration}.Networks.default.SecurityGroupId], subnets: […] }} }}`, with the subnets that it has"));
    }
}
