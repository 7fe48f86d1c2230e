//! Attributes at the top of a document, and of its networks and volumes.

use super::service::SERVICE;
use super::{Inside, Table, later, mapped, nested, note};

/// The top of a document.
pub(super) static DOCUMENT: &Table = &[
    note("configs", "services get them by `configs` of their own, which this version does not support yet"),
    mapped("include"),
    note("models", "services get them by `models` of their own, which ECS has no place for"),
    mapped("name"),
    nested("networks", Inside::Named(NETWORK)),
    note("secrets", "services get them by `secrets` of their own, which this version does not support yet"),
    nested("services", Inside::Named(SERVICE)),
    note("version", "it is obsolete, and every document is read by the current specification; remove it"),
    nested("volumes", Inside::Named(VOLUME)),
    mapped("x-aws-certificate"),
    mapped("x-aws-cloudformation"),
    mapped("x-aws-cluster"),
    mapped("x-aws-hosted_zone"),
    mapped("x-aws-loadbalancer"),
    mapped("x-aws-loadbalancer_security_group"),
    mapped("x-aws-logs_retention"),
    mapped("x-aws-namespace"),
    mapped("x-aws-nat_gateways"),
    mapped("x-aws-private_subnets"),
    mapped("x-aws-public_subnets"),
    mapped("x-aws-scheme"),
    mapped("x-aws-subnets"),
    mapped("x-aws-vpc"),
    mapped("x-aws-zones"),
];

const VPC: &str = "tasks use the network of their VPC";

/// A [network](https://github.com/compose-spec/compose-spec/blob/main/06-networks.md).
static NETWORK: &Table = &[
    note("attachable", "nothing but the services joins the network"),
    mapped("driver"),
    note("driver_opts", VPC),
    note("enable_ipv4", "tasks have addresses of IP version 4 in any case"),
    later("enable_ipv6", "remove it; services reach each other by IP version 4"),
    mapped("external"),
    mapped("internal"),
    note("ipam", "addresses are given by the VPC's subnets"),
    mapped("labels"),
    mapped("name"),
    mapped("x-aws-securitygroup"),
];

/// A [volume](https://github.com/compose-spec/compose-spec/blob/main/07-volumes.md).
static VOLUME: &Table = &[
    mapped("driver"),
    nested("driver_opts", Inside::Value),
    mapped("external"),
    mapped("labels"),
    mapped("name"),
    mapped("x-aws-access_point"),
    mapped("x-aws-filesystem"),
    mapped("x-aws-mount_targets"),
    mapped("x-aws-security_group"),
];
