use std::collections::BTreeMap;

use super::*;
use crate::diagnostic::Located;
use crate::program::Mount;
use crate::program::container::{Privileges, Resources};
use crate::program::storage::{Memory, Source};

/// A file at `path` with no more to it.
fn file(path: &str) -> File {
    File {
        origin: Origin::TEMPLATE,
        content: Content::Text("x".into()),
        path: path.to_owned(),
        user: None,
        group: None,
        mode: 0o444,
        replaces: None,
    }
}

fn mount(path: &str, source: Source) -> Mount {
    Mount { origin: Origin::TEMPLATE, source, path: path.to_owned(), read_only: false }
}

/// Each directory, `+` where what the image has joins it, and its files; and how many errors there are.
fn plan(files: Vec<File>, mounts: Vec<Mount>) -> (Vec<String>, usize) {
    let container = Container { files, mounts, ..container() };
    let mut diagnostics = Diagnostics::default();
    let directories = directories(&container, &mut diagnostics);
    let shown = directories.iter().map(|directory| {
        let files: Vec<&str> = directory.files.iter().map(|file| file.path.as_str()).collect();
        format!("{}{} {}", directory.path, if directory.joins_image() { "+" } else { "" }, files.join(" "))
    });
    (shown.collect(), diagnostics.errors())
}

#[test]
fn files_of_a_directory_and_below_share_a_volume() {
    let files = ["/etc/app/b/c", "/run/secrets/a/b", "/etc/app/a", "/run/secrets/c", "/srv/x"].map(file);
    let expected =
        ["/etc/app+ /etc/app/a /etc/app/b/c", "/run/secrets /run/secrets/a/b /run/secrets/c", "/srv+ /srv/x"];
    assert_eq!(plan(files.into(), Vec::new()), (expected.map(str::to_owned).into(), 0));
}

#[test]
fn what_replaces_a_directory_joins_nothing() {
    let replaced = File { replaces: Some("/etc/app/conf.d".to_owned()), ..file("/etc/app/conf.d/a/b") };
    let keys = File { content: Content::Keys("s".to_owned()), ..file("/etc/keys") };
    let files = vec![file("/etc/app/main.conf"), replaced, file("/etc/app/conf.d/c"), keys];
    let expected = [
        "/etc/app+ /etc/app/main.conf",
        "/etc/app/conf.d /etc/app/conf.d/a/b /etc/app/conf.d/c",
        "/etc/keys /etc/keys",
    ];
    assert_eq!(plan(files, Vec::new()), (expected.map(str::to_owned).into(), 0));
}

#[test]
fn other_mounts_are_not_hidden() {
    let volume = || Source::Volume { name: "data".to_owned(), subpath: None };
    let at = |path: &str, mounts: Vec<Mount>| plan(vec![file(path)], mounts);
    assert_eq!(at("/data/x", vec![mount("/data", volume())]).1, 1);
    assert_eq!(at("/data/a/x", vec![mount("/data", volume())]).1, 1);
    assert_eq!(at("/data/x", vec![mount("/data/uploads", volume())]), (vec!["/data+ /data/x".to_owned()], 0));
    let memory = Source::Memory(Memory::default());
    assert_eq!(at("/run/app/x", vec![mount("/run", memory)]), (vec!["/run/app /run/app/x".to_owned()], 0));
}

#[test]
fn directories_of_the_system_are_refused() {
    for path in ["/x", "/etc/hosts", "/usr/bin/x", "/proc/sys/x", "/dev/shm/x"] {
        assert_eq!(plan(vec![file(path)], Vec::new()), (Vec::new(), 1), "{path}");
    }
}

/// A container with nothing but an image.
fn container() -> Container {
    let origin = Origin::TEMPLATE;
    Container {
        origin,
        name: "web".to_owned(),
        image: Located::new(origin, "nginx".into()),
        entrypoint: None,
        command: None,
        credentials: None,
        environment: BTreeMap::new(),
        secrets: BTreeMap::new(),
        environment_files: Vec::new(),
        files: Vec::new(),
        working_directory: None,
        user: None,
        read_only: None,
        init: None,
        interactive: None,
        terminal: None,
        labels: BTreeMap::new(),
        ports: Vec::new(),
        mounts: Vec::new(),
        probe: None,
        resources: Resources::default(),
        limits: BTreeMap::new(),
        stop_grace: None,
        restart: None,
        essential: true,
        after: BTreeMap::new(),
        privileges: Privileges::default(),
        kernel_parameters: BTreeMap::new(),
        devices: Vec::new(),
        gpus: None,
        shared_memory: None,
        log: None,
    }
}
