//! Types of [traits](https://kubevela.io/docs/end-user/traits/references/) and their properties.

use super::super::super::v1beta1::names;
use super::super::{NODE_PORT, PULL_POLICY, USE_INSTANCES};
use super::component::{ENV, EXEC, GRPC, HTTP_GET, ITEM, NO_HOSTS, NO_MACHINE, PROBE, TCP_SOCKET, USE_DNS};
use super::{Inside, Outcome, Table, mapped, nested, note, refused};

const PATCH: &str = "there is no object of Kubernetes to patch";
const USE_PATCHES: &str = "say it in the component's properties or with a trait, or change what is generated with the declaration's `Patches`";
const SCHEDULER: &str = "ECS spreads the tasks of a service over the zones of its network";
const TARGET: &str = "what is scaled is the component";
const CLASS: &str = "rules go to an Application Load Balancer";
const PRIVILEGES: &str = "it gives rights in a cluster, and a task has a role instead: `Workloads: { <component>: { … } }` gives it rights in AWS";
const FOLLOWS: &str = "a volume is an Amazon EFS file system, which grows with what is in it";
const ROLLOUT: &str = "ECS replaces the tasks of a service by itself, and goes back if the new ones fail";
const NON_ROOT: &str = "who an image runs as is not looked at: give the user with `runAsUser`";
const PROFILE: &str = "ECS uses the profile of its own container runtime";

/// The types.
pub(super) static TYPES: &Table = &[
    mapped(names::AFFINITY),
    mapped(names::ANNOTATIONS),
    nested(names::COMMAND, Inside::Map(COMMAND)),
    nested(names::CONTAINER_IMAGE, Inside::Map(CONTAINER_IMAGE)),
    nested(names::CONTAINER_PORTS, Inside::Map(CONTAINER_PORTS)),
    nested(names::CPU_SCALER, Inside::Map(CPU_SCALER)),
    nested(names::ENV, Inside::Map(ENV_TRAIT)),
    nested(names::EXPOSE, Inside::Map(EXPOSE)),
    nested(names::GATEWAY, Inside::Map(GATEWAY)),
    refused("hostalias", NO_HOSTS, USE_DNS),
    nested(names::HPA, Inside::Map(HPA)),
    nested(names::INGRESS, Inside::Map(GATEWAY)),
    nested(names::INGRESS_1_20, Inside::Map(GATEWAY)),
    nested(names::INIT_CONTAINER, Inside::Map(INIT_CONTAINER)),
    refused("json-merge-patch", PATCH, USE_PATCHES),
    refused("json-patch", PATCH, USE_PATCHES),
    nested(names::UPDATE_STRATEGY, Inside::Map(UPDATE_STRATEGY)),
    mapped(names::LABELS),
    nested(names::LIFECYCLE, Inside::Map(LIFECYCLE)),
    note("nocalhost", "it is for development in a cluster"),
    nested(names::POD_SECURITY_CONTEXT, Inside::Map(POD_SECURITY_CONTEXT)),
    nested(names::PURE_INGRESS, Inside::Map(GATEWAY)),
    nested(names::RESOURCE, Inside::Map(RESOURCE)),
    nested(names::ROLLOUT, Inside::Map(ROLLOUT_TRAIT)),
    nested(names::SCALER, Inside::Map(SCALER)),
    nested(names::SECURITY_CONTEXT, Inside::Map(SECURITY_CONTEXT)),
    nested(names::SERVICE_ACCOUNT, Inside::Map(SERVICE_ACCOUNT)),
    nested(names::SERVICE_BINDING, Inside::Map(SERVICE_BINDING)),
    nested(names::SIDECAR, Inside::Map(SIDECAR)),
    nested(names::STARTUP_PROBE, Inside::Map(STARTUP_PROBE)),
    nested(names::STORAGE, Inside::Map(STORAGE)),
    note("topologyspreadconstraints", SCHEDULER),
];

static COMMAND: &Table = &[
    mapped("addArgs"),
    mapped("args"),
    mapped("command"),
    mapped("containerName"),
    nested("containers", Inside::List(COMMAND_OF)),
    mapped("delArgs"),
];

static COMMAND_OF: &Table =
    &[mapped("addArgs"), mapped("args"), mapped("command"), mapped("containerName"), mapped("delArgs")];

static CONTAINER_IMAGE: &Table = &[
    mapped("containerName"),
    nested("containers", Inside::List(CONTAINER_IMAGE_OF)),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
];

static CONTAINER_IMAGE_OF: &Table = &[mapped("containerName"), mapped("image"), note("imagePullPolicy", PULL_POLICY)];

static CONTAINER_PORTS: &Table = &[
    mapped("containerName"),
    nested("containers", Inside::List(CONTAINER_PORTS_OF)),
    nested("ports", Inside::List(CONTAINER_PORT)),
];

static CONTAINER_PORTS_OF: &Table = &[mapped("containerName"), nested("ports", Inside::List(CONTAINER_PORT))];

static CONTAINER_PORT: &Table =
    &[mapped("containerPort"), note("hostIP", NODE_PORT), note("hostPort", NODE_PORT), mapped("protocol")];

static CPU_SCALER: &Table = &[
    mapped("cpuPercent"),
    mapped("cpuUtil"),
    mapped("max"),
    mapped("min"),
    note("targetAPIVersion", TARGET),
    note("targetKind", TARGET),
];

static ENV_TRAIT: &Table = &[
    mapped("containerName"),
    nested("containers", Inside::List(ENV_OF)),
    mapped("env"),
    mapped("replace"),
    mapped("unset"),
];

static ENV_OF: &Table = &[mapped("containerName"), mapped("env"), mapped("replace"), mapped("unset")];

static EXPOSE: &Table = &[
    mapped("annotations"),
    refused(
        "matchLabels",
        "a port leads to the component that exposes it",
        "give the trait to the component that listens",
    ),
    mapped("port"),
    nested("ports", Inside::List(EXPOSED_PORT)),
    mapped("type"),
];

static EXPOSED_PORT: &Table = &[mapped("name"), note("nodePort", NODE_PORT), mapped("port"), mapped("protocol")];

static GATEWAY: &Table = &[
    mapped("annotations"),
    note("class", CLASS),
    note("classInSpec", CLASS),
    mapped("domain"),
    refused(
        "existingServiceName",
        "a rule leads to the component that has the trait",
        "give the trait to the component that answers",
    ),
    note("gatewayHost", CLASS),
    mapped("http"),
    note("labels", "a rule of a load balancer has no labels of its own"),
    note("name", "the rules of all traits of a component count"),
    mapped("pathType"),
    mapped("secretName"),
];

static HPA: &Table = &[
    nested("cpu", Inside::Map(GOAL)),
    mapped("max"),
    nested("mem", Inside::Map(GOAL)),
    mapped("min"),
    refused(
        "podCustomMetrics",
        "nobody collects metrics of a program from its tasks",
        "publish the metric to CloudWatch, and scale by it with the declaration's `Workloads`",
    ),
    note("targetAPIVersion", TARGET),
    note("targetKind", TARGET),
];

static GOAL: &Table = &[mapped("type"), mapped("value")];

static INIT_CONTAINER: &Table = &[
    mapped("appMountPath"),
    mapped("args"),
    mapped("cmd"),
    nested("env", Inside::List(ENV)),
    nested("extraVolumeMounts", Inside::List(EXTRA_MOUNT)),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    mapped("initMountPath"),
    mapped("mountName"),
    mapped("name"),
];

static EXTRA_MOUNT: &Table = &[mapped("mountPath"), mapped("name")];

static UPDATE_STRATEGY: &Table =
    &[nested("strategy", Inside::Map(STRATEGY)), note("targetAPIVersion", TARGET), note("targetKind", TARGET)];

static STRATEGY: &Table = &[nested("rollingStrategy", Inside::Map(ROLLING)), mapped("type")];

static ROLLING: &Table =
    &[mapped("maxSurge"), mapped("maxUnavailable"), note("partition", "all tasks of a service get its new version")];

static LIFECYCLE: &Table = &[
    refused(
        "postStart",
        "ECS runs no command in a container that has started",
        "run it in the image's entry point, or in the component's `cmd`",
    ),
    nested("preStop", Inside::Map(HOOK)),
];

static HOOK: &Table = &[
    nested("exec", Inside::Map(EXEC)),
    refused("httpGet", "ECS asks a container to stop by a signal only", "stop when the program gets `SIGTERM`"),
    refused("tcpSocket", "ECS asks a container to stop by a signal only", "stop when the program gets `SIGTERM`"),
];

static POD_SECURITY_CONTEXT: &Table = &[
    note("appArmorProfile", PROFILE),
    note("fsGroup", "files of a volume belong to who wrote them"),
    mapped("runAsGroup"),
    note("runAsNonRoot", NON_ROOT),
    mapped("runAsUser"),
    note("seccompProfile", PROFILE),
];

static RESOURCE: &Table = &[
    mapped("cpu"),
    nested("limits", Inside::Map(AMOUNTS)),
    mapped("memory"),
    nested("requests", Inside::Map(AMOUNTS)),
];

static AMOUNTS: &Table = &[mapped("cpu"), mapped("memory")];

static ROLLOUT_TRAIT: &Table = &[
    note("batchPartition", ROLLOUT),
    note("rolloutBatches", ROLLOUT),
    note("targetRevision", "a template has no revisions of its components"),
    mapped("targetSize"),
];

static SCALER: &Table = &[mapped("replicas")];

static SECURITY_CONTEXT: &Table = &[
    mapped("addCapabilities"),
    note("allowPrivilegeEscalation", "ECS does not say whether a process may gain rights"),
    mapped("containerName"),
    nested("containers", Inside::List(SECURITY_CONTEXT_OF)),
    mapped("dropCapabilities"),
    mapped("privileged"),
    mapped("readOnlyRootFilesystem"),
    mapped("runAsGroup"),
    note("runAsNonRoot", NON_ROOT),
    mapped("runAsUser"),
];

static SECURITY_CONTEXT_OF: &Table = &[
    mapped("addCapabilities"),
    note("allowPrivilegeEscalation", "ECS does not say whether a process may gain rights"),
    mapped("containerName"),
    mapped("dropCapabilities"),
    mapped("privileged"),
    mapped("readOnlyRootFilesystem"),
    mapped("runAsGroup"),
    note("runAsNonRoot", NON_ROOT),
    mapped("runAsUser"),
];

static SERVICE_ACCOUNT: &Table =
    &[note("create", "a task has a role of its own"), mapped("name"), note("privileges", PRIVILEGES)];

static SERVICE_BINDING: &Table = &[nested("envMappings", Inside::Named(BINDING))];

static BINDING: &Table = &[mapped("key"), mapped("secret")];

static SIDECAR: &Table = &[
    mapped("args"),
    mapped("cmd"),
    nested("env", Inside::List(ENV)),
    mapped("image"),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("name"),
    nested("readinessProbe", Inside::Map(PROBE)),
    nested("volumes", Inside::List(SIDECAR_VOLUME)),
];

static SIDECAR_VOLUME: &Table = &[mapped("name"), mapped("path")];

static STARTUP_PROBE: &Table = &[
    mapped("containerName"),
    nested("exec", Inside::Map(EXEC)),
    mapped("failureThreshold"),
    nested("grpc", Inside::Map(GRPC)),
    nested("httpGet", Inside::Map(HTTP_GET)),
    mapped("initialDelaySeconds"),
    mapped("periodSeconds"),
    nested("probes", Inside::List(STARTUP_PROBE_OF)),
    mapped("successThreshold"),
    nested("tcpSocket", Inside::Map(TCP_SOCKET)),
    note("terminationGracePeriodSeconds", "how long a container may take to stop is the same however it comes to that"),
    mapped("timeoutSeconds"),
];

static STARTUP_PROBE_OF: &Table = &[
    mapped("containerName"),
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

static STORAGE: &Table = &[
    nested("configMap", Inside::List(CONFIG_MAP)),
    nested("emptyDir", Inside::List(EMPTY_DIR)),
    refused("hostPath", NO_MACHINE, USE_INSTANCES).on_instances(Outcome::Mapped).holding(Inside::List(HOST_PATH)),
    nested("pvc", Inside::List(PVC)),
    nested("secret", Inside::List(SECRET)),
];

static CONFIG_MAP: &Table = &[
    mapped("data"),
    mapped("defaultMode"),
    nested("items", Inside::List(ITEM)),
    mapped("mountOnly"),
    mapped("mountPath"),
    nested("mountToEnv", Inside::Map(CONFIG_MAP_TO_ENV)),
    nested("mountToEnvs", Inside::List(CONFIG_MAP_TO_ENV)),
    mapped("name"),
    mapped("readOnly"),
    mapped("subPath"),
];

static CONFIG_MAP_TO_ENV: &Table = &[mapped("configMapKey"), mapped("envName")];

static SECRET: &Table = &[
    mapped("data"),
    mapped("defaultMode"),
    nested("items", Inside::List(ITEM)),
    mapped("mountOnly"),
    mapped("mountPath"),
    nested("mountToEnv", Inside::Map(SECRET_TO_ENV)),
    nested("mountToEnvs", Inside::List(SECRET_TO_ENV)),
    mapped("name"),
    mapped("readOnly"),
    mapped("stringData"),
    mapped("subPath"),
];

static SECRET_TO_ENV: &Table = &[mapped("envName"), mapped("secretKey")];

static EMPTY_DIR: &Table = &[mapped("medium"), mapped("mountPath"), mapped("name"), mapped("subPath")];

static HOST_PATH: &Table =
    &[mapped("mountPath"), mapped("name"), mapped("path"), note("type", "a path of a machine is used as it is there")];

static PVC: &Table = &[
    mapped("accessModes"),
    refused("dataSource", "a new file system is empty", "name one that has the data: `Volumes: { <claim>: fs-… }`"),
    refused("dataSourceRef", "a new file system is empty", "name one that has the data: `Volumes: { <claim>: fs-… }`"),
    mapped("mountOnly"),
    mapped("mountPath"),
    mapped("name"),
    note("resources", FOLLOWS),
    note("selector", "`Volumes` of the declaration says which file system is meant, and else one is made"),
    note("storageClassName", FOLLOWS),
    mapped("subPath"),
    mapped("volumeMode"),
    note("volumeName", "`Volumes` of the declaration says which file system is meant, and else one is made"),
];
