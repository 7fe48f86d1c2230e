//! The table of faults and how they are planted.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use oamecs_tests::verifier::verify;
use serde_json::{Map, Value};

/// A change of the good template and the rule that must notice it.
pub(crate) struct Fault {
    pub(crate) what: String,
    pub(crate) rule: String,
    change: Map<String, Value>,
}

/// The good template.
pub(crate) fn shop() -> Value {
    static SHOP: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("shop.json")).unwrap());
    SHOP.clone()
}

/// The files of the table.
const FILES: [&str; 19] = [
    "capacity",
    "containers",
    "custom",
    "data",
    "domains",
    "execution_role",
    "fargate",
    "listener_rules",
    "load_balancing",
    "log_routing",
    "network",
    "preparation",
    "references",
    "roles",
    "scaling",
    "schedules",
    "secrets",
    "security_groups",
    "services",
];

/// All faults of all files.
pub(crate) fn all() -> Vec<Fault> {
    FILES.iter().flat_map(|name| of(name)).collect()
}

fn of(name: &str) -> Vec<Fault> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("verifier/faults/{name}.yaml"));
    let table: Vec<Map<String, Value>> = serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let fault = |entry: Map<String, Value>| Fault {
        what: entry["fault"].as_str().unwrap().to_owned(),
        rule: entry["rule"].as_str().unwrap().to_owned(),
        change: entry["change"].as_object().unwrap().clone(),
    };
    table.into_iter().map(fault).collect()
}

fn plant(fault: &Fault) -> Value {
    let mut template = shop();
    for (path, value) in &fault.change {
        let path = path.strip_prefix('/').map_or_else(|| format!("Resources/{path}"), str::to_owned);
        let (parent, key) = path.rsplit_once('/').unwrap_or(("", &path));
        let pointer = if parent.is_empty() { String::new() } else { format!("/{parent}") };
        let place = template.pointer_mut(&pointer).unwrap_or_else(|| panic!("{}: no {parent}", fault.what));
        match place {
            Value::Array(list) if key == "-" => list.push(value.clone()),
            Value::Array(list) if value.is_null() => {
                list.remove(key.parse().unwrap());
            }
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = value.clone(),
            Value::Object(object) if value.is_null() => {
                assert!(object.shift_remove(key).is_some(), "{}: no {path} to remove", fault.what);
            }
            Value::Object(object) => {
                object.insert(key.to_owned(), value.clone());
            }
            other => panic!("{}: {other} has no {key}", fault.what),
        }
    }
    template
}

/// Each fault is found, and nothing else.
fn check(name: &str) {
    let mut wrong = Vec::new();
    for fault in of(name) {
        let findings = verify(&plant(&fault));
        let rules: BTreeSet<_> = findings.iter().map(|finding| finding.rule).collect();
        let wanted: BTreeSet<_> = [fault.rule.as_str()].into_iter().filter(|rule| *rule != "none").collect();
        if rules != wanted {
            let found: Vec<_> = findings.iter().map(|finding| format!("    {finding}")).collect();
            wrong.push(format!("{} [{}]:\n{}", fault.what, fault.rule, found.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn capacity_faults_are_found() {
    check("capacity");
}

#[test]
fn containers_faults_are_found() {
    check("containers");
}

#[test]
fn custom_faults_are_found() {
    check("custom");
}

#[test]
fn data_faults_are_found() {
    check("data");
}

#[test]
fn domains_faults_are_found() {
    check("domains");
}

#[test]
fn execution_role_faults_are_found() {
    check("execution_role");
}

#[test]
fn fargate_faults_are_found() {
    check("fargate");
}

#[test]
fn listener_rules_faults_are_found() {
    check("listener_rules");
}

#[test]
fn load_balancing_faults_are_found() {
    check("load_balancing");
}

#[test]
fn log_routing_faults_are_found() {
    check("log_routing");
}

#[test]
fn network_faults_are_found() {
    check("network");
}

#[test]
fn preparation_faults_are_found() {
    check("preparation");
}

#[test]
fn references_faults_are_found() {
    check("references");
}

#[test]
fn roles_faults_are_found() {
    check("roles");
}

#[test]
fn scaling_faults_are_found() {
    check("scaling");
}

#[test]
fn schedules_faults_are_found() {
    check("schedules");
}

#[test]
fn secrets_faults_are_found() {
    check("secrets");
}

#[test]
fn security_groups_faults_are_found() {
    check("security_groups");
}

#[test]
fn services_faults_are_found() {
    check("services");
}

#[test]
fn every_file_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifier/faults");
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, FILES);
}
