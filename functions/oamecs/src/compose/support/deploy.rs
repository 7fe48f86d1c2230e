//! Attributes of [deploy](https://github.com/compose-spec/compose-spec/blob/main/deploy.md).

use super::{Inside, Table, later, mapped, nested, note, refused};

/// How a service is deployed.
pub(super) static DEPLOY: &Table = &[
    mapped("endpoint_mode"),
    mapped("labels"),
    mapped("mode"),
    later("placement", "remove it; Fargate spreads the tasks of a service over the availability zones"),
    mapped("replicas"),
    nested("resources", Inside::Map(RESOURCES)),
    nested("restart_policy", Inside::Map(RESTART)),
    note("rollback_config", "a roll-back goes the way of an update, which `update_config` sets"),
    nested("update_config", Inside::Map(UPDATE)),
    mapped("x-aws-autoscaling"),
];

/// What a container may use.
static RESOURCES: &Table = &[nested("limits", Inside::Map(LIMITS)), nested("reservations", Inside::Map(RESERVATIONS))];

/// What it may use at most.
static LIMITS: &Table = &[mapped("cpus"), mapped("memory"), note("pids", "ECS sets no limit on processes")];

/// What is set aside for it.
static RESERVATIONS: &Table = &[
    mapped("cpus"),
    refused("devices", super::service::NO_GPU, super::service::WITHOUT_GPU),
    refused("generic_resources", super::service::NO_GPU, super::service::WITHOUT_GPU),
    mapped("memory"),
];

/// When a container that ended is started again.
static RESTART: &Table = &[
    mapped("condition"),
    note("delay", "ECS starts what ended again at once, with ever longer pauses where it ends again and again"),
    mapped("max_attempts"),
    mapped("window"),
];

/// How a new version takes the place of the old one.
static UPDATE: &Table = &[
    note("delay", "ECS replaces the next tasks as soon as new ones are healthy"),
    mapped("failure_action"),
    note("max_failure_ratio", "ECS gives an update up when tasks fail to start again and again"),
    note("monitor", "ECS watches an update until all tasks are healthy"),
    mapped("order"),
    mapped("parallelism"),
    mapped("x-aws-max_percent"),
    mapped("x-aws-min_percent"),
];
