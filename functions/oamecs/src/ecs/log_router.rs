//! The container that sends the output of others on:
//! [`FireLens`](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html).

use std::collections::BTreeMap;

use super::logs::{self, Destination};
use crate::cloudformation::resource::ecs::{ContainerDefinition, FirelensConfiguration, FirelensType};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::program::Workload;
use crate::program::platform::{Driver, Router, RouterKind};

/// Its name, as AWS's own examples have it.
const CONTAINER: &str = "log_router";

/// AWS's Fluent Bit, with the outputs for AWS and its partners.
const IMAGE: &str = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable";

/// The outputs of AWS's image that write to the account, with the permission that the task role must give.
const OUTPUTS: [(&str, &str); 8] = [
    ("cloudwatch", "logs:PutLogEvents"),
    ("cloudwatch_logs", "logs:PutLogEvents"),
    ("es", "es:ESHttp*"),
    ("firehose", "firehose:PutRecordBatch"),
    ("kinesis", "kinesis:PutRecords"),
    ("kinesis_firehose", "firehose:PutRecordBatch"),
    ("kinesis_streams", "kinesis:PutRecords"),
    ("s3", "s3:PutObject"),
];

/// MiB that the router of a task needs, as AWS's examples set aside.
const MEMORY: u64 = 50;

/// MiB that the router of a workload needs, if it has one.
pub(super) fn memory(workload: &Workload) -> u64 {
    if is_needed(workload) { MEMORY } else { 0 }
}

/// Whether any container of a workload logs through a router.
fn is_needed(workload: &Workload) -> bool {
    workload.containers().any(|container| logs::driver(container, workload) == Driver::Router)
}

/// The image of a workload's router, if it has one.
pub(super) fn image(workload: &Workload) -> Option<Expr<String>> {
    let router = workload.platform.firelens.as_ref().and_then(|router| router.value.image.as_ref());
    is_needed(workload).then(|| router.map_or_else(|| Expr::from(IMAGE), |image| image.value.clone()))
}

/// The router of a workload whose containers log through one. ECS starts it before them and stops it after.
pub(super) fn lower(
    workload: &Workload,
    destination: &Destination,
    diagnostics: &mut Diagnostics,
) -> Option<ContainerDefinition> {
    let given = workload.platform.firelens.as_ref();
    let Some(image) = image(workload) else {
        if let Some(given) = given {
            diagnostics.note(
                given.origin,
                "the log router has no effect: every container says that its output goes elsewhere",
            );
        }
        return None;
    };
    let silent = Router { metadata: true, ..Router::default() };
    let Router { image: _, kind, config_file, metadata, options: _ } = given.map_or(&silent, |given| &given.value);
    advise(workload, diagnostics);
    let mut options = BTreeMap::new();
    options.insert("enable-ecs-log-metadata".into(), metadata.to_string().into());
    if let Some(file) = config_file {
        check_file(file, diagnostics);
        options.insert("config-file-type".into(), "file".into());
        options.insert("config-file-value".into(), (&file.value).into());
    }
    let mut router = ContainerDefinition::new(CONTAINER, &image);
    // Without it the output of the others is lost.
    router.essential = true;
    router.firelens_configuration = Some(FirelensConfiguration {
        kind: match kind {
            RouterKind::FluentBit => FirelensType::Fluentbit,
            RouterKind::Fluentd => FirelensType::Fluentd,
        },
        options,
    });
    router.log_configuration = Some(logs::to_cloud_watch(destination, &BTreeMap::new()));
    Some(router)
}

/// On Fargate the file is in the image; on instances, too, unless the router's role may fetch it.
fn check_file(file: &Located<Expr<String>>, diagnostics: &mut Diagnostics) {
    let is_path = file.value.known().is_none_or(|path| path.starts_with('/'));
    if !is_path {
        diagnostics
            .error(file.origin, "the configuration of a log router is a file of its image, by its absolute path")
            .fix("put it into an image of your own, and write for example `/extra.conf`");
    }
}

/// A router writes with the role of its task.
fn advise(workload: &Workload, diagnostics: &mut Diagnostics) {
    let none = BTreeMap::new();
    let shared = workload.platform.firelens.as_ref().map_or(&none, |router| &router.value.options);
    let of_containers = workload.containers().filter_map(|container| container.log.as_ref());
    let routed = of_containers.filter(|log| log.driver == Driver::Router).map(|log| &log.options);
    for options in routed.chain([shared]) {
        let Some(name) = options.get("Name").or_else(|| options.get("name")) else { continue };
        let Some(output) = name.value.known() else { continue };
        if let Some((_, action)) = OUTPUTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(output)) {
            diagnostics
                .advice(name.origin, format!("the log router writes with the task role, which must allow `{action}` and what else `{output}` does"))
                .fix("allow it with `Policy` or `Policies`");
        }
    }
}
