//! The documents that are made from tables: what `docs/compose.md`, `docs/oam.md`, `docs/rollout.md` and `docs/stackfile.md` say of attributes
//! and options is what the macro does.
//!
//! `BLESS=1 cargo test -p oamecs-tests --test docs` writes the tables of attributes.

#![expect(clippy::unwrap_used, reason = "a test fails so")]

use std::fmt::Write as _;
use std::fs;

use oamecs::compose::support::attributes;
use oamecs::definition::definition;
use oamecs::fragment::Kind;
use oamecs::oam;
use oamecs::options::{KEYS, Spelling};
use oamecs::program::platform::Machine;
use oamecs::rollout;
use oamecs::stackfile;
use oamecs::support::{Attribute, Inside, Outcome, Table};
use oamecs_tests::tools::repository;

const BEGIN: &str = "<!-- begin: attributes -->\n";
const END: &str = "<!-- end: attributes -->\n";

#[test]
fn the_attributes_of_compose_are_documented() {
    check("docs/compose.md", &table());
}

#[test]
fn the_attributes_of_oam_are_documented() {
    check("docs/oam.md", &tables());
}

#[test]
fn the_attributes_of_stackfiles_are_documented() {
    let mut made = String::new();
    for section in stackfile::support::matrix() {
        writeln!(made, "### {}\n\n| attribute | outcome |\n|---|---|", section.title).unwrap();
        rows("", section.table, &mut Vec::new(), &mut made);
        made.push('\n');
    }
    check("docs/stackfile.md", &made);
}

#[test]
fn the_keys_of_rollouts_are_documented() {
    let mut made = String::from("| attribute | outcome |\n|---|---|\n");
    rows("", rollout::support::CONFIGURATION, &mut Vec::new(), &mut made);
    check("docs/rollout.md", &made);
    let text = fs::read_to_string(repository().join("docs/rollout.md")).unwrap();
    let common = ["Document", "Environment", "Tags"];
    for name in rollout::settings::KEYS.iter().chain(&rollout::settings::OPTIONS).filter(|name| !common.contains(name))
    {
        assert!(text.contains(&format!("`{name}`")), "docs/rollout.md lacks `{name}`");
    }
}

/// Each is a file for the option `--registry-schemas` of cfn-lint.
#[test]
fn the_types_are_defined() {
    for kind in Kind::ALL {
        let file = repository().join(format!("docs/definitions/{}.json", kind.name().replace("::", "-")));
        let made = serde_json::to_string_pretty(&definition(kind)).unwrap() + "\n";
        if std::env::var_os("BLESS").is_some() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &made).unwrap();
        }
        let text = fs::read_to_string(&file).unwrap_or_default();
        assert!(made == text, "{} is not what the macro reads", file.display());
    }
}

/// Holds what stands between the marks of a document against what was made for it.
fn check(path: &str, table: &str) {
    let file = repository().join(path);
    let text = fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let made = format!("{before}{BEGIN}{table}{END}{after}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &made).unwrap();
    }
    assert!(made == text || std::env::var_os("BLESS").is_some(), "{path} is not what the support matrix says");
}

#[test]
fn the_options_of_the_platform_are_documented() {
    let text = fs::read_to_string(repository().join("docs/compose.md")).unwrap();
    for name in KEYS {
        let row = format!("| `{name}` | `x-aws-{}` | ", Spelling::Snake.of(name));
        assert!(text.contains(&row), "docs/compose.md lacks {row}");
    }
}

fn table() -> String {
    let mut table = String::from("| attribute | outcome |\n|---|---|\n");
    for (path, attribute) in attributes() {
        writeln!(table, "| `{path}` | {} |", outcomes(attribute)).unwrap();
    }
    table
}

/// Of each version of OAM its parts, and of each part its attributes. Those of a map that is the same in several places are told once.
fn tables() -> String {
    let mut made = String::new();
    for (version, sections) in oam::support::matrix() {
        let mut told = Vec::new();
        writeln!(made, "### {version}\n").unwrap();
        for section in sections {
            writeln!(made, "#### {}\n\n| attribute | outcome |\n|---|---|", section.title).unwrap();
            rows("", section.table, &mut told, &mut made);
            made.push('\n');
        }
    }
    made
}

fn rows(prefix: &str, table: &'static Table, told: &mut Vec<(*const Attribute, String)>, made: &mut String) {
    for attribute in table {
        let path = format!("{prefix}{}", attribute.name);
        let (inside, below) = match attribute.inside {
            Inside::Value => (None, String::new()),
            Inside::Map(inside) => (Some(inside), format!("{path}.")),
            Inside::Named(inside) => (Some(inside), format!("{path}.*.")),
            Inside::List(inside) => (Some(inside), format!("{path}[].")),
        };
        let outcome = outcomes(attribute);
        let known = inside.and_then(|inside| told.iter().find(|(table, _)| *table == inside.as_ptr()));
        match (inside, known) {
            (_, Some((_, first))) => {
                writeln!(made, "| `{path}` | {outcome}; what is inside is as in `{first}` |").unwrap();
            }
            (Some(inside), None) => {
                writeln!(made, "| `{path}` | {outcome} |").unwrap();
                told.push((inside.as_ptr(), path));
                rows(&below, inside, told, made);
            }
            (None, None) => writeln!(made, "| `{path}` | {outcome} |").unwrap(),
        }
    }
}

fn outcomes(attribute: &Attribute) -> String {
    let [fargate, instance] = [Machine::Fargate, Machine::Instance].map(|machine| attribute.outcome_on(machine));
    if fargate == instance {
        return told(fargate);
    }
    format!("{}; on instances {}", told(fargate), told(instance))
}

fn told(outcome: Outcome) -> String {
    match outcome {
        Outcome::Mapped => "mapped".to_owned(),
        Outcome::Note(why) => format!("note: {why}"),
        Outcome::Refused { why, fix } => format!("error: {why}. Instead: {fix}"),
    }
}
