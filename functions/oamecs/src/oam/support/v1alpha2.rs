//! Attributes of [v1alpha2](https://github.com/oam-dev/spec/tree/v0.2.0) documents: components with a workload embedded, traits and
//! scopes that are objects of their own, and the objects of Kubernetes that are workloads and traits too.

use super::kubernetes as objects;
use super::v1beta1::{CLAIM, CONFIG_MAP, SECRET};
use super::{PULL_POLICY, STATUS, Section, Types};
use crate::support::{Inside, Table, mapped, nested, note, refused};

/// The kinds of workloads.
pub(in crate::oam) const WORKLOADS: Types = Types { what: "workload", table: WORKLOAD_KINDS };
/// The kinds of traits.
pub(in crate::oam) const TRAITS: Types = Types { what: "trait", table: TRAIT_KINDS };
/// The kinds of scopes.
pub(in crate::oam) const SCOPES: Types = Types { what: "scope", table: SCOPE_KINDS };

/// All of them, as the documentation has them.
pub(super) static SECTIONS: &[Section] = &[
    Section { title: "`Component`", table: COMPONENT },
    Section { title: "Kinds of workloads", table: WORKLOAD_KINDS },
    Section { title: "`ApplicationConfiguration`", table: CONFIGURATION },
    Section { title: "Kinds of traits, which may be documents of their own too", table: TRAIT_KINDS },
    Section { title: "Kinds of scopes", table: SCOPE_KINDS },
    Section { title: "`ConfigMap`", table: CONFIG_MAP },
    Section { title: "`PersistentVolumeClaim`", table: CLAIM },
    Section { title: "`Secret`", table: SECRET },
];

/// The top of a `Component`; `apiVersion`, `kind` and `metadata` are those of all OAM documents.
pub(in crate::oam) static COMPONENT: &Table = &[nested("spec", Inside::Map(COMPONENT_SPEC)), note("status", STATUS)];

static COMPONENT_SPEC: &Table = &[
    refused(
        "helm",
        "a chart takes a controller in a cluster, and there is none",
        "embed what `helm template` makes of it: what runs as workloads of components",
    ),
    nested(
        "parameters",
        Inside::List(&[mapped("description"), mapped("fieldPaths"), mapped("name"), mapped("required")]),
    ),
    mapped("workload"),
];

static WORKLOAD_KINDS: &Table = &[
    nested("ContainerizedWorkload", Inside::Map(CONTAINERIZED)),
    nested("CronJob", Inside::Map(objects::CRON_JOB)),
    objects::daemon("DaemonSet"),
    nested("Deployment", Inside::Map(objects::DEPLOYMENT)),
    nested("Job", Inside::Map(objects::JOB)),
    nested("Pod", Inside::Map(objects::POD)),
    nested("PodSpecWorkload", Inside::Map(objects::POD_SPEC_WORKLOAD)),
    nested("ReplicaSet", Inside::Map(objects::DEPLOYMENT)),
    nested("StatefulSet", Inside::Map(objects::STATEFUL_SET)),
];

static CONTAINERIZED: &Table = &[nested("spec", Inside::Map(CONTAINERIZED_SPEC)), note("status", STATUS)];

static CONTAINERIZED_SPEC: &Table = &[mapped("arch"), nested("containers", Inside::List(CONTAINER)), mapped("osType")];

static CONTAINER: &Table = &[
    mapped("args"),
    mapped("cmd"),
    mapped("command"),
    nested("config", Inside::List(&[nested("fromSecret", Inside::Map(KEY)), mapped("path"), mapped("value")])),
    nested("env", Inside::List(&[nested("fromSecret", Inside::Map(KEY)), mapped("name"), mapped("value")])),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    mapped("imagePullSecret"),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("name"),
    nested("ports", Inside::List(&[mapped("containerPort"), mapped("name"), mapped("protocol")])),
    nested("readinessProbe", Inside::Map(PROBE)),
    nested("resources", Inside::Map(RESOURCES)),
];

static KEY: &Table = &[mapped("key"), mapped("name")];

static PROBE: &Table = &[
    nested("exec", Inside::Map(&[mapped("command")])),
    mapped("failureThreshold"),
    nested(
        "httpGet",
        Inside::Map(&[
            nested("httpHeaders", Inside::List(&[mapped("name"), mapped("value")])),
            mapped("path"),
            mapped("port"),
        ]),
    ),
    mapped("initialDelaySeconds"),
    mapped("periodSeconds"),
    mapped("successThreshold"),
    nested("tcpSocket", Inside::Map(&[mapped("port")])),
    mapped("timeoutSeconds"),
];

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

/// The top of an `ApplicationConfiguration`; `apiVersion`, `kind` and `metadata` are those of all OAM documents.
pub(in crate::oam) static CONFIGURATION: &Table =
    &[nested("spec", Inside::Map(CONFIGURATION_SPEC)), note("status", STATUS)];

static CONFIGURATION_SPEC: &Table = &[nested("components", Inside::List(INSTANCE))];

const LATER: &str = "values of a running component would have to be known when the stack is planned";
const WRITE_IT: &str = "write the value itself, or a CloudFormation function that gives it, under `parameterValues`";

static INSTANCE: &Table = &[
    mapped("componentName"),
    refused("dataInputs", LATER, WRITE_IT),
    refused(
        "dataOutputs",
        LATER,
        "remove it, and give the value to the components that need it under `parameterValues`",
    ),
    nested("parameterValues", Inside::List(&[mapped("name"), mapped("value")])),
    mapped("revisionName"),
    nested("scopes", Inside::List(&[nested("scopeRef", Inside::Map(REFERENCE))])),
    nested("traits", Inside::List(TRAIT)),
];

static REFERENCE: &Table = &[mapped("apiVersion"), mapped("kind"), mapped("name")];

static TRAIT: &Table = &[
    refused("dataInputs", LATER, "write the value itself into the trait"),
    refused("dataOutputs", LATER, "remove it, and write the value where it is needed"),
    mapped("trait"),
];

/// The kinds of traits; an `Ingress`, a `Service` or a `HorizontalPodAutoscaler` may be a document of its own too.
static TRAIT_KINDS: &Table = &[
    nested("HorizontalPodAutoscaler", Inside::Map(objects::AUTOSCALER)),
    nested("Ingress", Inside::Map(objects::INGRESS)),
    nested("ManualScalerTrait", Inside::Map(MANUAL_SCALER)),
    nested("Service", Inside::Map(objects::SERVICE)),
];

static MANUAL_SCALER: &Table = &[
    nested("spec", Inside::Map(&[mapped("replica"), mapped("replicaCount"), note("workloadRef", OWN)])),
    note("status", STATUS),
];

const OWN: &str = "a trait is for the component that has it";

static SCOPE_KINDS: &Table =
    &[nested("HealthScope", Inside::Map(HEALTH)), nested("NetworkScope", Inside::Map(NETWORK))];

const WATCHED: &str = "ECS watches the components by their probes, all the time";

static HEALTH: &Table = &[
    nested(
        "spec",
        Inside::Map(&[
            note("appReferences", WATCHED),
            note("probe-interval", WATCHED),
            note("probe-timeout", WATCHED),
            nested("workloadRefs", Inside::List(REFERENCE)),
        ]),
    ),
    note("status", STATUS),
];

static NETWORK: &Table = &[
    nested("spec", Inside::Map(&[mapped("internetGatewayType"), mapped("networkId"), mapped("subnetIds")])),
    note("status", STATUS),
];
