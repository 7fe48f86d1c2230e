//! The house rules that tools can check: formatting, and lints without a warning.

#![expect(clippy::unwrap_used, reason = "a test fails so")]

use oamecs_tests::build;
use oamecs_tests::tools::repository;

fn cargo(arguments: &[&str]) {
    let output = build::cargo().args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "cargo {}:\n{text}", arguments.join(" "));
}

#[test]
fn the_code_is_formatted() {
    cargo(&["fmt", "--all", "--check"]);
}

#[test]
fn the_lints_are_silent() {
    cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]);
}

#[test]
fn no_partition_is_written_out() {
    // A literal `arn:aws:` works in neither China nor GovCloud.
    let mut folders = vec![
        repository().join("functions/oamecs/src"),
        repository().join("functions/resource/src"),
        repository().join("functions/transform/src"),
        repository().join("examples"),
        repository().join("tests/expand"),
        repository().join("tests/examples"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                assert!(!text.contains(concat!("arn:", "aws:")), "{}", path.display());
            }
        }
    }
}
