//! Attributes of Kubernetes objects that stand in OAM documents: what runs, what leads to it, and what scales it.

mod pod;

use super::{NODE_PORT, STATUS};
use crate::support::{Attribute, Inside, Outcome, Table, mapped, nested, note, refused};
use pod::POD_SPEC;

const HISTORY: &str = "ECS keeps what ran before by itself";
const READY: &str = "ECS counts a task as soon as it is healthy";
const PROGRESS: &str = "the circuit breaker of a deployment decides when it has failed";
const IDENTITY: &str = "all tasks of a service are alike: none has a number or a name of its own";
const AT_ONCE: &str = "run its work in one task, or tell each task by a component of its own";
const CLEANED_UP: &str = "nothing is left of a task that has ended but its log";

/// `Deployment`, and `ReplicaSet` with less.
pub(super) static DEPLOYMENT: &Table = &[nested("spec", Inside::Map(DEPLOYMENT_SPEC)), note("status", STATUS)];

static DEPLOYMENT_SPEC: &Table = &[
    note("minReadySeconds", READY),
    refused("paused", "a stack makes what it says", "remove it, or take the component out of the application"),
    note("progressDeadlineSeconds", PROGRESS),
    mapped("replicas"),
    note("revisionHistoryLimit", HISTORY),
    mapped("selector"),
    nested("strategy", Inside::Map(STRATEGY)),
    nested("template", Inside::Map(TEMPLATE)),
];

static STRATEGY: &Table =
    &[nested("rollingUpdate", Inside::Map(&[mapped("maxSurge"), mapped("maxUnavailable")])), mapped("type")];

static TEMPLATE: &Table = &[mapped("metadata"), nested("spec", Inside::Map(POD_SPEC))];

/// `StatefulSet`.
pub(super) static STATEFUL_SET: &Table = &[nested("spec", Inside::Map(STATEFUL_SET_SPEC)), note("status", STATUS)];

static STATEFUL_SET_SPEC: &Table = &[
    note("minReadySeconds", READY),
    refused("ordinals", IDENTITY, "remove it"),
    note("persistentVolumeClaimRetentionPolicy", "volumes stay when the stack goes"),
    note("podManagementPolicy", "ECS starts tasks in no order"),
    mapped("replicas"),
    note("revisionHistoryLimit", HISTORY),
    mapped("selector"),
    mapped("serviceName"),
    nested("template", Inside::Map(TEMPLATE)),
    nested("updateStrategy", Inside::Map(STATEFUL_UPDATE)),
    nested("volumeClaimTemplates", Inside::List(CLAIM_TEMPLATE)),
];

static STATEFUL_UPDATE: &Table = &[
    nested(
        "rollingUpdate",
        Inside::Map(&[
            mapped("maxUnavailable"),
            refused("partition", IDENTITY, "remove it: a new version is for all replicas"),
        ]),
    ),
    mapped("type"),
];

static CLAIM_TEMPLATE: &Table = &[
    note("apiVersion", "a template of a claim is one"),
    note("kind", "a template of a claim is one"),
    mapped("metadata"),
    nested("spec", Inside::Map(CLAIM_SPEC)),
    note("status", STATUS),
];

const FILE_SYSTEM: &str = "a volume is an Amazon EFS file system, which grows with what is in it";

static CLAIM_SPEC: &Table = &[
    mapped("accessModes"),
    refused(
        "dataSource",
        "a volume starts empty",
        "copy the data onto it, or mount a file system that has it by `Volumes`",
    ),
    refused(
        "dataSourceRef",
        "a volume starts empty",
        "copy the data onto it, or mount a file system that has it by `Volumes`",
    ),
    note("resources", FILE_SYSTEM),
    note("selector", FILE_SYSTEM),
    note("storageClassName", FILE_SYSTEM),
    mapped("volumeMode"),
    note("volumeName", FILE_SYSTEM),
];

/// `DaemonSet`.
pub(super) static DAEMON_SET: &Table = &[nested("spec", Inside::Map(DAEMON_SET_SPEC)), note("status", STATUS)];

static DAEMON_SET_SPEC: &Table = &[
    note("minReadySeconds", READY),
    note("revisionHistoryLimit", HISTORY),
    mapped("selector"),
    nested("template", Inside::Map(TEMPLATE)),
    note("updateStrategy", "each machine runs one, so that the old one stops before the new one starts"),
];

/// `Job`.
pub(super) static JOB: &Table = &[nested("spec", Inside::Map(JOB_SPEC)), note("status", STATUS)];

static JOB_SPEC: &Table = &[
    mapped("activeDeadlineSeconds"),
    mapped("backoffLimit"),
    refused("backoffLimitPerIndex", IDENTITY, AT_ONCE),
    mapped("completionMode"),
    mapped("completions"),
    note("managedBy", "there is no controller that could run it instead"),
    mapped("manualSelector"),
    refused("maxFailedIndexes", IDENTITY, AT_ONCE),
    mapped("parallelism"),
    note("podFailurePolicy", "the deployment fails with a task that fails"),
    note("podReplacementPolicy", "the deployment fails with a task that fails"),
    mapped("selector"),
    refused("successPolicy", IDENTITY, AT_ONCE),
    refused(
        "suspend",
        "a task runs when the stack is made",
        "take the component out of the application until it is to run",
    ),
    nested("template", Inside::Map(TEMPLATE)),
    note("ttlSecondsAfterFinished", CLEANED_UP),
];

/// `CronJob`.
pub(super) static CRON_JOB: &Table = &[nested("spec", Inside::Map(CRON_JOB_SPEC)), note("status", STATUS)];

static CRON_JOB_SPEC: &Table = &[
    mapped("concurrencyPolicy"),
    note("failedJobsHistoryLimit", CLEANED_UP),
    nested("jobTemplate", Inside::Map(&[mapped("metadata"), nested("spec", Inside::Map(JOB_SPEC))])),
    mapped("schedule"),
    mapped("startingDeadlineSeconds"),
    note("successfulJobsHistoryLimit", CLEANED_UP),
    mapped("suspend"),
    mapped("timeZone"),
];

/// `Pod`.
pub(super) static POD: &Table = &[nested("spec", Inside::Map(POD_SPEC)), note("status", STATUS)];

/// `PodSpecWorkload` of `standard.oam.dev`.
pub(super) static POD_SPEC_WORKLOAD: &Table = &[
    nested("spec", Inside::Map(&[nested("podSpec", Inside::Map(POD_SPEC)), mapped("replicas")])),
    note("status", STATUS),
];

/// A daemon, which takes machines of one's own.
pub(super) const fn daemon(name: &'static str) -> Attribute {
    refused(
        name,
        "there are no machines of one's own that each would run one",
        "make it a container of the components that need it, or run it on instances: `Workloads: { <component>: { Capacity: EC2 } }`",
    )
    .on_instances(Outcome::Mapped)
    .holding(Inside::Map(DAEMON_SET))
}

/// `Ingress`, of any version.
pub(super) static INGRESS: &Table = &[nested("spec", Inside::Map(INGRESS_SPEC)), note("status", STATUS)];

static INGRESS_SPEC: &Table = &[
    nested("backend", Inside::Map(BACKEND)),
    nested("defaultBackend", Inside::Map(BACKEND)),
    note("ingressClassName", "an Application Load Balancer takes the requests"),
    nested("rules", Inside::List(INGRESS_RULE)),
    nested("tls", Inside::List(&[mapped("hosts"), mapped("secretName")])),
];

static INGRESS_RULE: &Table =
    &[mapped("host"), nested("http", Inside::Map(&[nested("paths", Inside::List(INGRESS_PATH))]))];

static INGRESS_PATH: &Table = &[nested("backend", Inside::Map(BACKEND)), mapped("path"), mapped("pathType")];

static BACKEND: &Table = &[
    refused("resource", "requests are for components", "name the component as a `service`"),
    nested("service", Inside::Map(&[mapped("name"), nested("port", Inside::Map(&[mapped("name"), mapped("number")]))])),
    mapped("serviceName"),
    mapped("servicePort"),
];

const ADDRESSES: &str = "a component has the addresses of its tasks";
const ROUTING: &str = "all tasks of a component get calls alike, wherever they are";

/// `Service`.
pub(super) static SERVICE: &Table = &[nested("spec", Inside::Map(SERVICE_SPEC)), note("status", STATUS)];

static SERVICE_SPEC: &Table = &[
    note("allocateLoadBalancerNodePorts", NODE_PORT),
    note("clusterIP", ADDRESSES),
    note("clusterIPs", ADDRESSES),
    refused("externalIPs", "addresses from outside are those of a load balancer", "write `type: LoadBalancer`"),
    mapped("externalName"),
    note("externalTrafficPolicy", ROUTING),
    note("healthCheckNodePort", NODE_PORT),
    note("internalTrafficPolicy", ROUTING),
    note("ipFamilies", ADDRESSES),
    note("ipFamilyPolicy", ADDRESSES),
    note("loadBalancerClass", "it is a Network Load Balancer"),
    refused(
        "loadBalancerIP",
        "a load balancer has the addresses that it gets",
        "remove it, and have a record in DNS lead to the load balancer",
    ),
    mapped("loadBalancerSourceRanges"),
    nested("ports", Inside::List(SERVICE_PORT)),
    note("publishNotReadyAddresses", "a task is called once it is healthy"),
    mapped("selector"),
    note("sessionAffinity", "each connection may be to another task"),
    note("sessionAffinityConfig", "each connection may be to another task"),
    note("trafficDistribution", ROUTING),
    mapped("type"),
];

static SERVICE_PORT: &Table = &[
    note("appProtocol", "a Network Load Balancer hands on what it gets"),
    mapped("name"),
    note("nodePort", NODE_PORT),
    mapped("port"),
    mapped("protocol"),
    mapped("targetPort"),
];

/// `HorizontalPodAutoscaler`, of any version.
pub(super) static AUTOSCALER: &Table = &[nested("spec", Inside::Map(AUTOSCALER_SPEC)), note("status", STATUS)];

static AUTOSCALER_SPEC: &Table = &[
    note("behavior", "the pauses after replicas were added or removed are those of Application Auto Scaling"),
    mapped("maxReplicas"),
    nested("metrics", Inside::List(METRIC)),
    mapped("minReplicas"),
    nested("scaleTargetRef", Inside::Map(&[mapped("apiVersion"), mapped("kind"), mapped("name")])),
    mapped("targetCPUUtilizationPercentage"),
];

const COUNTED: &str = "ECS counts processors and memory by itself, and nothing else";
const COUNT_IT: &str =
    "scale by a metric of CloudWatch, under `Workloads` beside `Document`, `{ <component>: { Autoscaling: … } }`";

static METRIC: &Table = &[
    refused(
        "containerResource",
        "replicas are scaled by what all containers of a task use",
        "write a metric of the type `Resource`",
    ),
    refused("external", COUNTED, COUNT_IT),
    refused("object", COUNTED, COUNT_IT),
    refused("pods", COUNTED, COUNT_IT),
    nested("resource", Inside::Map(RESOURCE_METRIC)),
    mapped("type"),
];

static RESOURCE_METRIC: &Table = &[
    mapped("name"),
    nested("target", Inside::Map(&[mapped("averageUtilization"), mapped("averageValue"), mapped("type")])),
    mapped("targetAverageUtilization"),
    mapped("targetAverageValue"),
];
