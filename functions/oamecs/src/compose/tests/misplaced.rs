//! Keys, sections and values at the wrong place or of the wrong kind: one error each, which says what to write.

use super::*;

/// The one error of a document.
fn error(text: &str) -> String {
    let told = Declaration::default().text(text).told;
    let errors: Vec<&String> = told.iter().filter(|line| line.starts_with("error")).collect();
    let [only] = errors.as_slice() else { panic!("{text}: {told:#?}") };
    only.replacen("error Shop ", "", 1).replacen("error Shop: ", "", 1)
}

/// The one error of a document with one service `web`, whose attributes are these.
fn of_web(attributes: &str) -> String {
    let attributes = attributes.replace('\n', "\n    ");
    error(&format!("services:\n  web:\n    image: nginx\n    {attributes}\n")).replacen("services.web.", "", 1)
}

#[test]
fn sections_at_the_wrong_level_are_told_once() {
    for (text, expected) in [
        ("service: { web: { image: a } }", "service: unknown key `service`. Fix: did you mean `services`?"),
        (
            "web: { image: a }",
            "web: `web` is a service, and services stand below `services`. Fix: write `services:` at the top, and `web` below it, indented",
        ),
        (
            "services: { a: { image: a, depends_on: [web] } }\nweb: { image: a }\ndb: { build: . , image: b }",
            "web: `web` and `db` are services, and services stand below `services`. Fix: write `web` and `db` below `services`, indented as deep as the services there",
        ),
        (
            "services: { web: { image: a, volumes: ['data:/data'] }, volumes: { data: } }",
            "services.volumes: `volumes` stands below `services`, where it would be a service. Fix: write `volumes` at the top of the document, as far left as `services`",
        ),
        (
            "services: {}",
            "services: the document has no service. Fix: write one, for example `web: { image: nginx, ports: [\"80:80\"] }`",
        ),
        ("services: { web: }", "services.web: the service `web` is empty. Fix: add `image: …`"),
        (
            "services: [a]",
            "services: this must be a map of services by name, not a list. Fix: write each service below its name, as `web: { image: nginx }`",
        ),
        (
            "services: { my service: { image: a } }",
            "services[\"my service\"]: `my service` is no name for a service. Fix: write `my-service`, or other letters from a to z, digits, `.`, `_` and `-`",
        ),
        (
            "services: { a: { image: a, depends_on: [a] } }",
            "services.a.depends_on[0]: `a` waits for itself. Fix: remove this dependency",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
}

#[test]
fn a_service_may_be_called_as_a_section() {
    let outcome = Declaration::default().text("services: { volumes: { image: a }, networks: { build: ., image: b } }");
    assert_eq!(outcome.application().workloads.len(), 2);
}

#[test]
fn keys_are_meant_for_others() {
    for (attributes, expected) in [
        ("env: {}", "env: unknown key `env`. Fix: did you mean `environment`?"),
        ("memory: 1g", "memory: unknown key `memory`. Fix: did you mean `mem_limit`?"),
        ("cpu: 1", "cpu: unknown key `cpu`. Fix: did you mean `cpus`?"),
        ("port: 80", "port: unknown key `port`. Fix: did you mean `ports`?"),
        (
            "volume: a",
            "volume: unknown key `volume`. Fix: did you mean `volumes`? Otherwise it belongs into an item of `volumes` of `web`",
        ),
        ("replicas: 2", "replicas: unknown key `replicas`. Fix: it belongs below `deploy` of `web`"),
        ("deploy: { image: a }", "deploy.image: unknown key `image`. Fix: it belongs directly below `web`"),
        (
            "ports: [{ target: 80, published: 80, restart: no }]",
            "ports[0].restart: unknown key `restart`. Fix: it belongs directly below `web`",
        ),
        ("include: a", "include: unknown key `include`. Fix: it belongs at the top of the document"),
        (
            "external: true",
            "external: unknown key `external`. Fix: remove it, or start it with `x-` if another tool reads it",
        ),
    ] {
        assert_eq!(of_web(attributes), expected);
    }
}

#[test]
fn wrong_kinds_come_with_what_to_write() {
    for (attributes, expected) in [
        ("ports: { 80: 8080 }", "ports: this must be a list of ports, not a map. Fix: write `ports: [\"80:8080\"]`"),
        ("ports: '80:80'", "ports: this must be a list of ports, not text. Fix: write `ports: [\"80:80\"]`"),
        ("ports: 80", "ports: this must be a list of ports, not a number. Fix: write `ports: [\"80:80\"]`"),
        ("volumes: 'a:/b'", "volumes: this must be a list of mounts, not text. Fix: write `volumes: [\"a:/b\"]`"),
        (
            "deploy: { replicas: two }",
            "deploy.replicas: `two` is not a whole number. Fix: write a whole number, 0 or more",
        ),
        (
            "command: { run: a }",
            "command: this must be a line, or a list of words, not a map. Fix: write `command: [\"sh\", \"-c\", \"…\"]`, for example",
        ),
        ("mem_limit: 512", "mem_limit: `512` is 512 bytes, and a container takes at least 6 MiB. Fix: write `512m`"),
        ("mem_limit: 2", "mem_limit: `2` is 2 bytes, and a container takes at least 6 MiB. Fix: write `2g`"),
        (
            "mem_limit: 512k",
            "mem_limit: `512k` is 524288 bytes, and a container takes at least 6 MiB. Fix: write `6m` or more",
        ),
        ("gpus: many", "gpus: `many` is not a number of GPUs. Fix: write a number, or `all`"),
        (
            "depends_on: { web: { condition: healthy } }",
            "depends_on.web.condition: `healthy` is not one of `service_started`, `service_healthy` and `service_completed_successfully`. Fix: did you mean `service_healthy`?",
        ),
    ] {
        assert_eq!(of_web(attributes), expected);
    }
}

#[test]
fn variables_have_an_equals_sign_in_a_list() {
    for (attributes, expected) in [
        (
            "environment: [A: b]",
            "environment[0]: this must be `KEY=value`, as it is an item of a list, not a map. Fix: write `A=…`, or all of them as a map, without `-`",
        ),
        (
            "environment: ['A: b']",
            "environment[0]: a colon stands where `=` divides a name from its value. Fix: write `A=…`, or all of them as a map, without `-`",
        ),
        (
            "environment: ['A = b']",
            "environment[0]: the name would be `A `, as spaces count here. Fix: write `A=…`, without spaces around `=`",
        ),
        (
            "labels: [a: b]",
            "labels[0]: this must be `KEY=value`, as it is an item of a list, not a map. Fix: write `a=…`, or all of them as a map, without `-`",
        ),
        (
            "environment: { A: { B: c } }",
            "environment.A: this must be text, as all of the values here, not a map. Fix: write one text after `A:`; where the program reads JSON, write it in quotes",
        ),
    ] {
        assert_eq!(of_web(attributes), expected);
    }
    let (_, container) = web("environment: ['A= b ', 'B=x: y']");
    assert_eq!(container.environment["A"].value, Expr::from(" b "));
    assert_eq!(container.environment["B"].value, Expr::from("x: y"));
}

#[test]
fn images_are_plausible() {
    for (image, expected) in [
        ("Nginx:1.27", "`Nginx:1.27` is not an image: names are in lower case. Fix: write `nginx:1.27`"),
        ("[nginx]", "this must be text, not a list. Fix: write `image: nginx`"),
        ("nginx:${TAG", "`${TAG` has no closing `}`. Fix: close it, `${TAG}`; for a `$` itself write `$$`"),
    ] {
        let error = error(&format!("services:\n  web:\n    image: {image}\n"));
        assert_eq!(error, format!("services.web.image: {expected}"));
    }
    let declaration = Declaration { images: &[("web", "httpd"), ("api", "api")], ..Declaration::default() };
    let outcome = declaration.text("services: { web: { image: nginx }, api: { build: ., image: shop-api } }");
    assert_eq!(
        outcome.told,
        ["note Shop services.web.image: `web` runs the image that `Images` of `Shop` gives, not this one"]
    );
    let declaration = Declaration { images: &[("web", "Httpd")], ..Declaration::default() };
    assert_eq!(declaration.text("services: { web: {} }").about("error").len(), 1);
}
