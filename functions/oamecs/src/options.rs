//! Options of the platform, the same for every format and wherever they are written.
//!
//! In: a map beside a document (`Defaults: { ExecuteCommand: true }`), or keys within one (`x-aws-execute_command: true`).
//! Out: [`platform::Options`](Options). To add an option: its field in `program/platform.rs`, its name in [`KEYS`], its line
//! in [`read`], its attribute in `compose/support/service.rs`, and its lowering in `ecs`.

mod alarms;
pub(crate) mod arn;
pub mod autoscaling;
pub mod capacity;
mod discovery;
mod given;
pub mod log;
pub(crate) mod log_driver;
mod permissions;
pub mod reach;
mod restart_policy;
pub(crate) mod schedule;
mod subnets;

pub use given::{Given, Spelling};

use crate::diagnostic::Located;
use crate::document::{Node, Reader};
use crate::expression::Expr;
use crate::program::platform::{NetworkMode, Options, Processor, RunWhen};
use arn::Arn;

/// Every option, by its name beside a document, sorted.
pub const KEYS: [&str; 49] = [
    "AllowFrom",
    "Autoscaling",
    "Capacity",
    "Certificate",
    "Cpu",
    "CpuArchitecture",
    "DeregistrationDelay",
    "Discovery",
    "DiscoveryName",
    "DnsNames",
    "DnsRecords",
    "Domain",
    "EphemeralStorage",
    "ExecuteCommand",
    "ExecutionRole",
    "Family",
    "Firelens",
    "ForceNewDeployment",
    "HealthCheck",
    "HostedZone",
    "Listener",
    "LoadBalancer",
    "LoadBalancerGroups",
    "LogGroup",
    "LogGroupName",
    "LogKmsKey",
    "LogPrefix",
    "LogRetention",
    "MaxWait",
    "Memory",
    "NetworkMode",
    "Path",
    "PermissionsBoundary",
    "PlacementConstraints",
    "Policies",
    "Policy",
    "Priority",
    "PublicAddress",
    "RestartPolicy",
    "Role",
    "RollbackAlarms",
    "Run",
    "Schedule",
    "Scheme",
    "ServiceConnect",
    "SlowStart",
    "Stickiness",
    "Subnets",
    "Timeout",
];

/// Reads all options of a map; what else is in it is left there.
pub fn read(given: &mut Given, reader: &mut Reader<'_>) -> Options {
    Options {
        autoscaling: autoscaling::read(given, "Autoscaling", reader),
        capacity: given.take("Capacity").and_then(|node| capacity::read(node, given, reader)),
        cpu: given.known("Cpu", "a number of CPU units, of which 1024 are one processor", "512", reader),
        cpu_architecture: given
            .take("CpuArchitecture")
            .and_then(|node| reader.choice(&node, &[("ARM64", Processor::Arm64), ("X86_64", Processor::Amd64)])),
        discovery: discovery::read(given, reader),
        discovery_name: discovery::name(given, reader),
        ephemeral_storage: given.known("EphemeralStorage", "a number of GiB from 20 to 200", "50", reader),
        execute_command: given.known("ExecuteCommand", "`true` or `false`", "true", reader),
        execution_role: permissions::arn(given, "ExecutionRole", Arn::Role, reader),
        family: given.text("Family", reader),
        firelens: log::router(given, reader),
        force_new_deployment: given.known("ForceNewDeployment", "`true` or `false`", "true", reader),
        log_group: given.text("LogGroup", reader),
        log_group_name: given.text("LogGroupName", reader),
        log_kms_key: given.text("LogKmsKey", reader),
        log_prefix: given.text("LogPrefix", reader),
        log_retention: given.take("LogRetention").and_then(|node| log::retention(&node, reader)),
        max_wait: given.known("MaxWait", "a number of seconds", "900", reader),
        memory: given.known("Memory", "a number of MiB", "1024", reader),
        network_mode: given
            .take("NetworkMode")
            .and_then(|node| reader.choice(&node, &[("awsvpc", NetworkMode::Task), ("host", NetworkMode::Host)])),
        permissions_boundary: permissions::arn(given, "PermissionsBoundary", Arn::Policy, reader),
        placement_constraints: placement_constraints(given, reader),
        policies: permissions::policies(given, reader),
        policy: permissions::policy(given, reader),
        public_address: given.known("PublicAddress", "`true` or `false`", "true", reader),
        reach: reach::read(given, reader),
        restart_policy: restart_policy::read(given, reader),
        role: permissions::role(given, reader),
        rollback_alarms: alarms::read(given, reader),
        run: given.take("Run").and_then(|node| run(&node, reader)),
        schedule: schedule::read(given, reader),
        service_connect: given.known("ServiceConnect", "`true` or `false`", "true", reader),
        subnets: given.take("Subnets").and_then(|node| subnets::read(node, reader)),
        timeout: given.known("Timeout", "a number of seconds", "1800", reader),
    }
}

/// Reads expressions of the cluster query language, one or a list.
fn placement_constraints(given: &mut Given, reader: &mut Reader<'_>) -> Option<Located<Vec<Located<Expr<String>>>>> {
    let mut expressions = given.texts("PlacementConstraints", reader)?;
    expressions.value.retain(|expression| {
        let is_something = expression.value.known().is_none_or(|expression| !expression.trim().is_empty());
        if !is_something {
            reader
                .diagnostics
                .error(expression.origin, "the expression is empty")
                .fix("write what must hold for an instance, for example `attribute:ecs.instance-type =~ g4dn.*`");
        }
        is_something
    });
    Some(expressions)
}

fn run(node: &Node, reader: &mut Reader<'_>) -> Option<Located<RunWhen>> {
    let text = reader.known_text(node)?;
    let run = match text.value.as_str() {
        "always" => RunWhen::Always,
        "on-change" => RunWhen::OnChange,
        other => {
            reader
                .diagnostics
                .error(text.origin, format!("`{other}` says not when to run"))
                .fix("write `on-change`, or `always` for every deployment");
            return None;
        }
    };
    Some(Located::new(text.origin, run))
}
