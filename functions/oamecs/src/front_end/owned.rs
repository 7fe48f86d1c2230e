//! Services that a release names and another declaration of the template makes.
//!
//! CloudFormation gives them their new version by itself. What a release says of how it does so, the workload is told here.

use crate::diagnostic::Diagnostics;
use crate::document::{list_some, suggestion};
use crate::program::Program;
use crate::program::release::{Owner, Step};

/// Has the workloads of other declarations do what releases say of them: they roll themselves out. What a workload says itself
/// wins.
pub(super) fn settle(program: &mut Program, diagnostics: &mut Diagnostics) {
    let Program { applications, releases, environments: _, declared: _ } = program;
    let steps = releases.values().flat_map(|release| &release.stages).flat_map(|stage| stage.steps.values());
    for step in steps {
        let Step::Roll(roll) = step else { continue };
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
