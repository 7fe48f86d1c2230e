//! Attributes of [v1alpha1](https://github.com/oam-dev/spec/tree/4af9e65) documents, and of the types that the specification and
//! its reference implementation, rudr, have for what is in them.

use super::{PULL_POLICY, STATUS, Section, Types};
use crate::support::{Inside, Table, mapped, nested, note, refused};

/// The types of workloads.
pub(in crate::oam) const WORKLOADS: Types = Types { what: "workload", table: WORKLOAD_TYPES };
/// The types of traits.
pub(in crate::oam) const TRAITS: Types = Types { what: "trait", table: TRAIT_TYPES };
/// The types of scopes.
pub(in crate::oam) const SCOPES: Types = Types { what: "scope", table: SCOPE_TYPES };

/// All of them, as the documentation has them.
pub(super) static SECTIONS: &[Section] = &[
    Section { title: "`ComponentSchematic`", table: SCHEMATIC },
    Section { title: "Types of workloads", table: WORKLOAD_TYPES },
    Section { title: "`ApplicationConfiguration`", table: CONFIGURATION },
    Section { title: "Traits", table: TRAIT },
    Section { title: "Types of traits", table: TRAIT_TYPES },
    Section { title: "Types of scopes", table: SCOPE_TYPES },
];

/// The top of a `ComponentSchematic`; `apiVersion`, `kind` and `metadata` are those of all OAM documents.
pub(in crate::oam) static SCHEMATIC: &Table = &[nested("spec", Inside::Map(SCHEMATIC_SPEC)), note("status", STATUS)];

static SCHEMATIC_SPEC: &Table = &[
    mapped("arch"),
    nested("containers", Inside::List(CONTAINER)),
    mapped("osType"),
    nested("parameters", Inside::List(PARAMETER)),
    note("workloadSettings", "core types of workloads have no settings, as the specification has it"),
    mapped("workloadType"),
];

static PARAMETER: &Table =
    &[mapped("default"), mapped("description"), mapped("name"), mapped("required"), mapped("type"), mapped("value")];

static CONTAINER: &Table = &[
    mapped("args"),
    mapped("cmd"),
    nested("config", Inside::List(&[mapped("fromParam"), mapped("path"), mapped("value")])),
    nested("env", Inside::List(&[mapped("description"), mapped("fromParam"), mapped("name"), mapped("value")])),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    mapped("imagePullSecret"),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("name"),
    nested("ports", Inside::List(PORT)),
    nested("readinessProbe", Inside::Map(PROBE)),
    nested("resources", Inside::Map(RESOURCES)),
];

static PORT: &Table = &[mapped("containerPort"), mapped("name"), mapped("protocol"), mapped("type"), mapped("value")];

static PROBE: &Table = &[
    nested("exec", Inside::Map(&[mapped("command")])),
    mapped("failureThreshold"),
    nested("httpGet", Inside::Map(HTTP_GET)),
    mapped("initialDelaySeconds"),
    mapped("periodSeconds"),
    mapped("successThreshold"),
    nested("tcpSocket", Inside::Map(&[mapped("port")])),
    mapped("timeoutSeconds"),
];

static HTTP_GET: &Table =
    &[nested("httpHeaders", Inside::List(&[mapped("name"), mapped("value")])), mapped("path"), mapped("port")];

static RESOURCES: &Table = &[
    nested("cpu", Inside::Map(REQUIRED)),
    refused(
        "extended",
        "it asks for a resource that a platform has of its own, and the workload must not run without",
        "remove it, if the program can do without",
    ),
    nested("gpu", Inside::Map(REQUIRED)),
    nested("memory", Inside::Map(REQUIRED)),
    nested("volumes", Inside::List(VOLUME)),
];

static REQUIRED: &Table = &[mapped("required")];

static VOLUME: &Table = &[
    mapped("accessMode"),
    nested("disk", Inside::Map(&[mapped("ephemeral"), mapped("required")])),
    mapped("mountPath"),
    mapped("name"),
    mapped("sharingPolicy"),
];

/// The types of workloads, each after `core.oam.dev/v1alpha1.`.
static WORKLOAD_TYPES: &Table = &[
    mapped("Server"),
    mapped("SingletonServer"),
    mapped("SingletonTask"),
    mapped("SingletonWorker"),
    mapped("Task"),
    mapped("Worker"),
];

/// The top of an `ApplicationConfiguration`; `apiVersion`, `kind` and `metadata` are those of all OAM documents.
pub(in crate::oam) static CONFIGURATION: &Table =
    &[nested("spec", Inside::Map(CONFIGURATION_SPEC)), note("status", STATUS)];

static CONFIGURATION_SPEC: &Table = &[
    nested("components", Inside::List(COMPONENT)),
    nested("scopes", Inside::List(&[mapped("name"), mapped("parameterValues"), mapped("properties"), mapped("type")])),
    nested("variables", Inside::List(&[mapped("description"), mapped("name"), mapped("value")])),
];

const REFERENCE: &str = "it is how a cluster's own book-keeping calls the object that was made";

static COMPONENT: &Table = &[
    mapped("applicationScopes"),
    mapped("componentName"),
    mapped("instanceName"),
    nested("parameterValues", Inside::List(PARAMETER_VALUE)),
    note("refName", REFERENCE),
    mapped("traits"),
];

static PARAMETER_VALUE: &Table = &[
    refused(
        "from",
        "values of a running component would have to be known when the stack is planned",
        "write the `value` itself, or a CloudFormation function that gives it",
    ),
    mapped("name"),
    mapped("value"),
];

/// A trait of a component.
pub(in crate::oam) static TRAIT: &Table = &[
    note("instanceName", REFERENCE),
    mapped("name"),
    mapped("parameterValues"),
    mapped("properties"),
    note("refName", REFERENCE),
];

static TRAIT_TYPES: &Table = &[
    nested("auto-scaler", Inside::Map(AUTO_SCALER)),
    nested("empty", Inside::Map(&[])),
    nested("ingress", Inside::Map(INGRESS)),
    nested("manual-scaler", Inside::Map(&[mapped("replicaCount")])),
    nested("volume-mounter", Inside::Map(VOLUME_MOUNTER)),
];

static AUTO_SCALER: &Table = &[mapped("cpu"), mapped("maximum"), mapped("memory"), mapped("minimum")];

static INGRESS: &Table =
    &[mapped("hostname"), mapped("path"), mapped("servicePort"), mapped("tlsHosts"), mapped("tlsSecretName")];

static VOLUME_MOUNTER: &Table =
    &[note("storageClass", "volumes that stay are file systems of Elastic File System"), mapped("volumeName")];

static SCOPE_TYPES: &Table = &[
    nested("HealthScope", Inside::Map(HEALTH)),
    nested("IdentityScope", Inside::Map(&[mapped("IdentityProvider")])),
    nested("NetworkScope", Inside::Map(NETWORK)),
    nested("ResourceQuotaScope", Inside::Map(&[mapped("CPU"), mapped("Memory")])),
];

static NETWORK: &Table = &[mapped("internet-gateway-type"), mapped("network-id"), mapped("subnet-ids")];

const WATCHED: &str = "ECS watches the components by their probes, all the time";

static HEALTH: &Table = &[
    note("failure-rate-threshold", WATCHED),
    mapped("health-threshold-percentage"),
    note("healthy-rate-threshold", WATCHED),
    note("probe-endpoint", WATCHED),
    note("probe-interval", WATCHED),
    note("probe-method", WATCHED),
    note("probe-timeout", WATCHED),
    mapped("required-healthy-components"),
];
