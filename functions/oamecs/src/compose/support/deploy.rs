//! Attributes of [deploy](https://github.com/compose-spec/compose-spec/blob/main/deploy.md).

use super::{Inside, Table, mapped, nested, note};

/// How a service is deployed.
pub(super) static DEPLOY: &Table = &[
    mapped("endpoint_mode"),
    mapped("labels"),
    mapped("mode"),
    nested("placement", Inside::Map(PLACEMENT)),
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
    nested("devices", Inside::List(DEVICE)),
    nested("generic_resources", Inside::List(GENERIC)),
    mapped("memory"),
];

/// Devices that a driver makes available.
pub(super) static DEVICE: &Table = &[
    mapped("capabilities"),
    mapped("count"),
    mapped("device_ids"),
    mapped("driver"),
    note("options", "the driver of an instance is set up by its image"),
];

/// A resource that a machine says it has.
static GENERIC: &Table = &[nested("discrete_resource_spec", Inside::Map(&[mapped("kind"), mapped("value")]))];

/// On which machines it runs.
static PLACEMENT: &Table =
    &[mapped("constraints"), mapped("max_replicas_per_node"), nested("preferences", Inside::List(&[mapped("spread")]))];

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
