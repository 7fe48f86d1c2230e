//! The documents that are made from tables: what `docs/compose.md` says of attributes and options is what the macro does.
//!
//! `BLESS=1 cargo test -p oamecs-tests --test docs` writes the table of attributes.

#![expect(clippy::unwrap_used, reason = "a test fails so")]

use std::fmt::Write as _;
use std::fs;

use oamecs::compose::support::{Attribute, Outcome, attributes};
use oamecs::options::{KEYS, Spelling};
use oamecs::program::platform::Machine;
use oamecs_tests::tools::repository;

const BEGIN: &str = "<!-- begin: attributes -->\n";
const END: &str = "<!-- end: attributes -->\n";

#[test]
fn the_attributes_of_compose_are_documented() {
    let path = repository().join("docs/compose.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let made = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert!(made == text || std::env::var_os("BLESS").is_some(), "docs/compose.md is not what the support matrix says");
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
