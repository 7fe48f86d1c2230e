//! Binaries of the workspace, built when a test needs them.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::repository;

/// Cargo as from a shell.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(repository());
    forget_test(&mut cargo);
    cargo
}

/// Takes from a command that builds what cargo tells a test of its package: to build scripts it would be another package that
/// they are run for, and everything would be built again, now and afterwards.
pub fn forget_test(command: &mut Command) {
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_str().is_some_and(is_of_package)) {
        command.env_remove(name);
    }
}

fn is_of_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// Builds the binary `name` as the tests are built, so that nothing of it is built twice, and says where it is.
///
/// # Panics
/// Where it does not build.
pub fn binary(name: &str) -> PathBuf {
    // What is selected settles which features dependencies have.
    build(&["--workspace", "--tests", "--bin", name]).join("debug").join(name)
}

/// Builds the binary of the package `name` as it is deployed, and says where it is.
///
/// # Panics
/// Where it does not build.
pub fn released(name: &str) -> PathBuf {
    build(&["--package", name, "--bin", name, "--release"]).join("release").join(name)
}

/// Builds the example `name` of the tests as if it were deployed, and says where it is.
///
/// # Panics
/// Where it does not build.
pub fn released_example(name: &str) -> PathBuf {
    build(&["--package", "oamecs-tests", "--example", name, "--release"]).join("release").join("examples").join(name)
}

/// The folder of what was built.
fn build(what: &[&str]) -> PathBuf {
    let mut cargo = cargo();
    cargo.arg("build").arg("--quiet").args(what);
    assert!(cargo.status().is_ok_and(|status| status.success()), "{cargo:?} failed");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), |target| repository().join(target))
}
