//! Files that a task does not have: those of a host, secrets, Docker's socket.

use super::*;

fn errors(text: &str) -> Vec<String> {
    Declaration::default().text(text).about("error")
}

#[test]
fn directories_of_a_machine_need_a_choice() {
    let told = errors(
        "services:
  frontend: { image: a, volumes: ['./frontend:/usr/src/app', '/usr/src/app/node_modules', './html:/html:ro'] }
  backend: { build: ./api, image: b, volumes: ['./api:/app', './api/src:/app/src', './api/data:/data', '../api:/x'] }
  proxy: { image: nginx, volumes: ['/proc:/host/proc', './Caddyfile:/etc/caddy/Caddyfile'] }
",
    );
    let expected = [
        "services.frontend.volumes[0]: `./frontend` is a directory of your machine",
        "services.frontend.volumes[2]: `./html` is a directory of your machine",
        "services.backend.volumes[2]: `./api/data` is a directory of your machine",
        "services.backend.volumes[3]: `../api` is a directory of your machine",
        "services.proxy.volumes[0]: `/proc` belongs to the machine",
        "services.proxy.volumes[1]: `./Caddyfile` looks like a file of your machine",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (line, expected) in told.iter().zip(expected) {
        assert!(line.contains(expected), "{line}");
    }
    assert!(told[1].contains("BindMounts: { ./html: ignore }") && !told[1].contains("volume }"), "{}", told[1]);
}

#[test]
fn host_paths_need_no_variables() {
    let told = errors(
        "services: { web: { image: a, volumes: ['${MEDIA_PATH}:/media', '${MEDIA}/b:/b', { type: bind, source: $C, target: /c }, '${D}:/d'] } }",
    );
    let starts = [
        "error services.web.volumes[0]: `${MEDIA_PATH}` is a directory of your machine",
        "error services.web.volumes[1]: `${MEDIA}/b` is a directory of your machine",
        "error services.web.volumes[2]: `${C}` is a directory of your machine",
        "error services.web.volumes[3]: the variable `D` is not set",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (line, start) in told.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn services_that_share_a_volume_are_told() {
    let text = |other: &str| {
        format!(
            "services: {{ a: {{ image: a, volumes: ['data:/a:nocopy'] }}, b: {{ image: b, volumes: ['data:{other}:nocopy'] }} }}\nvolumes: {{ data: }}"
        )
    };
    let told = Declaration::default().text(&text("/b")).told;
    assert_eq!(
        told,
        [
            "note Shop services.b.volumes[0]: `a` and `b` share the content of the volume `data`, though they mount it at different paths"
        ]
    );
    assert_eq!(Declaration::default().text(&text("/a")).told, Vec::<String>::new());
}

#[test]
fn secrets_are_missed_where_they_are_read() {
    let told = errors(
        "services:
  db:
    image: postgres
    environment: { POSTGRES_PASSWORD_FILE: /run/secrets/db-password, KEY: /run/secrets/key }
    command: [postgres, --key=/run/secrets/key]
  mounted: { image: a, environment: { KEY: /run/secrets/key }, volumes: ['data:/run/secrets'] }
volumes: { data: }
",
    );
    let starts = [
        "error services.db.environment.POSTGRES_PASSWORD_FILE: there is no file at `/run/secrets/db-password`, as the service has no such secret. Fix: add `db-password` to `secrets` of the service and to `secrets` at the top of the document, or give the value itself, as `x-aws-secrets: { POSTGRES_PASSWORD: db-password }`",
        "error services.db.environment.KEY: there is no file at `/run/secrets/key`",
        "error services.db.command: there is no file at `/run/secrets/key`",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (line, start) in told.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    let script = service(
        "command: [sh, -c, 'export A=$$(cat /run/secrets/a); run']\nhealthcheck: { test: 'cat /run/secrets/a' }",
    );
    assert_eq!(script.about("services.web.command: there is no file at `/run/secrets/a`").len(), 1);
    assert_eq!(script.about("services.web.healthcheck: there is no file at `/run/secrets/a`").len(), 1);
    assert_eq!(script.about("error"), Vec::<String>::new());
}

#[test]
fn the_socket_of_docker_is_missed_once() {
    let mounted = errors(
        "services: { web: { image: a, command: -H unix:///var/run/docker.sock, volumes: ['/var/run/docker.sock:/var/run/docker.sock'] } }",
    );
    assert_eq!(
        mounted,
        [
            "error services.web.volumes[0]: Fargate has no Docker daemon whose socket `/var/run/docker.sock` could be mounted. Fix: remove the mount and, in `command`, `unix:///var/run/docker.sock`; a program that manages containers cannot run on Fargate"
        ]
    );
    let unmounted = errors("services: { web: { image: a, command: -H unix:///var/run/docker.sock } }");
    assert_eq!(
        unmounted,
        [
            "error services.web.command: Fargate has no Docker daemon, so that there is nothing at its socket. Fix: take the socket out; a program that manages containers cannot run on Fargate"
        ]
    );
}
