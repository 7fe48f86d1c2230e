//! Attributes of [services](https://github.com/compose-spec/compose-spec/blob/main/05-services.md).

use super::{Inside, Outcome, Table, mapped, nested, note, refused};

const NO_HOST: &str = "a task there has no host that it could reach";
const USE_INSTANCES: &str =
    "remove it, if the program can do without, or run the service on instances: `x-aws-capacity: EC2`";
const NO_WINDOWS: &str = "it is an option of Windows containers";
const HOOK: &str = "run it in the image's entry point, or in the service's `command`";
const PRE_START: &str = "write it as a service of its own, which this one waits for with `condition: service_completed_successfully`; with `network_mode: service:…` it runs before each of its tasks";
const CPU_QUOTA: &str = "write the share of processors as `cpus`, for example `cpus: 0.5`";

/// A service.
pub(super) static SERVICE: &Table = &[
    note("annotations", "ECS has none; write `labels`, which containers do have"),
    note("attach", "it is about the output of `docker compose up`; here the output of every service is logged"),
    note("blkio_config", "a Fargate task shares its disk with nobody")
        .on_instances(Outcome::Note("ECS does not divide the disks of an instance among its tasks")),
    nested("build", Inside::Value),
    mapped("cap_add"),
    mapped("cap_drop"),
    note("cgroup", "a Fargate task has a machine of its own")
        .on_instances(Outcome::Note("ECS sets up the control groups of its tasks")),
    note("cgroup_parent", "a Fargate task has a machine of its own")
        .on_instances(Outcome::Note("ECS sets up the control groups of its tasks")),
    mapped("command"),
    nested("configs", Inside::List(GRANT)),
    mapped("container_name"),
    refused("cpu_count", NO_WINDOWS, CPU_QUOTA),
    refused("cpu_percent", NO_WINDOWS, CPU_QUOTA),
    mapped("cpu_period"),
    mapped("cpu_quota"),
    refused("cpu_rt_period", "ECS has no real-time scheduling", "remove it"),
    refused("cpu_rt_runtime", "ECS has no real-time scheduling", "remove it"),
    note(
        "cpu_shares",
        "a share counts among containers of one machine, and here each service has machines of its own; the size follows from `cpus`",
    )
    .on_instances(Outcome::Note("a container's share follows from `deploy.resources.reservations.cpus`, or from `cpus`")),
    mapped("cpus"),
    refused("cpuset", "which processors a task runs on is the platform's choice", CPU_QUOTA),
    refused("credential_spec", NO_WINDOWS, "remove it"),
    nested("depends_on", Inside::Named(DEPENDENCY)),
    nested("deploy", Inside::Map(super::deploy::DEPLOY)),
    note("develop", "it is for `docker compose watch`"),
    refused("device_cgroup_rules", NO_HOST, USE_INSTANCES).on_instances(Outcome::Refused {
        why: "ECS has no rules for kinds of devices",
        fix: "name each device under `devices`, or give the container all rights with `privileged: true`",
    }),
    refused("devices", NO_HOST, USE_INSTANCES).on_instances(Outcome::Mapped).holding(Inside::List(DEVICE)),
    refused(
        "dns",
        "a task asks the name server of its VPC",
        "remove it; to change the server for the whole VPC, use an `AWS::EC2::DHCPOptions`",
    ),
    refused("dns_opt", "a task's resolver is set up by its VPC", "remove it"),
    refused("dns_search", "a task's resolver is set up by its VPC", "write names of other domains in full"),
    refused(
        "domainname",
        "a task's name is given by its VPC",
        "remove it; where the program needs its own domain's name, give it in an environment variable",
    ),
    mapped("entrypoint"),
    mapped("env_file"),
    mapped("environment"),
    mapped("expose"),
    mapped("extends"),
    refused(
        "external_links",
        "there are no containers of other projects beside a task",
        "give the other service's address in an environment variable",
    ),
    refused(
        "extra_hosts",
        "ECS adds no hosts to tasks with a network interface of their own",
        "use a name that DNS resolves, for example a record in a private hosted zone",
    ),
    nested("gpus", Inside::List(super::deploy::DEVICE)),
    refused(
        "group_add",
        "ECS knows a user and a group, no further ones",
        "write the group in `user` (`user: \"1000:1000\"`), or add it in the image",
    ),
    nested("healthcheck", Inside::Map(HEALTHCHECK)),
    mapped("hostname"),
    mapped("image"),
    mapped("init"),
    refused("ipc", NO_HOST, USE_INSTANCES).on_instances(Outcome::Mapped),
    note("isolation", "Linux containers have one kind of isolation"),
    mapped("label_file"),
    mapped("labels"),
    mapped("links"),
    nested("logging", Inside::Map(LOGGING)),
    refused("mac_address", "a task's network interface is given by its VPC", "remove it"),
    mapped("mem_limit"),
    mapped("mem_reservation"),
    note("mem_swappiness", "Fargate tasks have no swap space")
        .on_instances(Outcome::Note("the images of AWS set up no swap space on instances")),
    note("memswap_limit", "Fargate tasks have no swap space")
        .on_instances(Outcome::Note("the images of AWS set up no swap space on instances")),
    refused(
        "models",
        "the one who runs Compose runs the models",
        "remove it, and give the address and the name of a model that is served elsewhere in environment variables",
    ),
    mapped("network_mode"),
    nested("networks", Inside::Named(MEMBERSHIP)),
    refused(
        "oom_kill_disable",
        "a task that needs more memory than it has is always ended",
        "remove it, and set `deploy.resources.limits.memory` to what the service needs",
    ),
    note("oom_score_adj", "a Fargate task shares its memory with nobody")
        .on_instances(Outcome::Note("ECS does not say which of an instance's processes is ended first")),
    mapped("pid"),
    note("pids_limit", "ECS sets no limit on processes"),
    mapped("platform"),
    nested("ports", Inside::List(PORT)),
    refused("post_start", "it runs no command in a container that has started", HOOK),
    refused("pre_start", "a container runs one program", PRE_START),
    refused(
        "pre_stop",
        "a container that is to stop is sent a signal, and nothing else",
        "have the program clean up when it receives SIGTERM, within `stop_grace_period`",
    ),
    refused("privileged", NO_HOST, USE_INSTANCES).on_instances(Outcome::Mapped),
    mapped("profiles"),
    refused(
        "provider",
        "it is a program on the machine of the one who runs Compose",
        "remove the service, and give what it provides in environment variables",
    ),
    note("pull_policy", "ECS pulls the image whenever a task starts"),
    note("pull_refresh_after", "ECS pulls the image whenever a task starts"),
    mapped("read_only"),
    mapped("restart"),
    mapped("runtime"),
    mapped("scale"),
    nested("secrets", Inside::List(GRANT)),
    mapped("security_opt"),
    refused(
        "shm_size",
        "`/dev/shm` has 64 MiB there, and ECS cannot change it",
        "remove it, have the program use another directory for shared memory, or run the service on instances: `x-aws-capacity: EC2`",
    )
    .on_instances(Outcome::Mapped),
    mapped("stdin_open"),
    mapped("stop_grace_period"),
    mapped("stop_signal"),
    nested("storage_opt", Inside::Map(STORAGE_OPT)),
    mapped("sysctls"),
    mapped("tmpfs"),
    mapped("tty"),
    nested("ulimits", Inside::Named(ULIMIT)),
    refused(
        "use_api_socket",
        "Fargate has no Docker daemon",
        "remove it; a program that manages containers cannot run on Fargate",
    )
    .on_instances(Outcome::Refused {
        why: "who reaches Docker on an instance has all rights on it, and ECS knows nothing of what it starts",
        fix: "remove it; a program that manages containers can do so through the API of ECS",
    }),
    mapped("user"),
    note("userns_mode", "Fargate maps no users, whatever it says")
        .on_instances(Outcome::Note("instances map no users, unless their image is set up so")),
    refused("uts", "a task has a host name of its own", "remove it"),
    nested("volumes", Inside::List(MOUNT)),
    mapped("volumes_from"),
    mapped("working_dir"),
    mapped("x-aws-allow_from"),
    mapped("x-aws-autoscaling"),
    mapped("x-aws-capacity"),
    mapped("x-aws-certificate"),
    mapped("x-aws-cpu"),
    mapped("x-aws-cpu_architecture"),
    mapped("x-aws-deregistration_delay"),
    mapped("x-aws-discovery"),
    mapped("x-aws-discovery_name"),
    mapped("x-aws-dns_names"),
    mapped("x-aws-dns_records"),
    mapped("x-aws-domain"),
    mapped("x-aws-ephemeral_storage"),
    mapped("x-aws-execute_command"),
    mapped("x-aws-execution_role"),
    mapped("x-aws-family"),
    mapped("x-aws-firelens"),
    mapped("x-aws-force_new_deployment"),
    mapped("x-aws-health_check"),
    mapped("x-aws-hosted_zone"),
    mapped("x-aws-listener"),
    mapped("x-aws-load_balancer"),
    mapped("x-aws-load_balancer_groups"),
    mapped("x-aws-log_group"),
    mapped("x-aws-log_group_name"),
    mapped("x-aws-log_kms_key"),
    mapped("x-aws-log_prefix"),
    mapped("x-aws-log_retention"),
    mapped("x-aws-max_wait"),
    mapped("x-aws-memory"),
    mapped("x-aws-network_mode"),
    mapped("x-aws-path"),
    mapped("x-aws-permissions_boundary"),
    mapped("x-aws-placement_constraints"),
    mapped("x-aws-policies"),
    mapped("x-aws-policy"),
    mapped("x-aws-priority"),
    mapped("x-aws-public_address"),
    mapped("x-aws-pull_credentials"),
    mapped("x-aws-restart_policy"),
    mapped("x-aws-role"),
    mapped("x-aws-rollback_alarms"),
    mapped("x-aws-run"),
    mapped("x-aws-schedule"),
    mapped("x-aws-scheme"),
    mapped("x-aws-secrets"),
    mapped("x-aws-service_connect"),
    mapped("x-aws-slow_start"),
    mapped("x-aws-stickiness"),
    mapped("x-aws-subnets"),
    mapped("x-aws-timeout"),
];

/// A device of the machine.
static DEVICE: &Table = &[mapped("permissions"), mapped("source"), mapped("target")];

/// What a service waits for.
static DEPENDENCY: &Table = &[mapped("condition"), mapped("required"), mapped("restart")];

/// A health check.
static HEALTHCHECK: &Table = &[
    mapped("disable"),
    mapped("interval"),
    mapped("retries"),
    note("start_interval", "ECS checks at `interval` from the start"),
    mapped("start_period"),
    mapped("test"),
    mapped("timeout"),
];

/// Where the output goes.
static LOGGING: &Table = &[mapped("driver"), mapped("options"), mapped("x-aws-secret_options")];

const NO_ADDRESS: &str = "addresses are given by the VPC's subnets";
const BY_NAME: &str = "remove it, and use the service's name where the address is used";

/// What a service is in a network.
static MEMBERSHIP: &Table = &[
    mapped("aliases"),
    note("driver_opts", "tasks use the network of their VPC, which has no such driver"),
    note("gw_priority", "a task has one network interface"),
    note("interface_name", "a task has one network interface"),
    refused("ipv4_address", NO_ADDRESS, BY_NAME),
    refused("ipv6_address", NO_ADDRESS, BY_NAME),
    refused("link_local_ips", NO_ADDRESS, BY_NAME),
    refused("mac_address", "a task's network interface is given by its VPC", "remove it"),
    note("priority", "a task has one network interface"),
];

/// A published port.
static PORT: &Table = &[
    mapped("app_protocol"),
    mapped("host_ip"),
    note("mode", "every task has a network interface of its own"),
    note("name", "nothing refers to a port by its name"),
    mapped("protocol"),
    mapped("published"),
    mapped("target"),
    mapped("x-aws-allow_from"),
    mapped("x-aws-certificate"),
    mapped("x-aws-deregistration_delay"),
    mapped("x-aws-dns_records"),
    mapped("x-aws-domain"),
    mapped("x-aws-health_check"),
    mapped("x-aws-listener"),
    mapped("x-aws-path"),
    mapped("x-aws-priority"),
    mapped("x-aws-protocol"),
    mapped("x-aws-public"),
    mapped("x-aws-scheme"),
    mapped("x-aws-slow_start"),
    mapped("x-aws-stickiness"),
];

/// The disk of a container.
static STORAGE_OPT: &Table = &[mapped("size")];

/// A secret or config of the document, as a file.
static GRANT: &Table = &[mapped("gid"), mapped("mode"), mapped("source"), mapped("target"), mapped("uid")];

/// A limit of the kernel.
static ULIMIT: &Table = &[mapped("hard"), mapped("soft")];

/// A mount.
static MOUNT: &Table = &[
    nested("bind", Inside::Map(MOUNT_BIND)),
    note("consistency", "it is about Docker Desktop"),
    nested("image", Inside::Map(MOUNT_IMAGE)),
    mapped("read_only"),
    mapped("source"),
    mapped("target"),
    nested("tmpfs", Inside::Map(MOUNT_TMPFS)),
    mapped("type"),
    nested("volume", Inside::Map(MOUNT_VOLUME)),
];

/// Options of a mount of a host's directory.
static MOUNT_BIND: &Table = &[
    note("create_host_path", "a directory that is mounted is made where it is not there"),
    note("propagation", "nothing is mounted below the directory while the container runs"),
    note("recursive", "nothing is mounted below the directory"),
    note("selinux", "tasks do not use SELinux"),
];

/// Options of a mount of an image, which is refused as a whole.
static MOUNT_IMAGE: &Table = &[mapped("subpath")];

/// Options of a directory in memory.
static MOUNT_TMPFS: &Table = &[mapped("mode"), mapped("size")];

/// Options of a volume's mount.
static MOUNT_VOLUME: &Table = &[
    note("labels", "a mount has no labels; write them on the volume, under top-level `volumes`"),
    mapped("nocopy"),
    mapped("subpath"),
];
