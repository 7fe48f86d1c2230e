//! Where output goes: one log group an application, a stream for each container of each task.

use std::collections::BTreeMap;

use super::role::Role;
use super::scope::Scope;
use crate::cloudformation::resource::ecs::{LogConfiguration, LogDriver};
use crate::cloudformation::resource::logs::LogGroup;
use crate::cloudformation::{Function, Keep, LogicalId};
use crate::diagnostic::{Located, Origin};
use crate::expression::Expr;

/// Days for which output is kept.
const RETENTION: u32 = 30;

/// The log group of an application. What was logged is kept when the stack goes.
pub(super) fn group(scope: &mut Scope<'_>, origin: Origin) -> LogicalId {
    let properties = LogGroup { retention_in_days: Some(RETENTION), log_group_name: None, kms_key_id: None };
    scope.add(Role::LogGroup, origin, &properties).kept(Keep::Record).id()
}

/// How a container of a workload logs: streams are called `<workload>/<container>/<task>`.
pub(super) fn configuration(
    group: &LogicalId,
    workload: &str,
    options: &BTreeMap<String, Located<Expr<String>>>,
) -> LogConfiguration {
    let mut all = BTreeMap::from([
        ("awslogs-group".into(), Function::reference(group).into()),
        ("awslogs-region".into(), Function::Pseudo("AWS::Region").into()),
        ("awslogs-stream-prefix".into(), workload.to_owned().into()),
    ]);
    all.extend(options.iter().map(|(name, value)| (name.clone().into(), (&value.value).into())));
    LogConfiguration { log_driver: LogDriver::Awslogs, options: all, secret_options: Vec::new() }
}
