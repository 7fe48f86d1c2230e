//! [ECS Exec](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html): a shell in a running container.

use super::permissions::Grant;
use crate::cloudformation::resource::iam::Statement;
use crate::diagnostic::Diagnostics;
use crate::program::Workload;

/// What the task role allows for it, where a workload asks for it.
pub(super) fn grant(workload: &Workload, diagnostics: &mut Diagnostics) -> Option<Grant> {
    let asked = workload.platform.execute_command.as_ref().filter(|asked| asked.value)?;
    for container in workload.containers() {
        let name = &container.name;
        if container.read_only.as_ref().is_some_and(|read_only| read_only.value) {
            diagnostics.note(
                asked.origin,
                format!("nobody gets into `{name}`: the agent writes to the root file system, which is read-only"),
            );
        } else if container.init.is_none() {
            diagnostics.advice(
                asked.origin,
                format!(
                    "each shell in `{name}` leaves processes behind when it ends, as there is no init to reap them"
                ),
            );
        }
    }
    let actions = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
    let statement = Statement {
        action: actions.iter().map(|action| format!("ssmmessages:{action}").into()).collect(),
        // These actions know no resource:
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsessionmanagermessagegatewayservice.html
        resource: vec!["*".into()],
        ..Statement::default()
    };
    Some(Grant::new("execute-command".to_owned(), vec![statement]))
}
