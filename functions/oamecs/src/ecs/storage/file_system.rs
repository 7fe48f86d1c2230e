//! File systems that are made for volumes.

use super::Named;
use crate::cloudformation::resource::iam::{Effect, PolicyDocument, Principal, Statement};
use crate::cloudformation::resource::{Switch, efs};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, Keep, Value};
use crate::diagnostic::{Diagnostics, Origin};
use crate::ecs::permissions::text_condition;
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::program::platform::file_system::{Performance, Throughput, Tuning};

/// A file system: encrypted, backed up and paid by use, where nothing else is asked for.
pub(super) fn lower(scope: &mut Scope<'_>, name: &str, origin: Origin, tuning: &Tuning) -> Named {
    let Tuning { backup, infrequent_access, performance, throughput, key } = tuning;
    advise(tuning, scope.diagnostics);
    let is_max_io = performance.as_ref().is_some_and(|performance| performance.value == Performance::MaxIo);
    let throughput = throughput.as_ref().map(|throughput| &throughput.value);
    let status = match backup {
        None => Value::Literal(Switch::Enabled),
        Some(backup) => Value::from(&backup.value.clone().map(Switch::from)),
    };
    let properties = efs::FileSystem {
        encrypted: true,
        kms_key_id: key.as_ref().map(|key| Text::from(&key.value)),
        performance_mode: performance.as_ref().map(|performance| match performance.value {
            Performance::GeneralPurpose => efs::PerformanceMode::GeneralPurpose,
            Performance::MaxIo => efs::PerformanceMode::MaxIo,
        }),
        throughput_mode: Some(match throughput {
            // EFS has no such file system with elastic throughput.
            None if is_max_io => efs::ThroughputMode::Bursting,
            None | Some(Throughput::Elastic) => efs::ThroughputMode::Elastic,
            Some(Throughput::Bursting) => efs::ThroughputMode::Bursting,
            Some(Throughput::Provisioned(_)) => efs::ThroughputMode::Provisioned,
        }),
        provisioned_throughput_in_mibps: match throughput {
            Some(Throughput::Provisioned(amount)) => Some(Value::from(amount)),
            _ => None,
        },
        backup_policy: Some(efs::BackupPolicy { status }),
        lifecycle_policies: infrequent_access
            .iter()
            .map(|after| efs::LifecyclePolicy::InfrequentAccess(Text::from(&after.value)))
            .collect(),
        file_system_policy: Some(only_over_tls()),
    };
    let id = scope.add_for(name, Role::FileSystem, origin, &properties).kept(Keep::Data).id();
    Named { id: Function::reference(&id).into(), arn: Function::GetAtt(id, "Arn").into() }
}

/// What can never change is said where it is set.
fn advise(tuning: &Tuning, diagnostics: &mut Diagnostics) {
    let key = tuning.key.as_ref().map(|key| (key.origin, "key"));
    let performance = tuning.performance.as_ref().map(|performance| (performance.origin, "performance mode"));
    for (origin, what) in key.into_iter().chain(performance) {
        diagnostics.advice(
            origin,
            format!("a file system keeps its {what} for life: with another one the volume would be a new file system, which starts empty; the old one is kept"),
        );
    }
}

/// The policy of a file system: once there is one, nobody gets in without a permission of their own; this one also denies
/// whoever comes without TLS.
fn only_over_tls() -> PolicyDocument {
    PolicyDocument::new(vec![Statement {
        sid: Some("OnlyOverTls".to_owned()),
        effect: Effect::Deny,
        principal: Some(Principal::Aws(vec!["*".into()])),
        action: ["ClientMount", "ClientRootAccess", "ClientWrite"]
            .iter()
            .map(|action| format!("elasticfilesystem:{action}").into())
            .collect(),
        resource: Vec::new(),
        condition: text_condition("Bool", "aws:SecureTransport", "false".into()),
    }])
}
