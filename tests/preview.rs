//! The preview as its user sees it: the built binary, run on each file below `tests/preview/<command>`, and all that it says
//! beside it, byte for byte. `BLESS=1 cargo test -p oamecs-tests --test preview` writes what is said.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use oamecs_tests::tools::repository;

fn main() {
    let binary = oamecs_tests::build::binary("oamecs");
    let mut trials = Vec::new();
    for command in ["check", "embed"] {
        for file in files(&repository().join("tests/preview").join(command)) {
            let name = format!("{command} {}", file.file_name().unwrap().to_string_lossy());
            let binary = binary.clone();
            trials.push(Trial::test(name, move || check(&binary, command, &file)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

fn check(binary: &Path, command: &str, file: &Path) -> Result<(), Failed> {
    let mut run = Command::new(binary);
    run.arg(command).arg(file.file_name().unwrap()).current_dir(file.parent().unwrap());
    let output = run.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    let said = format!("{}{}exit code {code}\n", text(&output.stderr), text(&output.stdout));
    let expected = file.with_extension("txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(expected, said).unwrap();
        return Ok(());
    }
    if fs::read_to_string(&expected).unwrap_or_default() == said {
        return Ok(());
    }
    Err(format!("{} differs; what came out:\n{said}", expected.display()).into())
}
