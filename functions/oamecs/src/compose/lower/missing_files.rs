//! Files that values speak of and nobody puts there: secrets below `/run/secrets`, and the socket of Docker.
//!
//! A template that only loses the line which mounts them is valid, and its containers do not start.

use super::super::model::Labels;
use super::Lowering;
use super::files::{Delivered, SECRETS};
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;
use crate::path::is_within;
use crate::program::Mount;
use crate::program::probe::Command;

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
    pub(super) fn check(
        &self,
        mounts: &[Mount],
        files: &Delivered,
        is_socket_reported: bool,
        lowering: &mut Lowering<'_>,
    ) {
        if !mounts.iter().any(|mount| is_within(SECRETS, &mount.path) || is_within(&mount.path, SECRETS)) {
            self.check_secrets(files, lowering);
        }
        if !is_socket_reported {
            self.check_socket(lowering.diagnostics);
        }
    }

    fn check_secrets(&self, files: &Delivered, lowering: &mut Lowering<'_>) {
        for (name, value) in self.environment {
            let Some(text) = value.value.known().filter(|text| text.starts_with(SECRETS)) else { continue };
            if let Some(path) = missing(text, files) {
                let fix = fix(path, Some(name), lowering);
                lowering.diagnostics.error(value.origin, no_secret(path)).fix(fix);
            }
        }
        for words in [self.command, self.entrypoint].into_iter().flatten() {
            let known: Vec<&str> = words.value.iter().filter_map(Expr::known).map(String::as_str).collect();
            let is_path = |word: &&&str| {
                let value = word.split_once('=').map_or(**word, |(_, value)| value);
                value.starts_with(SECRETS) && !value.contains(char::is_whitespace)
            };
            if let Some(path) = known.iter().filter(is_path).find_map(|word| missing(word, files)) {
                let fix = fix(path, None, lowering);
                lowering.diagnostics.error(words.origin, no_secret(path)).fix(fix);
            } else if let Some(path) = known.iter().find_map(|word| missing(word, files)) {
                // What a script does where there is no file, nobody knows.
                let fix = fix(path, None, lowering);
                lowering.diagnostics.note(words.origin, no_secret(path)).fix(fix);
            }
        }
        let Some(probe) = self.probe else { return };
        let words: Vec<&Expr<String>> = match &probe.command {
            Command::Program(words) => words.iter().collect(),
            Command::Shell(line) => vec![line],
        };
        if let Some(path) = words.into_iter().filter_map(Expr::known).find_map(|word| missing(word, files)) {
            let fix = fix(path, None, lowering);
            lowering.diagnostics.note(probe.origin, no_secret(path)).fix(fix);
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

/// The first path below the directory of secrets in a text at which there is no file.
fn missing<'a>(text: &'a str, files: &Delivered) -> Option<&'a str> {
    let starts = text.match_indices(SECRETS).map(|(start, _)| start);
    let paths = starts.filter_map(|start| {
        let rest = text.get(start..)?;
        let is_in_path = |character: char| character.is_ascii_alphanumeric() || "._-/".contains(character);
        let end = rest.find(|character| !is_in_path(character)).unwrap_or(rest.len());
        rest.get(..end).map(|path| path.trim_end_matches(['/', '.']))
    });
    paths.filter(|path| path.len() > SECRETS.len()).find(|path| !files.has(path))
}

fn no_secret(path: &str) -> String {
    format!("there is no file at `{path}`, as the service has no such secret")
}

/// How the file gets there, or where `variable` names it, how the value gets into the variable itself.
fn fix(path: &str, variable: Option<&String>, lowering: &Lowering<'_>) -> String {
    let name = path.strip_prefix(SECRETS).unwrap_or(path).trim_start_matches('/');
    let name = name.split('/').next().unwrap_or(name);
    let is_known = lowering.secrets.contains_key(name) || lowering.unused.secrets.contains(name);
    let top = if is_known { "" } else { " and to `secrets` at the top of the document" };
    let plain = variable.and_then(|variable| variable.strip_suffix("_FILE")).filter(|plain| !plain.is_empty());
    let otherwise = plain.map(|plain| format!(", or give the value itself, as `x-aws-secrets: {{ {plain}: {name} }}`"));
    format!("add `{name}` to `secrets` of the service{top}{}", otherwise.unwrap_or_default())
}

fn speaks_of(text: &Expr<String>, what: &str) -> bool {
    text.known().is_some_and(|text| text.contains(what))
}
