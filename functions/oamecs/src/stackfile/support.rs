//! The support matrix: every attribute of stackfiles, and what becomes of it.
//!
//! In: a map of a document, and the table of its attributes. Out: see [`crate::support::check`].
//!
//! To add an attribute: write its line here, its field in [`model`](super::model), and its lowering in [`lower`](super::lower).

use crate::support::{Inside, Outcome, Table, mapped, nested, note, refused};

const USE_INSTANCES: &str = "remove it, or run the service on instances: leave `Capacity` out, or write `EC2`";

/// A part of a stackfile.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// What it is about.
    pub title: &'static str,
    /// Its attributes.
    pub table: &'static Table,
}

/// All that a stackfile may say.
pub fn matrix() -> [Section; 2] {
    [
        Section { title: "A stackfile", table: STACKFILE },
        Section { title: "A service, which is an item of `services`", table: SERVICE },
    ]
}

/// The top of a document.
pub(super) static STACKFILE: &Table = &[
    nested("defaults", Inside::Map(DEFAULTS)),
    nested("logging", Inside::Map(LOGGING)),
    nested("service_discovery", Inside::Map(&[mapped("namespace")])),
    mapped("services"),
    nested("vpc", Inside::Map(VPC)),
];

static DEFAULTS: &Table = &[mapped("environment"), nested("healthcheck", Inside::Map(HEALTHCHECK)), mapped("memory")];

static LOGGING: &Table = &[mapped("log_driver"), mapped("options")];

static HEALTHCHECK: &Table =
    &[mapped("command"), mapped("interval"), mapped("retries"), mapped("start_period"), mapped("timeout")];

static VPC: &Table = &[
    mapped("id"),
    nested("security_groups", Inside::Map(&[mapped("private"), mapped("public")])),
    nested("subnets", Inside::Map(&[mapped("private"), mapped("public")])),
];

/// A service.
pub(super) static SERVICE: &Table = &[
    nested("deployment_configuration", Inside::Map(&[mapped("maximum_percent"), mapped("minimum_healthy_percent")])),
    mapped("desired_count"),
    nested("dns_discovery", Inside::Map(DNS_DISCOVERY)),
    nested("elb", Inside::Map(ELB)),
    mapped("environment"),
    mapped("gpus"),
    nested("healthcheck", Inside::Map(HEALTHCHECK)),
    mapped("image"),
    nested("logging", Inside::Map(LOGGING)),
    mapped("memory"),
    refused("placement_constraints", "nobody chooses the machine of a task there", USE_INSTANCES)
        .on_instances(Outcome::Mapped)
        .holding(Inside::List(&[mapped("expression"), mapped("type")])),
    mapped("ports"),
    refused("privileged", "a container has no machine there that it could have all rights on", USE_INSTANCES)
        .on_instances(Outcome::Mapped),
    mapped("scheduling_strategy"),
    mapped("task_execution_role_arn"),
    mapped("task_role_arn"),
    mapped("type"),
    refused("volumes", "a task has no machine there whose directories it could have", USE_INSTANCES)
        .on_instances(Outcome::Mapped),
];

static DNS_DISCOVERY: &Table = &[
    note(
        "healthcheck",
        "ecs-compose did not use it; ECS tells Cloud Map which tasks are healthy, by the container's `healthcheck`",
    ),
    mapped("name"),
];

static ELB: &Table = &[
    mapped("certificates"),
    nested("dns", Inside::Map(&[mapped("hosted_zone_id"), mapped("record_name")])),
    nested("healthcheck", Inside::Map(TARGET_HEALTH)),
    note("name", "a load balancer has a generated name, so that it can be replaced and its service may have any name"),
    nested("ports", Inside::Map(&[mapped("container"), mapped("public")])),
    mapped("protocol"),
    mapped("type"),
];

static TARGET_HEALTH: &Table = &[
    note(
        "FailureThreshold",
        "ecs-compose did not use it; `unhealthy_threshold_count` says after how many failures a task is unhealthy",
    ),
    mapped("healthy_threshold_count"),
    mapped("interval_seconds"),
    mapped("path"),
    mapped("port"),
    mapped("protocol"),
    mapped("timeout_seconds"),
    mapped("unhealthy_threshold_count"),
];

#[cfg(test)]
mod tests {
    use super::matrix;
    use crate::support::checks;

    #[test]
    fn tables_are_sorted_and_their_texts_are_clauses() {
        for section in matrix() {
            checks::sorted(section.title, section.table);
            checks::clauses(section.table);
        }
    }
}
