//! Types of [components](https://kubevela.io/docs/end-user/components/references/) and their properties.

use super::super::super::v1beta1::names;
use super::super::{NODE_PORT, PULL_POLICY, USE_INSTANCES};
use super::{Inside, Outcome, Table, mapped, nested, note, refused};

const REVISION: &str = "a template has no revisions of its components";
pub(super) const NO_HOSTS: &str = "ECS adds no hosts to tasks with a network interface of their own";
pub(super) const USE_DNS: &str = "use a name that DNS resolves, for example a record in a private hosted zone";
const NO_CALLERS: &str = "nobody calls a component of this type";
const BE_A_WEBSERVICE: &str = "make it a component of the type `webservice`";
pub(super) const NO_MACHINE: &str = "a task there has no directories of its machine";
const HISTORY: &str = "what has run is known from its log, which is kept as long as its log group says";
const NEVER_SERVES: &str = "what runs to its end takes no requests";
const OPERATOR: &str = "it takes a controller in a cluster, and there is none";
const AS_RESOURCES: &str =
    "write what it makes as resources of the template, and what runs as a component of the type `webservice`";
const NO_DAEMONS: &str = "there are no machines of one's own that each would run one";

/// The types.
pub(super) static TYPES: &Table = &[
    nested(names::CRON_TASK, Inside::Map(CRON_TASK)),
    refused(names::DAEMON, NO_DAEMONS, "make it a sidecar of the components that need it, or run it on instances: `Workloads: { <component>: { Capacity: EC2 } }`")
        .on_instances(Outcome::Mapped)
        .holding(Inside::Map(WEBSERVICE)),
    refused("helm", OPERATOR, AS_RESOURCES),
    refused("helmchart", OPERATOR, AS_RESOURCES),
    refused("k8s-objects", OPERATOR, AS_RESOURCES),
    refused("kustomize", OPERATOR, AS_RESOURCES),
    refused("raw", OPERATOR, AS_RESOURCES),
    refused("ref-objects", OPERATOR, AS_RESOURCES),
    nested(names::STATEFUL_SET, Inside::Map(WEBSERVICE)),
    nested(names::TASK, Inside::Map(TASK)),
    nested(names::WEBSERVICE, Inside::Map(WEBSERVICE)),
    nested(names::WORKER, Inside::Map(WORKER)),
];

static WEBSERVICE: &Table = &[
    note("addRevisionLabel", REVISION),
    mapped("annotations"),
    mapped("args"),
    mapped("cmd"),
    mapped("cpu"),
    nested("env", Inside::List(ENV)),
    mapped("exposeType"),
    refused("hostAliases", NO_HOSTS, USE_DNS),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    mapped("imagePullSecrets"),
    mapped("labels"),
    nested("limit", Inside::Map(LIMIT)),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("memory"),
    mapped("port"),
    nested("ports", Inside::List(PORT)),
    nested("readinessProbe", Inside::Map(PROBE)),
    nested("volumeMounts", Inside::Map(VOLUME_MOUNTS)),
    nested("volumes", Inside::List(VOLUME)),
];

static WORKER: &Table = &[
    note("addRevisionLabel", REVISION),
    mapped("annotations"),
    mapped("args"),
    mapped("cmd"),
    mapped("cpu"),
    nested("env", Inside::List(ENV)),
    refused("exposeType", NO_CALLERS, BE_A_WEBSERVICE),
    refused("hostAliases", NO_HOSTS, USE_DNS),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    mapped("imagePullSecrets"),
    mapped("labels"),
    nested("limit", Inside::Map(LIMIT)),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("memory"),
    refused("port", NO_CALLERS, BE_A_WEBSERVICE),
    refused("ports", NO_CALLERS, BE_A_WEBSERVICE),
    nested("readinessProbe", Inside::Map(PROBE)),
    nested("volumeMounts", Inside::Map(VOLUME_MOUNTS)),
    nested("volumes", Inside::List(VOLUME)),
];

static TASK: &Table = &[
    note("addRevisionLabel", REVISION),
    mapped("annotations"),
    mapped("args"),
    mapped("cmd"),
    mapped("count"),
    mapped("cpu"),
    nested("env", Inside::List(ENV)),
    refused("hostAliases", NO_HOSTS, USE_DNS),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    mapped("imagePullSecrets"),
    mapped("labels"),
    nested("limit", Inside::Map(LIMIT)),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("memory"),
    refused("port", NEVER_SERVES, BE_A_WEBSERVICE),
    note("readinessProbe", NEVER_SERVES),
    mapped("restart"),
    nested("volumeMounts", Inside::Map(VOLUME_MOUNTS)),
    nested("volumes", Inside::List(VOLUME)),
];

static CRON_TASK: &Table = &[
    note("activeDeadlineSeconds", "tasks are started at times and not ended: let the program end itself in time"),
    note("addRevisionLabel", REVISION),
    mapped("annotations"),
    mapped("args"),
    note(
        "backoffLimit",
        "a task that fails is not tried again, it runs at the next time; one that cannot be started is tried again",
    ),
    mapped("cmd"),
    mapped("concurrencyPolicy"),
    mapped("count"),
    mapped("cpu"),
    nested("env", Inside::List(ENV)),
    note("failedJobsHistoryLimit", HISTORY),
    refused("hostAliases", NO_HOSTS, USE_DNS),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    mapped("imagePullSecrets"),
    mapped("labels"),
    nested("limit", Inside::Map(LIMIT)),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("memory"),
    refused("port", NEVER_SERVES, BE_A_WEBSERVICE),
    note("readinessProbe", NEVER_SERVES),
    mapped("restart"),
    mapped("schedule"),
    mapped("startingDeadlineSeconds"),
    note("successfulJobsHistoryLimit", HISTORY),
    mapped("suspend"),
    mapped("timeZone"),
    note("ttlSecondsAfterFinished", HISTORY),
    nested("volumeMounts", Inside::Map(VOLUME_MOUNTS)),
    nested("volumes", Inside::List(VOLUME)),
];

/// An environment variable.
pub(super) static ENV: &Table = &[mapped("name"), mapped("value"), nested("valueFrom", Inside::Map(VALUE_FROM))];

static VALUE_FROM: &Table = &[
    nested("configMapKeyRef", Inside::Map(KEY)),
    refused(
        "fieldRef",
        "a task knows its own address and name from its metadata, not from its environment",
        "ask the address in `$ECS_CONTAINER_METADATA_URI_V4` when the program starts",
    ),
    refused(
        "resourceFieldRef",
        "a task knows its own size from its metadata, not from its environment",
        "write the value itself",
    ),
    nested("secretKeyRef", Inside::Map(KEY)),
];

static KEY: &Table =
    &[mapped("key"), mapped("name"), note("optional", "a task does not start without the secrets that it names")];

static LIMIT: &Table = &[mapped("cpu"), mapped("memory")];

static PORT: &Table = &[
    mapped("containerPort"),
    mapped("expose"),
    mapped("name"),
    note("nodePort", NODE_PORT),
    mapped("port"),
    mapped("protocol"),
];

/// A probe.
pub(super) static PROBE: &Table = &[
    nested("exec", Inside::Map(EXEC)),
    mapped("failureThreshold"),
    nested("grpc", Inside::Map(GRPC)),
    nested("httpGet", Inside::Map(HTTP_GET)),
    mapped("initialDelaySeconds"),
    mapped("periodSeconds"),
    mapped("successThreshold"),
    nested("tcpSocket", Inside::Map(TCP_SOCKET)),
    note("terminationGracePeriodSeconds", "how long a container may take to stop is the same however it comes to that"),
    mapped("timeoutSeconds"),
];

/// The command of a probe.
pub(super) static EXEC: &Table = &[mapped("command")];

/// The health service of gRPC.
pub(super) static GRPC: &Table =
    &[mapped("port"), note("service", "the service that is asked for is that of the server as a whole")];

/// A request over HTTP.
pub(super) static HTTP_GET: &Table = &[
    note("host", "a probe asks the task itself"),
    nested("httpHeaders", Inside::List(HEADER)),
    mapped("path"),
    mapped("port"),
    mapped("scheme"),
];

static HEADER: &Table = &[mapped("name"), mapped("value")];

/// A connection.
pub(super) static TCP_SOCKET: &Table = &[note("host", "a probe asks the task itself"), mapped("port")];

static VOLUME_MOUNTS: &Table = &[
    nested("configMap", Inside::List(CONFIG_MAP)),
    nested("emptyDir", Inside::List(EMPTY_DIR)),
    refused("hostPath", NO_MACHINE, USE_INSTANCES).on_instances(Outcome::Mapped).holding(Inside::List(HOST_PATH)),
    nested("pvc", Inside::List(PVC)),
    nested("secret", Inside::List(SECRET)),
];

static CONFIG_MAP: &Table = &[
    mapped("cmName"),
    mapped("defaultMode"),
    nested("items", Inside::List(ITEM)),
    mapped("mountPath"),
    mapped("name"),
    mapped("subPath"),
];

static EMPTY_DIR: &Table = &[mapped("medium"), mapped("mountPath"), mapped("name"), mapped("subPath")];

static HOST_PATH: &Table = &[mapped("mountPath"), mapped("name"), mapped("path"), mapped("subPath")];

static PVC: &Table = &[mapped("claimName"), mapped("mountPath"), mapped("name"), mapped("subPath")];

static SECRET: &Table = &[
    mapped("defaultMode"),
    nested("items", Inside::List(ITEM)),
    mapped("mountPath"),
    mapped("name"),
    mapped("secretName"),
    mapped("subPath"),
];

/// A key of a `ConfigMap` or a `Secret`, and its file.
pub(super) static ITEM: &Table = &[mapped("key"), mapped("mode"), mapped("path")];

static VOLUME: &Table = &[
    mapped("claimName"),
    mapped("cmName"),
    mapped("defaultMode"),
    nested("items", Inside::List(ITEM)),
    mapped("medium"),
    mapped("mountPath"),
    mapped("name"),
    mapped("secretName"),
    mapped("subPath"),
    mapped("type"),
];
