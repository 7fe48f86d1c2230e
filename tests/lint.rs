//! What the compiler makes is a valid template, say AWS's schemas: every expansion that lies in the repository, and the
//! template of the installation, pass cfn-lint and AWS's `cloudformation-validate` without an error, warning or hint.
//!
//! Both read all files in one process. What they cannot see is the verifier's work.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test fails so")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use oamecs_tests::fixture::fixtures;
use oamecs_tests::tools::{Tools, repository, run};
use serde_json::Value;

/// A finding that is no fault: the rule, the file where it may occur (empty: everywhere), what its message says.
struct Exception {
    rule: &'static str,
    file: &'static str,
    message: &'static str,
    #[expect(dead_code, reason = "written for the reader")]
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        rule: "I4010",
        file: "",
        message: "Metadata.com.aws.cloudformation.Context",
        reason: "a suggestion to describe the architecture in a metadata block, made for every template",
    },
    Exception {
        rule: "I9001",
        file: "",
        message: "create-only",
        reason: "says of every create-only property that it is one, without any change at hand",
    },
    Exception {
        rule: "I9040",
        file: "",
        message: "supports Tags but none are configured",
        reason: "tags are the author's choice",
    },
    Exception {
        rule: "W2508",
        file: "",
        message: "port 22 ",
        reason: "Git over SSH, which the author of the template publishes by name",
    },
    Exception {
        rule: "W2508",
        file: "tests/expand/network-load-balancer/expanded.json",
        message: "port 6379 ",
        reason: "the fixture shows how an author insists on publishing what is kept off load balancers otherwise",
    },
    Exception {
        rule: "E1029",
        file: "tests/expand/env-files/expanded.json",
        message: "Found an embedded parameter",
        reason: "the fixture shows that a literal `${…}` of an env file stays what it is",
    },
    Exception {
        rule: "W9002",
        file: "tests/expand/oam-v1beta1-limits/expanded.json",
        message: "hardcoded ARN",
        reason: "the ARN is the author's, and passed on as it is",
    },
    Exception {
        rule: "W9002",
        file: "tests/expand/rollout-owned/expanded.json",
        message: "hardcoded ARN",
        reason: "the ARN is the author's, and passed on as it is",
    },
    Exception {
        rule: "W9013",
        file: "tests/expand/rollout-owned/expanded.json",
        message: "account ID",
        reason: "the ARN is the author's, and passed on as it is",
    },
    Exception {
        rule: "W9013",
        file: "tests/expand/rollout-options/expanded.json",
        message: "account ID",
        reason: "the ARN is the author's, and passed on as it is",
    },
    Exception {
        rule: "W9002",
        file: "tests/expand/stackfile-existing-cluster/expanded.json",
        message: "hardcoded ARN",
        reason: "the ARN is the author's, and passed on as it is",
    },
    Exception {
        rule: "W1030",
        file: "template.yaml",
        message: "default ''",
        reason: "the empty default is excluded by a condition, which the rule does not follow",
    },
    Exception {
        rule: "W3002",
        file: "template.yaml",
        message: "'package'",
        reason: "`sam build` puts the built function in the place of the folder (for cfn-lint the template says so itself)",
    },
];

#[derive(Debug)]
struct Finding {
    tool: &'static str,
    file: String,
    rule: String,
    message: String,
    place: String,
}

impl Finding {
    fn is_excepted(&self) -> bool {
        EXCEPTIONS.iter().any(|exception| {
            exception.rule == self.rule
                && (exception.file.is_empty() || exception.file == self.file)
                && self.message.contains(exception.message)
        })
    }
}

#[test]
fn every_template_is_valid() {
    let templates = templates();
    let findings = [cfn_lint(&["--include-checks", "I"], &templates), cloudformation_validate(&templates)];
    let mut by_file = BTreeMap::<_, Vec<_>>::new();
    for finding in findings.iter().flatten().filter(|finding| !finding.is_excepted()) {
        by_file.entry(&finding.file).or_default().push(finding);
    }
    let mut report = String::new();
    for (file, findings) in by_file {
        writeln!(report, "{file}").unwrap();
        for Finding { tool, rule, message, place, .. } in findings {
            writeln!(report, "  {rule} {place}: {message} ({tool})").unwrap();
        }
    }
    assert!(report.is_empty(), "of {} templates, these have findings:\n{report}", templates.len());
}

/// With the published definitions of the types, cfn-lint reads templates as their authors wrote them.
#[test]
fn examples_are_valid_before_they_are_expanded() {
    let sources: Vec<PathBuf> =
        fixtures().into_iter().filter(|it| it.name.starts_with("example-")).map(|it| it.template).collect();
    let findings = cfn_lint(&["--registry-schemas", "docs/definitions"], &sources);
    assert!(findings.is_empty(), "{findings:#?}");
    let findings = cfn_lint(&[], &sources);
    assert!(findings.iter().any(|found| found.rule == "E3006"), "cfn-lint knows our types by itself: {findings:#?}");
}

/// Expansions that are no templates yet: the macros of others have still to run.
const UNFINISHED: [&str; 2] = ["tests/expand/loops/expanded.json", "tests/expand/other-tools/expanded.json"];

/// The installation's own template, and every expansion of a fixture or example.
fn templates() -> Vec<PathBuf> {
    let mut found = vec![repository().join("template.yaml")];
    for folder in ["tests/expand", "tests/examples"] {
        expansions(&repository().join(folder), &mut found);
    }
    found.retain(|path| !UNFINISHED.iter().any(|unfinished| path.ends_with(unfinished)));
    found.sort();
    found
}

fn expansions(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            expansions(&path, found);
        } else if path.ends_with("expanded.json") {
            found.push(path);
        }
    }
}

fn cfn_lint(options: &[&str], templates: &[PathBuf]) -> Vec<Finding> {
    let output = Tools::get()
        .command("cfn-lint")
        .current_dir(repository())
        .args(options)
        .args(["--format", "json", "--non-zero-exit-code", "none", "--template"])
        .args(templates)
        .output()
        .unwrap();
    let Ok(Value::Array(findings)) = serde_json::from_slice(&output.stdout) else {
        panic!("cfn-lint did not work: {}", String::from_utf8_lossy(&output.stderr));
    };
    let finding = |found: &Value| Finding {
        tool: "cfn-lint",
        file: relative(&text(&found["Filename"])),
        rule: text(&found["Rule"]["Id"]),
        message: text(&found["Message"]),
        place: found["Location"]["Path"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("/"),
    };
    findings.iter().map(finding).collect()
}

fn cloudformation_validate(templates: &[PathBuf]) -> Vec<Finding> {
    let output = run(Tools::get().script("python/validate.py").args(templates));
    let finding = |found: &Value| Finding {
        tool: "cloudformation-validate",
        file: relative(&text(&found["file"])),
        rule: text(&found["rule"]),
        message: text(&found["message"]),
        place: text(&found["place"]),
    };
    let findings: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    findings.iter().map(finding).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn relative(file: &str) -> String {
    let path = Path::new(file);
    path.strip_prefix(repository()).unwrap_or(path).display().to_string()
}
