//! Binaries of the workspace, built when a test needs them.

use std::path::PathBuf;
use std::process::Command;

use crate::tools::repository;

/// Builds the binary of the package `name`, and says where it is.
///
/// # Panics
/// Where it does not build.
pub fn binary(name: &str, release: bool) -> PathBuf {
    build(&["--package", name, "--bin", name], release).join(name)
}

/// Builds the example `name` of the tests, and says where it is.
///
/// # Panics
/// Where it does not build.
pub fn example(name: &str, release: bool) -> PathBuf {
    build(&["--package", "oamecs-tests", "--example", name], release).join("examples").join(name)
}

fn build(what: &[&str], release: bool) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.arg("build").arg("--quiet").args(what).current_dir(repository());
    if release {
        cargo.arg("--release");
    }
    assert!(cargo.status().is_ok_and(|status| status.success()), "{cargo:?} failed");
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| repository().join("target"), |target| repository().join(target));
    target.join(if release { "release" } else { "debug" })
}
