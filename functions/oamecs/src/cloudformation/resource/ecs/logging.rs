//! Where the output of a task's containers goes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::Secret;
use crate::cloudformation::value::Text;

/// Where a container's output goes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogConfiguration {
    /// Fargate has `awslogs`, `splunk` and `awsfirelens`.
    pub log_driver: LogDriver,
    /// The driver's own options; `awslogs` requires `awslogs-group` and `awslogs-region`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<Cow<'static, str>, Text>,
    /// Options that are secret, such as Splunk's token.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secret_options: Vec<Secret>,
}

/// A log driver that ECS has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogDriver {
    /// Through a `FireLens` container of the task.
    Awsfirelens,
    /// To `CloudWatch` Logs.
    Awslogs,
    /// To a Fluentd daemon. On instances only.
    Fluentd,
    /// To a GELF endpoint. On instances only.
    Gelf,
    /// To the instance's journal.
    Journald,
    /// To a file of the instance.
    JsonFile,
    /// To Splunk's HTTP collector.
    Splunk,
    /// To a syslog daemon. On instances only.
    Syslog,
}

/// How a log router is set up.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FirelensConfiguration {
    /// What its image runs.
    #[serde(rename = "Type")]
    pub kind: FirelensType,
    /// `enable-ecs-log-metadata`, `config-file-type` (`s3` or `file`; Fargate has `file` only) and `config-file-value`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<Cow<'static, str>, Text>,
}

/// What a log router runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FirelensType {
    /// Fluent Bit.
    Fluentbit,
    /// Fluentd.
    Fluentd,
}
