//! Files that a task does not have: those of a host, secrets, Docker's socket.

use super::*;

const TOP: &str = " to `volumes` at the top";

fn errors(text: &str) -> Vec<String> {
    Declaration::default().text(text).about("error")
}

#[test]
fn each_mount_is_offered_a_volume_of_its_own() {
    let told = errors(
        "services:
  frontend: { image: a, volumes: ['./frontend:/usr/src/app', '/usr/src/app/node_modules'] }
  backend: { image: b, volumes: ['./backend:/usr/src/app', './more:/opt/app/'] }
volumes: { backend-app: }
",
    );
    let expected = [
        "`frontend-app:/usr/src/app`, and add `frontend-app:`",
        "`frontend-node_modules:/usr/src/app/node_modules`, and add `frontend-node_modules:`",
        "`backend-src-app:/usr/src/app`, and add `backend-src-app:`",
        "`backend-opt-app:/opt/app`, and add `backend-opt-app:`",
    ];
    for (line, expected) in told.iter().zip(expected) {
        assert!(line.contains("; to keep ") && line.ends_with(&format!("{expected}{TOP}")), "{line}");
    }
    assert_eq!(told.len(), expected.len());
}

#[test]
fn files_go_into_the_image() {
    let copy = "`COPY ./proxy/nginx.conf /etc/nginx/conf.d/default.conf`";
    let mount = "volumes: ['./proxy/nginx.conf:/etc/nginx/conf.d/default.conf:ro']";
    for (service, fix) in [
        (
            "image: nginx",
            format!(
                "build an image with the file (`FROM nginx`, {copy}), give it under `Images` of `Shop`, and remove the mount"
            ),
        ),
        ("build: ., image: web", "remove the mount, and copy the file in the image's Dockerfile, if it does not do so (`COPY ./nginx.conf /etc/nginx/conf.d/default.conf`)".to_owned()),
        ("image: !Ref Image", format!("remove the mount, and build the image with the file, if it does not have it ({copy})")),
    ] {
        let told = errors(&format!("services: {{ web: {{ {service}, {mount} }} }}"));
        assert!(matches!(told.as_slice(), [line] if line.ends_with(&format!("Fix: {fix}"))), "{told:#?}");
    }
    let told = errors("services: { web: { image: nginx, volumes: ['./html:/html:ro', '/proc:/host/proc'] } }");
    assert!(told[0].contains("build an image with the files (`FROM nginx`, `COPY ./html /html`)"), "{told:#?}");
    assert!(told[1].contains("a program that looks into its host cannot run on Fargate"), "{told:#?}");
}

#[test]
fn host_paths_need_no_variables() {
    let told = errors(
        "services: { web: { image: a, volumes: ['${MEDIA_PATH}:/media', '${MEDIA}/b:/b', { type: bind, source: $C, target: /c }, '${D}:/d'] } }",
    );
    let starts = [
        "error services.web.volumes[0]: there are no files of a host on Fargate, so `${MEDIA_PATH}` cannot be mounted",
        "error services.web.volumes[1]: there are no files of a host on Fargate, so `${MEDIA}/b` cannot be mounted",
        "error services.web.volumes[2]: there are no files of a host on Fargate, so `${C}` cannot be mounted",
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
