//! Every fixture, byte for byte. `BLESS=1 cargo test -p oamecs-tests --test expand` writes what comes out over what was
//! expected: look at each difference before it is committed.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::fs;
use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use oamecs_tests::fixture::{Fixture, Outcome, fixtures};
use oamecs_tests::verifier::verify_expansion;
use serde_json::Value;

fn main() {
    let trials = fixtures().into_iter().map(|fixture| Trial::test(fixture.name.clone(), move || check(&fixture)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn check(fixture: &Fixture) -> Result<(), Failed> {
    let outcome = fixture.outcome();
    if let Outcome::Expanded(fragment) = &outcome {
        check_second_expansion(fragment)?;
        let findings = verify_expansion(&Value::Object(fixture.source()), &Value::Object(fragment.clone()));
        if !findings.is_empty() {
            return Err(format!("the verifier finds: {findings:#?}").into());
        }
    }
    let (file, other, text) = match outcome {
        Outcome::Expanded(fragment) => {
            ("expanded.json", "error.txt", serde_json::to_string_pretty(&Value::Object(fragment)).unwrap())
        }
        Outcome::Failed(message) => ("error.txt", "expanded.json", message),
    };
    let text = text + "\n";
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(&fixture.expected).unwrap();
        fs::write(fixture.expected.join(file), text).unwrap();
        let _ = fs::remove_file(fixture.expected.join(other));
        return Ok(());
    }
    compare(&fixture.expected.join(file), &text)
}

/// An expanded template is a template without pseudo resources: expanding it changes nothing.
fn check_second_expansion(fragment: &serde_json::Map<String, Value>) -> Result<(), Failed> {
    let request = oamecs::Request { fragment: fragment.clone(), ..oamecs::Request::default() };
    let again = oamecs::expand(request).map_err(|failure| Failed::from(failure.message))?;
    if serde_json::to_string(fragment).unwrap() == again.json.get() {
        Ok(())
    } else {
        Err("expanding the expanded template changes it".into())
    }
}

fn compare(file: &Path, text: &str) -> Result<(), Failed> {
    let expected =
        fs::read_to_string(file).map_err(|error| format!("{}: {error}\nwhat came out:\n{text}", file.display()))?;
    if expected == text {
        return Ok(());
    }
    let first = expected.lines().zip(text.lines()).position(|(expected, actual)| expected != actual);
    let line = first.unwrap_or_else(|| expected.lines().count().min(text.lines().count()));
    let at = |text: &str| text.lines().skip(line.saturating_sub(2)).take(6).collect::<Vec<_>>().join("\n");
    Err(format!(
        "{} differs from line {}:\nexpected:\n{}\nwhat came out:\n{}",
        file.display(),
        line + 1,
        at(&expected),
        at(text)
    )
    .into())
}
