//! Attributes at the top of a document, and of its networks and volumes.

use super::service::SERVICE;
use super::{Inside, Table, mapped, nested, note, refused};

/// The top of a document.
pub(super) static DOCUMENT: &Table = &[
    nested("configs", Inside::Named(CONFIG)),
    mapped("include"),
    note("models", "services get them by `models` of their own, which ECS has no place for"),
    mapped("name"),
    nested("networks", Inside::Named(NETWORK)),
    nested("secrets", Inside::Named(SECRET)),
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
    refused(
        "enable_ipv6",
        "the subnets of a VPC that is made have addresses of IP version 4 alone",
        "remove it; services reach each other by IP version 4",
    ),
    mapped("external"),
    mapped("internal"),
    note("ipam", "addresses are given by the VPC's subnets"),
    mapped("labels"),
    mapped("name"),
    mapped("x-aws-securitygroup"),
];

/// What a value is made of, that only Swarm's plug-ins make.
const NO_DRIVER: &str = "there are no plug-ins that keep secrets or fill templates in";

/// A [config](https://github.com/compose-spec/compose-spec/blob/main/08-configs.md).
static CONFIG: &Table = &[
    mapped("content"),
    mapped("environment"),
    mapped("external"),
    mapped("file"),
    mapped("labels"),
    mapped("name"),
    refused("template_driver", NO_DRIVER, "remove it, and write variables of Compose into `content`"),
    mapped("x-aws-kms_key"),
];

/// A [secret](https://github.com/compose-spec/compose-spec/blob/main/09-secrets.md).
static SECRET: &Table = &[
    refused("driver", NO_DRIVER, "remove it, and write `external: true` and the `name` of a secret in Secrets Manager"),
    refused(
        "driver_opts",
        NO_DRIVER,
        "remove it, and write `external: true` and the `name` of a secret in Secrets Manager",
    ),
    mapped("environment"),
    mapped("external"),
    mapped("file"),
    mapped("labels"),
    mapped("name"),
    refused("template_driver", NO_DRIVER, "remove it, and keep the whole text in the secret"),
    mapped("x-aws-generate"),
    mapped("x-aws-keys"),
    mapped("x-aws-kms_key"),
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
