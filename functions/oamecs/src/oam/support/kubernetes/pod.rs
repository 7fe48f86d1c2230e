//! Attributes of a [pod](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/): containers that share a
//! network and their fate, as the tasks of ECS do.

use super::super::{PULL_POLICY, USE_INSTANCES};
use crate::support::{Inside, Outcome, Table, mapped, nested, note, refused};

const SCHEDULER: &str = "there are no nodes to choose from: Fargate spreads tasks over zones by itself";
const NO_HOST: &str = "a task has a network interface and processes of its own";
const ACCOUNT: &str = "a task has a role instead of an account of a cluster";
const USERS: &str = "which user a container runs as is what its image, or `runAsUser`, says";
const NO_MACHINE: &str = "a task on Fargate has no directories of its machine";
const NAME: &str = "a component is called by its name";
const ITS_LOG: &str = "what a container says at its end is in its log";
const NOBODY: &str = "nobody is connected to a container";
const KERNEL: &str = "what a container may ask of the kernel is the same for all on Fargate";

/// `spec` of a pod.
pub(super) static POD_SPEC: &Table = &[
    mapped("activeDeadlineSeconds"),
    mapped("affinity"),
    note("automountServiceAccountToken", ACCOUNT),
    nested("containers", Inside::List(CONTAINER)),
    refused("dnsConfig", "tasks resolve names by the VPC", "set it up in the VPC, by DHCP options"),
    note("dnsPolicy", "tasks resolve names by the VPC"),
    note("enableServiceLinks", "no variables tell of other components: they are called by their names"),
    note("ephemeralContainers", "they are for looking into a pod that runs, for which there is ECS Exec"),
    refused(
        "hostAliases",
        "ECS adds no hosts to tasks with a network interface of their own",
        "use a name that DNS resolves, for example a record in a private hosted zone",
    ),
    refused("hostIPC", NO_HOST, "remove it"),
    refused("hostNetwork", NO_HOST, "remove it: the other components call the ports of its containers"),
    refused("hostPID", NO_HOST, "remove it"),
    note("hostUsers", USERS),
    note("hostname", NAME),
    nested("imagePullSecrets", Inside::List(&[mapped("name")])),
    nested("initContainers", Inside::List(CONTAINER)),
    note("nodeName", SCHEDULER),
    mapped("nodeSelector"),
    nested("os", Inside::Map(&[mapped("name")])),
    note("overhead", "Fargate takes its own share by itself"),
    note("preemptionPolicy", SCHEDULER),
    note("priority", SCHEDULER),
    note("priorityClassName", SCHEDULER),
    note("readinessGates", "a task is called once it is healthy"),
    refused("resourceClaims", "there are no devices that a task could claim", "remove it"),
    refused(
        "resources",
        "what a task has is the sum of what its containers ask for",
        "write `resources` for the containers",
    ),
    mapped("restartPolicy"),
    note("runtimeClassName", SCHEDULER),
    note("schedulerName", SCHEDULER),
    refused("schedulingGates", "a stack starts what it says", "remove it"),
    nested("securityContext", Inside::Map(POD_SECURITY)),
    mapped("serviceAccount"),
    mapped("serviceAccountName"),
    note("setHostnameAsFQDN", NAME),
    refused(
        "shareProcessNamespace",
        "each container sees its own processes only",
        "run the programs in one container, or remove it",
    ),
    note("subdomain", NAME),
    mapped("terminationGracePeriodSeconds"),
    note("tolerations", SCHEDULER),
    note("topologySpreadConstraints", SCHEDULER),
    nested("volumes", Inside::List(VOLUME)),
];

static POD_SECURITY: &Table = &[
    note("appArmorProfile", KERNEL),
    note("fsGroup", "a volume belongs to whom its program gives it"),
    note("fsGroupChangePolicy", "a volume belongs to whom its program gives it"),
    mapped("runAsGroup"),
    note("runAsNonRoot", USERS),
    mapped("runAsUser"),
    note("seLinuxOptions", KERNEL),
    note("seccompProfile", KERNEL),
    refused("supplementalGroups", "a user has one group here", "write it as `runAsGroup`, if there is one"),
    refused(
        "sysctls",
        "an application sets no parameters of the kernel this way",
        "set them under `Workloads` beside `Document`, or remove it",
    ),
    refused("windowsOptions", "tasks run on Linux", "remove it, and use images for Linux"),
];

static CONTAINER: &Table = &[
    mapped("args"),
    mapped("command"),
    nested("env", Inside::List(ENV)),
    nested("envFrom", Inside::List(ENV_FROM)),
    mapped("image"),
    note("imagePullPolicy", PULL_POLICY),
    nested("lifecycle", Inside::Map(LIFECYCLE)),
    nested("livenessProbe", Inside::Map(PROBE)),
    mapped("name"),
    nested("ports", Inside::List(PORT)),
    nested("readinessProbe", Inside::Map(PROBE)),
    note("resizePolicy", "what a task has is the same until it is replaced"),
    nested("resources", Inside::Map(RESOURCES)),
    mapped("restartPolicy"),
    nested("securityContext", Inside::Map(SECURITY)),
    nested("startupProbe", Inside::Map(PROBE)),
    note("stdin", NOBODY),
    note("stdinOnce", NOBODY),
    note("terminationMessagePath", ITS_LOG),
    note("terminationMessagePolicy", ITS_LOG),
    note("tty", NOBODY),
    refused(
        "volumeDevices",
        "a volume is a file system",
        "mount it with `volumeMounts`, if the program can work with a file system",
    ),
    nested("volumeMounts", Inside::List(MOUNT)),
    mapped("workingDir"),
];

static ENV: &Table = &[mapped("name"), mapped("value"), nested("valueFrom", Inside::Map(VALUE_FROM))];

static VALUE_FROM: &Table = &[
    nested("configMapKeyRef", Inside::Map(KEY)),
    refused(
        "fieldRef",
        "a task knows of itself only when it runs",
        "ask the metadata endpoint of the task, at the address in `ECS_CONTAINER_METADATA_URI_V4`",
    ),
    refused("fileKeyRef", "what is in a file is known only when a task runs", "have the program read the file"),
    refused("resourceFieldRef", "a task knows of itself only when it runs", "write the amount itself"),
    nested("secretKeyRef", Inside::Map(KEY)),
];

static KEY: &Table = &[mapped("key"), mapped("name"), note("optional", "a task does not start without what it names")];

static ENV_FROM: &Table =
    &[nested("configMapRef", Inside::Map(NAMED)), mapped("prefix"), nested("secretRef", Inside::Map(NAMED))];

static NAMED: &Table = &[mapped("name"), note("optional", "a task does not start without what it names")];

static LIFECYCLE: &Table = &[
    refused(
        "postStart",
        "ECS runs no command in a container that has started",
        "do it in the program, or in a container that runs before",
    ),
    mapped("preStop"),
    refused(
        "stopSignal",
        "a container is stopped with the signal that its image says",
        "write it as `STOPSIGNAL` into the `Dockerfile`",
    ),
];

static PORT: &Table = &[
    mapped("containerPort"),
    note("hostIP", "a task has a network interface of its own"),
    note("hostPort", "a task has a network interface of its own: its port is the one that the container listens on"),
    mapped("name"),
    mapped("protocol"),
];

static PROBE: &Table = &[
    nested("exec", Inside::Map(&[mapped("command")])),
    mapped("failureThreshold"),
    nested(
        "grpc",
        Inside::Map(&[
            mapped("port"),
            note("service", "the service that is asked for is that of the server as a whole"),
        ]),
    ),
    nested("httpGet", Inside::Map(HTTP_GET)),
    mapped("initialDelaySeconds"),
    mapped("periodSeconds"),
    mapped("successThreshold"),
    nested("tcpSocket", Inside::Map(&[note("host", "a probe asks the task itself"), mapped("port")])),
    note("terminationGracePeriodSeconds", "how long a container may take to stop is the same however it comes to that"),
    mapped("timeoutSeconds"),
];

static HTTP_GET: &Table = &[
    note("host", "a probe asks the task itself"),
    nested("httpHeaders", Inside::List(&[mapped("name"), mapped("value")])),
    mapped("path"),
    mapped("port"),
    mapped("scheme"),
];

static RESOURCES: &Table = &[
    refused("claims", "there are no devices that a task could claim", "remove it"),
    mapped("limits"),
    mapped("requests"),
];

static SECURITY: &Table = &[
    note("allowPrivilegeEscalation", "a program gets no more rights on ECS than its image gives it"),
    note("appArmorProfile", KERNEL),
    nested("capabilities", Inside::Map(&[mapped("add"), mapped("drop")])),
    refused("privileged", "there are no rights to a machine on Fargate", USE_MACHINES).on_instances(Outcome::Mapped),
    note("procMount", KERNEL),
    mapped("readOnlyRootFilesystem"),
    mapped("runAsGroup"),
    note("runAsNonRoot", USERS),
    mapped("runAsUser"),
    note("seLinuxOptions", KERNEL),
    note("seccompProfile", KERNEL),
    refused("windowsOptions", "tasks run on Linux", "remove it, and use images for Linux"),
];

const USE_MACHINES: &str =
    "remove it, or run the component on instances: `Workloads: { <component>: { Capacity: EC2 } }`";

static MOUNT: &Table = &[
    mapped("mountPath"),
    note("mountPropagation", "no task sees what another mounts"),
    mapped("name"),
    mapped("readOnly"),
    note("recursiveReadOnly", "nothing is mounted within a volume"),
    mapped("subPath"),
    refused(
        "subPathExpr",
        "what the variables are is known only when a task runs",
        "write `subPath` with the path itself",
    ),
];

static VOLUME: &Table = &[
    refused("awsElasticBlockStore", IN_TREE, USE_CLAIM),
    refused("azureDisk", IN_TREE, USE_CLAIM),
    refused("azureFile", IN_TREE, USE_CLAIM),
    refused("cephfs", IN_TREE, USE_CLAIM),
    nested("configMap", Inside::Map(CONFIG_MAP)),
    refused(
        "csi",
        "there are no drivers for volumes on ECS",
        "use a `persistentVolumeClaim`; secrets are given to containers with `env`",
    ),
    refused(
        "downwardAPI",
        "a task knows of itself only when it runs",
        "ask the metadata endpoint of the task, at the address in `ECS_CONTAINER_METADATA_URI_V4`",
    ),
    nested("emptyDir", Inside::Map(&[mapped("medium"), mapped("sizeLimit")])),
    refused("ephemeral", "a claim stays, and this one would go with its task", "write an `emptyDir`"),
    refused("gcePersistentDisk", IN_TREE, USE_CLAIM),
    refused(
        "gitRepo",
        "nothing fetches a repository for a task",
        "fetch it in a container that runs before, into an `emptyDir`",
    ),
    refused("hostPath", NO_MACHINE, USE_INSTANCES)
        .on_instances(Outcome::Mapped)
        .holding(Inside::Map(&[mapped("path"), note("type", "it is looked at when a task starts")])),
    refused("image", "a volume is no image", "copy the files in a container that runs before, into an `emptyDir`"),
    refused("iscsi", IN_TREE, USE_CLAIM),
    mapped("name"),
    refused("nfs", IN_TREE, USE_CLAIM),
    nested("persistentVolumeClaim", Inside::Map(&[mapped("claimName"), mapped("readOnly")])),
    nested("projected", Inside::Map(PROJECTED)),
    nested("secret", Inside::Map(SECRET)),
];

const IN_TREE: &str = "a volume that stays is an Amazon EFS file system";
const USE_CLAIM: &str =
    "use a `persistentVolumeClaim`, and for a file system of EFS that exists `Volumes` beside `Document`";

static CONFIG_MAP: &Table = &[
    mapped("defaultMode"),
    nested("items", Inside::List(ITEM)),
    mapped("name"),
    note("optional", "a task does not start without what it names"),
];

static SECRET: &Table = &[
    mapped("defaultMode"),
    nested("items", Inside::List(ITEM)),
    note("optional", "a task does not start without what it names"),
    mapped("secretName"),
];

static ITEM: &Table = &[mapped("key"), mapped("mode"), mapped("path")];

static PROJECTED: &Table = &[mapped("defaultMode"), nested("sources", Inside::List(SOURCE))];

static SOURCE: &Table = &[
    refused("clusterTrustBundle", "there is no cluster that has one", "put the certificates into a `ConfigMap`"),
    nested("configMap", Inside::Map(CONFIG_MAP)),
    refused(
        "downwardAPI",
        "a task knows of itself only when it runs",
        "ask the metadata endpoint of the task, at the address in `ECS_CONTAINER_METADATA_URI_V4`",
    ),
    nested("secret", Inside::Map(PROJECTED_SECRET)),
    refused(
        "serviceAccountToken",
        "a task has a role instead of an account of a cluster",
        "use the credentials of the task's role, which AWS SDKs find by themselves",
    ),
];

static PROJECTED_SECRET: &Table = &[
    nested("items", Inside::List(ITEM)),
    mapped("name"),
    note("optional", "a task does not start without what it names"),
];
