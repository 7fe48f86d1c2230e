//! What services ask of their machines, and what each kind of machine gives.

use super::*;
use crate::program::container::Gpus;
use crate::program::placement::{Condition, Property};
use crate::program::platform::{Capacity, Machine, Provider};
use crate::program::workload::Sharing;

/// What is told of a service with these attributes.
fn told(attributes: &str) -> Vec<String> {
    service(attributes).about("services.web.").iter().map(|line| line.replacen("services.web.", "", 1)).collect()
}

fn assert_told(attributes: &str, start: &str) {
    let told = told(attributes);
    assert!(matches!(told.as_slice(), [line] if line.starts_with(start)), "{attributes}: {told:#?}");
}

#[test]
fn gpus_are_asked_for_in_three_ways() {
    let devices = |text: &str| format!("deploy: {{ resources: {{ reservations: {{ {text} }} }} }}");
    for (attributes, gpus) in [
        ("gpus: all".to_owned(), Some(Gpus::All)),
        ("gpus: 2".to_owned(), Some(Gpus::Count(2))),
        ("gpus: [{ driver: nvidia, count: 3 }, { device_ids: ['0'] }]".to_owned(), Some(Gpus::Count(4))),
        ("gpus: [{ count: -1 }]".to_owned(), Some(Gpus::All)),
        (devices("devices: [{ capabilities: [gpu], count: 1 }]"), Some(Gpus::Count(1))),
        (devices("devices: [{ capabilities: [gpu, utility] }]"), Some(Gpus::All)),
        (devices("devices: [{ capabilities: [[gpu, compute]], device_ids: ['0', '3'] }]"), Some(Gpus::Count(2))),
        (devices("generic_resources: [{ discrete_resource_spec: { kind: gpus, value: 2 } }]"), Some(Gpus::Count(2))),
        (devices("devices: []"), None),
        ("gpus: 0".to_owned(), None),
    ] {
        let (workload, container) = web(&attributes);
        assert_eq!(container.gpus.map(|gpus| gpus.value), gpus, "{attributes}");
        assert_eq!(workload.machine() == Machine::Instance, gpus.is_some(), "{attributes}");
    }
    assert_told(
        &devices("devices: [{ capabilities: [tpu] }]"),
        "error deploy.resources.reservations.devices[0].capabilities[0]: ECS has no devices with the capability `tpu`",
    );
    assert_told(
        &devices("generic_resources: [{ discrete_resource_spec: { kind: SSD, value: 3 } }]"),
        "error deploy.resources.reservations.generic_resources[0].discrete_resource_spec.kind: ECS knows no resource `SSD`",
    );
    assert_told("gpus: [{ driver: amd }]", "error gpus[0].driver: ECS has no driver `amd` for GPUs");
    assert_told("gpus: [{ count: 1, device_ids: ['0'] }]", "error gpus[0].count: `count` and `device_ids` exclude");
}

#[test]
fn attributes_have_an_outcome_for_each_machine() {
    for attributes in ["privileged: true", "devices: [/dev/fuse]", "shm_size: 256m", "ipc: host"] {
        let name = attributes.split(':').next().unwrap_or_default();
        assert_told(attributes, &format!("error {name}: `{name}` is not available on Fargate: "));
        assert_eq!(told(&format!("{attributes}\nx-aws-capacity: EC2")), [""; 0], "{attributes}");
        assert_eq!(told(&format!("{attributes}\nx-aws-capacity: {{ ec2: {{ min: 1 }} }}")), [""; 0], "{attributes}");
        assert_eq!(told(&format!("{attributes}\nx-aws-capacity: [mine]")), [""; 0], "{attributes}");
        assert_eq!(told(&format!("{attributes}\ngpus: 1")), [""; 0], "{attributes}");
    }
    assert_told(
        "device_cgroup_rules: ['c 1:3 mr']",
        "error device_cgroup_rules: `device_cgroup_rules` is not available on Fargate",
    );
    assert_told(
        "device_cgroup_rules: ['c 1:3 mr']\nx-aws-capacity: EC2",
        "error device_cgroup_rules: `device_cgroup_rules` is not available on ECS: ECS has no rules",
    );
    assert_told("userns_mode: host", "note userns_mode: `userns_mode` has no effect: Fargate maps no users");
    assert_told(
        "userns_mode: host\nx-aws-capacity: EC2",
        "note userns_mode: `userns_mode` has no effect: instances map no",
    );
}

#[test]
fn the_kernel_is_asked_in_every_spelling() {
    let (workload, container) = web("cap_add: [CAP_net_admin, SYS_PTRACE]
cap_drop: [all]
security_opt: ['no-new-privileges=true', 'label:disable']
privileged: false
devices: ['/dev/fuse', '/dev/sda:/dev/xvdc:rw', { source: /dev/null, permissions: r }]
shm_size: 1.5g
sysctls: ['net.core.somaxconn=1024']
pid: host
ipc: shareable
x-aws-capacity: EC2");
    let texts = |texts: &[Located<String>]| texts.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&container.privileges.added), ["NET_ADMIN", "SYS_PTRACE"]);
    assert_eq!(texts(&container.privileges.dropped), ["ALL"]);
    assert_eq!(texts(&container.privileges.labels), ["no-new-privileges:true", "label:disable"]);
    let devices: Vec<_> = container
        .devices
        .iter()
        .map(|device| (&*device.value.host, device.value.container.as_deref(), &*device.value.permissions))
        .collect();
    assert_eq!(devices, [("/dev/fuse", None, "rwm"), ("/dev/sda", Some("/dev/xvdc"), "rw"), ("/dev/null", None, "r")]);
    assert_eq!(container.shared_memory.map(|size| size.value.mebibytes()), Some(1536));
    assert!(container.kernel_parameters.contains_key("net.core.somaxconn"));
    assert_eq!(workload.processes.map(|sharing| sharing.value), Some(Sharing::Machine));
    assert_eq!(workload.shared_memory.map(|sharing| sharing.value), Some(Sharing::Replica));
    assert_told(
        "devices: [vendor.com/gpu=all]\nx-aws-capacity: EC2",
        "error devices[0]: `vendor.com/gpu=all` is no path",
    );
    assert_told("devices: ['/dev/a:/dev/b:rx']\nx-aws-capacity: EC2", "error devices[0]: `rx` are no permissions");
    assert_told("pid: 'service:db'", "error pid: `pid: service:db` is not available");
    assert_told("runtime: kata", "error runtime: ECS has no runtime `kata`");
    assert_told("runtime: nvidia", "error runtime: ECS chooses the runtime `nvidia`");
    assert_told("cpu_quota: 50000\ncpus: 1", "error cpu_quota: `cpu_quota` and `cpus` differ");
}

#[test]
fn placement_is_read() {
    let placement = |text: &str| format!("deploy: {{ placement: {{ {text} }} }}");
    let (workload, _) = web(&placement(
        "constraints: ['node.labels.disk==ssd', node.platform.arch != aarch64, node.role == worker], preferences: [{ spread: node.labels.zone }, { spread: node.id }], max_replicas_per_node: 1",
    ));
    let conditions: Vec<_> = workload.placement.conditions.iter().map(|condition| condition.value.clone()).collect();
    let condition = |property, equal, value: &str| Condition { property, equal, value: value.to_owned() };
    assert_eq!(
        conditions,
        [condition(Property::Label("disk".to_owned()), true, "ssd"), condition(Property::Processor, false, "arm64"),]
    );
    let spread: Vec<_> = workload.placement.spread.iter().map(|property| property.value.clone()).collect();
    assert_eq!(spread, [Property::Zone, Property::Identity]);
    assert!(workload.placement.apart.is_some());
    assert_told(&placement("constraints: [node.role == manager]"), "note deploy.placement.constraints[0]: ");
    assert_told(
        &placement("constraints: [node.platform.os == windows]"),
        "error deploy.placement.constraints[0]: no machine meets",
    );
    assert_told(&placement("constraints: [disk]"), "error deploy.placement.constraints[0]: `disk` is no constraint");
    assert_told(&placement("constraints: [disk == ssd]"), "error deploy.placement.constraints[0]: nothing is known");
    assert_told(
        &placement("max_replicas_per_node: 3"),
        "error deploy.placement.max_replicas_per_node: ECS knows no limit of 3",
    );
}

#[test]
fn capacities_are_read() {
    let capacity = |text: &str| {
        let (workload, _) = web(&format!("x-aws-capacity: {text}"));
        workload.platform.capacity.expect("a capacity").value
    };
    assert_eq!(capacity("FARGATE_SPOT"), Capacity::provider(Provider::FargateSpot));
    assert_eq!(capacity("mine"), Capacity::provider(Provider::Named("mine".into())));
    let Capacity::Providers(shares) =
        capacity("[{ provider: FARGATE_SPOT, weight: 4 }, { provider: FARGATE, base: 1, weight: 1 }]")
    else {
        panic!("no providers")
    };
    assert_eq!(shares.iter().map(|share| (share.base, share.weight)).collect::<Vec<_>>(), [(None, 4), (Some(1), 1)]);
    let Capacity::Instances(instances) = capacity(
        "{ EC2: { instance_types: [c7g.large, c6g.large], min: 1, max: 4, spot: true, ami: /my/image, volume_size: 50 } }",
    ) else {
        panic!("no instances")
    };
    assert_eq!(instances.types, [Expr::from("c7g.large"), Expr::from("c6g.large")]);
    assert!(instances.spot && instances.volume_size == Some(50) && instances.image == Some("/my/image".into()));
    assert_eq!(capacity("EC2"), Capacity::Instances(Box::default()));
    for (text, start) in [
        ("FARGAT", "error x-aws-capacity: `FARGAT` is no capacity. Fix: did you mean `FARGATE`?"),
        ("fargate", "error x-aws-capacity: `fargate` is no capacity. Fix: did you mean `FARGATE`?"),
        ("ec2", "error x-aws-capacity: `ec2` is no capacity. Fix: did you mean `EC2`?"),
        ("EXTERNAL", "error x-aws-capacity: `EXTERNAL` is not available"),
        ("ecs-mine", "error x-aws-capacity: `ecs-mine` is no capacity"),
        ("[]", "error x-aws-capacity: the list of capacity providers is empty"),
        ("[FARGATE, mine]", "error x-aws-capacity: a service runs on Fargate or on instances, not on both"),
        ("[EC2]", "error x-aws-capacity[0]: instances that are made here cannot be part of a list"),
        ("[{ base: 1 }]", "error x-aws-capacity[0]: the part has no `provider`"),
        ("[{ provider: FARGATE, weight: 0 }]", "error x-aws-capacity: no provider has a part"),
        (
            "[{ provider: FARGATE, base: 1 }, { provider: FARGATE_SPOT, base: 1 }]",
            "error x-aws-capacity: only one provider",
        ),
        (
            "[{ provider: FARGATE, wieght: 1 }]",
            "error x-aws-capacity[0].wieght: unknown key `wieght`. Fix: did you mean `weight`?",
        ),
        ("{ instance_type: m7i.large }", "error x-aws-capacity: this must be the name of a capacity"),
        ("{ EC2: { instance_type: large } }", "error x-aws-capacity.EC2.instance_type: `large` is no instance type"),
        (
            "{ EC2: { min: 4, max: 2 } }",
            "error x-aws-capacity.EC2: there are to be 4 instances at least, and 2 at most",
        ),
        ("{ EC2: { ami: ubuntu } }", "error x-aws-capacity.EC2.ami: `ubuntu` is neither the id of an image"),
        ("{ EC2: { volume_size: 5 } }", "error x-aws-capacity.EC2.volume_size: `5` is not a number of GiB from 30"),
        ("{ EC2: { key_name: mine } }", "error x-aws-capacity.EC2.key_name: unknown key `key_name`"),
    ] {
        assert_told(&format!("x-aws-capacity: {text}"), start);
    }
}
