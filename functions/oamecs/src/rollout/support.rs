//! The keys of a configuration, by which it is read and documented.

use crate::support::{Inside, Table, mapped, nested};

/// A configuration.
pub const CONFIGURATION: &Table = &[
    mapped("cluster"),
    nested("services", Inside::List(SERVICE)),
    nested("tasks", Inside::Map(TASKS)),
    mapped("version"),
];

/// `tasks`.
pub(super) const TASKS: &Table = &[nested("post", Inside::List(TASK)), nested("pre", Inside::List(TASK))];

/// An item of `tasks.pre` and `tasks.post`.
pub(super) const TASK: &Table = &[
    nested("capacity_provider_strategies", Inside::List(PROVIDER)),
    mapped("containers"),
    mapped("count"),
    mapped("family"),
    mapped("launch_type"),
    nested("network_configuration", Inside::Map(NETWORK)),
];

/// An item of `capacity_provider_strategies`.
pub(super) const PROVIDER: &Table = &[mapped("base"), mapped("capacity_provider"), mapped("weight")];

/// `network_configuration`.
pub(super) const NETWORK: &Table = &[nested("vpc_configuration", Inside::Map(VPC))];

/// `vpc_configuration`.
pub(super) const VPC: &Table = &[mapped("assign_public_ip"), mapped("security_groups"), mapped("subnets")];

/// An item of `services`.
pub(super) const SERVICE: &Table = &[mapped("containers"), mapped("force"), mapped("max_wait"), mapped("name")];

#[cfg(test)]
mod tests {
    use super::CONFIGURATION;
    use crate::support::checks::{clauses, sorted};

    #[test]
    fn the_tables_are_as_tables_are() {
        sorted("", CONFIGURATION);
        clauses(CONFIGURATION);
    }
}
