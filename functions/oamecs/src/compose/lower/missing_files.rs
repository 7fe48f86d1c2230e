//! Files that values speak of and nobody puts there: secrets below `/run/secrets`, and the socket of Docker.
//!
//! A template that only loses the line which mounts them is valid, and its containers do not start.

use super::super::model::Labels;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::program::Mount;
use crate::program::probe::Command;

const SECRETS: &str = "/run/secrets/";
const SOCKET: &str = "docker.sock";

/// What may speak of files.
pub(super) struct Texts<'a> {
    pub(super) command: Option<&'a Located<Vec<Expr<String>>>>,
    pub(super) entrypoint: Option<&'a Located<Vec<Expr<String>>>>,
    pub(super) environment: &'a Labels,
    pub(super) probe: Option<&'a crate::program::Probe>,
}

impl Texts<'_> {
    /// The key whose value speaks of Docker's socket, and the text that does.
    pub(super) fn socket(&self) -> Option<(&'static str, String)> {
        let of_words = |key, words: Option<&Located<Vec<Expr<String>>>>| {
            let word = words?.value.iter().filter_map(Expr::known).find(|word| word.contains(SOCKET))?;
            Some((key, word.clone()))
        };
        let of_environment = || {
            let (name, _) = self.environment.iter().find(|(_, value)| speaks_of(&value.value, SOCKET))?;
            Some(("environment", name.clone()))
        };
        of_words("command", self.command).or_else(|| of_words("entrypoint", self.entrypoint)).or_else(of_environment)
    }

    /// Reports what speaks of files that are not there.
    pub(super) fn check(&self, mounts: &[Mount], is_socket_reported: bool, diagnostics: &mut Diagnostics) {
        if !mounts.iter().any(|mount| SECRETS.starts_with(&mount.path) || mount.path.starts_with(SECRETS)) {
            self.check_secrets(diagnostics);
        }
        if !is_socket_reported {
            self.check_socket(diagnostics);
        }
    }

    fn check_secrets(&self, diagnostics: &mut Diagnostics) {
        for (name, value) in self.environment {
            let Some(text) = value.value.known().filter(|text| text.starts_with(SECRETS)) else { continue };
            let fix = match name.strip_suffix("_FILE").filter(|name| !name.is_empty()) {
                Some(plain) => {
                    format!("remove `{name}`, and deliver `{plain}` as the README shows under \"Secrets until then\"")
                }
                None => AS_VARIABLE.to_owned(),
            };
            diagnostics.error(value.origin, no_secret(text)).fix(fix);
        }
        for words in [self.command, self.entrypoint].into_iter().flatten() {
            let known: Vec<&str> = words.value.iter().filter_map(Expr::known).map(String::as_str).collect();
            if let Some(path) = known.iter().find_map(|word| path(word)) {
                diagnostics.error(words.origin, no_secret(path)).fix(AS_VARIABLE);
            } else if known.iter().any(|word| word.contains(SECRETS)) {
                note(words.origin, diagnostics);
            }
        }
        let is_probed = |command: &Command| match command {
            Command::Program(words) => words.iter().any(|word| speaks_of(word, SECRETS)),
            Command::Shell(line) => speaks_of(line, SECRETS),
        };
        if let Some(probe) = self.probe.filter(|probe| is_probed(&probe.command)) {
            note(probe.origin, diagnostics);
        }
    }

    fn check_socket(&self, diagnostics: &mut Diagnostics) {
        let words = [self.command, self.entrypoint].into_iter().flatten();
        let by_words = words.flat_map(|words| words.value.iter().map(|word| (words.origin, word)));
        let by_environment = self.environment.values().map(|value| (value.origin, &value.value));
        let is_address = |word: &str| word.contains("unix://") && word.contains(SOCKET);
        let found = by_words.chain(by_environment).find(|(_, word)| word.known().is_some_and(|word| is_address(word)));
        if let Some((origin, _)) = found {
            diagnostics
                .error(origin, "Fargate has no Docker daemon, so that there is nothing at its socket")
                .fix("take the socket out; a program that manages containers cannot run on Fargate");
        }
    }
}

const AS_VARIABLE: &str = "have the program take the value from an environment variable, delivered as the README shows under \"Secrets until then\"";

/// The path of a secret that a word is, or that follows its `=`.
fn path(word: &str) -> Option<&str> {
    let value = word.split_once('=').map_or(word, |(_, value)| value);
    Some(value).filter(|value| value.starts_with(SECRETS) && !value.contains(char::is_whitespace))
}

fn no_secret(path: &str) -> String {
    format!("there is no file at `{path}`, as secrets are not delivered by this version yet")
}

fn note(origin: crate::diagnostic::Origin, diagnostics: &mut Diagnostics) {
    diagnostics
        .note(origin, "nothing is below `/run/secrets`, as secrets are not delivered by this version yet")
        .fix(AS_VARIABLE);
}

fn speaks_of(text: &Expr<String>, what: &str) -> bool {
    text.known().is_some_and(|text| text.contains(what))
}
