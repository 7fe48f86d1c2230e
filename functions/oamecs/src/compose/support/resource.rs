//! Attributes at the top of a document, and of its networks and volumes.

use super::service::SERVICE;
use super::{Inside, Table, later, mapped, nested, note};

/// The top of a document.
pub(super) static DOCUMENT: &Table = &[
    note("configs", "services get them by `configs` of their own, which this version does not support yet"),
    later("include", "write the other file's services into this document; a template has no files beside it"),
    note("models", "services get them by `models` of their own, which this version does not support yet"),
    mapped("name"),
    nested("networks", Inside::Named(NETWORK)),
    note("secrets", "services get them by `secrets` of their own, which this version does not support yet"),
    nested("services", Inside::Named(SERVICE)),
    note("version", "it is obsolete, and every document is read by the current specification; remove it"),
    nested("volumes", Inside::Named(VOLUME)),
    later("x-aws-cloudformation", "write the changes under `Patches` beside `Document`"),
    later("x-aws-cluster", "write `Environment: { Cluster: … }` beside `Document`"),
    later("x-aws-loadbalancer", "remove it; the services then have a load balancer of their own"),
    later("x-aws-logs_retention", "remove it; logs are then kept for 30 days"),
    later("x-aws-vpc", "write `Environment: { VpcId: …, PublicSubnetIds: …, PrivateSubnetIds: … }` beside `Document`"),
];

const VPC: &str = "tasks use the network of their VPC";

/// A [network](https://github.com/compose-spec/compose-spec/blob/main/06-networks.md).
static NETWORK: &Table = &[
    note("attachable", "nothing but the services joins the network"),
    mapped("driver"),
    note("driver_opts", VPC),
    note("enable_ipv4", "tasks have addresses of IP version 4 in any case"),
    later("enable_ipv6", "remove it; services reach each other by IP version 4"),
    later("external", "remove it; the network is then made for the application"),
    later("internal", "remove it: only its members reach the network in any case, but they reach the internet too"),
    note("ipam", "addresses are given by the VPC's subnets"),
    mapped("labels"),
    mapped("name"),
    later("x-aws-securitygroup", "remove it; a security group is then made for the network"),
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
