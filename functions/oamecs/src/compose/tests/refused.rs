//! Documents in which something is wrong, or without effect.

use serde_json::json;

use super::*;

/// What is told of a service with these attributes, at `path` within it.
fn told(attributes: &str, path: &str) -> Vec<String> {
    let start = format!("services.web.{path}");
    service(attributes).about(&start).iter().map(|line| line.replacen(&start, "…", 1)).collect()
}

/// That the one thing told at `path` starts like this.
fn assert_told(attributes: &str, path: &str, start: &str) {
    let told = told(attributes, path);
    assert!(matches!(told.as_slice(), [line] if line.starts_with(start)), "{attributes}: {told:#?}");
}

#[test]
fn unknown_keys_have_suggestions() {
    assert_told("evironment: {}", "evironment", "error …: unknown key `evironment`. Fix: did you mean `environment`?");
    assert_told(
        "x-aws-min_percent: 50",
        "x-aws-min_percent",
        "error …: unknown key `x-aws-min_percent`. Fix: it belongs below `deploy.update_config` of `web`",
    );
    assert_told(
        "x-aws-logs_retention: 3",
        "x-aws-logs",
        "error …_retention: unknown key `x-aws-logs_retention`. Fix: did you mean `x-aws-log_retention`? Otherwise it belongs at the top of the document",
    );
    assert_told(
        "frobnicate: 1",
        "frobnicate",
        "error …: unknown key `frobnicate`. Fix: remove it, or start it with `x-`",
    );
    assert_told(
        "healthcheck: { test: a, intervall: 1s }",
        "healthcheck",
        "error ….intervall: unknown key `intervall`. Fix: did you mean `interval`?",
    );
}

#[test]
fn outcomes_come_from_the_matrix() {
    assert_told(
        "privileged: true",
        "privileged",
        "error …: `privileged` is not available on Fargate: a task there has no host",
    );
    assert_told(
        "tmpfs: '/tmp:sise=1m'",
        "tmpfs",
        "error …: `sise=1m` is no option of a directory in memory. Fix: did you mean `size`?",
    );
    assert_told("pull_policy: always", "pull_policy", "note …: `pull_policy` has no effect: ");
}

#[test]
fn variables_must_be_set() {
    let declaration = Declaration { variables: &[("TAGS", json!("1"))], ..Declaration::default() };
    let outcome = declaration.text(
        "services:
  web:
    image: nginx:${TAG}
    command: echo ${TAG} ${SECRET:?generate one}
    environment: { A: '${AWS::Region}', B: $1, C: '${X', KEY: }
",
    );
    assert_eq!(
        outcome.told,
        [
            "note Shop: the document does not use the variable `TAGS`",
            "error Shop services.web.image: the variable `TAG` is not set. Fix: did you mean `TAGS`, which `Variables` has? Otherwise give it under `Variables` of `Shop`, or write a default: `${TAG:-…}`",
            "error Shop services.web.command: the document requires the variable `SECRET`: generate one. Fix: give it under `Variables` of `Shop`",
            "error Shop services.web.environment.A: `${AWS::Region}` is CloudFormation's notation, which is read in `Fn::Sub` only. Fix: make the whole value a function (`!Sub`), or write `${REGION}` and give `REGION` under `Variables` as a function; for the characters themselves write `$${AWS::Region}`",
            "error Shop services.web.environment.B: a `$` starts a variable, but `$1` is no variable's name. Fix: for the character itself write `$$`",
            "error Shop services.web.environment.C: `${X` has no closing `}`. Fix: close it, `${X}`; for a `$` itself write `$$`",
            "error Shop services.web.environment.KEY: `KEY` has no value: Compose would take it from the environment that it runs in, and a template has none. Fix: write a value, or give `KEY` under `Variables` of `Shop`",
        ]
    );
}

#[test]
fn ports_are_checked() {
    for (port, start) in [
        (
            "http",
            "`http` is not a port: ports are 1 to 65535. Fix: write `\"PUBLISHED:CONTAINER\"`, for example `\"80:8080\"`",
        ),
        ("80800:80", "`80800` is not a port: ports are 1 to 65535"),
        ("80;8080", "`;` stands between two ports, which a colon divides. Fix: write `\"80:8080\"`"),
        ("80:", "no port of the container follows `80:`"),
        ("8005-8000:80", "the range `8005-8000` runs backwards. Fix: write `8000-8005`"),
        ("8000-8200", "the range `8000-8200` has 201 ports, and at most 100 are read"),
        ("80:80/http", "`http` is spoken over `tcp`, and a port's protocol is that"),
    ] {
        assert_told(&format!("ports: ['{port}']"), "ports", &format!("error …[0]: {start}"));
    }
    assert_told(
        "ports: ['8000-8010:80']",
        "ports",
        "error …[0]: 11 published ports for 1 port of the container. Fix: name one port",
    );
    assert_told(
        "ports: ['8000-8010:80-81']",
        "ports",
        "error …[0]: 11 published ports for 2 ports of the container. Fix: write two ranges of the same length, for example `\"8000-8001:80-81\"`",
    );
    assert_told(
        "ports: ['80:80', '80:81']",
        "ports",
        "error …[1]: the port `80` is published for two ports of the container",
    );
    assert_told("ports: ['80:80', '80:80/tcp']", "ports", "error …[1]: the port `80` is published twice");
    assert_told("ports: ['10.0.0.1:80:80']", "ports", "error …[0]: the port would be published at `10.0.0.1`");
    assert_told("ports: ['80:80/sctp']", "ports", "error …[0]: SCTP is not available on ECS");
    assert_told(
        "ports: ['80']",
        "ports",
        "note …[0]: the port is published as `80`; Docker would take any that is free. Fix: write `\"80:80\"`",
    );
    assert_told("ports: [{ target: 0 }]", "ports", "error …[0].target: `0` is not a port");
    assert_told("ports: [{ published: 80 }]", "ports", "error …[0]: the port has no `target`");
    assert_told("ports: 80", "ports", "error …: this must be a list of ports");
    assert_told(
        "ports: [{ target: 80, published: 80, x-aws-protocol: htpp }]",
        "ports",
        "error …[0].x-aws-protocol: `htpp` is not one of `http`, ",
    );
}

#[test]
fn the_marks_of_yaml_1_1_are_told() {
    let outcome = Declaration::default().map(json!({"services": {"web": {
        "image": "nginx",
        "ports": [1342, 133_342, 8080, 4822, 600_000_000_u64],
        "environment": {"A": true, "B": 1.5, "C": 3},
        "restart": false,
    }}}));
    assert_eq!(
        outcome.told,
        [
            "error Shop services.web.ports[0]: `1342` is what CloudFormation makes of an unquoted `22:22`. Fix: write it in quotes, `\"22:22\"`; or `\"1342:1342\"` if that port is meant",
            "error Shop services.web.ports[1]: `133342` is what CloudFormation makes of an unquoted `2222:22`. Fix: write it in quotes, `\"2222:22\"`",
            "note Shop services.web.ports[2]: the port is published as `8080`; Docker would take any that is free. Fix: write `\"8080:8080\"`",
            "note Shop services.web.ports[3]: the port is published as `4822`. Fix: if you wrote `80:22`, put it in quotes; else write `\"4822:4822\"`",
            "error Shop services.web.ports[4]: `600000000` is not a port: ports are 1 to 65535, and CloudFormation makes larger numbers of unquoted text like `2222:22`. Fix: write the ports in quotes, for example `\"2222:22\"`",
            "note Shop services.web.environment.A: the value is `true`; CloudFormation turns unquoted `yes` and `on` into `true` too. Fix: write it in quotes, to have it as it is written",
            "note Shop services.web.environment.B: an unquoted number with a point loses its last zeros; the value is `1.5`. Fix: write it in quotes, to have it as it is written",
            "note Shop services.web.restart: `restart: no` has no effect: ECS starts a task of `web` again whenever it ends, however it ends",
        ]
    );
}

#[test]
fn mounts_are_checked() {
    assert_told(
        "volumes: ['./a:/b']",
        "volumes",
        "error …[0]: `./a` is a directory of your machine, and a task does not have it. Fix: write `BindMounts: { ./a: volume }` beside `Document` of `Shop` to keep what is written there in a volume, which starts empty, or `ignore` if the image has the files, or give its files under `Files` (`./a/…`)",
    );
    assert_told(
        "volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']",
        "volumes",
        "error …[0]: Fargate has no Docker daemon whose socket",
    );
    assert_told(
        "volumes: ['/etc/localtime:/etc/localtime:ro']",
        "volumes",
        "note …[0]: the mount at `/etc/localtime` has no effect",
    );
    assert_told(
        "volumes: ['./a.conf:/etc/a.conf']",
        "volumes",
        "error …[0]: `./a.conf` looks like a file of your machine, and a task does not have it. Fix: give its content under `Files` of `Shop` (`Files: { ./a.conf: … }`), or write `BindMounts: { ./a.conf: ignore }` if the image has it",
    );
    assert_told(
        "volumes: ['/data']",
        "volumes",
        "note …[0]: the volume at `/data` has no name, so that nothing is mounted",
    );
    assert_told(
        "volumes: ['dota:/data']",
        "volumes",
        "error …[0]: the document has no volume `dota`. Fix: did you mean `data`?",
    );
    assert_told("volumes: ['data:data']", "volumes", "error …[0]: `data` is not an absolute path");
    assert_told("volumes: ['data:/d:nocopy,rx']", "volumes", "error …[0]: `rx` is not a mode of a mount");
    let twice = told("volumes: ['data:/d:nocopy', 'data:/d/']", "volumes");
    assert_eq!(twice, ["error …[1]: two mounts have the same path, `/d`. Fix: remove one of them"]);
    let unused = service("").about("volumes.data");
    assert_eq!(unused, ["note volumes.data: the volume `data` is not made, as no service mounts it"]);
}

#[test]
fn networks_are_checked() {
    assert_told(
        "networks: [front]",
        "networks",
        "error …[0]: the document has no network `front`. Fix: add it at the top",
    );
    assert_told(
        "networks: { default: { ipv4_address: 172.20.0.2 } }",
        "networks",
        "error ….default.ipv4_address: `ipv4_address` is not available on ECS",
    );
    assert_told(
        "network_mode: host",
        "network_mode",
        "error …: a task has a network interface of its own, on instances too",
    );
    assert_told("network_mode: bridge", "network_mode", "note …: `network_mode: bridge` has no effect");
}

#[test]
fn dependencies_are_checked() {
    let outcome = Declaration::default().text(
        "services:
  a: { image: a, depends_on: [b] }
  b: { image: a, depends_on: [c] }
  c: { image: a, depends_on: [b, bb] }
  d: { image: a, depends_on: { a: { condition: service_healthy }, x: { condition: service_started, required: false } } }
  e: { image: a, depends_on: { a: { condition: service_completed_successfully }, p: { condition: service_started } } }
  p: { image: a, profiles: [p] }
",
    );
    let told = outcome.about("depends_on");
    let starts = [
        "error services.b.depends_on[0]: services wait for each other: b → c → b",
        "error services.c.depends_on[1]: the document has no service `bb`. Fix: did you mean `b`?",
        "error services.d.depends_on.a.condition: `d` waits for `a` to be healthy, but `a` has no `healthcheck`",
        "note services.d.depends_on.x: nothing waits for `x`, which is not in the document and is not required",
        "error services.e.depends_on.p: the service `p` is left out, as none of its profiles (`p`) is active",
    ];
    for (line, start) in told.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(told.len(), starts.len());
}

#[test]
fn names_are_checked() {
    let outcome = Declaration::default().text(
        "name: My Shop
services:
  web: { image: a, container_name: API, hostname: a b }
  api: { image: a }
  Api: { image: a }
  a!: { image: a }
",
    );
    let told = outcome.told.join("\n");
    for part in [
        "name: `My Shop` is no name for a project",
        "services.web.container_name: `web` cannot be found as `API` as well, as that is the service `Api`",
        "services.web.hostname: `a b` is no host name",
        "services.api: `api` and `Api` are the same host name",
        "`a!` is no name for a service",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
}

#[test]
fn values_that_contradict_each_other_are_told() {
    assert_told("scale: 2\ndeploy: { replicas: 3 }", "scale", "error …: `scale` and `deploy.replicas` differ");
    assert_told(
        "cpus: 1\ndeploy: { resources: { limits: { cpus: '2' } } }",
        "cpus",
        "error …: `cpus` and `deploy.resources.limits.cpus` differ",
    );
    assert_told(
        "mem_limit: 1g\nmem_reservation: 2g",
        "mem_reservation",
        "error …: more memory is set aside than the limit allows",
    );
    assert_told(
        "ulimits: { nofile: { soft: 2, hard: 1 } }",
        "ulimits",
        "error ….nofile: the soft limit of `nofile` (2) is above the hard one (1)",
    );
}

#[test]
fn values_of_the_wrong_kind_are_told() {
    for (attributes, path, start) in [
        ("cpus: half", "cpus", "error …: `half` is not a number of processors"),
        ("mem_limit: much", "mem_limit", "error …: `much` is not an amount of memory"),
        ("stop_grace_period: 30", "stop_grace_period", "error …: `30` is not a duration"),
        (
            "stop_grace_period: 1500ms",
            "stop_grace_period",
            "note …: ECS counts in whole seconds, so that this becomes `2s`",
        ),
        ("restart: sometimes", "restart", "error …: `sometimes` is not a restart policy"),
        ("platform: windows/amd64", "platform", "error …: `windows/amd64` is not available"),
        ("init: maybe", "init", "error …: `maybe` is not a boolean"),
        ("scale: many", "scale", "error …: `many` is not a whole number. Fix: write a whole number, 0 or more"),
        (
            "deploy: { mode: global, replicas: 2 }",
            "deploy",
            "error ….replicas: a service with a number of replicas does not run once on each machine",
        ),
        ("deploy: { mode: globul }", "deploy", "error ….mode: `globul` is not one of"),
        (
            "ulimits: { nofiles: 1 }",
            "ulimits",
            "error ….nofiles: Linux has no limit `nofiles`. Fix: did you mean `nofile`?",
        ),
        ("healthcheck: { test: [curl, localhost] }", "healthcheck", "error ….test: the list starts with `curl`"),
        ("healthcheck: { interval: 1s }", "healthcheck", "error …: the health check has no `test`"),
        ("command: a && b", "command", "error …: no shell reads this line, so its `&` would have no effect"),
        ("entrypoint: ''", "entrypoint", "error …: an empty `entrypoint`"),
        (
            "environment: 3",
            "environment",
            "error …: this must be variables: a map, or a list of `KEY=value`, not a number",
        ),
        ("logging: { driver: gcplogs }", "logging", "error ….driver: ECS has no log driver `gcplogs`"),
        ("logging: { options: { max-size: 10m } }", "logging", "note ….options.max-size: `max-size` has no effect"),
        ("stop_signal: SIGINT", "stop_signal", "note …: ECS stops a container with the signal"),
        ("command: !Ref C", "command", "error …: a line is split into words when the template is expanded, but"),
    ] {
        assert_told(attributes, path, start);
    }
}

#[test]
fn services_need_images() {
    let outcome = Declaration { images: &[("wob", "x")], ..Declaration::default() }
        .text("services: { web: { build: . }, api: {} }");
    assert_eq!(
        outcome.told,
        [
            "error Shop: the document has no service `wob` that this image could be for. Fix: did you mean `web`?",
            "error Shop services.web.build: a template cannot build the image of `web`. Fix: push it to a registry, and give its address under `Images` of `Shop`: `web: …`",
            "error Shop services.api: the service `api` has no `image`. Fix: add one, for example `image: nginx:1.27`",
        ]
    );
    assert!(outcome.application.is_none());
}

#[test]
fn documents_need_services() {
    for (text, start) in [
        ("name: a", "error Shop: the document has no `services`"),
        ("services: {}", "error Shop services: the document has no service"),
        ("services: [a]", "error Shop services: this must be a map of services by name, not a list"),
        ("services: { a: }", "error Shop services.a: the service `a` is empty. Fix: add `image: …`"),
        ("- a", "error Shop: this must be a Compose document, a map with `services`, not a list"),
        ("services: { a: { image: b, profiles: [c] } }", "note Shop services.a.profiles: the service `a` is left out"),
    ] {
        let outcome = Declaration::default().text(text);
        assert!(outcome.told.iter().any(|line| line.starts_with(start)), "{text}: {:#?}", outcome.told);
        assert!(outcome.told.iter().any(|line| line.starts_with("error")), "{text}");
    }
}

#[test]
fn what_failed_once_is_not_told_again() {
    let outcome = service(
        "ports: ['${PORT}:80']\nhealthcheck: { test: \"${TEST}\" }\nvolumes: ['${VOLUME}:/x']\nnetworks: ['${NET}']\ncommand: ${CMD}",
    );
    let errors = outcome.told.iter().filter(|line| line.starts_with("error")).count();
    assert_eq!(errors, 5, "{:#?}", outcome.told);
    assert!(outcome.about("error").iter().all(|line| line.contains("is not set")));
}
