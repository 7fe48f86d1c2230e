//! Binaries of the workspace, built when a test needs them.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::repository;

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
    let mut cargo = Command::new(env!("CARGO"));
    cargo.arg("build").arg("--quiet").args(what).current_dir(repository());
    assert!(cargo.status().is_ok_and(|status| status.success()), "{cargo:?} failed");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), |target| repository().join(target))
}
